//! The magnitudes of a record in ascending order, without comparing them.
//!
//! Magnitudes of BPSK in noise fill their range evenly enough that buckets of equal width hold some eight of
//! them where they are densest. Each value goes straight into its bucket, without a count beforehand, and the
//! buckets are sorted side by side by a network ([`super::network`]). Long records are first split into parts
//! ([`super::parts`]), which are sorted one after the other in the same memory. A record that is not like
//! that (outliers, ties) costs a comparison sort of the buckets that overflow, or of all values.

use super::buckets::Buckets;
use super::parts::Parts;
use crate::kernels::{self, Grid};
use crate::record::{PowerMeans, PowerSums};
use mmw_core::simd::Level;
use mmw_core::{Real, Result};
use std::ops::Range;

/// Length up to which buckets are used.
const LONGEST_SORTED: usize = 1 << 17;
/// Buckets per value: a normal density is 2.4 times its mean over three deviations to each side.
const BUCKETS_PER_VALUE: f64 = 0.22;
/// Indices worked out at once.
const CHUNK: usize = 256;

/// Magnitudes over 2^exponent, to be had in ascending order.
pub(crate) enum Ordered {
    /// All of them.
    Sorted(Vec<f64>),
    /// In parts, each of which is sorted when it is asked for.
    Split(Parts),
}

impl Ordered {
    /// The moments of a record, and its magnitudes.
    pub(crate) fn new<T: Real>(samples: &[T]) -> Result<(PowerMeans, Self)> {
        let means = PowerSums::of_record(samples)?.means_of(samples)?;
        let scale = means.scale();
        let range = range(&means);
        if samples.len() <= LONGEST_SORTED {
            return Ok((means, Self::Sorted(bucket_sort(samples, scale, range))));
        }
        if let Some(parts) = Parts::new(samples, scale, range) {
            return Ok((means, Self::Split(parts)));
        }
        let mut sorted: Vec<f64> = samples.iter().map(|x| (x.as_f64() * scale).abs()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Ok((means, Self::Sorted(sorted)))
    }

    /// Calls `visit(rank, values)` with runs of ascending values, from the least rank on (ranks count from
    /// 0); runs without a value of the ranks asked for may be left out.
    pub(crate) fn for_each_run(&self, ranks: Range<usize>, mut visit: impl FnMut(usize, &[f64])) {
        match self {
            Self::Sorted(values) => visit(0, values),
            Self::Split(parts) => parts.for_each_run(ranks, visit),
        }
    }
}

fn bucket_sort<T: Real>(samples: &[T], scale: f64, range: [f64; 2]) -> Vec<f64> {
    let count = (samples.len() as f64 * BUCKETS_PER_VALUE).ceil();
    let mut buckets = Buckets::new(count as usize);
    // Buckets so narrow that their number per unit is infinite are as good as any.
    let grid = Grid::new(scale, range, count);
    let grid = Grid { per_unit: grid.per_unit.min(f64::MAX), ..grid };
    let (mut magnitudes, mut indices) = ([0.0; CHUNK], [0_u32; CHUNK]);
    for chunk in samples.chunks(CHUNK) {
        kernels::bucket_indices(Level::current(), chunk, grid, &mut magnitudes, &mut indices);
        buckets.put(&indices, magnitudes.get(..chunk.len()).unwrap_or_default());
    }
    let mut sorted = Vec::new();
    let length = buckets.sort_into(&mut sorted).len();
    sorted.truncate(length);
    sorted
}

/// Three deviations to each side of the mean magnitude, in units of 2^exponent.
fn range(means: &PowerMeans) -> [f64; 2] {
    let deviation = means.spread.max(0.0).sqrt();
    [(means.m1 - 3.0 * deviation).max(0.0), means.m1 + 3.0 * deviation].map(|x| means.rms * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_sorted(x: &[f64]) {
        let (means, ordered) = Ordered::new(x).unwrap();
        let scale = means.scale();
        let mut expected: Vec<f64> = x.iter().map(|x| (x * scale).abs()).collect();
        expected.sort_unstable_by(f64::total_cmp);
        // In parts, values are cut off at 2⁻⁴⁰ of the range; the map to parts rounds too, to 2⁻⁴⁵.
        let [low, high] = range(&means);
        let rounding =
            if matches!(ordered, Ordered::Split(_)) { 1.04 * (high - low) * 2_f64.powi(-40) } else { 0.0 };
        let same = |values: &[f64], expected: &[f64]| {
            let pairs = || values.iter().zip(expected);
            values.len() == expected.len() && pairs().all(|(a, b)| (a - b).abs() <= rounding)
        };
        let mut sorted = Vec::new();
        ordered.for_each_run(0..x.len(), |rank, values| {
            assert_eq!(rank, sorted.len());
            sorted.extend_from_slice(values);
        });
        assert!(sorted.is_sorted() && same(&sorted, &expected), "{} samples", x.len());
        let some = x.len() / 10..x.len() / 2;
        let mut reached = some.start;
        ordered.for_each_run(some.clone(), |rank, values| {
            assert!(rank <= reached && same(values, &expected[rank..rank + values.len()]));
            reached = rank + values.len();
        });
        assert!(reached >= some.end);
    }

    fn wave(i: usize) -> f64 {
        1.0 + 0.4 * (i as f64 * i as f64 * 0.7).sin()
    }

    #[test]
    fn buckets_sort_as_comparisons_do() {
        for n in [2, 3, 5, 200, 10_000, LONGEST_SORTED, LONGEST_SORTED + 1, 300_000] {
            check_sorted(&(0..n).map(wave).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_long_record_is_split_and_sorted_with_what_lies_outside() {
        for (seed, snr_db) in [(1, -5.0), (2, 8.0), (3, 40.0)] {
            let mut rng = mmw_core::random::Streams::new(seed).stream(0);
            let snr = crate::Snr::from_db(snr_db).unwrap();
            let x = crate::compare::bpsk_samples(snr, 300_001, &mut rng).unwrap().to_vec();
            assert!(matches!(Ordered::new(&x).unwrap().1, Ordered::Split(_)));
            check_sorted(&x);
            let narrow: Vec<f64> = x.iter().map(|x| f64::from(*x as f32)).collect();
            check_sorted(&narrow);
        }
    }

    #[test]
    fn a_record_whose_beginning_misleads_is_sorted_too() {
        for scale in [1e-3, 1e-300, 1e3, 1e308] {
            let x: Vec<f64> = (0..150_000).map(|i| wave(i) * if i < 3000 { scale } else { 1.0 }).collect();
            check_sorted(&x);
        }
        let silent: Vec<f64> = (0..150_000).map(|i| if i < 3000 { 0.0 } else { wave(i) }).collect();
        check_sorted(&silent);
    }

    #[test]
    fn ties_and_outliers_are_sorted_too() {
        let mut x: Vec<f64> = (0..150_000).map(|i| f64::from(i % 7) - 3.0).collect();
        check_sorted(&x);
        check_sorted(&x[..1000]);
        x[777] = 1e9;
        check_sorted(&x);
        check_sorted(&x[..1000]);
        let geometric: Vec<f64> = (0..140_000).map(|i| (f64::from(i) * 3e-3).exp() * 1e-100).collect();
        check_sorted(&geometric);
    }
}
