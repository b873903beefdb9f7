//! Many unit phasors at once, and random ones.

use mmw_core::math::sin_cos_of_turns;
use mmw_core::rand::Rng;
use mmw_core::{C64, by_level};
use std::sync::OnceLock;

/// Numbers made from one request for random bytes.
const CHUNK: usize = 64;

by_level! {
    /// `re + j im = exp(j 2π turns)`, element by element, for `|turns|` below 2⁵⁰; the error is a few 1e-16
    /// plus `2π` times that of `turns`.
    pub(crate) fn fill_phasors(level: Level, turns: &[f64], re: &mut [f64], im: &mut [f64]) {
        for ((&turns, re), im) in turns.iter().zip(re).zip(im) {
            (*im, *re) = sin_cos_of_turns(turns);
        }
    }
}

/// One phasor `exp(j 2π turns)`.
pub(crate) fn phasor(turns: f64) -> C64 {
    C64::from_polar(1.0, std::f64::consts::TAU * (turns - turns.round()))
}

/// Uniform numbers in [0, 1).
pub(crate) fn fill_uniform<R: Rng + ?Sized>(out: &mut [f64], rng: &mut R) {
    let mut bytes = [0; 8 * CHUNK];
    for chunk in out.chunks_mut(CHUNK) {
        let bytes = &mut bytes[..8 * chunk.len()];
        rng.fill_bytes(bytes);
        let (words, _) = bytes.as_chunks();
        for (place, word) in chunk.iter_mut().zip(words) {
            *place = (u64::from_le_bytes(*word) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0);
        }
    }
}

/// Phasors with one of 256 phases each, which is enough wherever many of them are summed: all moments
/// `E zᵏ` up to `k = 255` vanish as for a continuous phase. Rows of `width` with the amplitude of each;
/// `bytes` is memory that is reused.
pub(crate) fn fill_random_phasors<R: Rng + ?Sized>(
    amplitudes: impl Iterator<Item = f64>,
    width: usize,
    (re, im): (&mut [f64], &mut [f64]),
    bytes: &mut Vec<u8>,
    rng: &mut R,
) {
    static TABLE: OnceLock<[[f64; 2]; 256]> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        std::array::from_fn(|i| {
            let z = phasor((i as f64 + 0.5) / 256.0);
            [z.re, z.im]
        })
    });
    bytes.resize(re.len(), 0);
    rng.fill_bytes(bytes);
    let width = width.max(1);
    let rows = re.chunks_exact_mut(width).zip(im.chunks_exact_mut(width)).zip(bytes.chunks_exact(width));
    for (((re, im), bytes), amplitude) in rows.zip(amplitudes) {
        for ((re, im), &byte) in re.iter_mut().zip(im).zip(bytes) {
            let [cos, sin] = table[usize::from(byte)];
            (*re, *im) = (cos * amplitude, sin * amplitude);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::simd::Level;

    #[test]
    fn phasors_match_the_library_and_every_level_gives_the_same_bits() {
        let turns: Vec<f64> = (0..5000).map(|i| f64::from(i) * 0.137 - 300.0).collect();
        let of = |level: Level| {
            let [mut re, mut im] = [vec![0.0; 5000], vec![0.0; 5000]];
            fill_phasors(level, &turns, &mut re, &mut im);
            (re, im)
        };
        let (re, im) = of(Level::Portable);
        for (i, t) in turns.iter().enumerate() {
            let angle = std::f64::consts::TAU * (t - t.round());
            assert!((re[i] - angle.cos()).abs() < 1e-15 && (im[i] - angle.sin()).abs() < 1e-15, "{t}");
        }
        for level in Level::available() {
            assert_eq!(of(level), (re.clone(), im.clone()), "{level}");
        }
    }
}
