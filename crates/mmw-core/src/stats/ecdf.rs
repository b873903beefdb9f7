//! The empirical distribution of a sample: probabilities, quantiles and how sure they are.

use super::{Interval, quantile_of_sorted};
use crate::{Axis, DataArray1, Error, Result, check};
use ndarray::ArrayRef1;

/// A sorted sample and its cumulative distribution.
///
/// # Examples
/// ```
/// use mmw_core::stats::Ecdf;
/// use ndarray::array;
///
/// let capacity = Ecdf::new(&array![4.0, 1.0, 3.0, 2.0])?;
/// assert_eq!(capacity.probability(2.5), 0.5);
/// assert_eq!(capacity.quantile(0.5)?, 2.5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Ecdf {
    sorted: Vec<f64>,
}

crate::checked_serde!(Ecdf, Ecdf::check);

impl Ecdf {
    /// Sorts a copy of the sample.
    ///
    /// # Errors
    /// [`Error::TooFew`] for an empty sample, [`Error::NotFinite`] for a value that is NaN or infinite.
    pub fn new(sample: &ArrayRef1<f64>) -> Result<Self> {
        check::at_least("sample", sample.len(), 1)?;
        check::all_finite("sample", sample)?;
        let mut sorted = sample.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Ok(Self { sorted })
    }

    fn check(&self) -> Result<()> {
        check::at_least("sorted", self.sorted.len(), 1)?;
        crate::checked_serde::finite("sorted", &self.sorted)?;
        match self.sorted.is_sorted() {
            true => Ok(()),
            false => Err(Error::invalid("sorted", "must ascend")),
        }
    }

    /// The sample in ascending order; never empty.
    ///
    /// # Examples
    /// ```
    /// let ecdf = mmw_core::stats::Ecdf::new(&ndarray::array![2.0, 1.0])?;
    /// assert_eq!(ecdf.values(), [1.0, 2.0]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// Share of the sample at or below `x`, `F(x) = #{i : xᵢ ≤ x} / n`; 0 for NaN.
    #[must_use]
    pub fn probability(&self, x: f64) -> f64 {
        self.sorted.partition_point(|&value| value <= x) as f64 / self.sorted.len() as f64
    }

    /// The quantile of that probability, as [`quantile_of_sorted`].
    ///
    /// # Errors
    /// [`Error::Domain`] unless `probability` is from 0 to 1.
    pub fn quantile(&self, probability: f64) -> Result<f64> {
        check::in_range("probability", probability, 0.0, 1.0)?;
        Ok(quantile_of_sorted(&self.sorted, probability).unwrap_or_default())
    }

    /// The quantile with a confidence interval that holds for every distribution: its ends are two order
    /// statistics, between which the true quantile lies with at least that probability.
    ///
    /// ```text
    /// P(x₍ₗ₎ ≤ Q ≤ x₍ᵤ₎) ≥ Σₖ₌ₗ..ᵤ₋₁ C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ
    /// ```
    /// Section 7.1 of [^david]. Each tail outside the interval is at most `(1 − confidence)/2`.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `probability` and `confidence` are above 0 and below 1;
    /// [`Error::TooFew`] when the sample is too small to bound that quantile, with the size that would do.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::stats::Ecdf;
    /// let sample = (1..=100).map(f64::from).collect();
    /// let median = Ecdf::new(&ndarray::Array1::from_vec(sample))?.quantile_interval(0.5, 0.95)?;
    /// assert_eq!((median.lower, median.estimate, median.upper), (40.0, 50.5, 61.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^david]: H. A. David, H. N. Nagaraja, "Order Statistics", 3rd edition (2003).
    pub fn quantile_interval(&self, probability: f64, confidence: f64) -> Result<Interval> {
        check::open_unit("probability", probability)?;
        let outside = 0.5 * (1.0 - check::confidence(confidence)?);
        let n = self.sorted.len();
        let (lower, upper) = binomial_ranks(n, probability, outside);
        match (self.sorted.get(lower.wrapping_sub(1)), self.sorted.get(upper.wrapping_sub(1))) {
            (Some(&lower), Some(&upper)) => {
                Ok(Interval { estimate: self.quantile(probability)?, lower, upper })
            }
            _ => {
                let rarer = probability.min(1.0 - probability);
                let needed = (outside.ln() / (-rarer).ln_1p()).ceil();
                Err(Error::too_few("sample", (needed as usize).max(n + 1), n))
            }
        }
    }

    /// The cumulative distribution on an axis of values: a curve to plot.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Axis, stats::Ecdf};
    /// let ecdf = Ecdf::new(&ndarray::array![1.0, 2.0])?;
    /// let curve = ecdf.on_axis(Axis::uniform("capacity", "bit/s/Hz", 0.0, 1.0, 3)?);
    /// assert_eq!(curve.data(), &ndarray::array![0.0, 0.5, 1.0]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn on_axis(&self, axis: Axis) -> DataArray1<f64> {
        DataArray1::of_axis("probability", "", axis, |x| self.probability(x))
    }
}

/// Ranks (from 1) of the order statistics around a quantile: the greatest `l` with `P(B < l) ≤ outside` and
/// the least `u` with `P(B ≥ u) ≤ outside`, where `B` is binomial. 0 and `n + 1` stand for "none".
///
/// The probabilities are summed from the mode outwards by their ratios and scaled by their own sum, so no
/// factorial is needed; terms below 1e-30 of the mode are left out.
fn binomial_ranks(n: usize, p: f64, outside: f64) -> (usize, usize) {
    let odds = p / (1.0 - p);
    let mode = (((n as f64 + 1.0) * p) as usize).min(n);
    let rising = |k: usize| (n - k) as f64 / (k as f64 + 1.0) * odds;
    let mut below = vec![];
    let (mut k, mut weight) = (mode, 1.0);
    while k > 0 && weight > 1e-30 {
        weight /= rising(k - 1);
        k -= 1;
        below.push(weight);
    }
    let first = k;
    let mut weights: Vec<f64> = below.into_iter().rev().chain([1.0]).collect();
    (k, weight) = (mode, 1.0);
    while k < n && weight > 1e-30 {
        weight *= rising(k);
        k += 1;
        weights.push(weight);
    }
    let limit = outside * weights.iter().sum::<f64>();
    let fit = |terms: &mut dyn Iterator<Item = &f64>| {
        let mut sum = 0.0;
        terms
            .take_while(|&&w| {
                sum += w;
                sum <= limit
            })
            .count()
    };
    // `fit` terms lie outside on each side: B = first, first + 1, … below l, and from u up to k.
    let lower = first + fit(&mut weights.iter());
    let upper = k + 1 - fit(&mut weights.iter().rev());
    (lower, upper)
}
