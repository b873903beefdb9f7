//! Normal samples: one at a time by the ziggurat, whole arrays by a vectorised Box-Muller transform.
//!
//! The transform needs a logarithm, a sine and a cosine. They are Taylor polynomials of nothing but
//! correctly rounded `+ − × ÷ √`, applied to arrays so that the compiler vectorises them: faster than a
//! library call each, and the same bits on every machine, which a system's mathematical library does not
//! promise. Nothing is fused or reordered.

use super::dispatch::transform_chunk;
use crate::{C64, Real, Result, check};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use std::any::Any;
use std::array::from_fn;
use std::f64::consts::FRAC_1_SQRT_2;

/// Samples that one transform makes: two blocks of a `ChaCha` buffer at most, and a few vector registers.
pub(super) const CHUNK: usize = 64;
const PAIRS: usize = CHUNK / 2;

/// A sample of the normal distribution with mean 0 and variance 1.
///
/// # Examples
/// ```
/// use mmw_core::random::{Streams, standard_normal};
/// let z = standard_normal(&mut Streams::new(1).stream(0));
/// assert!(z.abs() < 6.0);
/// ```
#[inline]
pub fn standard_normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    rng.sample(StandardNormal)
}

/// A sample of the circular complex normal distribution with `E|z|² = 1`: independent real and imaginary
/// parts of variance 1/2 each.
///
/// # Examples
/// ```
/// use mmw_core::random::{Streams, standard_complex_normal};
/// let mut rng = Streams::new(1).stream(0);
/// let power = (0..10_000).map(|_| standard_complex_normal(&mut rng).norm_sqr()).sum::<f64>() / 1e4;
/// assert!((power - 1.0).abs() < 0.05); // five standard deviations of the mean of 10⁴ exponentials
/// ```
#[inline]
pub fn standard_complex_normal<R: Rng + ?Sized>(rng: &mut R) -> C64 {
    C64::new(FRAC_1_SQRT_2 * standard_normal(rng), FRAC_1_SQRT_2 * standard_normal(rng))
}

/// A sample of the circular complex normal distribution with `E|z|² = variance`.
///
/// # Errors
/// [`crate::Error::Domain`] unless `variance` is finite and not below zero.
///
/// # Examples
/// ```
/// use mmw_core::random::{Streams, complex_normal};
/// let mut rng = Streams::new(1).stream(0);
/// assert_eq!(complex_normal(0.0, &mut rng)?.norm(), 0.0);
/// assert!(complex_normal(-1.0, &mut rng).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[inline]
pub fn complex_normal<R: Rng + ?Sized>(variance: f64, rng: &mut R) -> Result<C64> {
    let amplitude = check::non_negative("variance", variance)?.sqrt();
    Ok(standard_complex_normal(rng) * amplitude)
}

/// Fills `out` with independent samples of the normal distribution with mean 0 and variance 1.
///
/// ```text
/// z₁ + j z₂ = √(−2 ln u) · exp(j 2π v),   u uniform on (0, 1), v on (−½, ½)
/// ```
/// Equation (1) of [^box]. Samples are made 64 at a time, so a fill draws the random numbers of whole
/// chunks: filling 10 gives the first 10 of filling 64. `f64` samples use 52 random bits for `u` and reach
/// ±8.49; `f32` samples use 31 and reach ±6.66 (a normal variable leaves that range once in 3.6e10 draws).
/// A fill gives the same bits on every machine. For complex noise, fill [`crate::complex::interleaved_mut`].
///
/// # Examples
/// ```
/// use mmw_core::random::{Streams, fill_standard_normal};
///
/// let mut noise = vec![0.0_f32; 100_000];
/// fill_standard_normal(&mut noise, &mut Streams::new(1).stream(0));
/// let mean_square = noise.iter().map(|x| f64::from(x * x)).sum::<f64>() / 1e5;
/// assert!((mean_square - 1.0).abs() < 5.0 * (2.0_f64 / 1e5).sqrt());
/// ```
///
/// [^box]: G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Annals of
///     Mathematical Statistics 29 (1958).
pub fn fill_standard_normal<T: Real, R: Rng + ?Sized>(out: &mut [T], rng: &mut R) {
    let (chunks, rest) = out.as_chunks_mut::<CHUNK>();
    for chunk in chunks {
        fill_chunk(chunk, rng);
    }
    if !rest.is_empty() {
        let mut chunk = [T::zero(); CHUNK];
        fill_chunk(&mut chunk, rng);
        rest.copy_from_slice(&chunk[..rest.len()]);
    }
}

