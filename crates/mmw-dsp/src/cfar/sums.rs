//! Sums of the training cells around every cell of a map, a band of range bins at a time.
//!
//! The training cells of a cell are put together from rectangles that do not overlap, so that a strong cell
//! inside the guard never enters a difference: `train` columns of full height on the left and on the right,
//! and between them `train` rows above and below. A band is what the first caches hold; every sum is put
//! together in the same order whichever band it stands in.

use super::Detection;
use super::window::Window;
use super::window_sum::{Levels, Sliding, add_assign, assign_sum, sliding_sums};
use crate::cache_line::{aligned, aligned_zeros};
use crate::wide::{Work, widest};
use mmw_core::Real;
use std::ops::Range;

/// Range bins of a band.
const BAND: usize = 64;
/// Doppler bins that are summed over range together: a cache line of them, closely packed, so that a band of
/// their partial sums stays in the first cache.
const BLOCK: usize = 16;
/// Range bins that are summed over Doppler together, likewise.
const ROWS: usize = 8;

/// The windows of both axes.
#[derive(Debug, Clone)]
pub(super) struct Windows {
    pub(super) range: Window,
    pub(super) doppler: Window,
}

/// Partial sums.
#[derive(Debug, Clone)]
pub(super) struct Band<T> {
    levels: Levels<T>,
    /// Of some Doppler bins: the map, and its sums over range beyond the guard and within.
    block: Vec<T>,
    strips: Vec<T>,
    middles: Vec<T>,
    /// Of the whole map, rows above and below the guard, and all rows: `[range, padded Doppler]`.
    ends: Vec<T>,
    full: Vec<T>,
    /// Which blocks of Doppler bins are to be summed over range.
    stale: Vec<bool>,
    inner: Vec<T>,
    sides: Vec<T>,
}

impl Windows {
    pub(super) fn band<T: Real>(&self) -> Band<T> {
        let rows = BAND.min(self.range.len);
        let zeros = |len: usize| vec![T::zero(); len];
        let pitch = self.doppler.padded();
        let tall = (rows + 2 * self.range.reach()) * BLOCK;
        let few = ROWS.min(rows) * pitch;
        Band {
            levels: Levels::new(tall.max(few)),
            block: aligned_zeros(tall),
            strips: aligned_zeros((rows + self.range.train + self.range.inner()) * BLOCK),
            middles: aligned_zeros(rows * BLOCK),
            ends: zeros(self.range.len * pitch),
            full: zeros(self.range.len * pitch),
            stale: vec![true; self.doppler.len.div_ceil(BLOCK)],
            inner: aligned_zeros(few),
            sides: aligned_zeros(few + 1),
        }
    }

    /// Writes the sums of some range bins into `sums`, the map of all. `padded` is the map with what stands
    /// beyond its first and last range bin; where all sums were written before, `changed` are the cells that
    /// it differs in since.
    pub(super) fn sum_rows<T: Real>(
        &self,
        rows: Range<usize>,
        changed: Option<&[Detection]>,
        padded: &[T],
        band: &mut Band<T>,
        sums: &mut [T],
    ) {
        let columns = self.doppler.len;
        for first in rows.clone().step_by(BAND) {
            let last = (first + BAND).min(rows.end);
            let tall = first..last + 2 * self.range.reach();
            band.stale.fill(changed.is_none());
            let changed = changed.into_iter().flatten();
            for cell in changed.filter(|c| self.range.places(c.index[0]).any(|place| tall.contains(&place))) {
                band.stale[cell.index[1] / BLOCK] = true;
            }
            let padded = &padded[tall.start * columns..tall.end * columns];
            let sums = &mut sums[first * columns..last * columns];
            widest(BandSums { windows: self, first, padded, band, sums });
        }
    }
}

struct BandSums<'a, T> {
    windows: &'a Windows,
    first: usize,
    padded: &'a [T],
    band: &'a mut Band<T>,
    sums: &'a mut [T],
}

