//! The plan of a 2-D cell-averaging CFAR: window counts and multipliers a cell, and the passes over a map.

use super::multiplier::{check_probability, solve_ratio};
use super::window::Window;
use super::window_sum::{Levels, assign_sum, sliding_sum};
use super::{CfarConfig, Detection};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Error, Real, Result, check};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Most cells of a map, so that sizes and tables stay bounded.
const MAX_CELLS: f64 = 268_435_456.0;

/// Cell-averaging CFAR of maps of one shape: `[range, doppler]` powers to detections.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::Array2;
/// use mmw_dsp::cfar::{CaCfar, CfarConfig};
///
/// let mut power = Array2::from_elem((64, 32), 1.0_f32);
/// power[[0, 31]] = 100.0;
/// let cfar = CaCfar::new(&CfarConfig::default(), [64, 32])?;
/// let detections = cfar.detect(&power)?;
/// assert_eq!(detections.len(), 1);
/// assert_eq!((detections[0].index, detections[0].noise), ([0, 31], 1.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CaCfar<T> {
    range: Window,
    doppler: Window,
    /// `α / N`, `[class of the range bin, Doppler bin]`: the threshold over the sum of the training cells.
    ratios: Array2<T>,
    /// Powers above this could overflow a sum.
    max_power: T,
    looks: usize,
    false_alarm_probability: f64,
    /// `α / N` for the numbers of training cells that censoring leaves, found when they occur.
    fewer: Vec<OnceLock<f64>>,
}

/// Numbers of training cells that censoring tells apart; beyond it they are rounded down, which is cautious.
const MAX_COUNTS: usize = 4096;

/// Working memory of [`CaCfar`]; made by [`CaCfar::scratch`].
#[derive(Debug, Clone)]
pub struct CfarScratch<T> {
    shape: [usize; 2],
    padded: Vec<T>,
    map_levels: Levels<T>,
    strips: Vec<T>,
    middles: Vec<T>,
    ends_row: Vec<T>,
    full_row: Vec<T>,
    row_levels: Levels<T>,
    sides: Vec<T>,
    sums: Vec<T>,
}

impl<T: Real> CaCfar<T> {
    /// A plan for maps of `shape = [range, doppler]`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for an empty map, no looks, or a cell without a training cell; [`Error::Invalid`]
    /// when a window wraps onto itself (a shrinking window may be larger than the map); [`Error::Domain`]
    /// for a probability outside `[1e-100, 1)` or more than 2^28 cells.
    pub fn new(config: &CfarConfig, shape: [usize; 2]) -> Result<Self> {
        let [rows, columns] = shape;
        check::in_range("cells of the map", rows as f64 * columns as f64, 0.0, MAX_CELLS)?;
        check_probability(config.false_alarm_probability)?;
        check::at_least("looks", config.looks, 1)?;
        check::in_range("looks", config.looks as f64, 1.0, 65536.0)?;
        let range = Window::new("range axis", rows, config.train[0], config.guard[0], config.edges[0])?;
        let doppler =
            Window::new("Doppler axis", columns, config.train[1], config.guard[1], config.edges[1])?;
        let mut plan = Self {
            range,
            doppler,
            ratios: Array2::zeros((0, 0)),
            max_power: T::zero(),
            looks: config.looks,
            false_alarm_probability: config.false_alarm_probability,
            fewer: Vec::new(),
        };
        plan.fewer = vec![OnceLock::new(); plan.cells_at_most().min(MAX_COUNTS) + 1];
        plan.ratios = plan.ratio_table(config)?;
        // One power of two to spare for the rounding of the sums.
        let largest_sum = 2.0 * plan.cells_at_most() as f64;
        plan.max_power = T::max_value() / T::lit(largest_sum);
        Ok(plan)
    }

    pub(super) fn cells_at_most(&self) -> usize {
        (2 * self.range.reach() + 1) * (2 * self.doppler.reach() + 1)
    }

