//! The log-determinant kernel compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the feature,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable kernel, inlined. None of them fuses or reorders an operation, so
//! all give the same bits, which a test checks.
#![allow(unsafe_code)]

use super::lanes::ComplexLanes;
use super::log_det::{Growth, growth_fixed};
use crate::C64;

/// Matrices worked on at once by the batched form: one 512-bit register of `f64`.
pub(super) const LANES: usize = 8;

/// [`growth_fixed`] for [`LANES`] matrices, in the widest registers that this processor has.
pub(super) fn growth_of_lanes<const N: usize>(
    factor: f64,
    wide: bool,
    entries: &[C64],
    split: &mut [ComplexLanes<LANES>],
) -> Growth<LANES> {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: see the module's header; `avx512f` has just been detected.
            return unsafe { growth_avx512::<N>(factor, wide, entries, split) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: see the module's header; `avx2` has just been detected.
            return unsafe { growth_avx2::<N>(factor, wide, entries, split) };
        }
    }
    growth_fixed::<N, LANES>(factor, wide, entries, split)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn growth_avx512<const N: usize>(
    factor: f64,
    wide: bool,
    entries: &[C64],
    split: &mut [ComplexLanes<LANES>],
) -> Growth<LANES> {
    growth_fixed::<N, LANES>(factor, wide, entries, split)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn growth_avx2<const N: usize>(
    factor: f64,
    wide: bool,
    entries: &[C64],
    split: &mut [ComplexLanes<LANES>],
) -> Growth<LANES> {
    growth_fixed::<N, LANES>(factor, wide, entries, split)
}

/// Asks for memory that will be read soon.
#[inline(always)]
pub(super) fn prefetch(entries: &[C64]) {
    #[cfg(target_arch = "x86_64")]
    for line in entries.chunks(4) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint, it neither faults nor changes memory; and the address is valid.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast::<i8>()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(growth: Growth<LANES>) -> [[u64; LANES]; 2] {
        [growth.growth.0.map(f64::to_bits), growth.loss.0.map(f64::to_bits)]
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_portable_kernel() {
        let part = |i: usize| (i.wrapping_mul(2_654_435_761) % 65_537) as f64 / 32_768.5 - 1.0;
        let entries: Vec<C64> = (0..8 * 72).map(|i| C64::new(part(2 * i), part(2 * i + 1))).collect();
        let scratch = || vec![ComplexLanes::ZERO; 72];
        for wide in [true, false] {
            let portable = bits(growth_fixed::<8, LANES>(1.5, wide, &entries, &mut scratch()));
            assert_eq!(bits(growth_of_lanes::<8>(1.5, wide, &entries, &mut scratch())), portable);
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: `avx2` has just been detected.
                let narrow = unsafe { growth_avx2::<8>(1.5, wide, &entries, &mut scratch()) };
                assert_eq!(bits(narrow), portable);
            }
        }
    }
}
