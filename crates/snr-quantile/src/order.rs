//! The magnitudes of a record in ascending order, by buckets instead of comparisons.
//!
//! Samples of BPSK in noise fill their range evenly enough that as many buckets as samples hold one or two
//! each: counting, placing and a last insertion pass sort them in a time proportional to their number. Long
//! records are first split into parts that stay in the cache. A record that is not like that (outliers, ties)
//! costs a comparison sort of the buckets that are too full.

use crate::dispatch;
use crate::sums::{PowerMeans, PowerSums, times_power_of_two};
use mmw_core::{Real, Result};

/// Length up to which a record is not split, and twice the values that a part holds on average: the part, its
/// copy and its counts stay in the cache.
const PART: usize = 1 << 14;
/// Buckets a value: where the density is greatest, a bucket then holds one value, more or less.
const BUCKETS_PER_VALUE: usize = 2;
/// Buckets with more values than this are sorted by comparison; all bits set, so that the bits of all counts
/// together tell whether there is one.
const FULL: u16 = 31;
/// Indices worked out at once.
const CHUNK: usize = 256;

/// Magnitudes over 2^exponent in ascending order, and the moments.
pub(crate) fn sorted_magnitudes<T: Real>(samples: &[T]) -> Result<(PowerMeans, Vec<f64>)> {
    let means = PowerSums::of_record(samples, |_| ())?.means()?;
    let scale = times_power_of_two(1.0, -means.exponent);
    let deviation = ((1.0 - means.m1) * (1.0 + means.m1)).sqrt();
    let low = means.rms * (means.m1 - 3.0 * deviation).max(0.0);
    let high = means.rms * (means.m1 + 3.0 * deviation);
    let mut sorted = vec![0.0; samples.len()];
    let mut counts = Vec::new();
    if samples.len() <= PART {
        sort_part(samples, scale, [low, high], &mut counts, &mut sorted);
        return Ok((means, sorted));
    }
    let ends = split(samples, scale, [low, high], &mut sorted);
    let width = (high - low) / ends.len() as f64;
    let (mut start, mut buffer) = (0, Vec::new());
    for (index, end) in ends.into_iter().enumerate() {
        let Some(part) = sorted.get_mut(start..end) else { continue };
        start = end;
        let from = low + width * index as f64;
        buffer.clear();
        buffer.extend_from_slice(part);
        sort_part(&buffer, 1.0, [from, from + width], &mut counts, part);
    }
    Ok((means, sorted))
}

/// A map from magnitudes to buckets of equal width; the first and the last also hold what lies beyond.
#[derive(Clone, Copy)]
struct Buckets {
    parameters: [f64; 4],
}

impl Buckets {
    fn new(scale: f64, [low, high]: [f64; 2], buckets: usize) -> Self {
        let per_unit = (buckets as f64 / (high - low)).min(f64::MAX);
        Self { parameters: [scale, low, per_unit, buckets as f64 - 1.0] }
    }

    /// Calls `visit(sample, bucket)` for each sample.
    #[inline(always)]
    fn for_each<T: Real>(self, samples: &[T], mut visit: impl FnMut(T, usize)) {
        let mut indices = [0_u32; CHUNK];
        for chunk in samples.chunks(CHUNK) {
            dispatch::bucket_indices(chunk, self.parameters, &mut indices);
            chunk.iter().zip(&indices).for_each(|(x, index)| visit(*x, *index as usize));
        }
    }
}

/// Writes the magnitudes part by part, parts in ascending order; returns the ends of the parts.
fn split<T: Real>(samples: &[T], scale: f64, range: [f64; 2], out: &mut [f64]) -> Vec<usize> {
    let parts = samples.len().div_ceil(PART / 2);
    let buckets = Buckets::new(scale, range, parts);
    let mut next = vec![0; parts];
    buckets.for_each(samples, |_, index| {
        if let Some(count) = next.get_mut(index) {
            *count += 1;
        }
    });
    let mut start = 0;
    for count in &mut next {
        (*count, start) = (start, start + *count);
    }
    buckets.for_each(samples, |x, index| {
        if let Some(next) = next.get_mut(index) {
            if let Some(place) = out.get_mut(*next) {
                *place = (x.as_f64() * scale).abs();
            }
            *next += 1;
        }
    });
    next
}

/// Writes the magnitudes of a part in ascending order.
fn sort_part<T: Real>(samples: &[T], scale: f64, range: [f64; 2], next: &mut Vec<u16>, out: &mut [f64]) {
    if samples.len() > usize::from(u16::MAX) {
        out.iter_mut().zip(samples).for_each(|(out, x)| *out = (x.as_f64() * scale).abs());
        return out.sort_unstable_by(f64::total_cmp);
    }
    let buckets = Buckets::new(scale, range, samples.len() * BUCKETS_PER_VALUE);
    next.clear();
    next.resize(samples.len() * BUCKETS_PER_VALUE, 0);
    buckets.for_each(samples, |_, index| {
        if let Some(count) = next.get_mut(index) {
            *count += 1;
        }
    });
    let any_full = next.iter().fold(0, |bits, count| bits | count) > FULL;
    exclusive_sums(next);
    buckets.for_each(samples, |x, index| {
        if let Some(next) = next.get_mut(index) {
            if let Some(place) = out.get_mut(usize::from(*next)) {
                *place = (x.as_f64() * scale).abs();
            }
            *next += 1;
        }
    });
    if any_full {
        sort_full_buckets(next, out);
    }
    insertion_sort(out);
}

/// Replaces each count by the sum of those before it, four at a time.
///
/// In a word of four 16-bit counts, a product with 1 + 2¹⁶ + 2³² + 2⁴⁸ makes each the sum of itself and those
/// below; nothing carries over, because all counts together fit into 16 bits.
fn exclusive_sums(counts: &mut [u16]) {
    const EACH: u64 = 0x0001_0001_0001_0001;
    let mut start = 0_u64;
    let (words, rest) = counts.as_chunks_mut::<4>();
    for word in words {
        let [a, b, c, d] = word.map(u64::from);
        let sums = (a | b << 16 | c << 32 | d << 48).wrapping_mul(EACH);
        let before = (sums << 16).wrapping_add(start.wrapping_mul(EACH));
        *word = [before as u16, (before >> 16) as u16, (before >> 32) as u16, (before >> 48) as u16];
        start += sums >> 48;
    }
    let mut start = start as u16;
    for count in rest {
        (*count, start) = (start, start.wrapping_add(*count));
    }
}

/// Sorts the buckets that an insertion pass would take long over.
fn sort_full_buckets(ends: &[u16], out: &mut [f64]) {
    let mut start = 0;
    for end in ends {
        if *end > start + FULL
            && let Some(bucket) = out.get_mut(usize::from(start)..usize::from(*end))
        {
            bucket.sort_unstable_by(f64::total_cmp);
        }
        start = *end;
    }
}

/// Sorts values of which none is more than a few places off.
fn insertion_sort(values: &mut [f64]) {
    let mut greatest = f64::MIN;
    for i in 0..values.len() {
        let value = values[i];
        if value >= greatest {
            greatest = value;
            continue;
        }
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
    fn sums_of_four_are_sums_of_one() {
        let mut counts: Vec<u16> = (0..1003_u32).map(|i| (i * i % 60) as u16).collect();
        let mut sum = 0_u16;
        let before = |c: &u16| {
            sum += c;
            sum - c
        };
        let expected: Vec<u16> = counts.iter().map(before).collect();
        exclusive_sums(&mut counts);
        assert_eq!(counts, expected);
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