    fn ratio_table(&self, config: &CfarConfig) -> Result<Array2<T>> {
        let mut known: HashMap<usize, T> = HashMap::new();
        let mut table = Array2::zeros((self.range.classes(), self.doppler.len));
        for ((class, column), entry) in table.indexed_iter_mut() {
            let cells = self.training_cells([self.range.member(class), column]);
            check::at_least("training cells of a cell", cells, 1)?;
            *entry = match known.get(&cells) {
                Some(&ratio) => ratio,
                None => {
                    let ratio = solve_ratio(cells, config.looks, config.false_alarm_probability)?;
                    let ratio = T::lit(ratio.min(T::max_value().as_f64()));
                    known.insert(cells, ratio);
                    ratio
                }
            };
        }
        Ok(table)
    }

    /// `α / N` for `cells` training cells, at least one.
    pub(super) fn ratio(&self, cells: usize) -> Result<f64> {
        let step = self.cells_at_most().div_ceil(MAX_COUNTS).max(1);
        let place = (cells / step).min(self.fewer.len() - 1);
        if let Some(known) = self.fewer.get(place).and_then(OnceLock::get) {
            return Ok(*known);
        }
        let ratio = solve_ratio((place * step).max(1), self.looks, self.false_alarm_probability)?;
        Ok(*self.fewer[place].get_or_init(|| ratio))
    }

    /// Visits the training cells of the cell at `index` as runs of columns; as windows are symmetric, these are
    /// also the cells whose windows it stands in.
    pub(super) fn for_each_span(&self, index: [usize; 2], mut visit: impl FnMut(usize, Range<usize>)) {
        let (tall, wide) = (self.range.reach(), self.doppler.reach());
        for place in 0..=2 * tall {
            let Some(row) = self.range.source(index[0] + place) else { continue };
            if place.abs_diff(tall) > self.range.guard {
                self.doppler.for_each_run(index[1], 0..2 * wide + 1, |columns| visit(row, columns));
                continue;
            }
            for side in [0..self.doppler.train, 2 * wide + 1 - self.doppler.train..2 * wide + 1] {
                self.doppler.for_each_run(index[1], side, |columns| visit(row, columns));
            }
        }
    }

    /// Whether each range bin is within reach of one of the cells.
    pub(super) fn rows_around(&self, cells: &[Detection]) -> Vec<bool> {
        let mut rows = vec![false; self.range.len];
        for cell in cells {
            let places = cell.index[0]..=cell.index[0] + 2 * self.range.reach();
            places.filter_map(|place| self.range.source(place)).for_each(|row| rows[row] = true);
        }
        rows
    }

