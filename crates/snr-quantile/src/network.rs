//! Buckets of a few values each, sorted eight at a time.
//!
//! Eight buckets stand side by side, the value `k` of each in row `k`, so that one comparator of a sorting
//! network acts on all eight at once and no branch depends on the values. The rows are then turned into
//! columns, and each bucket is written in one or two stores; what these write beyond the bucket's end is
//! overwritten by the next bucket, or lies in the slack at the end of the output.
//!
//! Sound because:
//! - the wide function stands behind the detection of exactly the features that it names;
//! - rows are read under a mask: only values `k < min(count, ROOM)` of a bucket, which the caller has written
//!   (see there), and masked lanes are not accessed;
//! - a group is read within its [`Group`], whose length the type fixes;
//! - stores go to `start..start + ROOM` with `start` at most the sum of all counts, and [`sort_buckets`]
//!   checks before that the output is longer than that sum by `ROOM`.
//!
//! The portable twin is an insertion sort of each bucket. Sorted values have but one order, so both write the
//! same bits, which a test checks.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;

/// Buckets side by side.
pub(crate) const LANES: usize = 8;
/// Values that a bucket holds.
pub(crate) const ROOM: usize = 16;

/// Places of eight buckets.
pub(crate) const GROUP: usize = LANES * ROOM;
/// Eight buckets: the value `k` of bucket `lane` at `k · LANES + lane`.
pub(crate) type Group = [MaybeUninit<f64>; GROUP];

/// Writes the values of all buckets in ascending order, one bucket after the other.
///
/// Of a bucket with more than [`ROOM`] values, the first [`ROOM`] are written, sorted, and room for the others
/// is left. The output is longer than the sum of the counts by at least [`ROOM`], or nothing is written.
///
/// # Safety
/// The first `min(count, ROOM)` values of each bucket are initialised.
pub(crate) unsafe fn sort_buckets(counts: &[[u32; LANES]], groups: &[Group], out: &mut [f64]) {
    let total: u64 = counts.iter().flatten().map(|count| u64::from(*count)).sum();
    if total.saturating_add(ROOM as u64) > out.len() as u64 {
        return;
    }
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
        // SAFETY: the two features have just been detected; the caller vouches for the values, and the length
        // of the output has been checked.
        return unsafe { wide::sort_buckets(counts, groups, out) };
    }
    // SAFETY: the caller vouches for the values.
    unsafe { sort_buckets_portable(counts, groups, out) }
}

