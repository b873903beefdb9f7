//! Detection with the cells that are already detected left out of the noise of the others.
//!
//! A strong cell within the window of a weak one raises its threshold: 60 dB above the noise it hides
//! everything below 30 dB. So detected cells leave the training cells, the multiplier becomes that of the
//! number that remains, and the map is gone over again until nothing is found any more. A noise-only cell
//! leaves with the false-alarm probability `P` alone, which raises the rate of the others by about
//! `P N ln(1/P)` of a cell's mean: nothing at one in a million, a tenth at one in a thousand.

use super::{CaCfar, CfarScratch, Detection};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Real, Result};

/// Passes after the first; each finds what the strongest cells of the one before hid.
const PASSES: usize = 6;

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
        let mut scratch = self.scratch();
        let mut found = Vec::new();
        self.detect_into(power, &mut scratch, &mut found)?;
        if found.is_empty() {
            return Ok(found);
        }
        let mut censored = Array2::zeros(power.dim());
        let mut kept = power.to_owned();
        let mut known = 0;
        for _ in 0..PASSES {
            for detection in &found[known..] {
                censored[detection.index] = T::one();
                kept[detection.index] = T::zero();
            }
            known = found.len();
            let levels = self.levels(&kept, &censored, &mut scratch)?;
            for detection in &mut found {
                levels.judge(self, power, detection.index)?.into_iter().for_each(|d| *detection = d);
            }
            self.newly_above(power, &censored, &levels, &mut found)?;
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
        let mut censored = Array2::zeros(power.dim());
        let mut kept = power.to_owned();
        for detection in detections {
            if let (Some(mark), Some(cell)) =
                (censored.get_mut(detection.index), kept.get_mut(detection.index))
            {
                (*mark, *cell) = (T::one(), T::zero());
            }
        }
        let [rows, columns] = self.shape();
        mmw_core::check::in_range("range bin", index[0] as f64, 0.0, rows.saturating_sub(1) as f64)?;
        mmw_core::check::in_range("Doppler bin", index[1] as f64, 0.0, columns.saturating_sub(1) as f64)?;
        self.levels(&kept, &censored, &mut self.scratch())?.judge(self, power, index)
    }

    fn levels(
        &self,
        kept: &ArrayRef2<T>,
        censored: &ArrayRef2<T>,
        scratch: &mut CfarScratch<T>,
    ) -> Result<Levels<T>> {
        let collect = |map: &ArrayRef2<T>, scratch: &mut CfarScratch<T>| -> Result<Array2<T>> {
            let mut all = Array2::zeros(self.shape());
            self.for_each_row(map, scratch, |row, _, sums, _| {
                all.row_mut(row).iter_mut().zip(sums).for_each(|(to, &sum)| *to = sum);
            })?;
            Ok(all)
        };
        Ok(Levels { sums: collect(kept, scratch)?, gone: collect(censored, scratch)? })
    }

    /// Adds the cells that are above their threshold now. Where nothing was censored, nothing has changed.
    fn newly_above(
        &self,
        power: &ArrayRef2<T>,
        censored: &ArrayRef2<T>,
        levels: &Levels<T>,
        found: &mut Vec<Detection>,
    ) -> Result<()> {
        let cells = power.indexed_iter().zip(&levels.sums).zip(&levels.gone).zip(censored);
        for (((((row, column), &cell), &sum), &gone), &mark) in cells {
            // Over one mean of many cells at the very least: spares the multiplier for most of the noise.
            let hopeless = gone <= T::zero() || mark > T::zero();
            if hopeless || cell * T::lit(self.training_cells([row, column]) as f64) <= sum {
                continue;
            }
            let detection = levels.judge(self, power, [row, column])?;
            found.extend(detection.filter(|d| d.power > d.threshold));
        }
        Ok(())
    }
}

/// Sums over the training cells that are left, and how many were taken out.
struct Levels<T> {
    sums: Array2<T>,
    gone: Array2<T>,
}

impl<T: Real> Levels<T> {
    /// Noise and threshold of a cell, whether it is above or not.
    fn judge(&self, plan: &CaCfar<T>, power: &ArrayRef2<T>, index: [usize; 2]) -> Result<Option<Detection>> {
        let left = plan.training_cells(index).saturating_sub(self.gone[index].as_f64() as usize);
        if left == 0 {
            return Ok(None);
        }
        let (sum, power) = (self.sums[index].as_f64(), power[index].as_f64());
        let noise = sum / left as f64;
        let threshold = (sum * plan.ratio(left)?).min(f64::MAX);
        Ok(Some(Detection { index, power, noise, snr: (power / noise).min(f64::MAX), threshold }))
    }
}
