//! A long record, split by magnitude into parts that are sorted one after the other in the cache.
//!
//! Values are split a block at a time within the cache, since writing to a place for each part all over a
//! long array waits for memory. A part then consists of a run from each block. Within a part, a value is kept
//! as 32 bits between the ends: that rounds it to 2⁻⁴⁰ of the range or less, which moves a sum over ranks by
//! 1e-12 of its own deviation and does not depend on the order of the samples.

use super::buckets::Buckets;
use crate::kernels::{self, Grid};
use mmw_core::Real;
use mmw_core::simd::Level;
use std::ops::Range;

/// Values that a part of a very long record holds on average.
const PART: usize = 1 << 12;
/// Least and greatest number of parts.
const PARTS: [usize; 2] = [256, 1024];
/// Samples that are split at once.
const BLOCK: usize = 1 << 15;
/// Buckets per value of a part, across which the density hardly changes.
const BUCKETS_PER_VALUE: f64 = 0.115;
/// Values whose buckets are worked out at once.
const CHUNK: usize = 256;

/// Magnitudes over 2^exponent, in parts of equal width.
pub(crate) struct Parts {
    low: f64,
    width: f64,
    /// Values of each part.
    lengths: Vec<usize>,
    /// Block by block and within these part by part, where the values stand between the ends of their part.
    fractions: Vec<u32>,
    /// Where each part of each block starts, and where the last one ends.
    starts: Vec<usize>,
    /// The values below the first part and above the last one, in ascending order.
    outside: [Vec<f64>; 2],
}

impl Parts {
    /// Splits the magnitudes of samples times `scale`; none if the range does not suit them: many lie
    /// outside, or in one part.
    pub(crate) fn new<T: Real>(samples: &[T], scale: f64, [low, high]: [f64; 2]) -> Option<Self> {
        let parts = (samples.len() / PART).clamp(PARTS[0], PARTS[1]);
        let grid = Grid::new(scale, [low, high], parts as f64);
        if !grid.per_unit.is_finite() {
            return None;
        }
        let mut split = Self {
            low,
            width: (high - low) / parts as f64,
            lengths: vec![0; parts],
            fractions: Vec::with_capacity(samples.len()),
            starts: Vec::with_capacity(samples.len().div_ceil(BLOCK) * parts + 1),
            outside: [Vec::new(), Vec::new()],
        };
        let mut room = Room { parts: vec![0; BLOCK], fractions: vec![0; BLOCK], ordered: vec![0; BLOCK] };
        let fullest = 4 * (samples.len() / parts + 1);
        for block in samples.chunks(BLOCK) {
            split.take(block, grid, &mut room);
            let outside: usize = split.outside.iter().map(Vec::len).sum();
            if outside > samples.len() / 16 || split.lengths.iter().any(|length| *length > fullest) {
                return None;
            }
        }
        split.starts.push(split.fractions.len());
        split.outside.iter_mut().for_each(|values| values.sort_unstable_by(f64::total_cmp));
        Some(split)
    }

    /// Splits a block, by counting first.
    fn take<T: Real>(&mut self, block: &[T], grid: Grid, room: &mut Room) {
        let Room { parts, fractions, ordered } = room;
        kernels::places(Level::current(), block, grid, parts, fractions);
        let parts = parts.get(..block.len()).unwrap_or_default();
        // One more for what lies outside, which is not kept.
        let mut counts = vec![0_u32; self.lengths.len() + 1];
        for part in parts {
            if let Some(count) = counts.get_mut(usize::from(*part)) {
                *count += 1;
            }
        }
        let mut end = 0;
        for (length, count) in self.lengths.iter_mut().zip(&mut counts) {
            self.starts.push(self.fractions.len() + end as usize);
            *length += *count as usize;
            end += *count;
            *count = end - *count;
        }
        let mut next = counts;
        if let Some(outside) = next.last_mut() {
            *outside = end;
        }
        for (part, fraction) in parts.iter().zip(&*fractions) {
            if let Some(next) = next.get_mut(usize::from(*part)) {
                if let Some(place) = ordered.get_mut(*next as usize) {
                    *place = *fraction;
                }
                *next += 1;
            }
        }
        self.fractions.extend_from_slice(ordered.get(..end as usize).unwrap_or_default());
        if (end as usize) < block.len() {
            self.put_aside(block, parts, grid);
        }
    }

    /// Keeps the values outside of all parts.
    fn put_aside<T: Real>(&mut self, block: &[T], parts: &[u16], grid: Grid) {
        for (x, _) in block.iter().zip(parts).filter(|(_, part)| usize::from(**part) == self.lengths.len()) {
            let u = (x.as_f64() * grid.scale).abs();
            self.outside[usize::from(u > grid.low + self.width)].push(u);
        }
    }

    /// Calls `visit(rank, values)` with runs of ascending values, as [`super::Ordered::for_each_run`].
    pub(crate) fn for_each_run(&self, ranks: Range<usize>, mut visit: impl FnMut(usize, &[f64])) {
        let [below, above] = &self.outside;
        if ranks.start < below.len() {
            visit(0, below);
        }
        let (mut buckets, mut fractions, mut sorted, mut values) =
            (Buckets::new(0), Vec::new(), Vec::new(), Vec::new());
        let mut indices = [0_u32; CHUNK];
        let mut rank = below.len();
        for (part, length) in self.lengths.iter().enumerate() {
            let start = rank;
            rank += length;
            if *length == 0 || rank <= ranks.start || start >= ranks.end {
                continue;
            }
            fractions.clear();
            for starts in self.starts.get(part..).unwrap_or_default().chunks(self.lengths.len()) {
                if let [start, end, ..] = starts {
                    fractions.extend_from_slice(self.fractions.get(*start..*end).unwrap_or_default());
                }
            }
            let count = (*length as f64 * BUCKETS_PER_VALUE).ceil() as u32;
            buckets.clear(count as usize);
            for chunk in fractions.chunks(CHUNK) {
                kernels::buckets_of_fractions(Level::current(), chunk, count, &mut indices);
                buckets.put(&indices, chunk);
            }
            let first = self.low + self.width * part as f64;
            values.resize(values.len().max(*length), 0.0);
            let ascending = buckets.sort_into(&mut sorted);
            kernels::values_of_fractions(Level::current(), ascending, first, self.width, &mut values);
            visit(start, values.get(..*length).unwrap_or_default());
        }
        if rank < ranks.end {
            visit(rank, above);
        }
    }
}

/// Room for a block on its way.
struct Room {
    parts: Vec<u16>,
    fractions: Vec<u32>,
    ordered: Vec<u32>,
}
