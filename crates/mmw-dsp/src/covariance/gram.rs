//! The inner products of all pairs of rows.
//!
//! # Fused
//! [`gram`] multiplies and adds in one operation, and sums in as many lanes as registers have, wherever AVX2
//! or better is found: its last bits depend on the level. A sum of `n` products is off by at most
//! `3 n ε Σ |x_i| |x_j|` at any level, `ε = 1.1e-16`.

use crate::wide::fused;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Real, by_level};

/// Rows are padded to a multiple of this many numbers: the widest register of any level.
pub(super) const BLOCK: usize = 8;

by_level! {
    /// Calls `put(i, j, Σ_s x_i[s] x_j[s]*)` for every pair of rows with `i` at most `j`, and some others.
    ///
    /// `re` and `im` hold an even number of rows of `stride` numbers, a multiple of [`BLOCK`].
    pub(super) fn gram(
        level: Level, re: &[f64], im: &[f64], stride: usize, put: impl FnMut(usize, usize, C64),
    ) {
        Avx512 => gram_lanes::<8, true>(re, im, stride, put),
        Avx2 => gram_lanes::<4, true>(re, im, stride, put),
        Portable => gram_lanes::<2, false>(re, im, stride, put),
    }
}

by_level! {
    /// Splits interleaved complex numbers into two rows.
    pub(super) fn split<T: Real>(level: Level, z: &[Complex<T>], re: &mut [f64], im: &mut [f64]) {
        for ((re, im), z) in re.iter_mut().zip(im).zip(z) {
            (*re, *im) = (z.re.as_f64(), z.im.as_f64());
        }
    }
}

/// Two rows, real and imaginary, in blocks of `L`.
type Pair<'a, const L: usize> = [&'a [[f64; L]]; 4];

#[inline(always)]
fn gram_lanes<const L: usize, const FMA: bool>(
    re: &[f64],
    im: &[f64],
    stride: usize,
    mut put: impl FnMut(usize, usize, C64),
) {
    let pairs = re.len() / (2 * stride);
    let rows = |pair: usize| -> Pair<'_, L> {
        let (first, second) = (2 * pair * stride, (2 * pair + 1) * stride);
        [
            re[first..first + stride].as_chunks().0,
            im[first..first + stride].as_chunks().0,
            re[second..second + stride].as_chunks().0,
            im[second..second + stride].as_chunks().0,
        ]
    };
    for p in 0..pairs {
        for q in p..pairs {
            let sums = tile::<L, FMA>(rows(p), rows(q));
            put(2 * p, 2 * q, sums[0]);
            put(2 * p, 2 * q + 1, sums[1]);
            put(2 * p + 1, 2 * q, sums[2]);
            put(2 * p + 1, 2 * q + 1, sums[3]);
        }
    }
}

/// The four products of two rows with two rows: eight sums in registers for eight loads.
#[inline(always)]
fn tile<const L: usize, const FMA: bool>(a: Pair<'_, L>, b: Pair<'_, L>) -> [C64; 4] {
    let mut re = [[0.0; L]; 4];
    let mut im = [[0.0; L]; 4];
    let first = a[0].iter().zip(a[1]).zip(a[2].iter().zip(a[3]));
    let second = b[0].iter().zip(b[1]).zip(b[2].iter().zip(b[3]));
    for (((a0r, a0i), (a1r, a1i)), ((b0r, b0i), (b1r, b1i))) in first.zip(second) {
        for l in 0..L {
            let pairs =
                [(a0r, a0i, b0r, b0i), (a0r, a0i, b1r, b1i), (a1r, a1i, b0r, b0i), (a1r, a1i, b1r, b1i)];
            for (t, (ar, ai, br, bi)) in pairs.into_iter().enumerate() {
                re[t][l] = fused::<FMA>(ar[l], br[l], fused::<FMA>(ai[l], bi[l], re[t][l]));
                im[t][l] = fused::<FMA>(ai[l], br[l], fused::<FMA>(-ar[l], bi[l], im[t][l]));
            }
        }
    }
    std::array::from_fn(|t| C64::new(re[t].iter().sum(), im[t].iter().sum()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::simd::Level;

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
