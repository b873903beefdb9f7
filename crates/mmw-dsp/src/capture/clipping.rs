//! Words at the limits of the converter, or at another level that the words never exceed: a signal that was
//! too strong, and shows harmonics that are no targets.

use crate::wide::{Work, widest};
use mmw_core::{Error, check};

/// Bits of the converters: of the words themselves, and of what TI's devices may be set to (`b2AdcBits`).
const BITS: [u32; 3] = [16, 14, 12];

/// Values beside the limit with which it is compared.
const BESIDE: usize = 16;

/// The limit holds clipped words when they are this many times as frequent as the values beside it. A sine
/// whose amplitude `A` just reaches the limit spends `acos(1 - 1/A)/π` of its time in the last value, at most
/// five times the mean of the 16 beside it; noise less.
const TIMES: f64 = 10.0;

/// Fewest words at a limit that are taken for clipped.
const FEWEST: u64 = 8;

/// Any other level is one when it is the last of the frame, at least this high, and so many times as frequent
/// as the most frequent of the values beside it, of which some must be there: a tone without noise that
/// repeats has its values equally often. A sine that just reaches its greatest value has it 2.4 times as
/// often as the next.
const LEAST_LEVEL: i32 = 64;
const NEIGHBOURS: usize = 64;

/// Words of a frame at the limits of the converter, or at another level that none exceeds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Clipping {
    /// Bits of the converter whose limits these are; `None` for another level.
    pub bits: Option<u32>,
    /// The level at which most words stand.
    pub level: i16,
    /// Words at either limit.
    pub words: u64,
    /// Their share of the words that are not zero.
    pub share: f64,
}

mmw_core::checked_serde!(Clipping, |clipping| {
    check::in_range("share", clipping.share, 0.0, 1.0)?;
    check::in_range("words", clipping.words as f64, 1.0, f64::MAX)?;
    match clipping.bits {
        Some(bits) if !BITS.contains(&bits) => {
            Err(Error::domain("bits", f64::from(bits), "those of a converter: 12, 14 or 16"))
        }
        _ => Ok(()),
    }
});

/// One end of the words of a frame: how many are at it, and at each value before it.
struct End {
    level: i32,
    at: u64,
    beside: [u64; NEIGHBOURS],
}

impl End {
    fn is_clipped(&self) -> bool {
        if self.at < FEWEST {
            return false;
        }
        let near: u64 = self.beside.iter().take(BESIDE).sum();
        match self.bits() {
            Some(_) => self.at as f64 > TIMES * near as f64 / BESIDE as f64,
            None => {
                let most = self.beside.iter().copied().max().unwrap_or(0);
                self.level.abs() >= LEAST_LEVEL && most > 0 && self.at as f64 > TIMES * most as f64
            }
        }
    }

    fn bits(&self) -> Option<u32> {
        BITS.into_iter().find(|bits| {
            let limit = 1_i32 << (bits - 1);
            self.level == limit - 1 || self.level == -limit
        })
    }
}

/// The least and the greatest word, and how often each stands.
struct Extremes<'a>(&'a [[u8; 2]]);

impl Work for Extremes<'_> {
    type Output = [(i16, u64); 2];

    #[inline(always)]
    fn run(self) -> Self::Output {
        let (mut low, mut high) = (0, 0);
        for word in self.0 {
            let word = i16::from_le_bytes(*word);
            (low, high) = (low.min(word), high.max(word));
        }
        let mut counts = [0_u64; 2];
        // So few that a count fits into a word.
        for words in self.0.chunks(1 << 15) {
            let (mut at_low, mut at_high) = (0_u16, 0_u16);
            for word in words {
                let word = i16::from_le_bytes(*word);
                at_low += u16::from(word == low);
                at_high += u16::from(word == high);
            }
            counts[0] += u64::from(at_low);
            counts[1] += u64::from(at_high);
        }
        [(low, counts[0]), (high, counts[1])]
    }
}

/// The clipped words among those of a frame, two's complement with the low byte first.
pub(super) fn clipping(frame: &[u8]) -> Option<Clipping> {
    let frame = frame.as_chunks::<2>().0;
    let extremes = widest(Extremes(frame));
    if extremes.iter().all(|&(level, at)| level == 0 || at < FEWEST) {
        return None;
    }
    let mut ends = extremes.map(|(level, at)| End { level: level.into(), at, beside: [0; NEIGHBOURS] });
    let mut present = 0_u64;
    for word in frame.iter().map(|word| i32::from(i16::from_le_bytes(*word))) {
        present += u64::from(word != 0);
        let end = &mut ends[usize::from(word >= 0)];
        let steps = (end.level - word).unsigned_abs() as usize;
        if (1..=NEIGHBOURS).contains(&steps) {
            end.beside[steps - 1] += 1;
        }
    }
    let clipped = ends.iter().filter(|end| end.level != 0 && end.is_clipped());
    let fullest = clipped.clone().max_by_key(|end| end.at)?;
    let words = clipped.map(|end| end.at).sum();
    let [(low, _), (high, _)] = extremes;
    let level = if fullest.level < 0 { low } else { high };
    Some(Clipping { bits: fullest.bits(), level, words, share: words as f64 / present.max(1) as f64 })
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
            assert_eq!(found.bits, Some(bits));
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

    /// A gain or a filter behind the converter puts its limits anywhere.
    #[test]
    fn flat_tops_at_any_level_are_found_and_repeating_tones_are_not() {
        for (limit, low) in [(1500.0, -1500.0), (700.0, -30_000.0), (30_000.0, -333.0)] {
            // Four values per period of 80, so that the words between the levels are there.
            let value = |n: usize| (2000.0 * (n as f64 * 0.0146).sin()).round().clamp(low, limit);
            let frame: Vec<u8> = (0..20_000).flat_map(|n| (value(n) as i16).to_le_bytes()).collect();
            let found = clipping(&frame).unwrap();
            assert_eq!(found.bits, None);
            let level = if limit < 2000.0 { limit } else { low };
            assert_eq!(f64::from(found.level), level, "{found:?}");
        }
        for period in [2, 3, 4, 5, 8, 12, 16, 24, 64] {
            for amplitude in [100.0, 1000.0, 3000.0] {
                let value =
                    |n: usize| amplitude * (n as f64 * std::f64::consts::TAU / f64::from(period)).sin();
                let frame: Vec<u8> =
                    (0..4096).flat_map(|n| (value(n).round() as i16).to_le_bytes()).collect();
                assert_eq!(clipping(&frame), None, "{period} {amplitude}");
            }
        }
        assert_eq!(clipping(&[7, 1].repeat(1000)), None);
    }
}
