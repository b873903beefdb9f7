//! Room for values on their way to being sorted: buckets of fixed size.
//!
//! It is not cleared before use: clearing would touch the memory once more than the work itself does. Sound
//! because what is read has been written: [`Buckets`] counts the values of a bucket, writes the value `k`
//! when the count passes `k`, and lends its groups to [`network::sort_buckets`] alone, together with those
//! counts.
#![allow(unsafe_code)]

use super::network::{self, GROUP, LANES, ROOM, Value};
use mmw_core::simd::Level;
use std::mem::MaybeUninit;

/// Buckets of a few values each, and what did not fit in.
pub(crate) struct Buckets<V> {
    counts: Vec<[u32; LANES]>,
    total: usize,
    values: Box<[MaybeUninit<V>]>,
    /// Bucket and value.
    spilled: Vec<(u32, V)>,
}

impl<V: Value> Buckets<V> {
    /// So many empty buckets, or a few more.
    pub(crate) fn new(buckets: usize) -> Self {
        let groups = buckets.div_ceil(LANES);
        let values = Box::new_uninit_slice(groups * GROUP);
        Self { counts: vec![[0; LANES]; groups], total: 0, values, spilled: Vec::new() }
    }

    /// Empties all, and makes room for so many.
    pub(crate) fn clear(&mut self, buckets: usize) {
        let groups = buckets.div_ceil(LANES);
        if groups * GROUP > self.values.len() {
            *self = Self::new(buckets);
        }
        self.counts.clear();
        self.counts.resize(groups, [0; LANES]);
        self.spilled.clear();
        self.total = 0;
    }

    /// Puts values into their buckets.
    pub(crate) fn put(&mut self, buckets: &[u32], values: &[V]) {
        let (counts, places) = (self.counts.as_flattened_mut(), &mut *self.values);
        for (bucket, value) in buckets.iter().zip(values) {
            let (group, lane) = (*bucket as usize / LANES, *bucket as usize % LANES);
            let Some(count) = counts.get_mut(*bucket as usize) else { continue };
            let row = *count as usize;
            *count = count.wrapping_add(1);
            // Rows beyond the last one belong to the next group.
            match places.get_mut(group * GROUP + row * LANES + lane) {
                Some(place) if row < ROOM => {
                    place.write(*value);
                }
                _ => self.spilled.push((*bucket, *value)),
            }
        }
        self.total += buckets.len().min(values.len());
    }

    /// Writes all values in ascending order, given that those of a bucket are below those of the next, and
    /// returns them; the output grows as needed and is never shortened.
    pub(crate) fn sort_into<'a>(&mut self, out: &'a mut Vec<V>) -> &'a [V] {
        if out.len() < self.total + ROOM {
            out.resize(self.total + ROOM, V::default());
        }
        let groups = self.values.as_chunks::<GROUP>().0;
        // SAFETY: `put` has written as many values of each bucket as it has counted, up to `ROOM`.
        unsafe { network::sort_buckets(Level::current(), &self.counts, groups, out) };
        self.take_in_spilled(out);
        out.get(..self.total).unwrap_or_default()
    }

    /// Completes the buckets that have overflowed.
    fn take_in_spilled(&mut self, out: &mut [V]) {
        self.spilled.sort_unstable_by_key(|(bucket, _)| *bucket);
        let counts = self.counts.as_flattened();
        let (mut reached, mut start) = (0, 0);
        for values in self.spilled.chunk_by(|a, b| a.0 == b.0) {
            let Some(bucket) = values.first().map(|(bucket, _)| *bucket as usize) else { continue };
            let skipped = counts.get(reached..bucket).unwrap_or_default();
            start += skipped.iter().map(|count| *count as usize).sum::<usize>();
            reached = bucket;
            let all = out.get_mut(start..).unwrap_or_default();
            let Some((all, _)) = all.split_at_mut_checked(ROOM + values.len()) else { return };
            all.iter_mut().skip(ROOM).zip(values).for_each(|(out, (_, value))| *out = *value);
            all.sort_unstable_by(V::order);
        }
    }
}
