//! A sum of tones of any frequencies at evenly spaced places, by a fast transform: Stolt's interpolation without its
//! error.

use mmw_core::num_complex::Complex;
use mmw_core::quadrature::gauss_legendre;
use mmw_core::simd::Level;
use mmw_core::{Real, by_level};
use rustfft::{Fft, FftNum, FftPlanner};
use std::f64::consts::{PI, TAU};
use std::fmt;
use std::sync::Arc;

/// Grid points that each tone is spread over.
const WIDTH: usize = 6;

/// Coefficients of the polynomial for each of them: the last is below 1e-6 of the kernel's peak.
const TERMS: usize = 10;

/// Exponent of the kernel: 2.3 for each point of its width at twofold oversampling, section 3 of [^barnett].
const SHARPNESS: f64 = 2.3 * WIDTH as f64;

/// `z[m] = Σ_n c_n exp(+j 2π t_n m / N)`, `m = −⌊len/2⌋ …`, for tones `t_n` in units of `1/N`.
///
/// Each tone is spread over six points of a grid twice as fine as needed by the exponential of a semicircle [^barnett],
/// transformed, and divided by the transform of the kernel: the error is below 1e-5 of the sum of the magnitudes.
///
/// [^barnett]: A. H. Barnett, J. Magland, L. af Klinteberg, "A parallel nonuniform fast Fourier transform library
///     based on an exponential of semicircle kernel", SIAM Journal on Scientific Computing 41 (2019).
pub(super) struct Tones<T: Real + FftNum> {
    fft: Arc<dyn Fft<T>>,
    kernel: [[f64; TERMS]; WIDTH],
    /// The reciprocal of the kernel's transform at each place.
    correction: Vec<T>,
}

impl<T: Real + FftNum> fmt::Debug for Tones<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tones").field("grid", &self.grid()).finish_non_exhaustive()
    }
}

/// Where tones lie on the grid, and what they give its points.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed<T> {
    first: Vec<f64>,
    share: Vec<f64>,
    points: [Vec<f64>; WIDTH],
    /// The first grid point and the weights, each twice: for the real and the imaginary part.
    spread: Vec<(usize, [[T; 2]; WIDTH])>,
}

/// The memory of [`Tones`].
#[derive(Debug, Clone)]
pub(super) struct TonesScratch<T> {
    grid: Vec<Complex<T>>,
    fft: Vec<Complex<T>>,
}

impl<T: Real + FftNum> Tones<T> {
    /// For `len` places.
    pub(super) fn new(len: usize) -> Self {
        let grid = (2 * len).max(2 * WIDTH).next_power_of_two();
        let half = WIDTH as f64 / 2.0;
        let rule = gauss_legendre(40);
        let transform = |m: f64| -> f64 {
            let angle = TAU * m / grid as f64 * half;
            rule.iter().map(|(x, w)| 2.0 * half * w * kernel(*x) * (angle * x).cos()).sum()
        };
        let correction = (0..len).map(|m| T::lit(1.0 / transform(m as f64 - (len / 2) as f64)));
        Self {
            fft: FftPlanner::new().plan_fft_inverse(grid),
            kernel: std::array::from_fn(|j| polynomial(|u| kernel((j as f64 + 0.5 + 0.5 * u) / half - 1.0))),
            correction: correction.collect(),
        }
    }

    /// `N`, the points of the grid.
    pub(super) fn grid(&self) -> usize {
        self.fft.len()
    }

    pub(super) fn scratch(&self) -> TonesScratch<T> {
        let zero = Complex::new(T::zero(), T::zero());
        let fft = vec![zero; self.fft.get_inplace_scratch_len()];
        TonesScratch { grid: vec![zero; self.grid() + WIDTH], fft }
    }

    /// Tones are taken modulo the grid.
    pub(super) fn place(&self, tones: &[f64], placed: &mut Placed<T>) {
        let Placed { first, share, points, spread } = placed;
        for list in [&mut *first, &mut *share].into_iter().chain(&mut *points) {
            list.resize(tones.len(), 0.0);
        }
        let level = Level::current();
        locate(level, tones, self.grid() as f64, first, share);
        for (points, kernel) in points.iter_mut().zip(&self.kernel) {
            evaluate(level, share, kernel, points);
        }
        spread.clear();
        spread.extend((0..tones.len()).map(|n| {
            let weight = |j: usize| [T::lit(points[j][n]); 2];
            ((first[n] as usize).min(self.grid()), std::array::from_fn(weight))
        }));
    }

