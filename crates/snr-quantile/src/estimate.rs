//! What an estimator returns: an SNR with its interval, or the statement that there is none to be had.

use crate::calibration::Law;
use crate::contrast::contrast_of;
use crate::inversion::{self, KnownSymbols, Statistic};
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::stats::{Interval, normal_cdf, normal_quantile};
use mmw_core::{Error, Result, check};

/// The lower end of an interval that holds an SNR of zero, dB.
pub const NO_SIGNAL_DB: f64 = -100.0;

/// Fewer samples have no interval and no detection, unless their symbols are known: the laws that both are
/// taken from do not reach further down.
pub(crate) const FEWEST: usize = 8;

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
    /// What the interval and the detection are taken from: `−ln(1 − w²)` with the signal's share `w` of the
    /// power, as the estimator finds it; below zero where the record looks even less like a signal than noise
    /// does on average. None from the estimators that have no interval.
    pub contrast: Option<f64>,
    /// The step of quantised samples, where they are treated as such ([`crate::Ml`], [`crate::MlBinned`]).
    pub step: Option<f64>,
    /// As many samples that were not rounded tell the SNR as well as the quantised ones do; intervals and
    /// detections are those of so many. None where samples are not treated as quantised, or too coarse for an
    /// estimate.
    pub effective_samples: Option<f64>,
}

mmw_core::checked_serde!(Estimate { leading_coefficient, contrast, step, effective_samples });

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
        let contrast = match method {
            Method::Quartic | Method::DecisionDirected | Method::DataAided => None,
            _ => Some(contrast_of(snr.linear())),
        };
        let samples = samples as usize;
        Ok(Self {
            method,
            samples,
            outcome,
            leading_coefficient: None,
            contrast,
            step: None,
            effective_samples: None,
        })
    }

    /// No estimate.
    pub(crate) fn not_identifiable(
        method: Method,
        samples: u64,
        upper_limit: Option<Snr>,
        contrast: impl Into<Option<f64>>,
    ) -> Self {
        let outcome = Outcome::NotIdentifiable { upper_limit };
        let (samples, contrast) = (samples as usize, contrast.into());
        Self {
            method,
            samples,
            outcome,
            leading_coefficient: None,
            contrast,
            step: None,
            effective_samples: None,
        }
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

    /// The SNR in dB with the ends of its confidence interval.
    ///
    /// The interval holds every SNR that a test does not reject: under it, the estimator gives a statistic
    /// (see [`Estimate::contrast`]) as low or as high as this one too seldom. The law of the statistic is
    /// tabulated from simulated records, for 12 samples on ([`compare`](mod@crate::compare) measures the
    /// intervals). How the probability is split between both ends follows the ratio of likelihoods of a
    /// normal statistic whose mean is not below zero [^feldman]: near no signal the interval begins at none,
    /// [`NO_SIGNAL_DB`], and all the probability lies on its upper end. A record that tells no SNR has an
    /// interval too: its estimate is [`NO_SIGNAL_DB`]. The upper end is 110 dB at most. Data-aided, the law
    /// is the noncentral t [^abramowitz].
    ///
    /// It holds for records of the model; for whether this is one, see [`fit`](mod@crate::fit).
    ///
    /// # Errors
    /// [`Error::Invalid`] for [`Method::DecisionDirected`], whose bias at low SNR no interval about it mends,
    /// and [`Method::Quartic`], which tells too little for one; [`Error::TooFew`] for fewer than 8 samples
    /// whose symbols are not known; [`Error::Domain`] unless `confidence` lies between 0 and 1.
    ///
    /// [^feldman]: G. J. Feldman, R. D. Cousins, "Unified approach to the classical statistical analysis of
    ///     small signals", Physical Review D 57 (1998), equation (4.1) and section IV.B.
    /// [^abramowitz]: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964), (26.7.10).
    pub fn interval_db(&self, confidence: f64) -> Result<Interval> {
        check::confidence(confidence)?;
        let estimate = self.snr().map_or(NO_SIGNAL_DB, Snr::db);
        let [lower, upper] = match (self.method, self.contrast) {
            (Method::DataAided, _) => {
                let snr = self.snr().map_or(0.0, Snr::linear);
                inversion::ends(&KnownSymbols { samples: self.samples as f64 }, snr, confidence)?
            }
            (method, Some(contrast)) => inversion::ends(&self.law(method)?, contrast, confidence)?,
            (method, None) => return Err(without_interval(method)),
        };
        let db = |logarithm: f64| match logarithm > 0.0 {
            true => (10.0 * logarithm.exp_m1().log10()).clamp(NO_SIGNAL_DB, GREATEST_DB),
            false => NO_SIGNAL_DB,
        };
        Ok(Interval { estimate, lower: db(lower).min(estimate), upper: db(upper).max(estimate) })
    }

    /// Whether there is a signal: the test of no signal at all, which noise alone fails with a probability of
    /// `false_alarm_probability`.
    ///
    /// # Errors
    /// As [`Estimate::interval_db`], without data-aided estimates; [`Error::Domain`] unless
    /// `false_alarm_probability` lies from 0.001 to 0.5, where the law of the statistic is known.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::random::Streams;
    /// use snr_quantile::{Estimator, MlBinned, Snr, compare::bpsk_samples};
    /// # use snr_quantile::mmw_core;
    /// let mut rng = Streams::new(1).stream(0);
    /// let signal = MlBinned.estimate(&bpsk_samples(Snr::from_db(3.0)?, 500, &mut rng)?)?;
    /// assert!(signal.detection(0.01)?.is_detected);
    /// let noise = MlBinned.estimate(&bpsk_samples(Snr::from_db(-200.0)?, 500, &mut rng)?)?;
    /// assert!(!noise.detection(0.01)?.is_detected);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn detection(&self, false_alarm_probability: f64) -> Result<Detection> {
        check::in_range("false_alarm_probability", false_alarm_probability, 1e-3, 0.5)?;
        let contrast = self.contrast.ok_or_else(|| without_interval(self.method))?;
        let law = self.law(self.method)?;
        let threshold = law.quantile(0.0, normal_quantile(1.0 - false_alarm_probability)?);
        let [place, _] = law.look(0.0, contrast);
        Ok(Detection {
            is_detected: contrast > threshold,
            false_alarm_probability,
            p_value: normal_cdf(-place),
        })
    }

    fn law(&self, method: Method) -> Result<Law> {
        check::at_least("samples", self.samples, FEWEST)?;
        let samples = self.effective_samples.unwrap_or(self.samples as f64);
        Law::of(method, samples).ok_or_else(|| without_interval(method))
    }
}

