//! How often something happened, and how sure that is.

use super::Merge;
use super::interval::{Interval, two_sided_z};
use crate::{Error, Result, check};

/// Hits among trials: an outage, a detection, a bit error.
///
/// # Examples
/// ```
/// use mmw_core::stats::Proportion;
///
/// let outages = Proportion::new(10, 100)?;
/// let p = outages.interval(0.95)?;
/// assert_eq!(p.estimate, 0.1);
/// assert!((p.lower - 0.0552).abs() < 1e-4 && (p.upper - 0.1744).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Proportion {
    hits: u64,
    trials: u64,
}

crate::checked_serde!(Proportion, |counts| Proportion::new(counts.hits, counts.trials).map(|_| ()));

impl Proportion {
    /// Counts that are known already; [`Proportion::default`] starts from none.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more hits than trials.
    pub fn new(hits: u64, trials: u64) -> Result<Self> {
        if hits > trials {
            return Err(Error::invalid("hits", format!("{hits} hits are more than {trials} trials")));
        }
        Ok(Self { hits, trials })
    }

    /// Takes in one trial. Both counters stop at the end of their range.
    #[inline]
    pub fn push(&mut self, hit: bool) {
        self.hits = self.hits.saturating_add(u64::from(hit));
        self.trials = self.trials.saturating_add(1);
    }

    /// Hits so far.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits
    }

    /// Trials so far.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// The share of hits and Wilson's confidence interval, which keeps within 0 and 1 and holds its
    /// coverage even for few hits or none.
    ///
    /// ```text
    /// (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
    /// ```
    /// Equation (4) of [^brown]; `z` is the normal quantile of `(1 + confidence)/2`.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a trial, [`Error::Domain`] unless `confidence` is above 0 and below 1.
    ///
    /// [^brown]: L. D. Brown, T. T. Cai, A. `DasGupta`, "Interval estimation for a binomial proportion",
    ///     Statistical Science 16 (2001).
    pub fn interval(&self, confidence: f64) -> Result<Interval> {
        let z = two_sided_z(confidence)?;
        check::at_least("trials", self.trials as usize, 1)?;
        let n = self.trials as f64;
        let estimate = self.hits as f64 / n;
        let spread = z * (estimate * (1.0 - estimate) / n + z * z / (4.0 * n * n)).sqrt();
        let centre = estimate + z * z / (2.0 * n);
        let end = |x: f64| (x / (1.0 + z * z / n)).clamp(0.0, 1.0);
        Ok(Interval {
            estimate,
            lower: if self.hits == 0 { 0.0 } else { end(centre - spread) },
            upper: if self.hits == self.trials { 1.0 } else { end(centre + spread) },
        })
    }
}

/// Standard error of a share of independent trials.
///
/// ```text
/// √(p (1 − p) / n)
/// ```
/// The standard deviation of `k/n` for `k` of the binomial distribution of `n` trials and probability `p`.
/// 0 at `p` = 0 and 1, where [`Proportion::interval`] says more.
///
/// # Errors
/// [`Error::Domain`] unless `share` is from 0 to 1, [`Error::TooFew`] without a trial.
///
/// # Examples
/// ```
/// use mmw_core::stats::standard_error_of_share;
///
/// assert_eq!(standard_error_of_share(0.5, 100)?, 0.05);
/// assert!(standard_error_of_share(0.5, 0).is_err() && standard_error_of_share(1.5, 100).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn standard_error_of_share(share: f64, trials: u64) -> Result<f64> {
    let share = check::in_range("share", share, 0.0, 1.0)?;
    check::at_least("trials", usize::try_from(trials).unwrap_or(usize::MAX), 1)?;
    Ok((share * (1.0 - share) / trials as f64).sqrt())
}

impl Merge for Proportion {
    fn merge(&mut self, other: Self) {
        self.hits = self.hits.saturating_add(other.hits);
        self.trials = self.trials.saturating_add(other.trials);
    }
}
