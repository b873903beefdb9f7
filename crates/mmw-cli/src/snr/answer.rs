//! What an estimate says, for programs and for people.

use crate::question::{Readable, line};
use serde::Serialize;
use snr_quantile::fit::Cause;
use snr_quantile::psk::{Likelihood, Modulation, PskEstimate};
use snr_quantile::{Estimate, Method, NO_SIGNAL_DB, Outcome, Snr};

/// Of the detection.
const FALSE_ALARM: f64 = 0.01;

/// The estimate and its interval. A record that tells no SNR has none of the quantities that follow from one.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    estimator: Method,
    /// Of complex samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    modulation: Option<Modulation>,
    samples: usize,
    identifiable: bool,
    #[serde(flatten)]
    pub(super) found: Option<Found>,
    /// That the constellation is turned by, from 0 to 2π/M.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase_rad: Option<f64>,
    /// From −100 dB, which stands for no signal, when zero is within; not from every estimator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interval_db: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    /// Whether noise alone is rejected, which it is in 1 % of its records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_detected: Option<bool>,
    /// Where the samples are multiples of a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantisation_step: Option<f64>,
    /// Why the record does not fit the model, in which 1 % of its records are flagged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) misfit: Option<Cause>,
    /// Of a record too short to be tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    fit_not_tested: Option<&'static str>,
    /// A signal of this SNR would have been seen with a probability of 95 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_limit_db: Option<f64>,
    /// Leading coefficient, from the quartic alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    c4: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Found {
    snr_linear: f64,
    pub(super) snr_db: f64,
    pub(super) es_n0_db: f64,
    eb_n0_db: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_n0_db_hz: Option<f64>,
    signal_amplitude: f64,
    noise_std: f64,
}

/// Why no test of the fit was made, if none was.
fn not_tested(samples: usize) -> Option<&'static str> {
    (samples < 50).then_some("50 samples are needed")
}

/// What a symbol carries, and how many there are in a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) bits_per_symbol: f64,
    pub(super) symbol_rate_hz: Option<f64>,
}

impl Found {
    fn new(outcome: Outcome, rates: Rates) -> Option<Self> {
        let Outcome::Identifiable { snr, signal_amplitude, noise_std } = outcome else { return None };
        let db = |ratio: f64| 10.0 * ratio.log10();
        Some(Self {
            snr_linear: snr.linear(),
            snr_db: snr.db(),
            es_n0_db: snr.es_n0_db(),
            eb_n0_db: snr.es_n0_db() - db(rates.bits_per_symbol),
            c_n0_db_hz: rates.symbol_rate_hz.map(|rate| snr.es_n0_db() + db(rate)),
            signal_amplitude,
            noise_std,
        })
    }
}

impl Answer {
    /// Of real samples.
    pub(super) fn real(estimate: &Estimate, misfit: Option<Cause>, confidence: f64, rates: Rates) -> Self {
        // The paper's and the decision-directed estimator have none.
        let interval = estimate.interval_db(confidence).ok();
        let upper_limit = match estimate.outcome {
            Outcome::NotIdentifiable { upper_limit } => upper_limit,
            _ => None,
        };
        Self {
            estimator: estimate.method,
            modulation: None,
            samples: estimate.samples,
            identifiable: estimate.is_identifiable(),
            found: Found::new(estimate.outcome, rates),
            phase_rad: None,
            interval_db: interval.map(|interval| [interval.lower, interval.upper]),
            confidence: interval.map(|_| confidence),
            is_detected: estimate.detection(FALSE_ALARM).ok().map(|detection| detection.is_detected),
            quantisation_step: estimate.step,
            misfit,
            fit_not_tested: not_tested(estimate.samples),
            upper_limit_db: upper_limit.map(Snr::db),
            c4: estimate.leading_coefficient,
        }
    }