    /// The sum at all places.
    pub(super) fn sum(
        &self,
        placed: &Placed<T>,
        values: impl Iterator<Item = Complex<T>>,
        scratch: &mut TonesScratch<T>,
        output: &mut [Complex<T>],
    ) {
        let points = self.grid();
        scratch.grid.fill(Complex::new(T::zero(), T::zero()));
        for ((start, weights), value) in placed.spread.iter().zip(values) {
            let Some(grid) = scratch.grid.get_mut(*start..).and_then(<[_]>::first_chunk_mut::<WIDTH>) else {
                continue;
            };
            for (point, [re, im]) in grid.iter_mut().zip(weights) {
                *point += Complex::new(value.re * *re, value.im * *im);
            }
        }
        // What was spread beyond the end belongs to the beginning; grid point 0 stands at place WIDTH/2.
        let (inner, beyond) = scratch.grid.split_at_mut(points);
        inner.iter_mut().zip(beyond).for_each(|(point, more)| *point += *more);
        inner.rotate_left(WIDTH / 2);
        self.fft.process_with_scratch(inner, &mut scratch.fft);
        let half = self.correction.len() / 2;
        let places = inner[points - half..].iter().chain(inner.iter());
        for ((output, place), correction) in output.iter_mut().zip(places).zip(&self.correction) {
            *output = *place * *correction;
        }
    }
}

fn kernel(x: f64) -> f64 {
    (SHARPNESS * ((1.0 - x * x).max(0.0).sqrt() - 1.0)).exp()
}

/// The polynomial through a function at Chebyshev's points from −1 to 1, by powers.
fn polynomial(f: impl Fn(f64) -> f64) -> [f64; TERMS] {
    let count = TERMS as f64;
    let angles: [f64; TERMS] = std::array::from_fn(|i| PI * (i as f64 + 0.5) / count);
    let values = angles.map(|angle| f(angle.cos()));
    let (mut powers, mut before, mut this) = ([0.0; TERMS], [0.0; TERMS], [0.0; TERMS]);
    this[0] = 1.0;
    for k in 0..TERMS {
        let sum: f64 =
            angles.iter().zip(&values).map(|(angle, value)| (k as f64 * angle).cos() * value).sum();
        let coefficient = sum * if k == 0 { 1.0 } else { 2.0 } / count;
        powers.iter_mut().zip(&this).for_each(|(power, t)| *power += coefficient * t);
        // T₁ = u T₀, and T_{k+1} = 2u T_k − T_{k−1}.
        let twice = if k == 0 { 1.0 } else { 2.0 };
        let next = std::array::from_fn(|i| twice * if i > 0 { this[i - 1] } else { 0.0 } - before[i]);
        (before, this) = (this, next);
    }
    powers
}

by_level! {
    /// The first grid point within half a width, counted from half a width before the grid, and how far behind it the
    /// tone is: −1 for 0, 1 for a whole step.
    fn locate(level: Level, tones: &[f64], grid: f64, first: &mut [f64], share: &mut [f64]) {
        for ((tone, first), share) in tones.iter().zip(first).zip(share) {
            let tone = tone - (tone / grid).floor() * grid;
            *first = tone.ceil();
            *share = 2.0 * (*first - tone) - 1.0;
        }
    }
}

by_level! {
    fn evaluate(level: Level, share: &[f64], kernel: &[f64; TERMS], points: &mut [f64]) {
        for (point, &u) in points.iter_mut().zip(share) {
            *point = kernel.iter().rev().fold(0.0, |sum, c| sum * u + c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::C64;

    #[test]
    fn tones_between_the_bins_are_summed_as_by_the_definition() {
        for len in [1, 2, 7, 64, 100] {
            let tones = Tones::<f64>::new(len);
            let points = tones.grid() as f64;
            let list: Vec<f64> =
                (0..200).map(|n| (f64::from(n) * 0.618_034).fract() * 3.0 * points - points).collect();
            let values: Vec<C64> = (0..200).map(|n| C64::from_polar(1.0, 1.7 * f64::from(n * n))).collect();
            let mut placed = Placed::default();
            tones.place(&list, &mut placed);
            let mut sum = vec![C64::default(); len];
            tones.sum(&placed, values.iter().copied(), &mut tones.scratch(), &mut sum);
            for (m, sum) in sum.iter().enumerate() {
                let place = m as f64 - (len / 2) as f64;
                let pairs = list.iter().zip(&values);
                let slow: C64 =
                    pairs.map(|(t, c)| c * C64::from_polar(1.0, TAU * (t / points * place).fract())).sum();
                assert!((sum - slow).norm() < 200.0 * 1e-5, "{len} {m}: {sum} {slow}");
            }
        }
    }
}
