//! The magnitudes of a record in ascending order, by buckets instead of comparisons.
//!
//! Samples of BPSK in noise fill their range evenly enough that as many buckets as samples hold one or two
//! each: counting, placing and a last insertion pass sort them in a time proportional to their number. Long
//! records are first split into parts that stay in the cache. A record that is not like that (outliers, ties)
//! costs a comparison sort of the buckets that are too full.

use crate::dispatch;
use crate::sums::{PowerMeans, PowerSums, times_power_of_two};
use mmw_core::{Real, Result};

/// Values that a part holds on average, and the length up to which a record is not split: the part, its copy
/// and its counts fit into the second-level cache.
const PART: usize = 1 << 14;
/// Buckets with more values than this are sorted by comparison.
const FULL: u32 = 24;

/// Magnitudes over their root mean square in ascending order, and the moments.
pub(crate) fn sorted_magnitudes<T: Real>(samples: &[T]) -> Result<(PowerMeans, Vec<f64>)> {
    let means = PowerSums::of_record(samples, |_| ())?.means()?;
    let scale = times_power_of_two(1.0, -means.exponent);
    let mut sorted = vec![0.0; samples.len()];
    let deviation = ((1.0 - means.m1) * (1.0 + means.m1)).sqrt();
    let low = means.rms * (means.m1 - 4.0 * deviation).max(0.0);
    let high = means.rms * (means.m1 + 4.0 * deviation);
    if samples.len() <= PART {
        let mut memory = [const { Vec::new() }; 2];
        Buckets::new([low, high], 2 * samples.len(), &mut memory).sort(samples, scale, &mut sorted);
    } else {
        sort_in_parts(samples, scale, [low, high], &mut sorted);
    }
    Ok((means, sorted))
}

/// Splits into parts of about [`PART`] values by value, then sorts each.
fn sort_in_parts<T: Real>(samples: &[T], scale: f64, [low, high]: [f64; 2], sorted: &mut [f64]) {
    let parts = samples.len().div_ceil(PART / 2);
    let mut memory = [const { Vec::new() }; 2];
    let mut split = Buckets::new([low, high], parts, &mut memory);
    let mut placed = vec![0.0; samples.len()];
    split.place(samples, scale, &mut placed);
    // After placing, the counts are the ends of the parts.
    let ends: Vec<u32> = split.counts.to_vec();
    let width = (high - low) / parts as f64;
    let (mut start, mut inner) = (0, [const { Vec::new() }; 2]);
    for (index, end) in ends.into_iter().take(parts).enumerate() {
        let end = end as usize;
        let (Some(part), Some(out)) = (placed.get(start..end), sorted.get_mut(start..end)) else { return };
        start = end;
        let from = low + width * index as f64;
        Buckets::new([from, from + width], part.len() + part.len() / 4, &mut inner).sort(part, 1.0, out);
    }
}

/// Buckets of equal width from `low` to `high`; the first and the last also hold what lies beyond.
struct Buckets<'a> {
    low: f64,
    per_unit: f64,
    buckets: usize,
    counts: &'a mut Vec<u32>,
    /// The bucket of each sample.
    indices: &'a mut Vec<u32>,
}

impl<'a> Buckets<'a> {
    fn new([low, high]: [f64; 2], buckets: usize, [counts, indices]: &'a mut [Vec<u32>; 2]) -> Self {
        let buckets = buckets.max(1);
        counts.clear();
        counts.resize(buckets, 0);
        let per_unit = (buckets as f64 / (high - low)).min(f64::MAX);
        Self { low, per_unit, buckets, counts, indices }
    }

    /// Writes the magnitudes bucket by bucket; the counts become the ends of the buckets.
    fn place<T: Real>(&mut self, samples: &[T], scale: f64, out: &mut [f64]) {
        self.indices.resize(samples.len(), 0);
        let last = (self.buckets - 1) as f64;
        dispatch::bucket_indices(samples, [scale, self.low, self.per_unit, last], self.indices);
        for index in self.indices.iter() {
            if let Some(count) = self.counts.get_mut(*index as usize) {
                *count += 1;
            }
        }
        let mut start = 0;
        for count in self.counts.iter_mut() {
            (*count, start) = (start, start + *count);
        }
        for (x, index) in samples.iter().zip(self.indices.iter()) {
            if let Some(next) = self.counts.get_mut(*index as usize) {
                if let Some(place) = out.get_mut(*next as usize) {
                    *place = (x.as_f64() * scale).abs();
                }
                *next += 1;
            }
        }
    }

    fn sort<T: Real>(&mut self, samples: &[T], scale: f64, out: &mut [f64]) {
        self.place(samples, scale, out);
        let mut start = 0;
        for end in self.counts.iter() {
            if *end > start + FULL
                && let Some(bucket) = out.get_mut(start as usize..*end as usize)
            {
                bucket.sort_unstable_by(f64::total_cmp);
            }
            start = *end;
        }
        insertion_sort(out);
    }
}

/// Sorts values of which none is more than a few places off.
fn insertion_sort(values: &mut [f64]) {
    for i in 1..values.len() {
        let value = values[i];
        let mut place = i;
        while place > 0 && values[place - 1] > value {
            values[place] = values[place - 1];
            place -= 1;
        }
        values[place] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_sorted(x: &[f64]) {
        let (means, sorted) = sorted_magnitudes(x).unwrap();
        let scale = times_power_of_two(1.0, -means.exponent);
        let mut expected: Vec<f64> = x.iter().map(|x| (x * scale).abs()).collect();
        expected.sort_unstable_by(f64::total_cmp);
        assert!(sorted == expected, "{} samples", x.len());
    }

    #[test]
    fn buckets_sort_as_comparisons_do() {
        for n in [2, 3, 5, 200, 10_000, PART, PART + 1, 100_000] {
            let x: Vec<f64> = (0..n).map(|i| 1.0 + 0.4 * (i as f64 * i as f64 * 0.7).sin()).collect();
            check_sorted(&x);
        }
    }

    #[test]
    fn ties_and_outliers_are_sorted_too() {
        let mut x: Vec<f64> = (0..50_000).map(|i| f64::from(i % 7) - 3.0).collect();
        check_sorted(&x);
        check_sorted(&x[..1000]);
        x[777] = 1e9;
        check_sorted(&x);
        let geometric: Vec<f64> = (0..40_000).map(|i| (f64::from(i) * 0.01).exp() * 1e-100).collect();
        check_sorted(&geometric);
    }
}
