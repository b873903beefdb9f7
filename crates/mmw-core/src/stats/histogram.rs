//! Counts in bins of equal width.

use super::Merge;
use crate::{Axis, DataArray1, Error, Result, check};
use ndarray::Array1;

/// Counts of values in equal bins from `start` to `stop`, those outside counted apart.
///
/// # Examples
/// ```
/// use mmw_core::stats::Histogram;
///
/// let mut histogram = Histogram::new(0.0, 4.0, 4)?;
/// [0.5, 1.0, 1.9, 7.0].into_iter().for_each(|x| histogram.push(x));
/// assert_eq!(histogram.counts(), [1, 2, 0, 0]);
/// assert_eq!((histogram.below(), histogram.above(), histogram.total()), (0, 1, 4));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Histogram {
    start: f64,
    stop: f64,
    counts: Vec<u64>,
    below: u64,
    above: u64,
    not_a_number: u64,
}

crate::checked_serde!(Histogram, Histogram::check);

impl Histogram {
    /// Bins of equal width; each holds its lower edge and not its upper.
    ///
    /// # Errors
    /// [`Error::Domain`] unless both ends are finite, `stop` is above `start` and the width is a finite
    /// number above zero; [`Error::TooFew`] for no bins, [`Error::Domain`] for more than 2²⁸ (2 GiB).
    pub fn new(start: f64, stop: f64, bins: usize) -> Result<Self> {
        /// Memory for them is taken at once.
        const MOST: f64 = (1_u32 << 28) as f64;
        check::at_least("bins", bins, 1)?;
        check::in_range("bins", bins as f64, 1.0, MOST)?;
        check_bins(start, stop, bins)?;
        Ok(Self { start, stop, counts: vec![0; bins], below: 0, above: 0, not_a_number: 0 })
    }

    fn check(&self) -> Result<()> {
        check::at_least("counts", self.counts.len(), 1)?;
        check_bins(self.start, self.stop, self.counts.len())?;
        let total = self.counts.iter().try_fold(self.below, |sum, &count| sum.checked_add(count));
        total
            .and_then(|sum| sum.checked_add(self.above))
            .map(|_| ())
            .ok_or_else(|| Error::invalid("counts", "their sum exceeds the range of a counter"))
    }

    /// Takes in one value. NaN is counted by [`Histogram::not_a_number`]. Counters stop at the end of their
    /// range.
    #[inline]
    pub fn push(&mut self, x: f64) {
        self.push_many(x, 1);
    }

    #[inline]
    fn push_many(&mut self, x: f64, count: u64) {
        if x.is_nan() {
            add(&mut self.not_a_number, count);
        } else if x < self.start {
            add(&mut self.below, count);
        } else if x >= self.stop {
            add(&mut self.above, count);
        } else {
            let last = self.counts.len() - 1;
            let bin = (x - self.start) / (self.stop - self.start) * self.counts.len() as f64;
            add(&mut self.counts[(bin as usize).min(last)], count);
        }
    }

    /// Counts of the bins.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Values below the first bin.
    #[must_use]
    pub fn below(&self) -> u64 {
        self.below
    }

    /// Values at or above the end of the last bin.
    #[must_use]
    pub fn above(&self) -> u64 {
        self.above
    }

    /// Values that were NaN.
    #[must_use]
    pub fn not_a_number(&self) -> u64 {
        self.not_a_number
    }

    /// All values but NaN.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts
            .iter()
            .fold(self.below.saturating_add(self.above), |sum, &count| sum.saturating_add(count))
    }

    /// The estimated probability density at the centres of the bins: counts over total and bin width. Values
    /// outside the bins count in the total, so it integrates to their share within.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a value, [`Error::Domain`] when the centres cannot be told apart.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::stats::Histogram;
    /// let mut histogram = Histogram::new(0.0, 1.0, 2)?;
    /// [0.1, 0.2, 0.3, 0.9].into_iter().for_each(|x| histogram.push(x));
    /// let density = histogram.density("amplitude", "V")?;
    /// assert_eq!(density.data(), &ndarray::array![1.5, 0.5]);
    /// assert_eq!(density.axes()[0].to_vec(), [0.25, 0.75]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn density(&self, name: &'static str, unit: &'static str) -> Result<DataArray1<f64>> {
        let total = self.total();
        check::at_least("histogram", total as usize, 1)?;
        let width = (self.stop - self.start) / self.counts.len() as f64;
        let axis = Axis::uniform(name, unit, self.start + 0.5 * width, width, self.counts.len())?;
        let density: Array1<f64> = self.counts.iter().map(|&c| c as f64 / total as f64 / width).collect();
        check::all_finite("density", &density)?;
        DataArray1::new("probability density", "", density, vec![axis])
    }

    /// Takes in the counts of another histogram.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bins differ.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::stats::Histogram;
    /// let mut histogram = Histogram::new(0.0, 1.0, 2)?;
    /// assert!(histogram.try_merge(&Histogram::new(0.0, 2.0, 2)?).is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn try_merge(&mut self, other: &Self) -> Result<()> {
        let same = self.start == other.start && self.stop == other.stop;
        if !same || self.counts.len() != other.counts.len() {
            return Err(Error::invalid("histogram", "the bins of the two histograms differ"));
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, &b)| add(a, b));
        self.add_outside(other);
        Ok(())
    }

    fn add_outside(&mut self, other: &Self) {
        add(&mut self.below, other.below);
        add(&mut self.above, other.above);
        add(&mut self.not_a_number, other.not_a_number);
    }
}

fn check_bins(start: f64, stop: f64, bins: usize) -> Result<()> {
    check::finite("start", start)?;
    check::finite("stop", stop)?;
    check::positive("bin width", (stop - start) / bins as f64)?;
    Ok(())
}

fn add(counter: &mut u64, count: u64) {
    *counter = counter.saturating_add(count);
}

/// Histograms of one computation have the same bins. If they do not, each bin of `other` is counted where
/// its centre lies.
impl Merge for Histogram {
    fn merge(&mut self, other: Self) {
        if self.try_merge(&other).is_ok() {
            return;
        }
        let width = (other.stop - other.start) / other.counts.len() as f64;
        self.add_outside(&other);
        for (i, &count) in other.counts.iter().enumerate() {
            self.push_many(other.start + (i as f64 + 0.5) * width, count);
        }
    }
}
