//! The network for 32-bit numbers on AVX2: the eight buckets of a group at once.

use super::comparators::comparators;
use super::group::{Group, LANES, ROOM};
use std::arch::x86_64::*;

comparators!(__m256i, _mm256_min_epu32, _mm256_max_epu32, "avx2");

/// Rows to columns.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(r: [__m256i; 8]) -> [__m256i; 8] {
    let pairs = |i: usize| [_mm256_unpacklo_epi32(r[i], r[i + 1]), _mm256_unpackhi_epi32(r[i], r[i + 1])];
    // Columns 0 and 4, 1 and 5, 2 and 6, 3 and 7 of four rows.
    let fours = |[a, b]: [__m256i; 2], [c, d]: [__m256i; 2]| {
        [
            _mm256_unpacklo_epi64(a, c),
            _mm256_unpackhi_epi64(a, c),
            _mm256_unpacklo_epi64(b, d),
            _mm256_unpackhi_epi64(b, d),
        ]
    };
    let (upper, lower) = (fours(pairs(0), pairs(2)), fours(pairs(4), pairs(6)));
    let first = |k: usize| _mm256_permute2x128_si256::<0x20>(upper[k], lower[k]);
    let second = |k: usize| _mm256_permute2x128_si256::<0x31>(upper[k], lower[k]);
    [first(0), first(1), first(2), first(3), second(0), second(1), second(2), second(3)]
}

/// Rows `FIRST..FIRST + 8` of a group, the greatest number where a bucket has no such value.
///
/// # Safety
/// As [`super::sort_buckets`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn rows<const FIRST: usize>(group: &Group<u32>, counts: __m256i) -> [__m256i; 8] {
    const { assert!(FIRST + 8 <= ROOM) };
    let greatest = _mm256_set1_epi32(-1);
    let mut x = [greatest; 8];
    for (k, x) in x.iter_mut().enumerate() {
        let row = FIRST + k;
        let mask = _mm256_cmpgt_epi32(counts, _mm256_set1_epi32(row as i32));
        let start = group.as_ptr().cast::<i32>().wrapping_add(row * LANES);
        // SAFETY: the row lies within the group, and values beyond a bucket's count are masked.
        let values = unsafe { _mm256_maskload_epi32(start, mask) };
        *x = _mm256_or_si256(values, _mm256_andnot_si256(mask, greatest));
    }
    x
}

/// # Safety
/// As [`super::sort_buckets`]; the output is longer than the sum of the counts by [`ROOM`].
#[target_feature(enable = "avx2")]
pub(super) unsafe fn sort_buckets(counts: &[[u32; LANES]], groups: &[Group<u32>], out: &mut [u32]) {
    let out = out.as_mut_ptr();
    let mut start = 0_usize;
    // SAFETY (of the stores): see the header of the module above; a start never exceeds the sum of the
    // counts.
    for (counts, group) in counts.iter().zip(groups) {
        let most = counts.iter().fold(0, |most, count| most.max(*count));
        if most == 0 {
            continue;
        }
        // Counts beyond 2³¹ would be negative.
        let vector = counts.map(|count| count.min(ROOM as u32));
        // SAFETY: eight 32-bit numbers.
        let vector = unsafe { _mm256_loadu_si256(vector.as_ptr().cast()) };
        // SAFETY: the caller vouches for the values.
        let mut low = unsafe { rows::<0>(group, vector) };
        sort_8(&mut low);
        if most <= 8 {
            for (column, count) in transpose(low).into_iter().zip(counts) {
                // SAFETY: see above.
                unsafe { _mm256_storeu_si256(out.add(start).cast(), column) };
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
                _mm256_storeu_si256(out.add(start).cast(), low);
                _mm256_storeu_si256(out.add(start + 8).cast(), high);
            }
            start += *count as usize;
        }
    }
}
