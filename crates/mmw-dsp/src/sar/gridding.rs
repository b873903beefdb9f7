//! A sum of tones of any frequencies at evenly spaced places, by a fast transform: Stolt's interpolation
//! without its error.

use crate::lanes::same::same_mut;
use mmw_core::fourier::Transform;
use mmw_core::math::chebyshev_polynomial;
use mmw_core::num_complex::Complex;
use mmw_core::quadrature::gauss_legendre;
use mmw_core::simd::Level;
use mmw_core::{Real, by_level};
use std::any::Any;
use std::f64::consts::TAU;
use std::fmt;

/// Grid points that each tone is spread over.
pub(super) const WIDTH: usize = 6;

/// Coefficients of the polynomial for each of them up to the tone: the last is below 1e-6 of the kernel's
/// peak.
const TERMS: usize = 9;

/// Exponent of the kernel: 2.3 for each point of its width at twofold oversampling, section 3 of [^barnett].
const SHARPNESS: f64 = 2.3 * WIDTH as f64;

/// `z[m] = Σ_n c_n exp(+j 2π t_n m / N)`, `m = −⌊len/2⌋ …`, for tones `t_n` in units of `1/N`.
///
/// Each tone is spread over six points of a grid twice as fine as needed by the exponential of a semicircle
/// [^barnett], transformed, and divided by the transform of the kernel: the error is below 1e-5 of the sum of
/// the magnitudes.
///
/// [^barnett]: A. H. Barnett, J. Magland, L. af Klinteberg, "A parallel nonuniform fast Fourier transform
///     library based on an exponential of semicircle kernel", SIAM Journal on Scientific Computing 41 (2019).
pub(super) struct Tones<T> {
    fft: Transform<T>,
    kernel: [[f64; TERMS]; WIDTH / 2],
    /// The reciprocal of the kernel's transform at each place.
    correction: Vec<T>,
}

impl<T: Real> fmt::Debug for Tones<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tones").field("grid", &self.grid()).finish_non_exhaustive()
    }
}

/// Tones on the grid: four sums have the same, and are spread side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed<T> {
    share: Vec<f64>,
    /// The first grid point of each tone, and what this and the next ones are given.
    pub(super) start: Vec<u32>,
    pub(super) points: [Vec<T>; WIDTH],
    /// A factor of each tone.
    turns: Vec<Complex<T>>,
    /// Real and imaginary part of four sums.
    grid: Vec<[T; 8]>,
}

/// Where the values of four sums are: in either of two blocks `[tone, row]`, at either of two rows.
#[derive(Debug)]
pub(super) struct Quad<T> {
    pub(super) blocks: [Vec<Complex<T>>; 2],
    pub(super) placed: Placed<T>,
}

/// The memory of [`Tones`].
#[derive(Debug, Clone)]
pub(super) struct TonesScratch<T> {
    line: Vec<Complex<T>>,
    fft: Vec<Complex<T>>,
}

