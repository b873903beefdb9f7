//! The transfer kernels compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable kernels, inlined. They fuse and reorder nothing, so all give the
//! same bits, which a test checks.
#![allow(unsafe_code)]

use super::kernel::{self, Planes};
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
    /// [`kernel::outer`].
    outer, outer_avx512, outer_avx2,
    (receive: &Planes, transmit: &Planes, gain: (&[f64], &[f64]), out: &mut Planes),
    kernel::outer, kernel::outer
);
dispatched!(
    /// [`kernel::row_sums`].
    row_sums, row_sums_avx512, row_sums_avx2,
    (x: &Planes, sums: &mut [C64]),
    kernel::row_sums, kernel::row_sums
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
        let mut pairs = [planes(6, 21, 4), planes(6, 21, 5)];
        outer(&a, &b, gain.row(0), &mut pairs[0]);
        kernel::outer(&a, &b, gain.row(0), &mut pairs[1]);
        assert_eq!((&pairs[0].re, &pairs[0].im), (&pairs[1].re, &pairs[1].im));

        let mut totals = [[C64::ZERO; 6]; 2];
        row_sums(&pairs[0], &mut totals[0]);
        kernel::row_sums(&pairs[0], &mut totals[1]);
        assert_eq!(totals[0], totals[1]);

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
