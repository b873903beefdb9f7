//! Detection with the cells that are already detected left out of the noise of the others.
//!
//! A strong cell within the window of a weak one raises its threshold: 60 dB above the noise it hides
//! everything below 30 dB. So detected cells leave the training cells, the multiplier becomes that of the
//! number that remains, and what stands around them is gone over again until nothing is found any more. A noise-only cell
//! leaves with the false-alarm probability `P` alone, which raises the rate of the others by about
//! `P N ln(1/P)` of a cell's mean: nothing at one in a million, a tenth at one in a thousand.

//!
//! The cells of the first pass, the strongest, are left out of the sums over the windows; the few that follow
//! are subtracted. Where the rest is so small beside them that rounding would show, it is added up by itself.

use super::{CaCfar, CfarScratch, Detection};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Real, Result, check};

/// Passes after the first; each finds what the strongest cells of the one before hid.
const PASSES: usize = 6;
/// Roundings that a sum over a window goes through, at most.
const ROUNDINGS: f64 = 16.0;
/// Share of the noise that they may change.
const TOLERANCE: f64 = 1.0 / 128.0;

/// Memory of [`CaCfar::detect_censored`].
#[derive(Debug)]
pub(super) struct Censored<T> {
    scratch: CfarScratch<T>,
    /// The map without the cells of the first pass.
    kept: Array2<T>,
    /// Of the kept cells in the window of each cell.
    sums: Array2<T>,
    /// Of the cells censored since.
    power: Array2<f64>,
    /// How many are censored in the window of each cell.
    count: Array2<u32>,
    marked: Array2<bool>,
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
        let shape = self.shape();
        Censored {
            scratch: self.scratch(),
            kept: Array2::zeros(shape),
            sums: Array2::zeros(shape),
            power: Array2::zeros(shape),
            count: Array2::zeros(shape),
            marked: Array2::from_elem(shape, false),
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
        memory.begin(self, power, &found)?;
        let mut known = 0;
        for pass in 0..PASSES {
            for detection in &found[known..] {
                let taken = if pass == 0 { 0.0 } else { detection.power };
                memory.mark(self, detection.index, taken);
            }
            let rows = self.rows_around(&found[known..]);
            known = found.len();
            for detection in &mut found {
                let judged = memory.judge(self, power, detection.index)?;
                judged.into_iter().for_each(|d| *detection = d);
            }
            for row in rows.iter().enumerate().filter_map(|(row, &near)| near.then_some(row)) {
                memory.newly_above(self, power, row, &mut found)?;
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
        check::same_shape("power", &self.shape(), power.shape())?;
        let [rows, columns] = self.shape();
        check::in_range("range bin", index[0] as f64, 0.0, rows.saturating_sub(1) as f64)?;
        check::in_range("Doppler bin", index[1] as f64, 0.0, columns.saturating_sub(1) as f64)?;
        check::all_finite("power", power)?;
        let mut marked = Array2::from_elem(power.dim(), false);
        for detection in detections {
            marked.get_mut(detection.index).into_iter().for_each(|mark| *mark = true);
        }
        let (sum, left) = self.rest(power, &marked, index);
        self.verdict(power, index, sum, left)
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
    /// Sums over the windows without the cells of the first pass.
    fn begin(&mut self, plan: &CaCfar<T>, power: &ArrayRef2<T>, first: &[Detection]) -> Result<()> {
        self.power.fill(0.0);
        self.count.fill(0);
        self.marked.fill(false);
        self.kept.assign(power);
        first.iter().for_each(|detection| self.kept[detection.index] = T::zero());
        let Self { scratch, kept, sums, .. } = self;
        plan.for_each_row(kept, scratch, |row, _, row_sums, _| {
            sums.row_mut(row).iter_mut().zip(row_sums).for_each(|(to, &sum)| *to = sum);
        })
    }

    /// Takes a cell out of the windows that it stands in, those of its own training cells, and `taken` out of
    /// their sums.
    fn mark(&mut self, plan: &CaCfar<T>, index: [usize; 2], taken: f64) {
        self.marked[index] = true;
        let Self { power, count, .. } = self;
        plan.for_each_span(index, |row, columns| {
            let (mut power, mut count) = (power.row_mut(row), count.row_mut(row));
            if let (Some(power), Some(count)) = (power.as_slice_mut(), count.as_slice_mut()) {
                if taken > 0.0 {
                    power[columns.clone()].iter_mut().for_each(|p| *p += taken);
                }
                count[columns].iter_mut().for_each(|n| *n += 1);
            }
        });
    }

    /// Noise and threshold of a cell, whether it is above or not; `None` when no training cell is left.
    fn judge(&self, plan: &CaCfar<T>, power: &ArrayRef2<T>, index: [usize; 2]) -> Result<Option<Detection>> {
        let (sum, error) = left_over(self.sums[index], self.power[index]);
        if error > TOLERANCE * sum {
            let (sum, left) = plan.rest(power, &self.marked, index);
            return plan.verdict(power, index, sum, left);
        }
        plan.verdict(power, index, sum, plan.training_cells(index).saturating_sub(self.count[index] as usize))
    }

    /// Adds the cells of a row that are above their threshold now.
    fn newly_above(
        &self,
        plan: &CaCfar<T>,
        power: &ArrayRef2<T>,
        row: usize,
        found: &mut Vec<Detection>,
    ) -> Result<()> {
        // The more training cells, the less the threshold over their sum: this one spares the multiplier for
        // nearly all of the noise.
        let least = plan.ratio(plan.cells_at_most())?;
        let lines = (power.row(row).into_iter().zip(self.sums.row(row)))
            .zip(self.power.row(row).into_iter().zip(self.count.row(row)));
        for (column, ((&cell, &sum), (&taken, &count))) in lines.enumerate() {
            let (rest, error) = left_over(sum, taken);
            if count == 0 || cell.as_f64() <= least * (rest - error) || self.marked[[row, column]] {
                continue;
            }
            found.extend(self.judge(plan, power, [row, column])?.filter(|d| d.power > d.threshold));
        }
        Ok(())
    }
}

/// What the cells taken out leave of a sum, and how far rounding may have moved it.
fn left_over<T: Real>(sum: T, taken: f64) -> (f64, f64) {
    let whole = sum.as_f64();
    let error = if taken > 0.0 { ROUNDINGS * T::epsilon().as_f64() / 2.0 * whole } else { 0.0 };
    (whole - taken, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfar::{CfarConfig, Edge};
    use mmw_core::random::Streams;
    use rand::RngExt;

    /// The definition: every cell against the mean of the training cells that are left, until nothing changes.
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
