//! What an estimator returns: an SNR with its interval, or the statement that there is none to be had.

use crate::method::Method;
use crate::snr::{Snr, snr_of_square};
use crate::{bound, efficiency};
use mmw_core::stats::{Interval, normal_quantile};
use mmw_core::{Error, Result, check};

/// The lower end of an interval that holds an SNR of zero, dB.
pub const NO_SIGNAL_DB: f64 = -100.0;

/// Half an interval, in dB, up to which the SNR in dB counts as normal.
const LINEAR_DB: f64 = 3.0;

/// No estimator tells an SNR above this from no noise, dB.
const GREATEST_DB: f64 = 110.0;

/// Whether the record tells the SNR.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// It does.
    Identifiable {
        /// `S²/σ²`.
        snr: Snr,
        /// The amplitude `S`, in the unit of the samples.
        signal_amplitude: f64,
        /// The noise deviation `σ`, in the unit of the samples.
        noise_std: f64,
    },
    /// The estimator has no positive solution: the record looks like noise alone (or, for the quartic, its
    /// leading coefficient is not positive, which says nothing).
    NotIdentifiable {
        /// A signal of this SNR would have been seen with a probability of 95 %; none when no SNR can be
        /// excluded.
        upper_limit: Option<Snr>,
    },
}

mmw_core::checked_serde!(Outcome, Outcome::check);

impl Outcome {
    fn check(&self) -> Result<()> {
        if let Self::Identifiable { signal_amplitude, noise_std, .. } = *self {
            check::non_negative("signal_amplitude", signal_amplitude)?;
            check::non_negative("noise_std", noise_std)?;
        }
        Ok(())
    }
}

/// An estimate of the SNR, `S²/σ²` of real samples: see [`Snr`] for the convention and for `Es/N0`.
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, MlBinned};
/// use mmw_core::ndarray::array;
///
/// let x = array![1.2, -0.9, 0.8, -1.1, -1.0, 1.3, 0.7, -1.2];
/// let estimate = MlBinned.estimate(&x)?;
/// let interval_db = estimate.interval_db(0.95)?;
/// assert!(interval_db.lower < interval_db.estimate && interval_db.estimate < interval_db.upper);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Estimate {
    /// The estimator.
    pub method: Method,
    /// Samples used.
    pub samples: usize,
    /// What came out.
    pub outcome: Outcome,
    /// The leading coefficient `C4` in the convention of equations (9) and (10), from the quartic alone.
    pub leading_coefficient: Option<f64>,
}

mmw_core::checked_serde!(Estimate { leading_coefficient });

impl Estimate {
    /// An estimate from the signal's share of the power, above 0 and below 1, and the root mean square.
    pub(crate) fn from_fractions(
        method: Method,
        samples: u64,
        [signal, noise]: [f64; 2],
        rms: f64,
    ) -> Result<Self> {
        let snr = Snr::from_linear(signal / noise)?;
        let outcome = Outcome::Identifiable {
            snr,
            signal_amplitude: signal.sqrt() * rms,
            noise_std: noise.sqrt() * rms,
        };
        Ok(Self { method, samples: samples as usize, outcome, leading_coefficient: None })
    }

    /// No estimate.
    pub(crate) fn not_identifiable(method: Method, samples: u64, upper_limit: Option<Snr>) -> Self {
        let outcome = Outcome::NotIdentifiable { upper_limit };
        Self { method, samples: samples as usize, outcome, leading_coefficient: None }
    }

    /// Whether there is an SNR.
    #[must_use]
    pub fn is_identifiable(&self) -> bool {
        self.snr().is_some()
    }

    /// The SNR, if there is one.
    #[must_use]
    pub fn snr(&self) -> Option<Snr> {
        match self.outcome {
            Outcome::Identifiable { snr, .. } => Some(snr),
            Outcome::NotIdentifiable { .. } => None,
        }
    }