impl<T: Real> Tones<T> {
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
            fft: Transform::inverse(grid),
            kernel: std::array::from_fn(|j| {
                chebyshev_polynomial(|u| kernel((j as f64 + 0.5 + 0.5 * u) / half - 1.0))
            }),
            correction: correction.collect(),
        }
    }

    /// `N`, the points of the grid.
    pub(super) fn grid(&self) -> usize {
        self.fft.len()
    }

    pub(super) fn scratch(&self) -> TonesScratch<T> {
        let zero = Complex::new(T::zero(), T::zero());
        let fft = vec![zero; self.fft.scratch_len()];
        TonesScratch { line: vec![zero; self.grid()], fft }
    }

    /// The reciprocal of the kernel's transform at each place.
    pub(super) fn correction(&self) -> &[T] {
        &self.correction
    }

    /// Tones, which are taken modulo the grid.
    pub(super) fn place(&self, tones: &[f64], placed: &mut Placed<T>) {
        let Placed { share, start, points, .. } = placed;
        share.resize(tones.len(), 0.0);
        start.resize(tones.len(), 0);
        let level = Level::current();
        locate(level, tones, self.grid() as f64, start, share);
        points.iter_mut().for_each(|points| points.resize(tones.len(), T::zero()));
        let (before, after) = points.split_at_mut(WIDTH / 2);
        for ((before, after), kernel) in before.iter_mut().zip(after.iter_mut().rev()).zip(&self.kernel) {
            if let (Some(before), Some(after)) = (same_mut(before), same_mut(after)) {
                evaluate_f32(level, share, kernel, [before, after]);
            } else if let (Some(before), Some(after)) = (same_mut(before), same_mut(after)) {
                evaluate_f64(level, share, kernel, [before, after]);
            }
        }
    }

    /// Spreads the values of four sums by the factors of their tones, from number `first` on.
    pub(super) fn spread(
        &self,
        quad: &mut Quad<T>,
        turns: [&[f64]; 2],
        rows: [usize; 2],
        height: usize,
        first: usize,
    ) {
        let Placed { turns: factors, grid, .. } = &mut quad.placed;
        let parts = turns[0].iter().zip(turns[1]);
        factors.clear();
        factors.extend(parts.map(|(re, im)| Complex::new(T::lit(*re), T::lit(*im))));
        grid.clear();
        grid.resize(self.grid() + WIDTH, [T::zero(); 8]);
        let quad: &mut dyn Any = quad;
        let level = Level::current();
        if let Some(quad) = quad.downcast_mut() {
            spread_f32(level, quad, rows, height, first);
        } else if let Some(quad) = quad.downcast_mut() {
            spread_f64(level, quad, rows, height, first);
        }
    }

    /// One of the four sums at all places.
    pub(super) fn sum(
        &self,
        placed: &Placed<T>,
        which: usize,
        scratch: &mut TonesScratch<T>,
        output: impl FnMut(usize, Complex<T>),
    ) {
        let points = self.grid();
        let value = |cell: &[T; 8]| Complex::new(cell[2 * which], cell[2 * which + 1]);
        // Grid point 0 is at place WIDTH/2; what was spread beyond the end belongs to the beginning.
        let half = WIDTH / 2;
        let (to_end, to_start) = scratch.line.split_at_mut(points - half);
        to_end.iter_mut().zip(&placed.grid[half..]).for_each(|(to, cell)| *to = value(cell));
        to_start.iter_mut().zip(&placed.grid).for_each(|(to, cell)| *to = value(cell));
        let beyond = placed.grid[points..].iter().enumerate();
        beyond.for_each(|(i, cell)| scratch.line[(i + points - half) % points] += value(cell));
        self.fft.process(&mut scratch.line, &mut scratch.fft);
        let half = self.correction.len() / 2;
        let places = scratch.line[points - half..].iter().chain(&scratch.line);
        let mut output = output;
        for ((m, correction), place) in self.correction.iter().enumerate().zip(places) {
            output(m, *place * *correction);
        }
    }
}

/// The loop of [`Tones::spread`], compiled for each kind of number and each level.
#[inline(always)]
fn spread<T: Real>(quad: &mut Quad<T>, [low, high]: [usize; 2], height: usize, first: usize) {
    let Quad { blocks: [a, b], placed: Placed { start, points, turns, grid, .. } } = quad;
    let [p0, p1, p2, p3, p4, p5] = points.each_ref().map(|p| &p[..start.len()]);
    let rows = a.chunks_exact(height).zip(b.chunks_exact(height)).skip(first);
    for (n, ((a, b), (&start, turn))) in rows.zip(start.iter().zip(turns.iter())).enumerate() {
        let [z0, z1, z2, z3] = [a[low], a[high], b[low], b[high]];
        let parts = [z0.re, z0.im, z1.re, z1.im, z2.re, z2.im, z3.re, z3.im];
        let other = [-z0.im, z0.re, -z1.im, z1.re, -z2.im, z2.re, -z3.im, z3.re];
        let values: [T; 8] = std::array::from_fn(|l| parts[l] * turn.re + other[l] * turn.im);
        let Some(cells) = grid.get_mut(start as usize..).and_then(<[_]>::first_chunk_mut::<WIDTH>) else {
            continue;
        };
        for (cell, weight) in cells.iter_mut().zip([p0[n], p1[n], p2[n], p3[n], p4[n], p5[n]]) {
            for l in 0..8 {
                cell[l] += values[l] * weight;
            }
        }
    }
}

