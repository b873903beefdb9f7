//! Normal samples: one at a time by the ziggurat, whole arrays by a vectorised Box-Muller transform.

use super::box_muller::{CHUNK, box_muller};
use crate::complex::interleaved_mut;
use crate::simd::Level;
use crate::{C64, Real, Result, check};
use num_complex::Complex;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use std::any::Any;
use std::array::from_fn;
use std::f64::consts::FRAC_1_SQRT_2;

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
    let level = Level::current();
    let (chunks, rest) = out.as_chunks_mut::<CHUNK>();
    for chunk in chunks {
        fill_chunk(level, chunk, rng);
    }
    if !rest.is_empty() {
        let mut chunk = [T::zero(); CHUNK];
        fill_chunk(level, &mut chunk, rng);
        rest.copy_from_slice(&chunk[..rest.len()]);
    }
}

/// Fills `out` with independent samples of the circular complex normal distribution with `E|z|² = 1`.
///
/// Real and imaginary parts are those of [`fill_standard_normal`], in turn, divided by √2.
///
/// # Examples
/// ```
/// use mmw_core::C64;
/// use mmw_core::random::{Streams, fill_standard_complex_normal};
///
/// let mut noise = vec![C64::default(); 10_000];
/// fill_standard_complex_normal(&mut noise, &mut Streams::new(1).stream(0));
/// let power = noise.iter().map(|z| z.norm_sqr()).sum::<f64>() / 1e4;
/// assert!((power - 1.0).abs() < 0.05); // five standard deviations of the mean of 10⁴ exponentials
/// ```
pub fn fill_standard_complex_normal<T: Real, R: Rng + ?Sized>(out: &mut [Complex<T>], rng: &mut R) {
    fill_standard_normal(interleaved_mut(out), rng);
    let half = T::lit(FRAC_1_SQRT_2);
    out.iter_mut().for_each(|z| *z *= half);
}

/// `Real` is `f32` or `f64` and nothing else; which of them is known when this is compiled.
fn fill_chunk<T: Real, R: Rng + ?Sized>(level: Level, chunk: &mut [T; CHUNK], rng: &mut R) {
    let chunk: &mut dyn Any = chunk;
    if let Some(chunk) = chunk.downcast_mut::<[f32; CHUNK]>() {
        let mut bytes = [0; 4 * CHUNK];
        rng.fill_bytes(&mut bytes);
        let (words, _) = bytes.as_chunks();
        box_muller(level, &from_fn(|i| u32::from_le_bytes(words[i])), chunk);
    } else if let Some(chunk) = chunk.downcast_mut::<[f64; CHUNK]>() {
        let mut bytes = [0; 8 * CHUNK];
        rng.fill_bytes(&mut bytes);
        let (words, _) = bytes.as_chunks();
        box_muller(level, &from_fn(|i| u64::from_le_bytes(words[i])), chunk);
    }
}
