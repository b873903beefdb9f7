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
use mmw_core::ndarray::{Array2, ArrayRef2, s};
use mmw_core::{Real, Result};

/// Cells on a side of the blocks from which levels are read, and the rows of which one is read.
const BLOCK: usize = 16;
const STEP: usize = 2;
/// From one level to the next at least, and levels at most.
const RATIO: f64 = 1.5;
const MOST: usize = 8;
/// Roundings of a sum and of its bound, at most.
const ROUNDINGS: f64 = 80.0;

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
            let rounding = ROUNDINGS * T::epsilon().as_f64();
            // The exact mean, in f64, adds its cells one by one.
            let slack = rounding + 2.0 * cells as f64 * f64::EPSILON;
            let own = multiplier(halves)? / (cells - greatest) as f64 * (1.0 - slack);
            *weight = T::lit(own.clamp(0.0, T::max_value().as_f64()));
            let rounded = if greatest > 0 { rounding * cells as f64 } else { 0.0 };
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
        for level in self.levels(power, mean.max_power()) {
            let clipped = power.mapv(|cell| if cell < level { cell } else { level });
            mean.for_each_row(&clipped, &mut scratch, |row, _, sums, _| {
                let class = range.class(row);
                let lines = self.weights.row(class).into_iter().zip(self.above.row(class)).zip(sums);
                for (bound, ((&weight, &above), &sum)) in bounds.row_mut(row).iter_mut().zip(lines) {
                    let other = weight * (sum - above * level);
                    *bound = if other > *bound { other } else { *bound };
                }
            })?;
        }
        let cells = power.indexed_iter().zip(&bounds);
        let passed = cells.filter(|((_, cell), bound)| *cell > *bound);
        Ok(passed.map(|(((row, column), _), _)| [row, column]).collect())
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
