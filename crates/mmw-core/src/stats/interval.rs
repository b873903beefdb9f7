//! Confidence intervals.

use super::normal::normal_quantile;
use crate::{Result, check};

/// An estimate with the ends of its confidence interval, which need not hold the estimate: that of a test
/// turned round may lie beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

crate::checked_serde!(Interval, Interval::check);

impl Interval {
    fn check(&self) -> Result<()> {
        check::finite("estimate", self.estimate)?;
        check::finite("upper", self.upper)?;
        check::in_range("lower", self.lower, f64::MIN, self.upper)?;
        Ok(())
    }

    /// Whether `value` lies within, ends included.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::stats::Interval;
    /// assert!(Interval { estimate: 1.0, lower: 0.5, upper: 2.0 }.contains(2.0));
    /// ```
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }
}

/// How many standard deviations on either side hold the probability `confidence`.
pub(super) fn two_sided_z(confidence: f64) -> Result<f64> {
    normal_quantile(0.5 + 0.5 * check::confidence(confidence)?)
}