/// The portable twin.
///
/// # Safety
/// As [`sort_buckets`].
unsafe fn sort_buckets_portable(counts: &[[u32; LANES]], groups: &[Group], out: &mut [f64]) {
    let mut start = 0;
    for (counts, group) in counts.iter().zip(groups) {
        for (lane, count) in counts.iter().enumerate() {
            let count = *count as usize;
            let Some(bucket) = out.get_mut(start..start + count.min(ROOM)) else { return };
            start += count;
            for k in 0..bucket.len() {
                // SAFETY: `k` is below the count and below `ROOM`, so the caller has written it.
                let value = unsafe { group[k * LANES + lane].assume_init() };
                let mut place = k;
                while place > 0 && bucket[place - 1] > value {
                    bucket[place] = bucket[place - 1];
                    place -= 1;
                }
                bucket[place] = value;
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::{Group, LANES, ROOM};
    use std::arch::x86_64::*;

    /// A comparator on each lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    fn exchange<const N: usize>(x: &mut [__m512d; N], i: usize, j: usize) {
        (x[i], x[j]) = (_mm512_min_pd(x[i], x[j]), _mm512_max_pd(x[i], x[j]));
    }

    /// The network of 19 comparators for eight values.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    fn sort_8(x: &mut [__m512d; 8]) {
        // Layer by layer: loops so short are unrolled, and the values stay in registers.
        for k in [0, 1, 4, 5] {
            exchange(x, k, k + 2);
        }
        for k in 0..4 {
            exchange(x, k, k + 4);
        }
        for k in [0, 2, 4, 6] {
            exchange(x, k, k + 1);
        }
        for k in [2, 3] {
            exchange(x, k, k + 2);
        }
        for k in [1, 3] {
            exchange(x, k, k + 3);
        }
        for k in [1, 3, 5] {
            exchange(x, k, k + 1);
        }
    }

    /// Batcher's merge of two sorted eights: 25 comparators.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    fn merge_16(low: [__m512d; 8], high: [__m512d; 8]) -> [__m512d; 16] {
        let mut x = [low[0]; 16];
        x[..8].copy_from_slice(&low);
        x[8..].copy_from_slice(&high);
        for k in 0..8 {
            exchange(&mut x, k, k + 8);
        }
        for k in 4..8 {
            exchange(&mut x, k, k + 4);
        }
        for k in [2, 3, 6, 7, 10, 11] {
            exchange(&mut x, k, k + 2);
        }
        for k in [1, 3, 5, 7, 9, 11, 13] {
            exchange(&mut x, k, k + 1);
        }
        x
    }

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
    unsafe fn rows<const FIRST: usize>(group: &Group, counts: __m256i) -> [__m512d; 8] {
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
    pub(super) unsafe fn sort_buckets(counts: &[[u32; LANES]], groups: &[Group], out: &mut [f64]) {
        let out = out.as_mut_ptr();
        let mut start = 0_usize;
        // SAFETY (of the stores): see the header; a start never exceeds the sum of the counts.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Buckets of `fullest` values at most (some beyond [`ROOM`]), in ascending order.
    fn buckets(groups: usize, fullest: u32) -> (Vec<[u32; LANES]>, Vec<Group>) {
        let counts: Vec<[u32; LANES]> = (0..groups as u32)
            .map(|group| std::array::from_fn(|lane| (group * 7 + lane as u32 * 5) * 37 % (fullest + 1)))
            .collect();
        let value = |group: usize, lane: usize, k: usize| {
            ((group * LANES + lane) as f64) + ((k * 7 + lane * 3) % 11) as f64 / 11.0
        };
        let filled = (0..groups).map(|group| {
            std::array::from_fn(|place| {
                let (k, lane) = (place / LANES, place % LANES);
                let used = (k as u32) < counts[group][lane];
                if used { MaybeUninit::new(value(group, lane, k)) } else { MaybeUninit::uninit() }
            })
        });
        (counts.clone(), filled.collect())
    }

    #[test]
    fn the_network_writes_what_the_insertion_sort_writes() {
        for (groups, fullest) in [(1, 1), (3, 8), (40, 9), (40, 16), (40, 20)] {
            let (counts, filled) = buckets(groups, fullest);
            let total: usize = counts.iter().flatten().map(|count| *count as usize).sum();
            let (mut here, mut there) = (vec![-1.0; total + ROOM], vec![-1.0; total + ROOM]);
            // SAFETY: `buckets` has written the values that it counts, up to `ROOM`.
            unsafe {
                sort_buckets(&counts, &filled, &mut here);
                sort_buckets_portable(&counts, &filled, &mut there);
            }
            let mut start = 0;
            for count in counts.iter().flatten().map(|count| *count as usize) {
                let written = start..start + count.min(ROOM);
                assert!(here[written.clone()] == there[written.clone()], "{groups} {fullest}");
                assert!(here[written].is_sorted(), "{groups} {fullest}");
                start += count;
            }
        }
    }

    #[test]
    fn an_output_without_slack_is_left_alone() {
        let (counts, filled) = buckets(3, 8);
        let total: usize = counts.iter().flatten().map(|count| *count as usize).sum();
        let mut out = vec![-1.0; total + ROOM - 1];
        // SAFETY: `buckets` has written the values that it counts.
        unsafe { sort_buckets(&counts, &filled, &mut out) };
        assert!(out.iter().all(|x| *x == -1.0));
    }
}
