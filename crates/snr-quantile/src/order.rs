//! The magnitudes of a record in ascending order, by buckets instead of comparisons.
//!
//! Magnitudes of BPSK in noise fill their range evenly enough that buckets of equal width hold some eight of
//! them where they are densest. Each value goes straight into its bucket, without a count beforehand, and the
//! buckets are sorted side by side by a network ([`crate::network`]). Long records are first split into parts,
//! which are sorted one after the other in the same memory when they are asked for: it stays in the cache. A
//! record that is not like that (outliers, ties) costs a comparison sort of the buckets that overflow.

use crate::dispatch;
use crate::shelves::{Buckets, Chains};
use crate::sums::{PowerMeans, PowerSums, times_power_of_two};
use mmw_core::{Real, Result};
use std::ops::Range;

/// Length up to which a record is not split.
const LONGEST_WHOLE: usize = 1 << 15;
/// Values that a part holds on average.
const PART: usize = 1 << 12;
/// Most parts: each writes to a place of its own, and these places stay in the first-level cache.
const MOST_PARTS: usize = 512;
/// Buckets a value of a record: a normal density is 2.4 times its mean over three deviations to each side.
const BUCKETS_PER_VALUE: f64 = 0.22;
/// The same in a part, across which the density hardly changes.
const BUCKETS_PER_VALUE_OF_PART: f64 = 0.115;
/// Samples that give the range of a long record.
const FEW: usize = 1024;
/// Indices worked out at once.
const CHUNK: usize = 256;

/// Magnitudes over 2^exponent, to be had in ascending order.
pub(crate) struct Ordered {
    buckets: Buckets,
    /// The last part that was sorted, and slack.
    sorted: Vec<f64>,
    parts: Parts,
}

enum Parts {
    /// All are in `sorted`: so many.
    Whole(usize),
    /// The parts in ascending order with their lengths, their common width, and where the first one begins.
    Split { chains: Chains, lengths: Vec<usize>, low: f64, width: f64 },
}

impl Ordered {
    /// The moments of a record, and its magnitudes.
    pub(crate) fn new<T: Real>(samples: &[T]) -> Result<(PowerMeans, Self)> {
        // Counts of values have 32 bits.
        let is_long = samples.len() > LONGEST_WHOLE && u32::try_from(samples.len()).is_ok();
        if is_long && let Some(range) = range_of_few(samples) {
            let (means, ordered) = Self::split_at_once(samples, range)?;
            if ordered.is_balanced() {
                return Ok((means, ordered));
            }
        }
        let means = PowerSums::of_record(samples, |_| ())?.means()?;
        let scale = times_power_of_two(1.0, -means.exponent);
        if is_long {
            return Ok((means, Self::split(samples, scale, range(&means))));
        }
        if samples.len() <= LONGEST_WHOLE {
            return Ok((means, Self::whole(samples, scale, range(&means))));
        }
        let mut sorted: Vec<f64> = samples.iter().map(|x| (x.as_f64() * scale).abs()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let parts = Parts::Whole(sorted.len());
        Ok((means, Self { buckets: Buckets::new(0), sorted, parts }))
    }

    /// Splits a long record in the pass that takes its moments, by the range of its first samples.
    fn split_at_once<T: Real>(samples: &[T], range: [f64; 2]) -> Result<(PowerMeans, Self)> {
        let parts = parts_of(samples);
        let mut chains = Chains::new(0, 0);
        let sums = PowerSums::of_record(samples, |step| match step {
            None => chains = Chains::new(parts, samples.len()),
            Some((block, scale)) => Parameters::new(scale, range.map(|x| x * scale), parts as f64)
                .for_each_chunk(block, |magnitudes, indices| chains.put(indices, magnitudes)),
        })?;
        let means = sums.means()?;
        Ok((means, Self::of_chains(chains, parts, range.map(|x| x * sums.scale()))))
    }

    /// Whether the parts are about as long as a normal density makes them: at most 2.4 times their mean.
    fn is_balanced(&self) -> bool {
        match &self.parts {
            Parts::Whole(_) => true,
            Parts::Split { lengths, .. } => {
                let total: usize = lengths.iter().sum();
                lengths.iter().all(|length| length / 4 <= total / lengths.len())
            }
        }
    }

    fn whole<T: Real>(samples: &[T], scale: f64, range: [f64; 2]) -> Self {
        let count = (samples.len() as f64 * BUCKETS_PER_VALUE).ceil();
        let mut buckets = Buckets::new(count as usize);
        let mut sorted = Vec::new();
        let parameters = Parameters::new(scale, range, count);
        parameters.for_each_chunk(samples, |magnitudes, indices| buckets.put(indices, magnitudes));
        let length = buckets.sort_into(&mut sorted).len();
        Self { buckets, sorted, parts: Parts::Whole(length) }
    }

    fn split<T: Real>(samples: &[T], scale: f64, range: [f64; 2]) -> Self {
        let parts = parts_of(samples);
        let mut chains = Chains::new(parts, samples.len());
        let parameters = Parameters::new(scale, range, parts as f64);
        parameters.for_each_chunk(samples, |magnitudes, indices| chains.put(indices, magnitudes));
        Self::of_chains(chains, parts, range)
    }

    fn of_chains(chains: Chains, parts: usize, [low, high]: [f64; 2]) -> Self {
        let lengths = (0..parts).map(|part| chains.list(part).map(<[f64]>::len).sum()).collect();
        let width = (high - low) / parts as f64;
        Self {
            buckets: Buckets::new(0),
            sorted: Vec::new(),
            parts: Parts::Split { chains, lengths, low, width },
        }
    }

    /// Calls `visit(rank, values)` with runs of ascending values, from the least rank on (ranks count from 0);
    /// runs without a value of the ranks asked for are left out.
    pub(crate) fn for_each_run(&mut self, ranks: Range<usize>, mut visit: impl FnMut(usize, &[f64])) {
        let Self { buckets, sorted, parts } = self;
        let (chains, lengths, low, width) = match parts {
            Parts::Whole(length) => return visit(0, sorted.get(..*length).unwrap_or_default()),
            Parts::Split { chains, lengths, low, width } => (chains, lengths, *low, *width),
        };
        let mut rank = 0;
        for (part, length) in lengths.iter().enumerate() {
            let start = rank;
            rank += length;
            if *length == 0 || rank <= ranks.start || start >= ranks.end {
                continue;
            }
            let from = low + width * part as f64;
            let count = (*length as f64 * BUCKETS_PER_VALUE_OF_PART).ceil();
            let parameters = Parameters::new(1.0, [from, from + width], count);
            buckets.clear(count as usize);
            for block in chains.list(part) {
                parameters.for_each_chunk(block, |magnitudes, indices| buckets.put(indices, magnitudes));
            }
            visit(start, buckets.sort_into(sorted));
        }
    }
}

fn parts_of<T>(samples: &[T]) -> usize {
    (samples.len() / PART).clamp(1, MOST_PARTS)
}

/// Three deviations to each side of the mean magnitude, in units of 2^exponent.
fn range(means: &PowerMeans) -> [f64; 2] {
    let deviation = ((1.0 - means.m1) * (1.0 + means.m1)).max(0.0).sqrt();
    [(means.m1 - 3.0 * deviation).max(0.0), means.m1 + 3.0 * deviation].map(|x| means.rms * x)
}

/// The same of the first samples, in the unit of the samples; none when these are of no use.
///
/// A range that suits the rest badly costs a second pass, never the order.
fn range_of_few<T: Real>(samples: &[T]) -> Option<[f64; 2]> {
    let means = PowerSums::of_record(samples.get(..FEW)?, |_| ()).and_then(|sums| sums.means()).ok()?;
    Some(range(&means).map(|x| times_power_of_two(x, means.exponent)))
}

/// A map from samples to buckets of equal width; the first and the last also hold what lies beyond.
#[derive(Clone, Copy)]
struct Parameters {
    parameters: [f64; 4],
}

impl Parameters {
    fn new(scale: f64, [low, high]: [f64; 2], buckets: f64) -> Self {
        let per_unit = (buckets / (high - low)).min(f64::MAX);
        Self { parameters: [scale, low, per_unit, buckets - 1.0] }
    }

