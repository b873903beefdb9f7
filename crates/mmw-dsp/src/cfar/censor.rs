//! Detection with the cells that are already detected left out of the noise of the others.
//!
//! A strong cell within the window of a weak one raises its threshold: 60 dB above the noise it hides
//! everything below 30 dB. So detected cells leave the training cells, the multiplier becomes that of the
//! number that remains, and what stands around them is gone over again until nothing is found any more. A
//! noise-only cell leaves with the false-alarm probability `P` alone, which raises the rate of the others by
//! about `P N ln(1/P)` of a cell's mean: nothing at one in a million, a tenth at one in a thousand.

//!
//! The cells of the first pass, the strongest, are left out of the sums over the windows; the few that follow
//! are subtracted. Where the rest is so small beside them that rounding would show, it is added up by itself.

use super::mark::Mark;
use super::{CaCfar, CfarScratch, Detection};
use crate::wide::{Work, widest};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Real, Result, check};
use std::ops::Range;

/// Passes after the first; each finds what the strongest cells of the one before hid.
const PASSES: usize = 6;
/// Roundings that a sum over a window goes through, at most.
const ROUNDINGS: f64 = 16.0;
/// Share of the noise that they may change.
const TOLERANCE: f64 = 1.0 / 128.0;
/// Cells that are compared with their thresholds together.
const BLOCK: usize = 32;

/// Memory of [`CaCfar::detect_censored`].
#[derive(Debug)]
pub(super) struct Censored<T> {
    /// Its map is without the censored cells, its sums without those of the first pass.
    scratch: CfarScratch<T>,
    marked: Array2<bool>,
    /// Range bins near a censored cell; what follows is kept for them alone.
    open: Vec<bool>,
    /// Of the cells censored since the first pass, what stands in the window of each cell.
    taken: Vec<f64>,
    /// How many are censored in the window of each cell.
    count: Vec<u32>,
    /// Of [`Mark`].
    lines: [Vec<u32>; 2],
    powers: [Vec<f64>; 2],
}

impl<T: Real> CaCfar<T> {
    /// As [`CaCfar::detect`], with detected cells censored: noise and threshold of each are those of the
    /// training cells that no target holds.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::ndarray::Array2;
    /// use mmw_dsp::cfar::{CaCfar, CfarConfig};
    ///
    /// let mut power = Array2::from_elem((32, 64), 1.0_f32);
    /// (power[[2, 32]], power[[11, 32]]) = (1e7, 1e3);
    /// let cfar = CaCfar::new(&CfarConfig::default(), [32, 64])?;
    /// assert_eq!(cfar.detect(&power)?.len(), 1);
    /// let found = cfar.detect_censored(&power)?;
    /// assert_eq!((found.len(), found[1].noise), (2, 1.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn detect_censored(&self, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        self.detect_censored_with(power, &mut self.censored())
    }

    pub(super) fn censored(&self) -> Censored<T> {
        let shape @ [rows, columns] = self.shape();
        Censored {
            scratch: self.scratch(),
            marked: Array2::from_elem(shape, false),
            open: vec![false; rows],
            taken: vec![0.0; rows * columns],
            count: vec![0; rows * columns],
            lines: [(); 2].map(|()| vec![0; columns]),
            powers: [(); 2].map(|()| vec![0.0; columns]),
        }
    }

    pub(super) fn detect_censored_with(
        &self,
        power: &ArrayRef2<T>,
        memory: &mut Censored<T>,
    ) -> Result<Vec<Detection>> {
        let mut found = Vec::new();
        self.detect_into(power, &mut memory.scratch, &mut found)?;
        if found.is_empty() {
            return Ok(found);
        }
        memory.marked.fill(false);
        memory.open.fill(false);
        let mut known = 0;
        // Censored cells in the window of each when it was last judged: while they are as many, they
        // are the same.
        let mut counts = Vec::new();
        for pass in 0..PASSES {
            let near = self.rows_around(&found[known..]);
            memory.censor(self, &found[known..], &near, pass == 0);
            known = found.len();
            counts.resize(known, u32::MAX);
            for (detection, count) in found.iter_mut().zip(&mut counts) {
                let now = memory.count[detection.index[0] * self.shape()[1] + detection.index[1]];
                if std::mem::replace(count, now) == now {
                    continue;
                }
                let judged = memory.judge(self, power, detection.index)?;
                judged.into_iter().for_each(|d| *detection = d);
            }
            for row in runs(&near).flatten() {
                memory.newly_above(self, power, (row, pass == 0), &mut found)?;
            }
            if found.len() == known {
                break;
            }
        }
        found.sort_by_key(|detection| detection.index);
        Ok(found)
    }

    /// The noise at one cell as [`CaCfar::detect_censored`] sees it once it has found `detections`; `None`
    /// when no training cell is left.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`], and [`mmw_core::Error::Domain`] for an index outside the map.
    pub fn examine(
        &self,
        power: &ArrayRef2<T>,
        detections: &[Detection],
        index: [usize; 2],
    ) -> Result<Option<Detection>> {
        self.check_cell(power, index)?;
        check::all_finite("power", power)?;
        let mut marked = Array2::from_elem(power.dim(), false);
        for detection in detections {
            marked.get_mut(detection.index).into_iter().for_each(|mark| *mark = true);
        }
        let (sum, left) = self.rest(power, &marked, index);
        self.verdict(power, index, sum, left)
    }

    /// That the map is of this plan and the cell in it.
    pub(super) fn check_cell(&self, power: &ArrayRef2<T>, index: [usize; 2]) -> Result<()> {
        check::same_shape("power", &self.shape(), power.shape())?;
        let [rows, columns] = self.shape();
        check::in_range("range bin", index[0] as f64, 0.0, rows.saturating_sub(1) as f64)?;
        check::in_range("Doppler bin", index[1] as f64, 0.0, columns.saturating_sub(1) as f64).map(drop)
    }

    /// Sum and number of the training cells of a cell that are not marked.
    fn rest(&self, power: &ArrayRef2<T>, marked: &ArrayRef2<bool>, index: [usize; 2]) -> (f64, usize) {
        let (mut sum, mut left) = (0.0, 0);
        self.for_each_span(index, |row, columns| {
            for column in columns {
                if !marked[[row, column]] {
                    sum += power[[row, column]].as_f64();
                    left += 1;
                }
            }
        });
        (sum, left)
    }

    fn verdict(
        &self,
        power: &ArrayRef2<T>,
        index: [usize; 2],
        sum: f64,
        left: usize,
    ) -> Result<Option<Detection>> {
        if left == 0 {
            return Ok(None);
        }
        let power = power[index].as_f64();
        let noise = sum / left as f64;
        let threshold = (sum * self.ratio(left)?).min(f64::MAX);
        Ok(Some(Detection { index, power, noise, snr: (power / noise).min(f64::MAX), threshold }))
    }
}

