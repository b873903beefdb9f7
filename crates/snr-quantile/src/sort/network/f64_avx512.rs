//! The network on AVX-512: the eight buckets of a group at once.

use super::comparators::comparators;
use super::group::{Group, LANES, ROOM};
use std::arch::x86_64::*;

comparators!(__m512d, _mm512_min_pd, _mm512_max_pd, "avx512f,avx512vl");

/// Rows to columns.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn transpose(r: [__m512d; 8]) -> [__m512d; 8] {
    let low = |i: usize| _mm512_unpacklo_pd(r[i], r[i + 1]);
    let high = |i: usize| _mm512_unpackhi_pd(r[i], r[i + 1]);
    // Quarters 0 and 2 of two registers, or 1 and 3.
    let even = |a, b| _mm512_shuffle_f64x2::<0x88>(a, b);
    let odd = |a, b| _mm512_shuffle_f64x2::<0xdd>(a, b);
    let (a, b) = ([low(0), low(2), low(4), low(6)], [high(0), high(2), high(4), high(6)]);
    let [a04, b04] = [a, b].map(|x| [even(x[0], x[1]), even(x[2], x[3])]);
    let [a26, b26] = [a, b].map(|x| [odd(x[0], x[1]), odd(x[2], x[3])]);
    [
        even(a04[0], a04[1]),
        even(b04[0], b04[1]),
        even(a26[0], a26[1]),
        even(b26[0], b26[1]),
        odd(a04[0], a04[1]),
        odd(b04[0], b04[1]),
        odd(a26[0], a26[1]),
        odd(b26[0], b26[1]),
    ]
}

/// Rows `FIRST..FIRST + 8` of a group, infinite where a bucket has no such value.
///
/// # Safety
/// As [`super::sort_buckets`].
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
unsafe fn rows<const FIRST: usize>(group: &Group<f64>, counts: __m256i) -> [__m512d; 8] {
    const { assert!(FIRST + 8 <= ROOM) };
    let mut x = [_mm512_set1_pd(f64::INFINITY); 8];
    for (k, x) in x.iter_mut().enumerate() {
        let row = FIRST + k;
        let mask = _mm256_cmpgt_epu32_mask(counts, _mm256_set1_epi32(row as i32));
        let start = group.as_ptr().cast::<f64>().wrapping_add(row * LANES);
        // SAFETY: the row lies within the group, and values beyond a bucket's count are masked.
        *x = unsafe { _mm512_mask_loadu_pd(*x, mask, start) };
    }
    x
}

/// # Safety
/// As [`super::sort_buckets`]; the output is longer than the sum of the counts by [`ROOM`].
#[target_feature(enable = "avx512f,avx512vl")]
pub(super) unsafe fn sort_buckets(counts: &[[u32; LANES]], groups: &[Group<f64>], out: &mut [f64]) {
    let out = out.as_mut_ptr();
    let mut start = 0_usize;
    // SAFETY (of the stores): see the header of the module above; a start never exceeds the sum of the
    // counts.
    for (counts, group) in counts.iter().zip(groups) {
        let most = counts.iter().fold(0, |most, count| most.max(*count));
        if most == 0 {
            continue;
        }
        // SAFETY: eight 32-bit numbers.
        let vector = unsafe { _mm256_loadu_si256(counts.as_ptr().cast()) };
        // SAFETY: the caller vouches for the values.
        let mut low = unsafe { rows::<0>(group, vector) };
        sort_8(&mut low);
        if most <= 8 {
            for (column, count) in transpose(low).into_iter().zip(counts) {
                // SAFETY: see above.
                unsafe { _mm512_storeu_pd(out.add(start), column) };
                start += *count as usize;
            }
            continue;
        }
        // SAFETY: the caller vouches for the values.
        let mut high = unsafe { rows::<8>(group, vector) };
        sort_8(&mut high);
        let x = merge_16(low, high);
        let low = transpose([x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]]);
        let high = transpose([x[8], x[9], x[10], x[11], x[12], x[13], x[14], x[15]]);
        for ((low, high), count) in low.into_iter().zip(high).zip(counts) {
            // SAFETY: see above.
            unsafe {
                _mm512_storeu_pd(out.add(start), low);
                _mm512_storeu_pd(out.add(start + 8), high);
            }
            start += *count as usize;
        }
    }
}