by_level! {
    fn spread_f32(level: Level, quad: &mut Quad<f32>, rows: [usize; 2], height: usize, first: usize) {
        spread(quad, rows, height, first);
    }
}

by_level! {
    fn spread_f64(level: Level, quad: &mut Quad<f64>, rows: [usize; 2], height: usize, first: usize) {
        spread(quad, rows, height, first);
    }
}

fn kernel(x: f64) -> f64 {
    (SHARPNESS * ((1.0 - x * x).max(0.0).sqrt() - 1.0)).exp()
}

by_level! {
    /// The first grid point within half a width, counted from half a width before the grid, and how far
    /// behind it the tone is: −1 for 0, 1 for a whole step.
    fn locate(level: Level, tones: &[f64], grid: f64, first: &mut [u32], share: &mut [f64]) {
        let per_grid = 1.0 / grid;
        for ((tone, first), share) in tones.iter().zip(first).zip(share) {
            let tone = tone - (tone * per_grid).floor() * grid;
            let ceil = tone.ceil();
            *first = ceil as u32;
            *share = 2.0 * (ceil - tone) - 1.0;
        }
    }
}

/// A point before the tone and the one as far behind it: the kernel is even, so that the polynomial of one is
/// that of the other turned about, and their even and odd terms are the same.
#[inline(always)]
fn evaluate<T: Real>(share: &[f64], kernel: &[f64; TERMS], [before, after]: [&mut [T]; 2]) {
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8] = kernel.map(T::lit);
    for ((before, after), &u) in before.iter_mut().zip(after).zip(share) {
        let u = T::lit(u);
        let square = u * u;
        let even = (((c8 * square + c6) * square + c4) * square + c2) * square + c0;
        let odd = (((c7 * square + c5) * square + c3) * square + c1) * u;
        (*before, *after) = (even + odd, even - odd);
    }
}

by_level! {
    fn evaluate_f32(level: Level, share: &[f64], kernel: &[f64; TERMS], points: [&mut [f32]; 2]) {
        evaluate(share, kernel, points);
    }
}

by_level! {
    fn evaluate_f64(level: Level, share: &[f64], kernel: &[f64; TERMS], points: [&mut [f64]; 2]) {
        evaluate(share, kernel, points);
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
            // Rows 1 and 3 of 4, three tones more before those that are summed.
            let block = |salt: f64| -> Vec<C64> {
                (0..4 * 203).map(|n| C64::from_polar(1.0, salt * f64::from(n * n))).collect()
            };
            let mut quad = Quad { blocks: [block(1.7), block(0.9)], placed: Placed::default() };
            let ones = vec![1.0; 200];
            tones.place(&list, &mut quad.placed);
            tones.spread(&mut quad, [&ones, &ones], [1, 3], 4, 3);
            for (which, (block, row)) in [(0, 1), (0, 3), (1, 1), (1, 3)].into_iter().enumerate() {
                let mut sum = vec![C64::default(); len];
                tones.sum(&quad.placed, which, &mut tones.scratch(), |m, z| sum[m] = z);
                for (m, sum) in sum.iter().enumerate() {
                    let place = m as f64 - (len / 2) as f64;
                    let value = |n: usize| quad.blocks[block][4 * (n + 3) + row] * C64::new(1.0, 1.0);
                    let tone = |t: &f64| C64::from_polar(1.0, TAU * (t / points * place).fract());
                    let slow: C64 = list.iter().enumerate().map(|(n, t)| value(n) * tone(t)).sum();
                    assert!((sum - slow).norm() < 200.0 * 1.5e-5, "{len} {m}: {sum} {slow}");
                }
            }
        }
    }
}
