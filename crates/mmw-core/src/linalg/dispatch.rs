//! The log-determinant kernel compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the feature,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable kernel, inlined, but for two things that touch memory by pointers.
//! One is a hint, the other moves whole arrays that references vouch for. None of them fuses or reorders an
//! operation, so all give the same bits, which a test checks.
#![allow(unsafe_code)]

use super::lanes::ComplexLanes;
use super::log_det::{Growth, growth_fixed};
#[cfg(target_arch = "x86_64")]
use super::log_det::{eliminate, matrices};
use crate::C64;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m512d, _mm512_loadu_pd, _mm512_mul_pd, _mm512_set1_pd, _mm512_setzero_pd, _mm512_shuffle_f64x2,
    _mm512_storeu_pd, _mm512_unpackhi_pd, _mm512_unpacklo_pd,
};

/// Matrices worked on at once by the batched form: one 512-bit register of `f64`.
pub(super) const LANES: usize = 8;

/// [`growth_fixed`] for [`LANES`] matrices, in the widest registers that this processor has.
pub(super) fn growth_of_lanes<const N: usize>(
    factor: f64,
    wide: bool,
    entries: [&[C64]; 2],
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
    entries: [&[C64]; 2],
    split: &mut [ComplexLanes<LANES>],
) -> Growth<LANES> {
    deal_avx512::<N>(factor, wide, entries[0], split);
    eliminate::<N, LANES>(split, entries[1])
}

/// What `deal` does, four entries of all eight matrices at a time: the compiler would move single numbers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn deal_avx512<const N: usize>(factor: f64, wide: bool, entries: &[C64], split: &mut [ComplexLanes<LANES>]) {
    let (size, longer) = (split.len(), split.len() / N);
    let lanes = matrices::<LANES>(entries, size);
    let place = |from: usize| if wide { from } else { from % N * longer + from / N };
    let scale = _mm512_set1_pd(factor);
    let whole = size - size % 4;
    for from in (0..whole).step_by(4) {
        let mut rows = [_mm512_setzero_pd(); LANES];
        for (row, lane) in rows.iter_mut().zip(lanes) {
            let Some(four) = lane[from..].first_chunk::<4>() else { return };
            // SAFETY: four complex numbers are eight `f64` side by side, and the reference is valid for them.
            *row = unsafe { _mm512_loadu_pd(four.as_ptr().cast::<f64>()) };
        }
        let parts = transpose(rows);
        for entry in 0..4 {
            let target = &mut split[place(from + entry)];
            let (re, im) = (_mm512_mul_pd(scale, parts[0][entry]), _mm512_mul_pd(scale, parts[1][entry]));
            // SAFETY: the arrays behind both references hold eight `f64` each.
            unsafe {
                _mm512_storeu_pd(target.re.0.as_mut_ptr(), re);
                _mm512_storeu_pd(target.im.0.as_mut_ptr(), im);
            }
        }
    }
    for from in whole..size {
        let target = &mut split[place(from)];
        for (lane, matrix) in lanes.iter().enumerate() {
            target.re.0[lane] = factor * matrix[from].re;
            target.im.0[lane] = factor * matrix[from].im;
        }
    }
}

/// Four complex numbers of each of eight rows, as eight real and eight imaginary parts of each number.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
#[inline]
fn transpose(r: [__m512d; LANES]) -> [[__m512d; 4]; 2] {
    let mut parts = [[_mm512_setzero_pd(); 4]; 2];
    for (part, columns) in parts.iter_mut().enumerate() {
        let mut pairs = [_mm512_setzero_pd(); 4];
        for (k, pair) in pairs.iter_mut().enumerate() {
            let (a, b) = (r[2 * k], r[2 * k + 1]);
            *pair = if part == 0 { _mm512_unpacklo_pd(a, b) } else { _mm512_unpackhi_pd(a, b) };
        }
        let [p, q, u, v] = pairs;
        // 0x88 takes the even quarters of both registers, 0xdd the odd ones.
        let even = (_mm512_shuffle_f64x2::<0x88>(p, q), _mm512_shuffle_f64x2::<0x88>(u, v));
        let odd = (_mm512_shuffle_f64x2::<0xdd>(p, q), _mm512_shuffle_f64x2::<0xdd>(u, v));
        *columns = [
            _mm512_shuffle_f64x2::<0x88>(even.0, even.1),
            _mm512_shuffle_f64x2::<0x88>(odd.0, odd.1),
            _mm512_shuffle_f64x2::<0xdd>(even.0, even.1),
            _mm512_shuffle_f64x2::<0xdd>(odd.0, odd.1),
        ];
    }
    parts
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn growth_avx2<const N: usize>(
    factor: f64,
    wide: bool,
    entries: [&[C64]; 2],
    split: &mut [ComplexLanes<LANES>],
) -> Growth<LANES> {
    growth_fixed::<N, LANES>(factor, wide, entries, split)
}

/// Asks for memory that will be read soon.
#[inline(always)]
#[cfg_attr(not(target_arch = "x86_64"), expect(unused_variables, reason = "there is no portable hint"))]
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
        let few = &entries[..5 * 15];
        for wide in [true, false] {
            let portable = bits(growth_fixed::<8, LANES>(1.5, wide, [&entries, &few[..7]], &mut scratch()));
            assert_eq!(
                bits(growth_of_lanes::<8>(1.5, wide, [&entries, &few[..7]], &mut scratch())),
                portable
            );
            // Fewer matrices than lanes, of a number of entries that four does not divide.
            let mut split = vec![ComplexLanes::ZERO; 15];
            let portable = bits(growth_fixed::<3, LANES>(0.5, wide, [few, &[]], &mut split));
            assert_eq!(bits(growth_of_lanes::<3>(0.5, wide, [few, &[]], &mut split)), portable);
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: `avx2` has just been detected.
                let narrow = unsafe { growth_avx2::<3>(0.5, wide, [few, &[]], &mut split) };
                assert_eq!(bits(narrow), portable);
            }
        }
    }
}