/// `Real` is `f32` or `f64` and nothing else; which of them is known when this is compiled.
fn fill_chunk<T: Real, R: Rng + ?Sized>(chunk: &mut [T; CHUNK], rng: &mut R) {
    let chunk: &mut dyn Any = chunk;
    if let Some(chunk) = chunk.downcast_mut::<[f32; CHUNK]>() {
        let mut bytes = [0; 4 * CHUNK];
        rng.fill_bytes(&mut bytes);
        let (words, _) = bytes.as_chunks();
        transform_chunk(&from_fn(|i| u32::from_le_bytes(words[i])), chunk);
    } else if let Some(chunk) = chunk.downcast_mut::<[f64; CHUNK]>() {
        let mut bytes = [0; 8 * CHUNK];
        rng.fill_bytes(&mut bytes);
        let (words, _) = bytes.as_chunks();
        transform_chunk(&from_fn(|i| u64::from_le_bytes(words[i])), chunk);
    }
}

/// What the transform needs of `f32` and of `f64`.
pub(super) trait Transform: Real {
    /// Random bits for one uniform number.
    type Word: Copy;
    /// Terms of the series of the logarithm, the sine and the cosine that the precision asks for.
    const TERMS: usize;
    /// A uniform number in (0, 1] from a word of random bits.
    fn uniform(word: Self::Word) -> Self;
    /// `(m, e)` with `self = m · 2^e` and `m` from √½ to √2, for a normal number above 0.
    fn split(self) -> (Self, Self);
    /// The nearest whole number, for numbers from −2 to 2.
    fn near(self) -> Self;
}

impl Transform for f32 {
    type Word = u32;
    /// The first term left out is below 3e-9 for each series.
    const TERMS: usize = 5;

    #[inline(always)]
    fn uniform(word: Self::Word) -> Self {
        // A conversion from a signed word is one instruction; 31 bits are more than the mantissa holds.
        ((word >> 1) as i32 as Self + 0.5) * 2.0_f32.powi(-31)
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        const ROOT_HALF: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
        let shifted = self.to_bits().wrapping_sub(ROOT_HALF);
        let exponent = (shifted as i32) >> 23;
        let mantissa = Self::from_bits((shifted & 0x007f_ffff).wrapping_add(ROOT_HALF));
        (mantissa, exponent as Self)
    }

    #[inline(always)]
    fn near(self) -> Self {
        const SHIFT: f32 = 1.5 * 8_388_608.0;
        (self + SHIFT) - SHIFT
    }
}

impl Transform for f64 {
    type Word = u64;
    /// The first term left out is below 1e-17 for each series.
    const TERMS: usize = 10;

    #[inline(always)]
    fn uniform(word: Self::Word) -> Self {
        // 52 bits as the mantissa of a number in [1, 2): vector units lack the conversion from 64-bit words.
        2.0 - Self::from_bits((word >> 12) | 0x3ff0_0000_0000_0000)
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        const ROOT_HALF: u64 = FRAC_1_SQRT_2.to_bits();
        const MAGIC: u64 = (1023 + 52) << 52;
        let shifted = self.to_bits().wrapping_sub(ROOT_HALF);
        let mantissa = Self::from_bits((shifted & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF));
        // u ≤ 1, so the exponent is e = −n with n from 0 to 1023: n becomes the low bits of 2⁵² + n.
        let n = (shifted >> 52).wrapping_neg() & 0xfff;
        (mantissa, Self::from_bits(MAGIC) - Self::from_bits(MAGIC | n))
    }

    #[inline(always)]
    fn near(self) -> Self {
        const SHIFT: f64 = 1.5 * 4_503_599_627_370_496.0;
        (self + SHIFT) - SHIFT
    }
}

