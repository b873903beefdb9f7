//! Which cells may be detected: by counting the training cells below a level, without sorting them.
//!
//! A cell `x` exceeds `α` times the `k`-th least training cell where at least `k` of them are below `x / α`.
//! The cells that pass are then judged by their exact threshold.

use super::kind::os_rank;
use super::ring::Ring;
use super::window::Window;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::simd::Level;
use mmw_core::{Real, Result, by_level};

/// Neighbouring cells that are counted together: registers for their levels and their counts.
const LANES: usize = 32;

/// What a cell must reach.
#[derive(Debug, Clone, Copy)]
struct Bound<T> {
    /// The level over the power of the cell.
    level: T,
    /// Training cells that must lie below it.
    need: u32,
}

/// The bounds of all cells of a map.
#[derive(Debug)]
pub(super) struct Counts<T> {
    /// `[class of the range bin, Doppler bin]`.
    bounds: Array2<Bound<T>>,
    level: Level,
}

impl<T: Real> Counts<T> {
    pub(super) fn new(
        rank: f64,
        ring: &Ring,
        multiplier: impl Fn([usize; 2]) -> Result<f64>,
    ) -> Result<Self> {
        let [range, doppler] = ring.windows();
        // Rounding of the level and of the threshold, each of some ulps.
        let slack = 1.0 + 8.0 * T::epsilon().as_f64();
        let mut bounds =
            Array2::from_elem((range.classes(), doppler.len), Bound { level: T::zero(), need: 0 });
        for ((class, column), bound) in bounds.indexed_iter_mut() {
            let halves = ring.halves([range.member(class), column]);
            let need = os_rank(rank, halves[0] + halves[1]);
            let level = slack / multiplier(halves)?;
            let level = T::lit(level.min(T::max_value().as_f64()));
            *bound = Bound { level, need: u32::try_from(need).unwrap_or(u32::MAX) };
        }
        Ok(Self { bounds, level: Level::current() })
    }

    /// Cells that may be detected, in row-major order.
    pub(super) fn candidates(&self, ring: &Ring, power: &ArrayRef2<T>) -> Vec<[usize; 2]> {
        let [range, doppler] = ring.windows();
        let padded = Padded::new(doppler, power);
        let mut found = Vec::new();
        let mut rows = Vec::new();
        for (row, cells) in power.outer_iter().enumerate() {
            rows.clear();
            let window = (0..=2 * range.reach()).filter_map(|i| Some((i, range.source(row + i)?)));
            rows.extend(window.map(|(i, source)| {
                let guarded = i.abs_diff(range.reach()) <= range.guard;
                (padded.row(source), guarded)
            }));
            let bounds = self.bounds.row(range.class(row));
            for first in (0..doppler.len).step_by(LANES) {
                let lanes = LANES.min(doppler.len - first);
                let mut tile = Tile { first, levels: [T::zero(); LANES], needs: [u32::MAX; LANES] };
                for i in 0..lanes {
                    let (cell, bound) = (cells[first + i], bounds[first + i]);
                    if cell > T::zero() {
                        // Levels that round to nothing would count no zero.
                        tile.levels[i] = (cell * bound.level).max(T::min_positive_value());
                        tile.needs[i] = bound.need;
                    }
                }
                let passed = count(self.level, &tile, &rows, doppler.reach(), doppler.guard);
                found.extend((0..lanes).filter(|i| passed >> i & 1 == 1).map(|i| [row, first + i]));
            }
        }
        found
    }
}

/// A map with what lies beyond its ends in Doppler, which is above every level where nothing does.
struct Padded<T> {
    cells: Vec<T>,
    width: usize,
}

impl<T: Real> Padded<T> {
    fn new(doppler: &Window, power: &ArrayRef2<T>) -> Self {
        // The last tile may reach beyond the row.
        let width = doppler.padded() + LANES;
        let mut cells = vec![T::infinity(); width * power.nrows()];
        for (row, line) in cells.chunks_exact_mut(width).zip(power.outer_iter()) {
            for (place, cell) in row[doppler.reach()..].iter_mut().zip(line) {
                *place = *cell;
            }
            doppler.pad(&mut row[..doppler.padded()]);
        }
        Self { cells, width }
    }

    fn row(&self, index: usize) -> &[T] {
        &self.cells[index * self.width..][..self.width]
    }
}

/// Cells side by side.
struct Tile<T> {
    first: usize,
    levels: [T; LANES],
    needs: [u32; LANES],
}

by_level! {
    /// A bit for each cell of which enough training cells, in rows with and without a guard, lie
    /// below its level.
    fn count<T: Real>(level: Level, tile: &Tile<T>, rows: &[(&[T], bool)], reach: usize, guard: usize) -> u32 {
        let levels = tile.levels;
        let mut counts = [0_u32; LANES];
        let whole = 2 * reach + 1;
        let mut left = rows.len() * whole;
        for (row, guarded) in rows {
            let window = &row[tile.first..][..2 * reach + LANES];
            let ends = if *guarded { [0..reach - guard, reach + guard + 1..whole] } else { [0..whole, 0..0] };
            for offset in ends.into_iter().flatten() {
                let Some(cells) = window[offset..].first_chunk::<LANES>() else { continue };
                for ((count, cell), level) in counts.iter_mut().zip(cells).zip(&levels) {
                    *count += u32::from(cell < level);
                }
            }
            left -= whole;
            let most = u32::try_from(left).unwrap_or(u32::MAX);
            if counts.iter().zip(&tile.needs).all(|(count, need)| count.saturating_add(most) < *need) {
                return 0;
            }
        }
        let passed = |(i, (count, need)): (usize, (&u32, &u32))| u32::from(count >= need) << i;
        counts.iter().zip(&tile.needs).enumerate().map(passed).sum()
    }
}
