//! Which cells may exceed a trimmed mean, by sums of clipped powers and without sorting.
//!
//! ```text
//! Σ of the k least of N powers = max over L of   Σ_i min(x_i, L) − (N − k) L
//! ```
//! Any level `L` bounds the sum from below, and one near the `k`-th least does so closely: off by a quarter,
//! it loses 4 % in exponential noise. The mean of what stays is at least that of the `k` least. Some levels
//! are read from the map, so that noise of any profile has one near its own. Cells that pass are judged by
//! their exact threshold.

use super::CaCfar;
use super::kind::tm_trim;
use super::ring::Ring;
use super::screen::{above, lowered, rounding};
use crate::wide::{Work, widest};
use mmw_core::ndarray::{Array2, ArrayRef2, s};
use mmw_core::{Real, Result};

/// Cells on a side of the blocks from which levels are read, and the rows of which one is read.
const BLOCK: usize = 16;
const STEP: usize = 2;
/// From one level to the next at least, and levels at most.
const RATIO: f64 = 1.5;
const MOST: usize = 8;

/// The bounds of all cells of a map, `[class of the range bin, Doppler bin]`.
#[derive(Debug)]
pub(super) struct Clipped<T> {
    /// Multiplier over the number of cells that stay or are less, a little too low.
    weights: Array2<T>,
    /// Levels to be taken from the sum: the cells above, and what rounding may add.
    above: Array2<T>,
    /// Share of the cells that the greatest are.
    high: f64,
}

impl<T: Real> Clipped<T> {
    pub(super) fn new(
        [low, high]: [f64; 2],
        ring: &Ring,
        multiplier: impl Fn([usize; 2]) -> Result<f64>,
    ) -> Result<Self> {
        let [range, doppler] = ring.windows();
        let shape = (range.classes(), doppler.len);
        let (mut weights, mut above) = (Array2::zeros(shape), Array2::zeros(shape));
        for ((class, column), weight) in weights.indexed_iter_mut() {
            let halves = ring.halves([range.member(class), column]);
            let cells = halves[0] + halves[1];
            let [_, greatest] = tm_trim(low, high, cells);
            *weight = lowered(multiplier(halves)?, cells - greatest, cells);
            let rounded = if greatest > 0 { rounding::<T>() * cells as f64 } else { 0.0 };
            above[[class, column]] = T::lit(greatest as f64 + rounded);
        }
        Ok(Self { weights, above, high })
    }

    /// Cells that may be detected, in row-major order.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    pub(super) fn candidates(
        &self,
        mean: &CaCfar<T>,
        ring: &Ring,
        power: &ArrayRef2<T>,
    ) -> Result<Vec<[usize; 2]>> {
        let [range, _] = ring.windows();
        let mut bounds = Array2::<T>::zeros(power.raw_dim());
        let mut scratch = mean.scratch();
        let mut clipped = Array2::zeros(power.raw_dim());
        for level in self.levels(power, mean.max_power()) {
            clipped.zip_mut_with(power, |clipped, &cell| *clipped = if cell < level { cell } else { level });
            mean.for_each_row(&clipped, &mut scratch, |row, _, sums, _| {
                let class = range.class(row);
                let [weights, above] =
                    [&self.weights, &self.above].map(|of| of.row(class).to_slice().unwrap_or_default());
                let bounds = bounds.row_mut(row).into_slice().unwrap_or_default();
                widest(Raise { bounds, weights, above, sums, level });
            })?;
        }
        let mut found = Vec::new();
        let mut cells = vec![T::zero(); power.ncols()];
        for (row, (line, bounds)) in power.outer_iter().zip(bounds.outer_iter()).enumerate() {
            cells.iter_mut().zip(line).for_each(|(to, &from)| *to = from);
            above(row, &cells, bounds.to_slice().unwrap_or_default(), &mut found);
        }
        Ok(found)
    }

    /// Levels near the greatest power that stays, in all parts of the map, ascending.
    fn levels(&self, power: &ArrayRef2<T>, most: T) -> Vec<T> {
        if self.high == 0.0 {
            return vec![most];
        }
        let (rows, columns) = power.dim();
        let mut places = Vec::new();
        let mut cells: Vec<T> = Vec::with_capacity(BLOCK * BLOCK);
        for row in (0..rows).step_by(BLOCK) {
            for column in (0..columns).step_by(BLOCK) {
                let (last_row, last_column) = ((row + BLOCK).min(rows), (column + BLOCK).min(columns));
                cells.clear();
                cells.extend(power.slice(s![row..last_row; STEP, column..last_column]));
                let place = ((1.0 - self.high) * cells.len() as f64) as usize;
                let place = place.min(cells.len() - 1);
                let order = |a: &T, b: &T| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
                let level = *cells.select_nth_unstable_by(place, order).1;
                places.push(if level < most { level } else { most });
            }
        }
        places.retain(|&level| level > T::zero());
        places.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let mut ratio = T::lit(RATIO);
        loop {
            let mut levels: Vec<T> = Vec::new();
            for &level in &places {
                if levels.last().is_none_or(|&last| level > last * ratio) {
                    levels.push(level);
                }
            }
            if levels.len() <= MOST {
                // Each stands for those up to the next.
                let middle = T::lit(1.0 + 0.5 * (RATIO - 1.0));
                return levels
                    .into_iter()
                    .map(|level| level * middle)
                    .map(|l| if l < most { l } else { most })
                    .collect();
            }
            ratio = ratio * ratio;
        }
    }
}

/// Bounds of a row, raised to those of one level.
struct Raise<'a, T> {
    bounds: &'a mut [T],
    weights: &'a [T],
    above: &'a [T],
    sums: &'a [T],
    level: T,
}

impl<T: Real> Work for Raise<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let lines = self.weights.iter().zip(self.above).zip(self.sums);
        for (bound, ((&weight, &above), &sum)) in self.bounds.iter_mut().zip(lines) {
            let other = weight * (sum - above * self.level);
            *bound = if other > *bound { other } else { *bound };
        }
    }
}
