//! The transform of Box and Muller: two uniform numbers to two normal ones.
//!
//! Logarithm, sine and cosine are those of [`crate::math`], applied to arrays so that the compiler vectorises
//! them: faster than a library call each, and the same bits on every machine.

use crate::by_level;
use crate::math::{Elementary, ln, sin_cos_by_quotients, sin_cos_of_eighth};
use std::f32::consts::FRAC_PI_4;

/// Samples that one transform makes: two blocks of a `ChaCha` buffer at most, and a few vector registers.
pub(super) const CHUNK: usize = 64;
const PAIRS: usize = CHUNK / 2;

/// Uniform numbers of `f32` and of `f64`.
pub(super) trait Uniform: Elementary {
    /// Random bits for one uniform number.
    type Word: Copy;
    /// A uniform number in (0, 1] from a word of random bits.
    fn uniform(word: Self::Word) -> Self;
}

impl Uniform for f32 {
    type Word = u32;

    #[inline(always)]
    fn uniform(word: u32) -> Self {
        // A conversion from a signed word is one instruction; 31 bits are more than the mantissa holds.
        ((word >> 1) as i32 as Self + 0.5) * PER_WORD
    }
}

impl Uniform for f64 {
    type Word = u64;

    #[inline(always)]
    fn uniform(word: u64) -> Self {
        // 52 bits as the mantissa of a number in [1, 2): vector units lack the conversion from 64-bit words.
        2.0 - Self::from_bits((word >> 12) | 0x3ff0_0000_0000_0000)
    }
}

/// 2⁻³¹.
const PER_WORD: f32 = 1.0 / (1_u32 << 31) as f32;

by_level! {
    /// The transform of one chunk. The first half of the random words makes radii, the second angles; the
    /// first half of `out` gets the cosines, the second the sines.
    pub(super) fn box_muller<T: Uniform>(level: Level, words: &[T::Word; CHUNK], out: &mut [T; CHUNK]) {
        for i in 0..PAIRS {
            let radius = (T::lit(-2.0) * ln(T::uniform(words[i]))).max(T::zero()).sqrt();
            let (sin, cos) = sin_cos_by_quotients(T::uniform(words[PAIRS + i]) - T::lit(0.5));
            out[i] = radius * cos;
            out[PAIRS + i] = radius * sin;
        }
    }
}

/// One sample of the circular complex normal distribution with `E|z|² = 1` from 64 random bits, real and
/// imaginary part.
///
/// ```text
/// z = √(−ln u) · exp(j 2π v)
/// ```
/// Equation (1) of Box and Muller (see [`fill_standard_normal`](super::fill_standard_normal)) for loops that
/// draw their own words. The high half of the word makes `u`, with 31 bits and half a step of offset, so
/// magnitudes end at `√(32 ln 2)`, 6.7 standard deviations of a part. Of the low half 30 bits place the angle
/// within ±π/4, one exchanges sine and cosine (a mirror in the diagonal), one turns by π.
///
/// # Examples
/// ```
/// use mmw_core::random::complex_normal_of_word;
/// assert_eq!(complex_normal_of_word(u64::MAX), (0.0, 0.0)); // u = 1
/// let (re, im) = complex_normal_of_word(0);
/// assert!((re * re - 32.0 * std::f32::consts::LN_2).abs() < 1e-5 && im == 0.0);
/// ```
#[inline(always)]
#[must_use]
pub fn complex_normal_of_word(word: u64) -> (f32, f32) {
    let radius = (-ln(f32::uniform((word >> 32) as u32))).max(0.0).sqrt();
    let (cos, sin) = direction(word as u32);
    (radius * cos, radius * sin)
}

/// Cosine and sine of an angle uniform over the circle.
#[inline(always)]
fn direction(bits: u32) -> (f32, f32) {
    let (sin, cos) = sin_cos_of_eighth((bits << 2) as i32 as f32 * (FRAC_PI_4 * PER_WORD));
    let (a, b) = if bits & (1 << 30) != 0 { (sin, cos) } else { (cos, sin) };
    let sign = bits & (1 << 31);
    (f32::from_bits(a.to_bits() ^ sign), f32::from_bits(b.to_bits() ^ sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;

    fn all_agree<T: Uniform>(word: impl Fn(u64) -> T::Word) {
        let words = std::array::from_fn(|i| word(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(i as u64)));
        let of = |level: Level| {
            let mut out = [T::zero(); CHUNK];
            box_muller(level, &words, &mut out);
            out
        };
        for level in Level::available() {
            assert_eq!(of(level), of(Level::Portable), "{level}");
        }
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        all_agree::<f32>(|bits| (bits >> 32) as u32);
        all_agree::<f64>(|bits| bits);
    }

    #[test]
    fn the_extreme_words_give_finite_samples() {
        for word in [0, u64::MAX, 1, u64::MAX - 1, 1 << 63] {
            let u = f64::uniform(word);
            assert!(u > 0.0 && u <= 1.0 && ln(u) <= 0.0 && ln(u) > -36.1, "{u}");
            let u = f32::uniform((word >> 32) as u32);
            assert!(u > 0.0 && u <= 1.0 && ln(u) <= 0.0 && ln(u) > -22.2, "{u}");
        }
    }

    #[test]
    fn directions_lie_on_the_unit_circle_in_all_octants() {
        let mut octants = [0_u32; 8];
        for bits in (0..u32::MAX - 65_536).step_by(65_521) {
            let (cos, sin) = direction(bits);
            assert!((cos.hypot(sin) - 1.0).abs() < 2e-7);
            let angle = f64::from(sin).atan2(f64::from(cos)).rem_euclid(std::f64::consts::TAU);
            octants[(angle / std::f64::consts::FRAC_PI_4) as usize % 8] += 1;
        }
        let total: u32 = octants.iter().sum();
        // Equidistant points: each octant holds an eighth up to a few points.
        assert!(octants.iter().all(|&n| n.abs_diff(total / 8) < 8), "{octants:?}");
    }
}