impl<T: Real> Censored<T> {
    /// Takes cells out of the windows that they stand in, those of their own training cells.
    fn censor(&mut self, plan: &CaCfar<T>, cells: &[Detection], near: &[bool], first: bool) {
        let Self { scratch, marked, open, taken, count, lines, powers } = self;
        let columns = marked.dim().1;
        for (row, open) in open.iter_mut().enumerate().filter(|(row, open)| near[*row] && !**open) {
            *open = true;
            taken[row * columns..][..columns].fill(0.0);
            count[row * columns..][..columns].fill(0);
        }
        for cell in cells {
            marked[cell.index] = true;
            plan.forget(cell.index, scratch);
        }
        if first {
            runs(near).for_each(|rows| plan.sum_rows(rows, Some(cells), scratch));
        }
        widest(Mark {
            windows: plan.windows(),
            cells,
            taken: (!first).then_some(taken),
            count,
            lines,
            powers,
        });
    }

    /// Noise and threshold of a cell, whether it is above or not; `None` when no training cell is left.
    fn judge(&self, plan: &CaCfar<T>, power: &ArrayRef2<T>, index: [usize; 2]) -> Result<Option<Detection>> {
        let place = index[0] * plan.shape()[1] + index[1];
        let (sum, error) = left_over(self.scratch.sums[place], self.taken[place]);
        if error > TOLERANCE * sum {
            let (sum, left) = plan.rest(power, &self.marked, index);
            return plan.verdict(power, index, sum, left);
        }
        let left = plan.training_cells(index).saturating_sub(self.count[place] as usize);
        plan.verdict(power, index, sum, left)
    }

    /// Adds the cells of a row that are above their threshold now, `first` after the first pass.
    fn newly_above(
        &self,
        plan: &CaCfar<T>,
        power: &ArrayRef2<T>,
        (row, first): (usize, bool),
        found: &mut Vec<Detection>,
    ) -> Result<()> {
        let columns = plan.shape()[1];
        let own = row * columns..(row + 1) * columns;
        let (cells, sums) = (plan.row_of(row, &self.scratch), &self.scratch.sums[own.clone()]);
        let (taken, count) = (&self.taken[own.clone()], &self.count[own]);
        // The more training cells, the less the threshold over their sum: this one spares the multiplier for
        // nearly all of the noise.
        let least = plan.ratio(plan.cells_at_most())?;
        let any = if first {
            // Nothing is taken out besides, so that the map's own precision does. `lower` is below `least`
            // whatever its rounding, and a cell above a product is not below that product rounded.
            let lower = T::lit(least * (1.0 - 4.0 * T::epsilon().as_f64()));
            widest(NotBelow { least: lower, cells, sums })
        } else {
            widest(Above { least, cells, sums, taken })
        };
        if !any {
            return Ok(());
        }
        for start in (0..columns).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(columns);
            let work = Above {
                least,
                cells: &cells[block.clone()],
                sums: &sums[block.clone()],
                taken: &taken[block.clone()],
            };
            if !work.run() {
                continue;
            }
            for column in block {
                let (rest, error) = left_over(sums[column], taken[column]);
                // Censored cells are zero here, but a rest may round below it.
                let below = cells[column].as_f64() <= least * (rest - error) || self.marked[[row, column]];
                if below || count[column] == 0 {
                    continue;
                }
                found.extend(self.judge(plan, power, [row, column])?.filter(|d| d.power > d.threshold));
            }
        }
        Ok(())
    }
}

