//! Buckets of a few values each, sorted eight at a time.
//!
//! Eight buckets stand side by side, the value `k` of each in row `k`, so that one comparator of a sorting
//! network acts on all eight at once and no branch depends on the values. The rows are then turned into
//! columns, and each bucket is written in one or two stores; what these write beyond the bucket's end is
//! overwritten by the next bucket, or lies in the slack at the end of the output.
//!
//! Sound because:
//! - the functions of each instruction set stand behind a [`Level`] that proves the features that they name;
//! - rows are read under a mask: only values `k < min(count, ROOM)` of a bucket, which the caller has written
//!   (see there), and masked lanes are not accessed;
//! - a group is read within its [`Group`], whose length the type fixes;
//! - stores go to `start..start + ROOM` with `start` at most the sum of all counts, and [`sort_buckets`]
//!   checks before that the output is longer than that sum by `ROOM`.
//!
//! The portable twin is an insertion sort of each bucket. Sorted values have but one order, so all write the
//! same bits, which a test checks.
#![allow(unsafe_code)]

mod group;

#[cfg(target_arch = "x86_64")]
mod comparators;
#[cfg(target_arch = "x86_64")]
mod f64_avx2;
#[cfg(target_arch = "x86_64")]
mod f64_avx512;
#[cfg(target_arch = "x86_64")]
mod u32_avx2;

use mmw_core::simd::Level;
use std::cmp::Ordering;

pub(crate) use group::{GROUP, Group, LANES, ROOM};

/// What the network sorts.
pub(crate) trait Value: Copy + Default {
    fn order(&self, other: &Self) -> Ordering;

    /// [`sort_buckets`] by the instructions of a level.
    ///
    /// # Safety
    /// As [`sort_buckets`]; the output is longer than the sum of the counts by [`ROOM`].
    unsafe fn sort_buckets(level: Level, counts: &[[u32; LANES]], groups: &[Group<Self>], out: &mut [Self]);
}

impl Value for f64 {
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }

    unsafe fn sort_buckets(level: Level, counts: &[[u32; LANES]], groups: &[Group<Self>], out: &mut [Self]) {
        match level {
            // SAFETY: the level proves AVX-512 F and VL; the rest is the caller's word.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => unsafe { f64_avx512::sort_buckets(counts, groups, out) },
            // SAFETY: as above, with AVX2.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => unsafe { f64_avx2::sort_buckets(counts, groups, out) },
            // SAFETY: the caller vouches for the values.
            _ => unsafe { sort_buckets_portable(counts, groups, out) },
        }
    }
}

impl Value for u32 {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }

    unsafe fn sort_buckets(level: Level, counts: &[[u32; LANES]], groups: &[Group<Self>], out: &mut [Self]) {
        match level {
            // SAFETY: both levels prove AVX2; the rest is the caller's word.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) | Level::Avx2(_) => unsafe { u32_avx2::sort_buckets(counts, groups, out) },
            // SAFETY: the caller vouches for the values.
            _ => unsafe { sort_buckets_portable(counts, groups, out) },
        }
    }
}

/// Writes the values of all buckets in ascending order, one bucket after the other.
///
/// Of a bucket with more than [`ROOM`] values, the first [`ROOM`] are written, sorted, and room for the
/// others is left. The output is longer than the sum of the counts by at least [`ROOM`], or nothing is
/// written.
///
/// # Safety
/// The first `min(count, ROOM)` values of each bucket are initialised.
pub(crate) unsafe fn sort_buckets<V: Value>(
    level: Level,
    counts: &[[u32; LANES]],
    groups: &[Group<V>],
    out: &mut [V],
) {
    let total: u64 = counts.iter().flatten().map(|count| u64::from(*count)).sum();
    if total.saturating_add(ROOM as u64) <= out.len() as u64 {
        // SAFETY: the caller vouches for the values, and the length of the output has been checked.
        unsafe { V::sort_buckets(level, counts, groups, out) };
    }
}

/// The portable twin.
///
/// # Safety
/// As [`sort_buckets`].
unsafe fn sort_buckets_portable<V: Value>(counts: &[[u32; LANES]], groups: &[Group<V>], out: &mut [V]) {
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
                while place > 0 && bucket[place - 1].order(&value) == Ordering::Greater {
                    bucket[place] = bucket[place - 1];
                    place -= 1;
                }
                bucket[place] = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::MaybeUninit;

    /// Buckets of `fullest` values at most (some beyond [`ROOM`]), in ascending order.
    fn buckets<V: Value>(
        groups: usize,
        fullest: u32,
        value: fn(u32) -> V,
    ) -> (Vec<[u32; LANES]>, Vec<Group<V>>) {
        let counts: Vec<[u32; LANES]> = (0..groups as u32)
            .map(|group| std::array::from_fn(|lane| (group * 7 + lane as u32 * 5) * 37 % (fullest + 1)))
            .collect();
        // Sixteen values of a bucket, some twice, below those of the next.
        let at = |group: usize, lane: usize, k: usize| {
            value(((group * LANES + lane) * 16 + (k * 7 + lane * 3) % 11) as u32)
        };
        let filled = (0..groups).map(|group| {
            std::array::from_fn(|place| {
                let (k, lane) = (place / LANES, place % LANES);
                let used = (k as u32) < counts[group][lane];
                if used { MaybeUninit::new(at(group, lane, k)) } else { MaybeUninit::uninit() }
            })
        });
        (counts.clone(), filled.collect())
    }

    fn check_network<V: Value>(level: Level, value: fn(u32) -> V) {
        for (groups, fullest) in [(1, 1), (3, 8), (40, 9), (40, 16), (40, 20)] {
            let (counts, filled) = buckets(groups, fullest, value);
            let total: usize = counts.iter().flatten().map(|count| *count as usize).sum();
            let (mut here, mut there) = (vec![V::default(); total + ROOM], vec![V::default(); total + ROOM]);
            // SAFETY: `buckets` has written the values that it counts, up to `ROOM`; the output is long
            // enough.
            unsafe {
                sort_buckets(level, &counts, &filled, &mut here);
                sort_buckets_portable(&counts, &filled, &mut there);
            }
            let mut start = 0;
            for count in counts.iter().flatten().map(|count| *count as usize) {
                let written = start..start + count.min(ROOM);
                let same = |(a, b): (&V, &V)| a.order(b) == Ordering::Equal;
                assert!(
                    here[written.clone()].iter().zip(&there[written.clone()]).all(same),
                    "{groups} {fullest}"
                );
                assert!(
                    here[written].is_sorted_by(|a, b| a.order(b) != Ordering::Greater),
                    "{groups} {fullest}"
                );
                start += count;
            }
        }
    }

    #[test]
    fn the_networks_write_what_the_insertion_sort_writes() {
        for level in Level::available() {
            check_network(level, |k| f64::from(k) / 11.0);
            check_network(level, |k| u32::MAX - 20_000 + k);
        }
    }

    #[test]
    fn an_output_without_slack_is_left_alone() {
        let (counts, filled) = buckets(3, 8, f64::from);
        let total: usize = counts.iter().flatten().map(|count| *count as usize).sum();
        let mut out = vec![-1.0; total + ROOM - 1];
        // SAFETY: `buckets` has written the values that it counts.
        unsafe { sort_buckets(Level::current(), &counts, &filled, &mut out) };
        assert!(out.iter().all(|x| *x == -1.0));
    }
}