    /// Calls `visit` with the magnitudes and buckets of some samples at a time.
    #[inline(always)]
    fn for_each_chunk<T: Real>(self, samples: &[T], mut visit: impl FnMut(&[f64], &[u32])) {
        let (mut magnitudes, mut indices) = ([0.0; CHUNK], [0_u32; CHUNK]);
        for chunk in samples.chunks(CHUNK) {
            dispatch::bucket_indices(chunk, self.parameters, &mut magnitudes, &mut indices);
            visit(magnitudes.get(..chunk.len()).unwrap_or_default(), &indices);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_sorted(x: &[f64]) {
        let (means, mut ordered) = Ordered::new(x).unwrap();
        let scale = times_power_of_two(1.0, -means.exponent);
        let mut expected: Vec<f64> = x.iter().map(|x| (x * scale).abs()).collect();
        expected.sort_unstable_by(f64::total_cmp);
        let mut sorted = Vec::new();
        for _ in 0..2 {
            sorted.clear();
            ordered.for_each_run(0..x.len(), |rank, values| {
                assert_eq!(rank, sorted.len());
                sorted.extend_from_slice(values);
            });
            assert!(sorted == expected, "{} samples", x.len());
        }
        let some = x.len() / 10..x.len() / 2;
        let mut reached = some.start;
        ordered.for_each_run(some.clone(), |rank, values| {
            assert!(rank <= reached && values[..] == expected[rank..rank + values.len()]);
            reached = rank + values.len();
        });
        assert!(reached >= some.end);
    }

    #[test]
    fn buckets_sort_as_comparisons_do() {
        for n in [2, 3, 5, 200, 10_000, LONGEST_WHOLE, LONGEST_WHOLE + 1, 200_000] {
            let x: Vec<f64> = (0..n).map(|i| 1.0 + 0.4 * (i as f64 * i as f64 * 0.7).sin()).collect();
            check_sorted(&x);
        }
    }

    #[test]
    fn a_record_whose_beginning_misleads_is_sorted_too() {
        let wave = |i: usize, scale: f64| scale * (1.0 + 0.4 * (i as f64 * i as f64 * 0.7).sin());
        for scale in [1e-3, 1e-300, 1e3, 1e308] {
            let x: Vec<f64> = (0..50_000).map(|i| wave(i, if i < 3000 { scale } else { 1.0 })).collect();
            check_sorted(&x);
        }
        let silent: Vec<f64> = (0..50_000).map(|i| if i < 3000 { 0.0 } else { wave(i, 1.0) }).collect();
        check_sorted(&silent);
    }

    #[test]
    fn ties_and_outliers_are_sorted_too() {
        let mut x: Vec<f64> = (0..50_000).map(|i| f64::from(i % 7) - 3.0).collect();
        check_sorted(&x);
        check_sorted(&x[..1000]);
        x[777] = 1e9;
        check_sorted(&x);
        check_sorted(&x[..1000]);
        let geometric: Vec<f64> = (0..40_000).map(|i| (f64::from(i) * 0.01).exp() * 1e-100).collect();
        check_sorted(&geometric);
    }
}
