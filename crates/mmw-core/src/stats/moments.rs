//! Count, mean, variance and extremes in one pass.

use super::Merge;
use super::interval::{Interval, two_sided_z};
use crate::{Error, Result, check};

/// Running count, mean, variance, least and greatest value.
///
/// ```text
/// m ← m + (x − m)/n,   S ← S + (x − m_old)(x − m_new)
/// ```
/// Equation (I) of [^welford]; two accumulators join by the pairwise formula of [^chan]. A value that is NaN
/// or infinite is counted apart, and the moments refuse to answer from then on: they never come out as NaN.
///
/// # Examples
/// ```
/// use mmw_core::stats::Moments;
///
/// let mut moments = Moments::new();
/// [2.0, 4.0, 9.0].into_iter().for_each(|x| moments.push(x));
/// assert_eq!(moments.mean()?, 5.0);
/// assert_eq!(moments.variance()?, 13.0);
/// assert_eq!((moments.min()?, moments.max()?), (2.0, 9.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^welford]: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
///     Technometrics 4 (1962).
/// [^chan]: T. F. Chan, G. H. Golub, R. J. `LeVeque`, "Algorithms for computing the sample variance",
///     The American Statistician 37 (1983).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Moments {
    count: u64,
    not_finite: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

crate::checked_serde!(Moments, Moments::check_fields);

impl Default for Moments {
    fn default() -> Self {
        Self::new()
    }
}

impl Moments {
    /// Nothing gathered yet.
    #[must_use]
    pub const fn new() -> Self {
        // Finite extremes, so that an empty accumulator survives a round trip through JSON.
        Self { count: 0, not_finite: 0, mean: 0.0, squares: 0.0, min: f64::MAX, max: f64::MIN }
    }

    fn check_fields(&self) -> Result<()> {
        if self.count == 0 {
            let empty = Self { not_finite: self.not_finite, ..Self::new() } == *self;
            return if empty {
                Ok(())
            } else {
                Err(Error::invalid("count", "is 0 beside moments of values"))
            };
        }
        check::finite("mean", self.mean)?;
        // Squares beyond the range of f64 are infinite; `variance` then refuses.
        check::in_range("squares", self.squares, 0.0, f64::INFINITY)?;
        check::finite("max", self.max)?;
        check::in_range("min", self.min, f64::MIN, self.max)?;
        Ok(())
    }

    /// Takes in one value.
    #[inline]
    pub fn push(&mut self, x: f64) {
        if !x.is_finite() {
            self.not_finite = self.not_finite.saturating_add(1);
            return;
        }
        self.count = self.count.saturating_add(1);
        let before = self.mean;
        self.mean = step(before, x, 1.0 / self.count as f64);
        self.squares += (x - before) * (x - self.mean);
        self.min = self.min.min(x);
        self.max = self.max.max(x);
    }

    /// Finite values taken in.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that were NaN or infinite.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::stats::Moments;
    /// let moments: Moments = [1.0, f64::NAN].into_iter().collect();
    /// assert_eq!((moments.count(), moments.not_finite()), (1, 1));
    /// assert!(moments.mean().is_err());
    /// ```
    #[must_use]
    pub fn not_finite(&self) -> u64 {
        self.not_finite
    }

    fn check(&self, needed: u64) -> Result<()> {
        if self.not_finite > 0 {
            return Err(Error::invalid("moments", "NaN or infinite values were taken in"));
        }
        check::at_least("moments", self.count as usize, needed as usize).map(|_| ())
    }

    /// The mean.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a value, [`Error::Invalid`] if one was not finite.
    pub fn mean(&self) -> Result<f64> {
        self.check(1)?;
        Ok(self.mean)
    }

    /// The unbiased variance, `S/(n − 1)`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two values, [`Error::Invalid`] if one was not finite or the squares
    /// exceed the range of `f64`.
    pub fn variance(&self) -> Result<f64> {
        self.check(2)?;
        match self.squares.is_finite() {
            true => Ok(self.squares / (self.count - 1) as f64),
            false => Err(Error::invalid("variance", "exceeds the range of f64")),
        }
    }

    /// The square root of [`Moments::variance`].
    ///
    /// # Errors
    /// As [`Moments::variance`].
    pub fn standard_deviation(&self) -> Result<f64> {
        Ok(self.variance()?.sqrt())
    }

    /// The mean and its confidence interval, `m ± z √(variance/n)`: the normal approximation, for some
    /// thirty values and more.
    ///
    /// # Errors
    /// As [`Moments::variance`]; [`Error::Domain`] unless `confidence` is above 0 and below 1.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::stats::Moments;
    /// let moments: Moments = (0..100).map(f64::from).collect();
    /// let mean = moments.mean_interval(0.95)?;
    /// assert_eq!(mean.estimate, 49.5);
    /// assert!((mean.upper - mean.estimate - 1.96 * 29.011 / 10.0).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn mean_interval(&self, confidence: f64) -> Result<Interval> {
        let z = two_sided_z(confidence)?;
        let half = z * (self.variance()? / self.count as f64).sqrt();
        Ok(Interval { estimate: self.mean, lower: self.mean - half, upper: self.mean + half })
    }

    /// The least value.
    ///
    /// # Errors
    /// As [`Moments::mean`].
    pub fn min(&self) -> Result<f64> {
        self.check(1)?;
        Ok(self.min)
    }

    /// The greatest value.
    ///
    /// # Errors
    /// As [`Moments::mean`].
    pub fn max(&self) -> Result<f64> {
        self.check(1)?;
        Ok(self.max)
    }
}

/// `from + (to − from) · fraction`, even if the difference overflows.
fn step(from: f64, to: f64, fraction: f64) -> f64 {
    let difference = to - from;
    if difference.is_finite() {
        from + difference * fraction
    } else {
        from + (to * fraction - from * fraction)
    }
}

impl Merge for Moments {
    fn merge(&mut self, other: Self) {
        self.not_finite = self.not_finite.saturating_add(other.not_finite);
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = Self { not_finite: self.not_finite, ..other };
            return;
        }
        let total = self.count.saturating_add(other.count);
        let fraction = other.count as f64 / total as f64;
        let difference = other.mean - self.mean;
        self.squares += other.squares + difference * difference * (self.count as f64 * fraction);
        self.mean = step(self.mean, other.mean, fraction);
        self.count = total;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

impl Extend<f64> for Moments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|x| self.push(x));
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::new();
        moments.extend(values);
        moments
    }
}
