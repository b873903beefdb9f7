//! Sums of the training cells around every cell of a map, a band of range bins at a time.
//!
//! The training cells of a cell are put together from rectangles that do not overlap, so that a strong cell
//! inside the guard never enters a difference: `train` columns of full height on the left and on the right,
//! and between them `train` rows above and below. A band is what the first caches hold; every sum is put
//! together in the same order whichever band it stands in.

use super::window::Window;
use super::window_sum::{Levels, Sliding, assign_sum, sliding_sums};
use crate::wide::{Work, widest};
use mmw_core::Real;
use std::ops::Range;

/// Range bins of a band.
const BAND: usize = 64;

/// The windows of both axes.
#[derive(Debug, Clone)]
pub(super) struct Windows {
    pub(super) range: Window,
    pub(super) doppler: Window,
}

/// Partial sums of one band.
#[derive(Debug, Clone)]
pub(super) struct Band<T> {
    levels: Levels<T>,
    strips: Vec<T>,
    middles: Vec<T>,
    /// Rows above and below the guard, and all rows: `[range, padded Doppler]`.
    ends: Vec<T>,
    full: Vec<T>,
    inner: Vec<T>,
    sides: Vec<T>,
}

impl Windows {
    pub(super) fn band<T: Real>(&self) -> Band<T> {
        let rows = BAND.min(self.range.len);
        let zeros = |len: usize| vec![T::zero(); len];
        let padded = rows * self.doppler.padded();
        let tall = (rows + 2 * self.range.reach()) * self.doppler.len;
        Band {
            levels: Levels::new(tall.max(padded)),
            strips: zeros((rows + self.range.train + self.range.inner()) * self.doppler.len),
            middles: zeros(rows * self.doppler.len),
            ends: zeros(padded),
            full: zeros(padded),
            inner: zeros(padded),
            sides: zeros(padded + 1),
        }
    }

    /// Writes the sums of some range bins into `sums`, the map of all. `padded` is the map with what stands
    /// beyond its first and last range bin.
    pub(super) fn sum_rows<T: Real>(
        &self,
        rows: Range<usize>,
        padded: &[T],
        band: &mut Band<T>,
        sums: &mut [T],
    ) {
        let columns = self.doppler.len;
        for first in rows.clone().step_by(BAND) {
            let last = (first + BAND).min(rows.end);
            let padded = &padded[first * columns..(last + 2 * self.range.reach()) * columns];
            let sums = &mut sums[first * columns..last * columns];
            widest(BandSums { windows: self, padded, band, sums });
        }
    }
}

struct BandSums<'a, T> {
    windows: &'a Windows,
    padded: &'a [T],
    band: &'a mut Band<T>,
    sums: &'a mut [T],
}

impl<T: Real> Work for BandSums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { windows: Windows { range, doppler }, padded, band, sums } = self;
        let Band { levels, strips, middles, ends, full, inner, sides } = band;
        let (columns, pitch) = (doppler.len, doppler.padded());
        let rows = sums.len() / columns;
        // From a strip of training cells to the one beyond the guard.
        let [below, right] = [range, doppler].map(|axis| axis.train + axis.inner());
        let strips = &mut strips[..(rows + below) * columns];
        let middles = &mut middles[..rows * columns];
        let strips_and_middles = [
            Sliding::new(range.train, 0, strips),
            Sliding::new(range.inner(), range.train * columns, middles),
        ];
        sliding_sums(padded, columns, levels, strips_and_middles);
        let (ends, full) = (&mut ends[..rows * pitch], &mut full[..rows * pitch]);
        let own = doppler.reach()..doppler.reach() + columns;
        for (row, (ends, full)) in ends.chunks_exact_mut(pitch).zip(full.chunks_exact_mut(pitch)).enumerate()
        {
            let at = |row: usize| row * columns..(row + 1) * columns;
            assign_sum(&mut ends[own.clone()], &strips[at(row)], &strips[at(row + below)]);
            assign_sum(&mut full[own.clone()], &ends[own.clone()], &middles[at(row)]);
            doppler.pad(ends);
            doppler.pad(full);
        }
        // Over all rows at once; what mixes two of them stands between the columns that are read.
        let inner = &mut inner[..rows * pitch - (right - 1)];
        let sides = &mut sides[..rows * pitch + 1 - doppler.train];
        sliding_sums(full, 1, levels, [Sliding::new(doppler.train, 0, sides)]);
        sliding_sums(ends, 1, levels, [Sliding::new(doppler.inner(), doppler.train, inner)]);
        for (row, sums) in sums.chunks_exact_mut(columns).enumerate() {
            let (inner, left) = (&inner[row * pitch..], &sides[row * pitch..]);
            for (((sum, &inner), &left), &far) in sums.iter_mut().zip(inner).zip(left).zip(&left[right..]) {
                *sum = inner + (left + far);
            }
        }
    }
}
