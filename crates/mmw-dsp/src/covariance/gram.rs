//! The inner products of all pairs of rows, in the widest vector registers that the machine has.
//!
//! The `unsafe` of this module is three calls of `#[target_feature]` functions. Each is sound because it
//! stands behind the run-time check of exactly the features that the function enables; the functions
//! themselves are safe code, the same generic body as the portable twin, compiled for other registers.
#![allow(unsafe_code)]

use mmw_core::num_complex::Complex;
use mmw_core::{C64, Real};

/// Rows are padded to a multiple of this many numbers: the widest register of any twin.
pub(super) const BLOCK: usize = 8;

/// Calls `put(i, j, Σ_s x_i[s] x_j[s]*)` for every pair of rows with `i` at most `j`, and some others.
///
/// `re` and `im` hold an even number of rows of `stride` numbers, a multiple of [`BLOCK`].
pub(super) fn gram(re: &[f64], im: &[f64], stride: usize, put: impl FnMut(usize, usize, C64)) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the feature was found on the line above.
            return unsafe { gram_avx512(re, im, stride, put) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: both features were found on the line above.
            return unsafe { gram_avx2(re, im, stride, put) };
        }
    }
    gram_lanes::<2, false>(re, im, stride, put);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn gram_avx512(re: &[f64], im: &[f64], stride: usize, put: impl FnMut(usize, usize, C64)) {
    gram_lanes::<8, true>(re, im, stride, put);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn gram_avx2(re: &[f64], im: &[f64], stride: usize, put: impl FnMut(usize, usize, C64)) {
    gram_lanes::<4, true>(re, im, stride, put);
}

/// Splits interleaved complex numbers into two rows.
pub(super) fn split<T: Real>(z: &[Complex<T>], re: &mut [f64], im: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was found on the line above.
        return unsafe { split_avx2(z, re, im) };
    }
    split_plain(z, re, im);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn split_avx2<T: Real>(z: &[Complex<T>], re: &mut [f64], im: &mut [f64]) {
    split_plain(z, re, im);
}

#[inline(always)]
fn split_plain<T: Real>(z: &[Complex<T>], re: &mut [f64], im: &mut [f64]) {
    for ((re, im), z) in re.iter_mut().zip(im).zip(z) {
        (*re, *im) = (z.re.as_f64(), z.im.as_f64());
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
                re[t][l] = add::<FMA>(ar[l], br[l], add::<FMA>(ai[l], bi[l], re[t][l]));
                im[t][l] = add::<FMA>(ai[l], br[l], add::<FMA>(-ar[l], bi[l], im[t][l]));
            }
        }
    }
    std::array::from_fn(|t| C64::new(re[t].iter().sum(), im[t].iter().sum()))
}

#[inline(always)]
fn add<const FMA: bool>(a: f64, b: f64, sum: f64) -> f64 {
    if FMA { a.mul_add(b, sum) } else { a * b + sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One twin with its data; it takes where to put the products.
    type Twin<'a> = dyn Fn(&mut dyn FnMut(usize, usize, C64)) + 'a;

    #[test]
    fn every_twin_gives_the_same_products() {
        let (rows, stride) = (6, 40);
        let number = |i: usize| {
            ((i * 7919 % 1000) as f64 / 500.0 - 1.0) * if i.is_multiple_of(3) { -1.0 } else { 1.0 }
        };
        let re: Vec<f64> = (0..rows * stride).map(number).collect();
        let im: Vec<f64> = (0..rows * stride).map(|i| number(i + 12_345)).collect();
        let collect = |run: &Twin<'_>| {
            let mut found = vec![C64::default(); rows * rows];
            run(&mut |i, j, sum| found[i * rows + j] = sum);
            found
        };
        let portable = collect(&|put| gram_lanes::<2, false>(&re, &im, stride, put));
        let fastest = collect(&|put| gram(&re, &im, stride, put));
        let others = [
            collect(&|put| gram_lanes::<4, true>(&re, &im, stride, put)),
            collect(&|put| gram_lanes::<8, true>(&re, &im, stride, put)),
        ];
        for i in 0..rows {
            for j in i..rows {
                let at = i * rows + j;
                let exact: C64 = (0..stride)
                    .map(|s| {
                        C64::new(re[i * stride + s], im[i * stride + s])
                            * C64::new(re[j * stride + s], -im[j * stride + s])
                    })
                    .sum();
                // 40 terms below 2 in magnitude: rounding is at most 40 * 80 * 1.1e-16.
                for found in [&portable, &fastest, &others[0], &others[1]] {
                    assert!((found[at] - exact).norm() < 4e-13, "{i} {j}: {} {exact}", found[at]);
                }
            }
        }
    }
}