impl<T: Real> Work for BandSums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { windows: Windows { doppler, .. }, first, padded, band, sums } = self;
        let Band { levels, block, strips, middles, ends, full, stale, inner, sides } = band;
        let [block, strips, middles, inner, sides] =
            [block, strips, middles, inner, sides].map(|memory| aligned(memory));
        let (columns, pitch) = (doppler.len, doppler.padded());
        let own = first * pitch..(first + sums.len() / columns) * pitch;
        let (ends, full) = (&mut ends[own.clone()], &mut full[own]);
        for (i, _) in stale.iter().enumerate().filter(|(_, stale)| **stale) {
            sum_over_range(self.windows, padded, i * BLOCK, levels, [block, strips, middles], [ends, full]);
        }
        let few = ends.chunks_mut(ROWS * pitch).zip(full.chunks_mut(ROWS * pitch));
        for ((ends, full), sums) in few.zip(sums.chunks_mut(ROWS * columns)) {
            sum_over_doppler(doppler, [ends, full], levels, [inner, sides], sums);
        }
    }
}

/// The columns of `ends` and `full` from `first`, at most [`BLOCK`].
#[inline(always)]
fn sum_over_range<T: Real>(
    Windows { range, doppler }: &Windows,
    padded: &[T],
    first: usize,
    levels: &mut Levels<T>,
    [block, strips, middles]: [&mut [T]; 3],
    [ends, full]: [&mut [T]; 2],
) {
    let (columns, pitch) = (doppler.len, doppler.padded());
    let tall = padded.len() / columns;
    let rows = tall - 2 * range.reach();
    let width = BLOCK.min(columns - first);
    let block = &mut block[..tall * BLOCK];
    for (to, from) in block.chunks_exact_mut(BLOCK).zip(padded.chunks_exact(columns)) {
        copy_block(&mut to[..width], &from[first..]);
    }
    // From a strip of training cells to the one beyond the guard.
    let below = range.train + range.inner();
    let strips = &mut strips[..(rows + below) * BLOCK];
    let middles = &mut middles[..rows * BLOCK];
    let both =
        [Sliding::new(range.train, 0, strips), Sliding::new(range.inner(), range.train * BLOCK, middles)];
    sliding_sums(block, BLOCK, levels, both);
    // What was copied is summed up, and `block` free.
    let outer = &mut block[..rows * BLOCK];
    assign_sum(outer, strips, &strips[below * BLOCK..]);
    add_assign(middles, outer);
    let to = doppler.reach() + first..doppler.reach() + first + width;
    for (sums, rows) in [(&*outer, ends), (&*middles, full)] {
        for (sums, row) in sums.chunks_exact(BLOCK).zip(rows.chunks_exact_mut(pitch)) {
            copy_block(&mut row[to.clone()], sums);
        }
    }
}

/// Fills `to`, mostly a whole block.
#[inline(always)]
fn copy_block<T: Copy>(to: &mut [T], from: &[T]) {
    match (to.first_chunk_mut::<BLOCK>(), from.first_chunk::<BLOCK>()) {
        (Some(to), Some(from)) => *to = *from,
        _ => to.iter_mut().zip(from).for_each(|(to, &from)| *to = from),
    }
}

/// The sums of a few rows from their `[ends, full]`.
#[inline(always)]
fn sum_over_doppler<T: Real>(
    doppler: &Window,
    [ends, full]: [&mut [T]; 2],
    levels: &mut Levels<T>,
    [inner, sides]: [&mut [T]; 2],
    sums: &mut [T],
) {
    let (columns, pitch) = (doppler.len, doppler.padded());
    for row in ends.chunks_exact_mut(pitch).chain(full.chunks_exact_mut(pitch)) {
        doppler.pad(row);
    }
    // Over all rows at once; what mixes two of them stands between the columns that are read.
    let right = doppler.train + doppler.inner();
    let inner = &mut inner[..ends.len() - (right - 1)];
    let sides = &mut sides[..ends.len() + 1 - doppler.train];
    sliding_sums(full, 1, levels, [Sliding::new(doppler.train, 0, sides)]);
    sliding_sums(ends, 1, levels, [Sliding::new(doppler.inner(), doppler.train, inner)]);
    for (row, sums) in sums.chunks_exact_mut(columns).enumerate() {
        let (inner, left) = (&inner[row * pitch..], &sides[row * pitch..]);
        for (((sum, &inner), &left), &far) in sums.iter_mut().zip(inner).zip(left).zip(&left[right..]) {
            *sum = inner + (left + far);
        }
    }
}