fn without_interval(method: Method) -> Error {
    Error::invalid("estimator", format!("{method} has no interval"))
}

/// Whether there is a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Detection {
    /// Whether noise alone is rejected.
    pub is_detected: bool,
    /// Probability that noise alone is.
    pub false_alarm_probability: f64,
    /// Probability that noise alone looks at least as much like a signal. Below 0.001 it is extrapolated.
    pub p_value: f64,
}

mmw_core::checked_serde!(Detection, |detection| {
    check::in_range("false_alarm_probability", detection.false_alarm_probability, 0.0, 1.0)?;
    check::in_range("p_value", detection.p_value, 0.0, 1.0)?;
    Ok(())
});

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(method: Method, snr_db: f64, samples: u64) -> Interval {
        let linear = 10_f64.powf(0.1 * snr_db);
        let fractions = [linear / (1.0 + linear), 1.0 / (1.0 + linear)];
        Estimate::from_fractions(method, samples, fractions, 1.0).unwrap().interval_db(0.95).unwrap()
    }

    const WITH_INTERVAL: [Method; 6] =
        [Method::Ml, Method::MlBinned, Method::LStatistic, Method::M2m4, Method::M1m2, Method::Svr];

    #[test]
    fn near_zero_an_interval_begins_at_no_signal() {
        for method in WITH_INTERVAL {
            for (snr_db, samples) in [(-19.0, 25), (-40.0, 200), (-80.0, 1000), (-10.0, 10), (-99.0, 100)] {
                let Interval { lower, estimate, upper } = interval(method, snr_db, samples);
                assert!(
                    lower == NO_SIGNAL_DB && estimate < upper && upper < 40.0,
                    "{method} {lower} {upper}"
                );
            }
        }
    }

    #[test]
    fn narrow_intervals_are_those_of_the_bound() {
        for (snr_db, samples) in [(10.0, 100_000), (20.0, 20_000), (3.0, 1_000_000)] {
            let Interval { lower, upper, .. } = interval(Method::MlBinned, snr_db, samples);
            let bound = crate::bound::crlb_db2(Snr::from_db(snr_db).unwrap(), samples as usize).unwrap();
            // The table's quantiles hold to 1 or 2 %.
            assert!(
                ((upper - lower) / (2.0 * 1.96 * bound.sqrt()) - 1.0).abs() < 0.04,
                "{snr_db} {lower} {upper}"
            );
        }
    }

    #[test]
    fn the_paper_s_and_the_decided_estimates_have_no_interval() {
        for method in [Method::Quartic, Method::DecisionDirected] {
            let estimate = Estimate::from_fractions(method, 200, [0.5, 0.5], 1.0).unwrap();
            assert!(estimate.interval_db(0.95).is_err() && estimate.detection(0.01).is_err());
        }
    }
}