    /// Of complex samples.
    pub(super) fn complex(
        estimate: &PskEstimate,
        likelihood: Option<&Likelihood>,
        misfit: Option<Cause>,
        confidence: f64,
        rates: Rates,
    ) -> Self {
        let interval = likelihood.and_then(|likelihood| likelihood.interval_db(confidence).ok());
        let detection = likelihood.and_then(|likelihood| likelihood.detection(FALSE_ALARM).ok());
        // From Es/N0 to S²/σ²; no signal stays what it is.
        let snr_db =
            |es_n0_db: f64| if es_n0_db > NO_SIGNAL_DB { es_n0_db + 10.0 * 2_f64.log10() } else { es_n0_db };
        Self {
            estimator: estimate.method,
            modulation: Some(estimate.modulation),
            samples: estimate.samples,
            identifiable: estimate.es_n0_db().is_some(),
            found: Found::new(estimate.outcome, rates),
            phase_rad: estimate.phase_rad,
            interval_db: interval.map(|interval| [interval.lower, interval.upper].map(snr_db)),
            confidence: interval.map(|_| confidence),
            is_detected: detection.map(|detection| detection.is_detected),
            quantisation_step: None,
            misfit,
            fit_not_tested: not_tested(estimate.samples),
            upper_limit_db: None,
            c4: None,
        }
    }

    /// The interval in words.
    fn range(&self) -> Option<String> {
        let ([low, high], share) = (self.interval_db?, 100.0 * self.confidence?);
        Some(match low > NO_SIGNAL_DB {
            true => format!("{low:.3} to {high:.3} dB at {share} %"),
            false => format!("up to {high:.3} dB at {share} %"),
        })
    }

    /// Why there is no SNR.
    fn why(&self) -> &'static str {
        match self.c4 {
            Some(c4) if c4 <= 0.0 => "the leading coefficient is not positive, which no deviation makes it",
            Some(c4) if c4 < 1.0 => "the leading coefficient is zero within rounding: no noise to measure",
            Some(_) => "the leading coefficient is that of noise alone, or beyond",
            None if self.misfit == Some(Cause::CoarseSteps) => {
                "the steps of the samples are too coarse for the noise"
            }
            None => "the samples spread as noise alone does",
        }
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let of = self.modulation.map(|modulation| format!(" of {modulation}")).unwrap_or_default();
        let mut lines = vec![format!("{} on {} samples{of}", self.estimator, self.samples)];
        match &self.found {
            None => {
                lines.push(format!("not identifiable: {}", self.why()));
                lines.extend(self.range().map(|range| format!("SNR {range}")));
            }
            Some(found) => {
                let range = self.range().map(|range| format!("   ({range})")).unwrap_or_default();
                lines.extend([
                    format!("{}{range}", line("SNR", found.snr_db, "dB")),
                    line("Es/N0", found.es_n0_db, "dB"),
                    line("Eb/N0", found.eb_n0_db, "dB"),
                ]);
                lines.extend(found.c_n0_db_hz.map(|c_n0| line("C/N0", c_n0, "dB-Hz")));
                lines.extend([
                    line("amplitude", found.signal_amplitude, ""),
                    line("noise", found.noise_std, ""),
                ]);
            }
        }
        if let Some(limit_db) = self.upper_limit_db {
            lines.push(line("upper limit", limit_db, "dB: a stronger signal shows in 95 % of records"));
        }
        if self.is_detected == Some(false) {
            lines.push("no signal detected: noise alone looks like this (false alarms 1 %)".to_owned());
        }
        lines.extend(
            self.misfit
                .map(|cause| format!("does not fit the model: {} (false alarms 1 %)", cause.describe())),
        );
        lines.extend(self.fit_not_tested.map(|why| format!("fit to the model not tested: {why}")));
        lines.extend(self.phase_rad.map(|phase_rad| line("phase", phase_rad, "rad")));
        lines.extend(self.quantisation_step.map(|step| line("step", step, "of quantised samples")));
        lines.extend(self.c4.map(|c4| line("C4", c4, "")));
        lines
    }
}