/// The Box-Muller transform of one chunk. The first half of the random words makes radii, the second
/// angles; the first half of `out` gets the cosines, the second the sines.
#[inline(always)]
pub(super) fn box_muller<T: Transform>(words: &[T::Word; CHUNK], out: &mut [T; CHUNK]) {
    for i in 0..PAIRS {
        let radius = (T::lit(-2.0) * ln(T::uniform(words[i]))).max(T::zero()).sqrt();
        let (sin, cos) = sin_cos_of_turns(T::uniform(words[PAIRS + i]) - T::lit(0.5));
        out[i] = radius * cos;
        out[PAIRS + i] = radius * sin;
    }
}

/// `ln x` for a normal number in (0, 1]: `ln m = 2 artanh s`, `s = (m − 1)/(m + 1)`, `|s| < 0.1716`.
#[inline(always)]
fn ln<T: Transform>(x: T) -> T {
    let (mantissa, exponent) = x.split();
    let s = (mantissa - T::one()) / (mantissa + T::one());
    let square = s * s;
    let mut series = T::zero();
    for term in (0..T::TERMS).rev() {
        series = series * square + T::lit(1.0 / (2 * term + 1) as f64);
    }
    exponent * T::LN_2() + (s + s) * series
}

/// Sine and cosine of `2π · turns` for `turns` from −½ to ½, by quarter turns and the series up to π/4.
#[inline(always)]
fn sin_cos_of_turns<T: Transform>(turns: T) -> (T, T) {
    let quarters = turns * T::lit(4.0);
    let whole = quarters.near();
    let x = (quarters - whole) * T::FRAC_PI_2();
    let square = x * x;
    let (mut sin, mut cos) = (T::zero(), T::zero());
    for term in (0..T::TERMS).rev() {
        let even = (2 * term) as f64;
        sin = T::one() - sin * square * T::lit(1.0 / ((even + 2.0) * (even + 3.0)));
        cos = T::one() - cos * square * T::lit(1.0 / ((even + 1.0) * (even + 2.0)));
    }
    let sin = x * sin;
    // Quarters: ±1 exchange sine and cosine, ±2 turn both round.
    let parity = whole * whole;
    let sign = T::one() - parity * T::lit(0.5);
    if parity == T::one() { (whole * cos, -whole * sin) } else { (sign * sin, sign * cos) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elementary_functions_match_the_library() {
        for i in 1..=100_000 {
            let x = f64::from(i) / 1e5;
            assert!((ln(x) - x.ln()).abs() <= 4e-16 * (1.0 + x.ln().abs()), "{x}");
            assert!((f64::from(ln(x as f32)) - f64::from(x as f32).ln()).abs() < 3e-7 * (1.0 + x.ln().abs()));
            let x = x - 0.5;
            let (sin, cos) = sin_cos_of_turns(x);
            let angle = std::f64::consts::TAU * x;
            // The argument 2πx of the library's functions is itself rounded, by up to 4e-16.
            assert!((sin - angle.sin()).abs() < 1e-15 && (cos - angle.cos()).abs() < 1e-15, "{x}");
            let x = x as f32;
            let (sin, cos) = sin_cos_of_turns(x);
            let angle = std::f64::consts::TAU * f64::from(x);
            assert!((f64::from(sin) - angle.sin()).abs() < 3e-7, "{x}");
            assert!((f64::from(cos) - angle.cos()).abs() < 3e-7, "{x}");
        }
    }

    #[test]
    fn the_extreme_words_give_finite_samples() {
        for word in [0, u64::MAX, 1, u64::MAX - 1, 1 << 63] {
            let u: f64 = Transform::uniform(word);
            assert!(u > 0.0 && u <= 1.0 && ln(u) <= 0.0 && ln(u) > -36.1, "{u}");
            let u: f32 = Transform::uniform((word >> 32) as u32);
            assert!(u > 0.0 && u <= 1.0 && ln(u) <= 0.0 && ln(u) > -22.2, "{u}");
        }
    }
}
