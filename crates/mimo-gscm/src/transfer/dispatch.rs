//! The transfer kernels compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable kernels, inlined. They fuse and reorder nothing, so all give the
//! same bits, which a test checks.
#![allow(unsafe_code)]

use super::kernel::{self, Planes};
use super::spread::Spread;
use mmw_core::C64;

/// Declares a kernel in the widest registers that this processor has.
macro_rules! dispatched {
    ($(#[$doc:meta])* $name:ident, $wide:ident, $middle:ident, ($($arg:ident: $ty:ty),*), $kernel512:expr, $kernel:expr) => {
        $(#[$doc])*
        pub(super) fn $name($($arg: $ty),*) {
            #[cfg(target_arch = "x86_64")]
            {
                if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
                    // SAFETY: see the module's header; both features have just been detected.
                    return unsafe { $wide($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: see the module's header; `avx2` has just been detected.
                    return unsafe { $middle($($arg),*) };
                }
            }
            $kernel($($arg),*);
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq")]
        fn $wide($($arg: $ty),*) {
            $kernel512($($arg),*);
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        fn $middle($($arg: $ty),*) {
            $kernel($($arg),*);
        }
    };
}

dispatched!(
    /// [`kernel::products`].
    products, products_avx512, products_avx2,
    (ends: [&Spread; 2], gain: (&[f64], &[f64]), out: &mut Planes),
    kernel::products, kernel::products
);
dispatched!(
    /// [`kernel::sum_of_products`].
    sum_of_products, sum_of_products_avx512, sum_of_products_avx2,
    (ends: [&Spread; 2], gain: (&[f64], &[f64]), sums: &mut Planes),
    kernel::sum_of_products, kernel::sum_of_products
);
dispatched!(
    /// [`kernel::pair_sums`].
    pair_sums, pair_sums_avx512, pair_sums_avx2,
    (receive: &Planes, transmit: &Planes, strengths: &[f64], sums: (&mut [f64], &mut [f64])),
    kernel::pair_sums, kernel::pair_sums
);
dispatched!(
    /// [`kernel::weigh`].
    weigh, weigh_avx512, weigh_avx2,
    (weights: &[C64], row: (&mut [f64], &mut [f64])),
    kernel::weigh, kernel::weigh
);
dispatched!(
    /// [`kernel::accumulate`].
    accumulate, accumulate_avx512, accumulate_avx2,
    (a: &Planes, weights: (&[f64], &[f64]), out: &mut Planes),
    kernel::accumulate, kernel::accumulate
);
dispatched!(
    /// [`kernel::combine`].
    combine, combine_avx512, combine_avx2,
    (w: &Planes, m: &Planes, out: &mut Planes),
    kernel::combine::<8>, kernel::combine::<2>
);
dispatched!(
    /// [`kernel::advance`].
    advance, advance_avx512, advance_avx2,
    (w: &mut Planes, from: usize, to: usize, z: (&[f64], &[f64])),
    kernel::advance, kernel::advance
);

#[cfg(test)]
mod tests {
    use super::*;

    fn planes(rows: usize, width: usize, seed: usize) -> Planes {
        let part = |i: usize| ((i + seed).wrapping_mul(2_654_435_761) % 65_537) as f64 / 32_768.5 - 1.0;
        let size = rows * width;
        Planes { width, re: (0..size).map(part).collect(), im: (size..2 * size).map(part).collect() }
    }

    #[test]
    fn every_block_size_and_instruction_set_gives_the_same_bits() {
        let (w, m) = (planes(11, 30, 1), planes(30, 16, 2));
        let mut out = [planes(11, 16, 3), planes(11, 16, 4), planes(11, 16, 5)];
        combine(&w, &m, &mut out[0]);
        kernel::combine::<2>(&w, &m, &mut out[1]);
        kernel::combine::<8>(&w, &m, &mut out[2]);
        assert_eq!(out[0].re, out[1].re);
        assert_eq!(out[0].im, out[2].im);

        let (a, b, gain) = (planes(3, 21, 1), planes(2, 21, 2), planes(1, 21, 3));
        let mut pairs = [planes(1, 6, 4), planes(1, 6, 5)];
        let [first, second] = &mut pairs;
        pair_sums(&a, &b, gain.row(0).0, first.row_mut(0));
        kernel::pair_sums(&a, &b, gain.row(0).0, second.row_mut(0));
        assert_eq!((&pairs[0].re, &pairs[0].im), (&pairs[1].re, &pairs[1].im));

        let spread = |seed: usize| {
            let rows = (0..21).map(|p| (p * seed) % 5).collect();
            Spread { rows, responses: planes(5, 16, seed), ..Spread::default() }
        };
        let ends = [&spread(2), &spread(3)];
        let mut rows = [planes(21, 16, 6), planes(21, 16, 7)];
        products(ends, gain.row(0), &mut rows[0]);
        kernel::products(ends, gain.row(0), &mut rows[1]);
        assert_eq!((&rows[0].re, &rows[0].im), (&rows[1].re, &rows[1].im));
        let mut sums = [planes(1, 16, 8), planes(1, 16, 9)];
        sum_of_products(ends, gain.row(0), &mut sums[0]);
        kernel::sum_of_products(ends, gain.row(0), &mut sums[1]);
        assert_eq!((&sums[0].re, &sums[0].im), (&sums[1].re, &sums[1].im));
        let total: f64 = (0..21).map(|p| rows[0].row(p).0[3]).sum();
        assert!((total - sums[0].re[3]).abs() < 1e-13);

        let factors: Vec<C64> = (0..21).map(|i| C64::new(gain.re[i], gain.im[i])).collect();
        let mut weighed = [planes(1, 21, 10), planes(1, 21, 10)];
        let [first, second] = &mut weighed;
        weigh(&factors, first.row_mut(0));
        kernel::weigh(&factors, second.row_mut(0));
        assert_eq!((&weighed[0].re, &weighed[0].im), (&weighed[1].re, &weighed[1].im));

        let weights = planes(21, 32, 6);
        let mut sums = [planes(3, 32, 7), planes(3, 32, 7)];
        accumulate(&a, (&weights.re, &weights.im), &mut sums[0]);
        kernel::accumulate(&a, (&weights.re, &weights.im), &mut sums[1]);
        assert_eq!((&sums[0].re, &sums[0].im), (&sums[1].re, &sums[1].im));

        let mut chains = [planes(9, 30, 8), planes(9, 30, 8)];
        advance(&mut chains[0], 1, 9, w.row(0));
        kernel::advance(&mut chains[1], 1, 9, w.row(0));
        assert_eq!(chains[0].re, chains[1].re);
    }
}