    /// Shape of the maps, `[range, doppler]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 2] {
        [self.range.len, self.doppler.len]
    }

    /// Training cells of the cell at `index`; indices beyond the map count as its last bin.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::cfar::{CaCfar, CfarConfig};
    /// let cfar = CaCfar::<f32>::new(&CfarConfig::default(), [256, 128])?;
    /// assert_eq!(cfar.training_cells([100, 0]), 25 * 25 - 9 * 9);
    /// assert_eq!(cfar.training_cells([0, 0]), 13 * 25 - 5 * 9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn training_cells(&self, index: [usize; 2]) -> usize {
        let count = |reach: [usize; 2]| {
            let rows = self.range.count(index[0].min(self.range.len - 1), reach[0]);
            rows * self.doppler.count(index[1].min(self.doppler.len - 1), reach[1])
        };
        count([self.range.reach(), self.doppler.reach()]) - count([self.range.guard, self.doppler.guard])
    }

    /// Working memory for [`CaCfar::detect_into`] and its sisters.
    #[must_use]
    pub fn scratch(&self) -> CfarScratch<T> {
        let columns = self.doppler.len;
        let zeros = |len: usize| vec![T::zero(); len];
        let padded = self.range.padded() * columns;
        CfarScratch {
            shape: [self.range.padded(), self.doppler.padded()],
            padded: zeros(padded),
            map_levels: Levels::new(padded),
            strips: zeros((self.range.padded() + 1 - self.range.train) * columns),
            middles: zeros((self.range.padded() + 1 - self.range.inner()) * columns),
            ends_row: zeros(self.doppler.padded()),
            full_row: zeros(self.doppler.padded()),
            row_levels: Levels::new(self.doppler.padded()),
            sides: zeros(self.doppler.padded() + 1 - self.doppler.train),
            sums: zeros(columns),
        }
    }

    /// Cells of `power` (`[range, doppler]`, not negative) above their threshold, in row-major order;
    /// `detections` is cleared first. Nothing else is allocated.
    ///
    /// # Errors
    /// [`Error::Shape`] for a map or scratch of another shape, [`Error::NotFinite`] for NaN or infinity,
    /// [`Error::Domain`] for a power that is negative or so large that a sum could overflow.
    pub fn detect_into(
        &self,
        power: &ArrayRef2<T>,
        scratch: &mut CfarScratch<T>,
        detections: &mut Vec<Detection>,
    ) -> Result<()> {
        detections.clear();
        self.for_each_row(power, scratch, |row, cells, sums, ratios| {
            self.detect_row(row, cells, sums, ratios, detections);
        })
    }

    /// As [`CaCfar::detect_into`], allocating.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    pub fn detect(&self, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        let mut detections = Vec::new();
        self.detect_into(power, &mut self.scratch(), &mut detections)?;
        Ok(detections)
    }

    /// The noise estimate of every cell, `[range, doppler]`: the mean of its training cells.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::ndarray::Array2;
    /// use mmw_dsp::cfar::{CaCfar, CfarConfig};
    /// let cfar = CaCfar::new(&CfarConfig::default(), [40, 40])?;
    /// let noise = cfar.noise_map(&Array2::from_elem((40, 40), 3.0_f64))?;
    /// assert!(noise.iter().all(|&n| (n - 3.0).abs() < 1e-14));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn noise_map(&self, power: &ArrayRef2<T>) -> Result<Array2<T>> {
        let mut map = Array2::zeros(self.shape());
        self.for_each_row(power, &mut self.scratch(), |row, _, sums, _| {
            for (column, (out, &sum)) in map.row_mut(row).iter_mut().zip(sums).enumerate() {
                *out = sum / T::lit(self.training_cells([row, column]) as f64);
            }
        })?;
        Ok(map)
    }

    /// The threshold of every cell, `[range, doppler]`; none above the largest finite number.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    pub fn threshold_map(&self, power: &ArrayRef2<T>) -> Result<Array2<T>> {
        let mut map = Array2::zeros(self.shape());
        self.for_each_row(power, &mut self.scratch(), |row, _, sums, ratios| {
            for ((out, &sum), &ratio) in map.row_mut(row).iter_mut().zip(sums).zip(ratios) {
                *out = (sum * ratio).min(T::max_value());
            }
        })?;
        Ok(map)
    }

    pub(super) fn detect_row(
        &self,
        row: usize,
        cells: &[T],
        sums: &[T],
        ratios: &[T],
        found: &mut Vec<Detection>,
    ) {
        const BLOCK: usize = 32;
        let blocks = cells.chunks(BLOCK).zip(sums.chunks(BLOCK)).zip(ratios.chunks(BLOCK));
        for (block, ((cells, sums), ratios)) in blocks.enumerate() {
            let above = |i: usize| cells[i] > ratios[i] * sums[i];
            // Without an early exit, so that the comparison vectorises; hits are rare.
            let hits = cells.iter().zip(sums).zip(ratios);
            if !hits.fold(false, |any, ((&cell, &sum), &ratio)| any | (cell > ratio * sum)) {
                continue;
            }
            for i in (0..cells.len()).filter(|&i| above(i)) {
                let index = [row, block * BLOCK + i];
                let power = cells[i].as_f64();
                let noise = sums[i].as_f64() / self.training_cells(index) as f64;
                let snr = (power / noise).min(f64::MAX);
                let threshold = (ratios[i] * sums[i]).as_f64();
                found.push(Detection { index, power, noise, snr, threshold });
            }
        }
    }

    /// Calls `visit(row, powers, sums of the training cells, ratios)` for every range bin.
    ///
    /// The training cells of a cell are put together from rectangles that do not overlap, so that a strong
    /// cell inside the guard never enters a difference: `train` columns of full height on the left and on
    /// the right, and between them `train` rows above and below.
    pub(super) fn for_each_row(
        &self,
        power: &ArrayRef2<T>,
        scratch: &mut CfarScratch<T>,
        mut visit: impl FnMut(usize, &[T], &[T], &[T]),
    ) -> Result<()> {
        check::same_shape("power", &self.shape(), power.shape())?;
        check::same_shape("scratch", &[self.range.padded(), self.doppler.padded()], &scratch.shape)?;
        self.load(power, &mut scratch.padded)?;
        let CfarScratch { padded, map_levels, strips, middles, .. } = scratch;
        let columns = self.doppler.len;
        sliding_sum(padded, self.range.train, columns, map_levels, strips);
        sliding_sum(padded, self.range.inner(), columns, map_levels, middles);
        for row in 0..self.range.len {
            self.sum_row(row, scratch);
            let start = (row + self.range.reach()) * columns;
            let ratios = self.ratios.row(self.range.class(row)).to_slice().unwrap_or_default();
            visit(row, &scratch.padded[start..start + columns], &scratch.sums, ratios);
        }
        Ok(())
    }

    /// Checks the map and copies it between the rows that stand beyond its ends.
    fn load(&self, power: &ArrayRef2<T>, padded: &mut [T]) -> Result<()> {
        let mut fine = true;
        for (place, target) in padded.chunks_exact_mut(self.doppler.len).enumerate() {
            let Some(source) = self.range.source(place) else {
                target.fill(T::zero());
                continue;
            };
            let row = power.row(source);
            match row.to_slice() {
                Some(slice) => target.copy_from_slice(slice),
                None => target.iter_mut().zip(row).for_each(|(to, &from)| *to = from),
            }
            // False for NaN too.
            fine &= target.iter().fold(true, |fine, &p| fine & (p >= T::zero()) & (p <= self.max_power));
        }
        if fine { Ok(()) } else { Err(self.bad_power(power)) }
    }

    fn bad_power(&self, power: &ArrayRef2<T>) -> Error {
        if let Err(error) = check::all_finite("power", power) {
            return error;
        }
        let wrong = power.iter().copied().find(|&p| !(p >= T::zero() && p <= self.max_power));
        let domain =
            format!("a number from 0 to {:e}, so that sums do not overflow", self.max_power.as_f64());
        Error::domain("power", wrong.map_or(f64::NAN, Real::as_f64), domain)
    }

    fn sum_row(&self, row: usize, scratch: &mut CfarScratch<T>) {
        let (columns, reach) = (self.doppler.len, self.doppler.reach());
        let (train, inner) = (self.doppler.train, self.doppler.inner());
        let CfarScratch { strips, middles, ends_row, full_row, row_levels, sides, sums, .. } = scratch;
        let at = |row: usize| row * columns..(row + 1) * columns;
        let above = &strips[at(row)];
        let below = &strips[at(row + self.range.train + self.range.inner())];
        let middle = &middles[at(row + self.range.train)];
        let own = reach..reach + columns;
        assign_sum(&mut ends_row[own.clone()], above, below);
        let (full, ends) = (&mut full_row[own.clone()], &ends_row[own]);
        assign_sum(full, ends, middle);
        self.doppler.pad(ends_row);
        self.doppler.pad(full_row);
        sliding_sum(full_row, train, 1, row_levels, sides);
        sliding_sum(&ends_row[train..], inner, 1, row_levels, sums);
        let (left, right) = (&sides[..], &sides[train + inner..]);
        for ((sum, &left), &right) in sums.iter_mut().zip(left).zip(right) {
            *sum += left + right;
        }
    }
}
