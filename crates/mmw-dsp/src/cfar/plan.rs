//! The plan of a 2-D cell-averaging CFAR: window counts and multipliers per cell, and the passes over a map.

use super::multiplier::{check_probability, solve_ratio};
use super::passes::{AnyAbove, Within};
use super::sums::{Band, Windows};
use super::window::Window;
use super::{CfarConfig, Detection};
use crate::wide::{Work, widest};
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
    windows: Windows,
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
    /// The map between the rows that stand beyond its ends.
    pub(super) padded: Vec<T>,
    /// Sums of the training cells.
    pub(super) sums: Vec<T>,
    band: Band<T>,
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
            windows: Windows { range, doppler },
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
        (2 * self.windows.range.reach() + 1) * (2 * self.windows.doppler.reach() + 1)
    }

    fn ratio_table(&self, config: &CfarConfig) -> Result<Array2<T>> {
        let mut known: HashMap<usize, T> = HashMap::new();
        let mut table = Array2::zeros((self.windows.range.classes(), self.windows.doppler.len));
        for ((class, column), entry) in table.indexed_iter_mut() {
            let cells = self.training_cells([self.windows.range.member(class), column]);
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

    /// Visits the training cells of the cell at `index` as runs of columns; as windows are symmetric, these
    /// are also the cells whose windows it stands in.
    pub(super) fn for_each_span(&self, index: [usize; 2], mut visit: impl FnMut(usize, Range<usize>)) {
        let (tall, wide) = (self.windows.range.reach(), self.windows.doppler.reach());
        for place in 0..=2 * tall {
            let Some(row) = self.windows.range.source(index[0] + place) else { continue };
            if place.abs_diff(tall) > self.windows.range.guard {
                self.windows.doppler.for_each_run(index[1], 0..2 * wide + 1, |columns| visit(row, columns));
                continue;
            }
            for side in
                [0..self.windows.doppler.train, 2 * wide + 1 - self.windows.doppler.train..2 * wide + 1]
            {
                self.windows.doppler.for_each_run(index[1], side, |columns| visit(row, columns));
            }
        }
    }

    /// Whether each range bin is within reach of one of the cells.
    pub(super) fn rows_around(&self, cells: &[Detection]) -> Vec<bool> {
        let mut rows = vec![false; self.windows.range.len];
        // Those of one range bin, which mostly stand in a row, reach the same.
        for cells in cells.chunk_by(|a, b| a.index[0] == b.index[0]) {
            let places = cells[0].index[0]..=cells[0].index[0] + 2 * self.windows.range.reach();
            places.filter_map(|place| self.windows.range.source(place)).for_each(|row| rows[row] = true);
        }
        rows
    }

    /// Shape of the maps, `[range, doppler]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 2] {
        [self.windows.range.len, self.windows.doppler.len]
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
            let rows = self.windows.range.count(index[0].min(self.windows.range.len - 1), reach[0]);
            rows * self.windows.doppler.count(index[1].min(self.windows.doppler.len - 1), reach[1])
        };
        count([self.windows.range.reach(), self.windows.doppler.reach()])
            - count([self.windows.range.guard, self.windows.doppler.guard])
    }

    /// Working memory for [`CaCfar::detect_into`] and the like.
    #[must_use]
    pub fn scratch(&self) -> CfarScratch<T> {
        let Windows { range, doppler } = &self.windows;
        CfarScratch {
            shape: [range.padded(), doppler.padded()],
            padded: vec![T::zero(); range.padded() * doppler.len],
            sums: vec![T::zero(); range.len * doppler.len],
            band: self.windows.band(),
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
        if !widest(AnyAbove { cells, sums, ratios }) {
            return;
        }
        let blocks = cells.chunks(BLOCK).zip(sums.chunks(BLOCK)).zip(ratios.chunks(BLOCK));
        for (block, ((cells, sums), ratios)) in blocks.enumerate() {
            let above = |i: usize| cells[i] > ratios[i] * sums[i];
            if !(AnyAbove { cells, sums, ratios }).run() {
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
    pub(super) fn for_each_row(
        &self,
        power: &ArrayRef2<T>,
        scratch: &mut CfarScratch<T>,
        mut visit: impl FnMut(usize, &[T], &[T], &[T]),
    ) -> Result<()> {
        let Windows { range, doppler } = &self.windows;
        check::same_shape("power", &self.shape(), power.shape())?;
        check::same_shape("scratch", &[range.padded(), doppler.padded()], &scratch.shape)?;
        self.load(power, &mut scratch.padded)?;
        self.sum_rows(0..range.len, None, scratch);
        let cells = scratch.padded[range.reach() * doppler.len..].chunks_exact(doppler.len);
        for (row, (cells, sums)) in cells.zip(scratch.sums.chunks_exact(doppler.len)).enumerate() {
            let ratios = self.ratios.row(range.class(row)).to_slice().unwrap_or_default();
            visit(row, cells, sums, ratios);
        }
        Ok(())
    }

    /// Powers above this could overflow a sum.
    pub(super) fn max_power(&self) -> T {
        self.max_power
    }

    pub(super) fn windows(&self) -> &Windows {
        &self.windows
    }

    /// A row of the map that was loaded.
    pub(super) fn row_of<'a>(&self, row: usize, scratch: &'a CfarScratch<T>) -> &'a [T] {
        let columns = self.windows.doppler.len;
        &scratch.padded[(row + self.windows.range.reach()) * columns..][..columns]
    }

    /// Takes a cell out of the map that was loaded.
    pub(super) fn forget(&self, index: [usize; 2], scratch: &mut CfarScratch<T>) {
        for place in self.windows.range.places(index[0]) {
            scratch.padded[place * self.windows.doppler.len + index[1]] = T::zero();
        }
    }

    /// The sums of some range bins of the map that was loaded; `changed` as in [`Windows::sum_rows`].
    pub(super) fn sum_rows(
        &self,
        rows: Range<usize>,
        changed: Option<&[Detection]>,
        scratch: &mut CfarScratch<T>,
    ) {
        let CfarScratch { padded, sums, band, .. } = scratch;
        self.windows.sum_rows(rows, changed, padded, band, sums);
    }

    /// Checks the map and copies it between the rows that stand beyond its ends.
    fn load(&self, power: &ArrayRef2<T>, padded: &mut [T]) -> Result<()> {
        for (place, target) in padded.chunks_exact_mut(self.windows.doppler.len).enumerate() {
            let Some(source) = self.windows.range.source(place) else {
                target.fill(T::zero());
                continue;
            };
            let row = power.row(source);
            match row.to_slice() {
                Some(slice) => target.copy_from_slice(slice),
                None => target.iter_mut().zip(row).for_each(|(to, &from)| *to = from),
            }
        }
        let fine = widest(Within { powers: padded, most: self.max_power });
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
}
