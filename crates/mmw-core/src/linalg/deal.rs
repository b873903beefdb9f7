//! Matrices dealt out into lanes, one per lane, and memory asked for ahead of time.
//!
//! Two things here touch memory by pointers, the vector form of [`deal`] and the hint of [`prefetch`]. The
//! first moves whole arrays that references vouch for, the second neither faults nor changes memory.
#![allow(unsafe_code)]

use super::lanes::ComplexLanes;
use crate::C64;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m512d, _mm512_loadu_pd, _mm512_mul_pd, _mm512_set1_pd, _mm512_setzero_pd, _mm512_shuffle_f64x2,
    _mm512_storeu_pd, _mm512_unpackhi_pd, _mm512_unpacklo_pd,
};
use std::array::from_fn;

/// Matrices worked on at once by the batched form: one 512-bit register of `f64`.
pub(super) const LANES: usize = 8;

/// The first `W` matrices of `size` entries; what is lacking repeats the first.
#[inline(always)]
fn matrices<const W: usize>(entries: &[C64], size: usize) -> [&[C64]; W] {
    let mut matrices = entries.chunks_exact(size);
    let first = matrices.next().unwrap_or_default();
    from_fn(|lane| if lane == 0 { first } else { matrices.next().unwrap_or(first) })
}

/// Deals up to `W` row-major matrices of `split.len()` entries out into the lanes, times `factor`, the
/// shorter side outermost (`wide` when that is the rows); lanes left over repeat the first matrix.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "lanes run side by side in two arrays")]
pub(super) fn deal<const N: usize, const W: usize>(
    factor: f64,
    wide: bool,
    entries: &[C64],
    split: &mut [ComplexLanes<W>],
) {
    let longer = split.len() / N;
    let lanes = matrices::<W>(entries, split.len());
    for (i, row) in split.chunks_exact_mut(longer).enumerate() {
        for (k, place) in row.iter_mut().enumerate() {
            let from = if wide { i * longer + k } else { k * N + i };
            for lane in 0..W {
                let z = lanes[lane][from];
                place.re.0[lane] = factor * z.re;
                place.im.0[lane] = factor * z.im;
            }
        }
    }
}

/// [`deal`], four entries of all eight matrices at a time: the compiler would move single numbers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
pub(super) fn deal_avx512<const N: usize>(
    factor: f64,
    wide: bool,
    entries: &[C64],
    split: &mut [ComplexLanes<LANES>],
) {
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