/// The stretches of neighbouring range bins.
fn runs(near: &[bool]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut end = 0;
    std::iter::from_fn(move || {
        let start = end + near[end..].iter().position(|&near| near)?;
        end = near[start..].iter().position(|&near| !near).map_or(near.len(), |len| start + len);
        Some(start..end)
    })
}

/// What the cells taken out leave of a sum, and how far rounding may have moved it.
#[inline(always)]
fn left_over<T: Real>(sum: T, taken: f64) -> (f64, f64) {
    let whole = sum.as_f64();
    let error = if taken > 0.0 { ROUNDINGS * T::epsilon().as_f64() / 2.0 * whole } else { 0.0 };
    (whole - taken, error)
}

/// Whether any cell is above `least` of what is left of the sum over its window.
struct Above<'a, T> {
    least: f64,
    cells: &'a [T],
    sums: &'a [T],
    taken: &'a [f64],
}

impl<T: Real> Work for Above<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let lines = self.cells.iter().zip(self.sums).zip(self.taken);
        // Without an early exit, so that it vectorises.
        lines.fold(false, |any, ((&cell, &sum), &taken)| {
            let (rest, error) = left_over(sum, taken);
            any | (cell.as_f64() > self.least * (rest - error))
        })
    }
}

/// Whether any cell is `least` of the sum over its window, or above.
struct NotBelow<'a, T> {
    least: T,
    cells: &'a [T],
    sums: &'a [T],
}

impl<T: Real> Work for NotBelow<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let cells = self.cells.iter().zip(self.sums);
        cells.fold(false, |any, (&cell, &sum)| any | (cell >= self.least * sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfar::{CfarConfig, Edge};
    use mmw_core::random::Streams;
    use rand::RngExt;

    /// The definition: every cell against the mean of the training cells that are left, until
    /// nothing changes.
    fn one_by_one(plan: &CaCfar<f64>, power: &Array2<f64>) -> Vec<Detection> {
        let mut found = plan.detect(power).unwrap();
        for _ in 0..PASSES {
            let mut marked = Array2::from_elem(power.dim(), false);
            found.iter().for_each(|d| marked[d.index] = true);
            let known = found.len();
            found.clear();
            for ((row, column), &mark) in marked.indexed_iter() {
                let (sum, left) = plan.rest(power, &marked, [row, column]);
                let detection = plan.verdict(power, [row, column], sum, left).unwrap();
                let below = |d: &Detection| d.power > d.threshold;
                // Where nothing was taken out, nothing has changed.
                let touched = left < plan.training_cells([row, column]);
                found.extend(detection.filter(|d| mark || touched && below(d)));
            }
            if found.len() == known {
                break;
            }
        }
        found
    }

    #[test]
    fn sums_with_cells_taken_out_are_those_of_the_cells_that_are_left() {
        for (seed, edges) in
            [[Edge::Shrink, Edge::Wrap], [Edge::Wrap, Edge::Shrink], [Edge::Wrap; 2], [Edge::Shrink; 2]]
                .into_iter()
                .enumerate()
        {
            let config = CfarConfig {
                train: [5, 3],
                guard: [2, 1],
                edges,
                false_alarm_probability: 1e-3,
                ..CfarConfig::default()
            };
            let plan = CaCfar::new(&config, [40, 24]).unwrap();
            let mut rng = Streams::new(seed as u64).stream(0);
            let mut power = Array2::from_shape_simple_fn((40, 24), || -(1.0 - rng.random::<f64>()).ln());
            // From 20 dB to beyond what the rounding of a sum leaves of the noise.
            for strong in 1..=14 {
                power[[rng.random_range(0..40), rng.random_range(0..24)]] = 10_f64.powi(strong + 1);
            }
            let (found, expected) = (plan.detect_censored(&power).unwrap(), one_by_one(&plan, &power));
            assert!(found.len() >= 8, "{}", found.len());
            assert_eq!(found.len(), expected.len());
            for (a, b) in found.iter().zip(&expected) {
                assert_eq!(a.index, b.index);
                assert!((a.noise / b.noise - 1.0).abs() < TOLERANCE, "{a:?} {b:?}");
            }
        }
    }
}
