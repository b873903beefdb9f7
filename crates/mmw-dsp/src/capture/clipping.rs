//! Words at the limits of the converter: a signal that was too strong, and shows harmonics that are no targets.

/// Bits of the converters: of the words themselves, and of what TI's devices may be set to (`b2AdcBits`).
const BITS: [u32; 3] = [16, 14, 12];

/// Values beside the limit with which it is compared.
const BESIDE: i32 = 16;

/// The limit holds clipped words when they are this many times as frequent as the values beside it. A sine whose
/// amplitude `A` just reaches the limit spends `acos(1 - 1/A)/π` of its time in the last value, at most five times the
/// mean of the 16 beside it; noise less.
const TIMES: f64 = 10.0;

/// Fewest words at a limit that are taken for clipped.
const FEWEST: u64 = 8;

/// Words of a frame at the limits of the converter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clipping {
    /// Bits of the converter whose limits these are.
    pub bits: u32,
    /// Words at either limit.
    pub words: u64,
    /// Their share of the words that are not zero.
    pub share: f64,
}

/// The clipped words among those of a frame, two's complement with the low byte first.
pub(super) fn clipping(frame: &[u8]) -> Option<Clipping> {
    let words = || frame.as_chunks::<2>().0.iter().map(|word| i16::from_le_bytes(*word));
    let (low, high) = words().fold((0, 0), |(low, high), word: i16| (low.min(word), high.max(word)));
    let bits = BITS.into_iter().find(|bits| {
        let limit = 1_i32 << (bits - 1);
        i32::from(high) == limit - 1 || i32::from(low) == -limit
    })?;
    let limit = 1_i32 << (bits - 1);
    let (mut at_limit, mut beside, mut present) = ([0_u64; 2], [0_u64; 2], 0_u64);
    for word in words().map(i32::from) {
        present += u64::from(word != 0);
        // Steps from the nearer limit.
        let (side, steps) = if word < 0 { (0, word + limit) } else { (1, limit - 1 - word) };
        match steps {
            0 => at_limit[side] += 1,
            1..=BESIDE => beside[side] += 1,
            _ => {}
        }
    }
    let clipped = |side: usize| {
        at_limit[side] >= FEWEST && at_limit[side] as f64 > TIMES * beside[side] as f64 / f64::from(BESIDE)
    };
    let count: u64 = (0..2).filter(|&side| clipped(side)).map(|side| at_limit[side]).sum();
    (count > 0).then(|| Clipping { bits, words: count, share: count as f64 / present.max(1) as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine periods and a third: phases without pattern.
    fn sine(amplitude: f64, limit: f64) -> Vec<u8> {
        let value = |n: usize| (amplitude * (n as f64 * 0.0146).sin()).round().clamp(-limit, limit - 1.0);
        (0..4000).flat_map(|n| (value(n) as i16).to_le_bytes()).collect()
    }

    #[test]
    fn words_at_the_limits_of_12_14_and_16_bits_are_counted() {
        for bits in [12, 14, 16] {
            let limit = f64::from(1 << (bits - 1));
            let found = clipping(&sine(1.2 * limit, limit)).unwrap();
            assert_eq!(found.bits, bits);
            // 1 − 2 asin(1/1.2)/π of the time.
            assert!((found.share - 0.373).abs() < 0.02, "{found:?}");
        }
    }

    #[test]
    fn signals_within_the_limits_are_not_clipped_nor_those_that_just_reach_them() {
        for bits in [12, 14, 16] {
            let limit = f64::from(1 << (bits - 1));
            for amplitude in [0.0, 1.0, 0.5 * limit, 0.99 * limit, limit - 1.0] {
                assert_eq!(clipping(&sine(amplitude, limit)), None, "{bits} bits, {amplitude}");
            }
        }
    }
}