    /// The SNR in dB, or the given value when there is none: a comparison needs some number then.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::{Estimator, M2m4};
    /// use mmw_core::ndarray::array;
    /// // One large value among small ones: the kurtosis is above 3, no BPSK signal does that.
    /// let estimate = M2m4.estimate(&array![0.1, 0.1, -0.1, 0.2, 3.0, -0.1, 0.1, 0.2])?;
    /// assert_eq!(estimate.snr_db_or(-20.0), -20.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn snr_db_or(&self, otherwise: f64) -> f64 {
        self.snr().map_or(otherwise, Snr::db)
    }

    /// The SNR in dB with the ends of its confidence interval: the estimate plus and minus normal quantiles
    /// times the asymptotic deviation of the estimator at that SNR (that of the Cramér-Rao bound for the
    /// likelihood methods and the L-statistic; see [`efficiency`]).
    ///
    /// Near `S = 0` that deviation grows as `SNR⁻⁴` and means nothing: what is nearly normal there is `S⁴`
    /// (as the kurtosis is), with a deviation of `√(6/N)` and zero within the interval. The upper end then
    /// comes from `S⁴`, and is 110 dB at most; the lower end stops at [`NO_SIGNAL_DB`], which stands for no
    /// signal at all.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the record is not identifiable, [`Error::Domain`] unless `confidence` lies
    /// between 0 and 1.
    pub fn interval_db(&self, confidence: f64) -> Result<Interval> {
        if !(confidence > 0.0 && confidence < 1.0 - f64::EPSILON) {
            return Err(Error::domain("confidence", confidence, "a number above 0 and below 1"));
        }
        let Some(snr) = self.snr() else {
            return Err(Error::invalid("estimate", "is not identifiable and has no interval"));
        };
        let variance_db2 = match self.method {
            Method::DataAided => bound::data_aided_crlb_db2(snr, self.samples)?,
            method => efficiency::asymptotic_variance_db2(method, snr)? / self.samples as f64,
        };
        let quantile = normal_quantile(0.5 + 0.5 * confidence)?;
        let half = quantile * variance_db2.sqrt().min(1e6);
        let estimate = snr.db();
        if half < LINEAR_DB {
            return Ok(Interval { estimate, lower: estimate - half, upper: estimate + half });
        }
        let s2 = snr.linear() / (1.0 + snr.linear());
        let from_power = match self.method {
            Method::Quartic | Method::DataAided => None,
            _ => snr_of_square(s2 * s2 + quantile * (6.0 / self.samples as f64).sqrt()),
        };
        let greatest = from_power.map_or(GREATEST_DB, Snr::db).max(estimate + LINEAR_DB);
        let lower = (estimate - half).max(NO_SIGNAL_DB.min(estimate - LINEAR_DB));
        Ok(Interval { estimate, lower, upper: (estimate + half).min(greatest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(method: Method, snr_db: f64, samples: u64) -> Interval {
        let linear = 10_f64.powf(0.1 * snr_db);
        let fractions = [linear / (1.0 + linear), 1.0 / (1.0 + linear)];
        Estimate::from_fractions(method, samples, fractions, 1.0).unwrap().interval_db(0.95).unwrap()
    }

    #[test]
    fn near_zero_an_interval_has_a_sensible_upper_end_and_no_lower_one() {
        for method in Method::BLIND {
            for (snr_db, samples) in [(-19.0, 25), (-40.0, 200), (-80.0, 1000), (-10.0, 10), (-150.0, 100)] {
                let Interval { lower, estimate, upper } = interval(method, snr_db, samples);
                assert!(lower < estimate && estimate < upper, "{method} {lower} {upper}");
                assert!(lower >= NO_SIGNAL_DB.min(snr_db - LINEAR_DB) && upper <= GREATEST_DB, "{method}");
            }
        }
        // S⁴ up to 1.96 √(6/200) = 0.34 with noise alone: S² = 0.58.
        let upper = interval(Method::Ml, -40.0, 200).upper;
        assert!((upper - 1.4).abs() < 0.1, "{upper}");
    }

    #[test]
    fn narrow_intervals_are_symmetric() {
        let Interval { lower, estimate, upper } = interval(Method::Ml, 10.0, 200);
        assert!((upper + lower - 2.0 * estimate).abs() < 1e-12 && upper - lower < 3.0);
    }
}
