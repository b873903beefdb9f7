//! The network on AVX2: a group's eight buckets in two halves.

use super::comparators::comparators;
use super::group::{Group, LANES, ROOM};
use std::arch::x86_64::*;

comparators!(__m256d, _mm256_min_pd, _mm256_max_pd, "avx2");

/// Buckets in a register.
const HALF: usize = LANES / 2;

/// Rows to columns.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(r: [__m256d; 4]) -> [__m256d; HALF] {
    let [low, high] =
        [[r[0], r[1]], [r[2], r[3]]].map(|[a, b]| [_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b)]);
    [
        _mm256_permute2f128_pd::<0x20>(low[0], high[0]),
        _mm256_permute2f128_pd::<0x20>(low[1], high[1]),
        _mm256_permute2f128_pd::<0x31>(low[0], high[0]),
        _mm256_permute2f128_pd::<0x31>(low[1], high[1]),
    ]
}

/// Rows `FIRST..FIRST + 8` of half a group, infinite where a bucket has no such value.
///
/// # Safety
/// As [`super::sort_buckets`], for the buckets from `start` on, whose counts these are.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn rows<const FIRST: usize>(start: *const f64, counts: __m256i) -> [__m256d; 8] {
    const { assert!(FIRST + 8 <= ROOM) };
    let infinite = _mm256_set1_pd(f64::INFINITY);
    let mut x = [infinite; 8];
    for (k, x) in x.iter_mut().enumerate() {
        let row = FIRST + k;
        let mask = _mm256_cmpgt_epi64(counts, _mm256_set1_epi64x(row as i64));
        // SAFETY: the row lies within the group, and values beyond a bucket's count are masked.
        let values = unsafe { _mm256_maskload_pd(start.wrapping_add(row * LANES), mask) };
        *x = _mm256_blendv_pd(infinite, values, _mm256_castsi256_pd(mask));
    }
    x
}

/// # Safety
/// As [`super::sort_buckets`]; the output is longer than the sum of the counts by [`ROOM`].
#[target_feature(enable = "avx2")]
pub(super) unsafe fn sort_buckets(counts: &[[u32; LANES]], groups: &[Group<f64>], out: &mut [f64]) {
    let out = out.as_mut_ptr();
    let mut start = 0_usize;
    // SAFETY (of the stores): see the header of the module above; a start never exceeds the sum of the
    // counts.
    for (counts, group) in counts.iter().zip(groups) {
        for (half, counts) in counts.as_chunks::<HALF>().0.iter().enumerate() {
            let most = counts.iter().fold(0, |most, count| most.max(*count));
            if most == 0 {
                continue;
            }
            let values = group.as_ptr().cast::<f64>().wrapping_add(half * HALF);
            let vector = _mm256_set_epi64x(
                i64::from(counts[3]),
                i64::from(counts[2]),
                i64::from(counts[1]),
                i64::from(counts[0]),
            );
            // SAFETY: the caller vouches for the values.
            let mut low = unsafe { rows::<0>(values, vector) };
            sort_8(&mut low);
            if most <= 8 {
                let columns = [
                    transpose([low[0], low[1], low[2], low[3]]),
                    transpose([low[4], low[5], low[6], low[7]]),
                ];
                for (lane, count) in counts.iter().enumerate() {
                    // SAFETY: see above.
                    unsafe {
                        _mm256_storeu_pd(out.add(start), columns[0][lane]);
                        _mm256_storeu_pd(out.add(start + 4), columns[1][lane]);
                    }
                    start += *count as usize;
                }
                continue;
            }
            // SAFETY: the caller vouches for the values.
            let mut high = unsafe { rows::<8>(values, vector) };
            sort_8(&mut high);
            let x = merge_16(low, high);
            let quarter = |k: usize| transpose([x[k], x[k + 1], x[k + 2], x[k + 3]]);
            let columns = [quarter(0), quarter(4), quarter(8), quarter(12)];
            for (lane, count) in counts.iter().enumerate() {
                for (quarter, column) in columns.iter().enumerate() {
                    // SAFETY: see above.
                    unsafe { _mm256_storeu_pd(out.add(start + 4 * quarter), column[lane]) };
                }
                start += *count as usize;
            }
        }
    }
}
