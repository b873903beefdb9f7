//! Room for values on their way to being sorted: buckets of fixed size, and lists of blocks.
//!
//! Neither is cleared before use: clearing would touch the memory once more than the work itself does. Sound
//! because what is read has been written:
//! - [`Buckets`] counts the values of a bucket, writes the value `k` when the count passes `k`, and lends its
//!   groups to [`network::sort_buckets`] alone, together with those counts; `clear` sets the counts to zero;
//! - [`Chains`] fills each block from its start, moves on to another one when it is full, and lends of a block
//!   what lies before the place of the next value, or all of it once it is full.
#![allow(unsafe_code)]

use crate::network::{self, GROUP, LANES, ROOM};
use std::mem::MaybeUninit;

/// Buckets of a few values each, and what did not fit in.
pub(crate) struct Buckets {
    counts: Vec<[u32; LANES]>,
    total: usize,
    values: Box<[MaybeUninit<f64>]>,
    /// Bucket and value.
    spilled: Vec<(u32, f64)>,
}

impl Buckets {
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
    pub(crate) fn put(&mut self, buckets: &[u32], values: &[f64]) {
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
    pub(crate) fn sort_into<'a>(&mut self, out: &'a mut Vec<f64>) -> &'a [f64] {
        if out.len() < self.total + ROOM {
            out.resize(self.total + ROOM, 0.0);
        }
        let groups = self.values.as_chunks::<GROUP>().0;
        // SAFETY: `put` has written as many values of each bucket as it has counted, up to `ROOM`.
        unsafe { network::sort_buckets(&self.counts, groups, out) };
        self.take_in_spilled(out);
        out.get(..self.total).unwrap_or_default()
    }

    /// Completes the buckets that have overflowed.
    fn take_in_spilled(&mut self, out: &mut [f64]) {
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
            all.sort_unstable_by(f64::total_cmp);
        }
    }
}

/// Values a block of a chain.
const BLOCK: usize = 256;

/// Lists of values that grow at the same time, in blocks of one piece of memory.
pub(crate) struct Chains {
    values: Box<[MaybeUninit<f64>]>,
    /// Where the next value of each list goes: never at the start of a block, unless that is the first of the list.
    next: Vec<usize>,
    /// The block before each block in its list.
    before: Vec<Option<usize>>,
}

impl Chains {
    /// So many empty lists, with room for so many values in all.
    pub(crate) fn new(lists: usize, values: usize) -> Self {
        let blocks = lists + values / BLOCK + 1;
        Self {
            values: Box::new_uninit_slice(blocks * BLOCK),
            next: (0..lists).map(|list| list * BLOCK).collect(),
            before: vec![None; lists],
        }
    }

    /// Appends values to their lists. What exceeds the room is dropped.
    pub(crate) fn put(&mut self, lists: &[u32], values: &[f64]) {
        let (places, nexts) = (&mut *self.values, &mut *self.next);
        for (list, value) in lists.iter().zip(values) {
            let Some(next) = nexts.get_mut(*list as usize) else { continue };
            let Some(place) = places.get_mut(*next) else { continue };
            place.write(*value);
            *next += 1;
            if *next % BLOCK == 0 {
                let full = *next / BLOCK - 1;
                *next = self.before.len() * BLOCK;
                self.before.push(Some(full));
            }
        }
    }

    /// The values of a list, block by block in no particular order.
    pub(crate) fn list(&self, list: usize) -> impl Iterator<Item = &[f64]> {
        let last = self.next.get(list).copied().unwrap_or(0);
        let mut piece = Some((last / BLOCK, last % BLOCK));
        std::iter::from_fn(move || {
            let (block, length) = piece?;
            piece = self.before.get(block).copied().flatten().map(|before| (before, BLOCK));
            let values = self.values.get(block * BLOCK..block * BLOCK + length).unwrap_or_default();
            // SAFETY: the block is full, or has been written up to the place of the next value.
            Some(unsafe { &*(std::ptr::from_ref(values) as *const [f64]) })
        })
    }
}
