//! The inner products of all pairs of rows.
//!
//! # Fused
//! [`gram`] multiplies and adds in one operation, and sums in as many lanes as registers have, wherever AVX2
//! or better is found: its last bits depend on the level. A sum of `n` products is off by at most
//! `3 n ε Σ |x_i| |x_j|` at any level, `ε = 1.1e-16`.

use mmw_core::num_complex::Complex;
use mmw_core::simd::{Doubles, Kernel, Level};
use mmw_core::{C64, Real, by_level};

/// Rows are padded to a multiple of this many numbers: the widest register of any level.
pub(super) const BLOCK: usize = 8;

/// Calls `put(i, j, Σ_s x_i[s] x_j[s]*)` for every pair of rows with `i` at most `j`, and some others.
///
/// `re` and `im` hold an even number of rows of `stride` numbers, a multiple of [`BLOCK`].
pub(super) fn gram(level: Level, re: &[f64], im: &[f64], stride: usize, put: impl FnMut(usize, usize, C64)) {
    level.run(Gram { re, im, stride, put });
}

by_level! {
    /// Splits interleaved complex numbers into two rows.
    pub(super) fn split<T: Real>(level: Level, z: &[Complex<T>], re: &mut [f64], im: &mut [f64]) {
        for ((re, im), z) in re.iter_mut().zip(im).zip(z) {
            (*re, *im) = (z.re.as_f64(), z.im.as_f64());
        }
    }
}

struct Gram<'a, F> {
    re: &'a [f64],
    im: &'a [f64],
    stride: usize,
    put: F,
}

impl<D: Doubles, F: FnMut(usize, usize, C64)> Kernel<D> for Gram<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, d: D) {
        let pairs = self.re.len() / (2 * self.stride);
        for p in 0..pairs {
            for q in p..pairs {
                let sums = tile(d, self.rows(p), self.rows(q));
                (self.put)(2 * p, 2 * q, sums[0]);
                (self.put)(2 * p, 2 * q + 1, sums[1]);
                (self.put)(2 * p + 1, 2 * q, sums[2]);
                (self.put)(2 * p + 1, 2 * q + 1, sums[3]);
            }
        }
    }
}

impl<F> Gram<'_, F> {
    /// Two rows, real and imaginary.
    #[inline(always)]
    fn rows(&self, pair: usize) -> [&[f64]; 4] {
        let row = |part: &'_ [f64], i: usize| i * self.stride..((i + 1) * self.stride).min(part.len());
        let (first, second) = (row(self.re, 2 * pair), row(self.re, 2 * pair + 1));
        [&self.re[first.clone()], &self.im[first], &self.re[second.clone()], &self.im[second]]
    }
}

/// The four products of two rows with two rows: eight sums in registers for eight loads.
#[inline(always)]
fn tile<D: Doubles>(d: D, a: [&[f64]; 4], b: [&[f64]; 4]) -> [C64; 4] {
    let zero = d.splat(0.0);
    let (mut re, mut im) = ([zero; 4], [zero; 4]);
    let blocks = |row: &[f64]| row.len() / D::WIDTH;
    for at in (0..blocks(a[0])).map(|block| block * D::WIDTH) {
        let [a0r, a0i, a1r, a1i] =
            [d.load(&a[0][at..]), d.load(&a[1][at..]), d.load(&a[2][at..]), d.load(&a[3][at..])];
        let [b0r, b0i, b1r, b1i] =
            [d.load(&b[0][at..]), d.load(&b[1][at..]), d.load(&b[2][at..]), d.load(&b[3][at..])];
        let pairs = [(a0r, a0i, b0r, b0i), (a0r, a0i, b1r, b1i), (a1r, a1i, b0r, b0i), (a1r, a1i, b1r, b1i)];
        for (t, (ar, ai, br, bi)) in pairs.into_iter().enumerate() {
            re[t] = d.add_product(ar, br, d.add_product(ai, bi, re[t]));
            im[t] = d.add_product(ai, br, d.take_product(ar, bi, im[t]));
        }
    }
    let mut sums = [C64::default(); 4];
    for (sum, (re, im)) in sums.iter_mut().zip(re.into_iter().zip(im)) {
        *sum = C64::new(d.sum(re), d.sum(im));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_gives_the_same_products() {
        let (rows, stride) = (6, 40);
        let number = |i: usize| {
            ((i * 7919 % 1000) as f64 / 500.0 - 1.0) * if i.is_multiple_of(3) { -1.0 } else { 1.0 }
        };
        let re: Vec<f64> = (0..rows * stride).map(number).collect();
        let im: Vec<f64> = (0..rows * stride).map(|i| number(i + 12_345)).collect();
        let at = |row: usize, s: usize| C64::new(re[row * stride + s], im[row * stride + s]);
        for level in Level::available() {
            let mut found = vec![C64::default(); rows * rows];
            gram(level, &re, &im, stride, |i, j, sum| found[i * rows + j] = sum);
            for (i, j) in (0..rows).flat_map(|i| (i..rows).map(move |j| (i, j))) {
                let exact: C64 = (0..stride).map(|s| at(i, s) * at(j, s).conj()).sum();
                // 40 terms below 2 in magnitude: rounding is at most 40 * 80 * 1.1e-16.
                let found = found[i * rows + j];
                assert!((found - exact).norm() < 4e-13, "{level} {i} {j}: {found} {exact}");
            }
        }
    }

    #[test]
    fn numbers_are_split_alike_at_every_level() {
        let z: Vec<Complex<f32>> = (0..37).map(|i| Complex::new(i as f32, -0.1 * i as f32)).collect();
        for level in Level::available() {
            let (mut re, mut im) = (vec![0.0; 40], vec![0.0; 40]);
            split(level, &z, &mut re, &mut im);
            assert!(
                z.iter()
                    .zip(re.iter().zip(&im))
                    .all(|(z, (re, im))| { (f64::from(z.re), f64::from(z.im)) == (*re, *im) })
            );
            assert_eq!(re[37..], [0.0; 3]);
        }
    }
}
