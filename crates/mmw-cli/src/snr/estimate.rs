//! `mmw snr estimate`: the SNR of a record.

use super::samples;
use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line, needed, word};
use mmw_core::ndarray::Array1;
use serde::Serialize;
use snr_quantile::fit::{self, Cause, Fit};
use snr_quantile::{DataAided, Estimate, Estimator, Method, NO_SIGNAL_DB, Outcome, Quartic, Snr, Streaming};
use std::path::PathBuf;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// File of samples: .npy (f4 or f8, one axis), or CSV of one number per line after an optional header
    /// ("-": standard input)
    #[arg(value_name = "FILE", required_unless_present = "samples", conflicts_with = "samples")]
    file: Option<PathBuf>,

    /// The samples themselves, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_hyphen_values = true)]
    samples: Option<Vec<f64>>,

    /// `ml_binned`, `robust` (leaves outliers out), `ml`, `l_statistic`, `m1m2`, `m2m4`, `svr`, `quartic`
    /// (the paper's), `decision_directed` or `data_aided`
    #[arg(long, value_name = "NAME", default_value = "ml_binned", value_parser = word::<Method>)]
    estimator: Method,

    /// Known symbols, 1 or -1, for `data_aided`
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_hyphen_values = true)]
    symbols: Option<Vec<i8>>,

    /// Calibrate the quartic for the length of the record, up to 4096 samples
    #[arg(long)]
    finite_sample: bool,

    /// Probability that the interval holds the truth
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95)]
    confidence: f64,
}

/// Of the detection.
const FALSE_ALARM: f64 = 0.01;

/// Samples that the tests of fit look at: the first of a file.
const LOOKED_AT: usize = 1 << 22;

/// The estimate and its interval. A record that tells no SNR has none of the quantities that follow from one.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    estimator: Method,
    samples: usize,
    identifiable: bool,
    #[serde(flatten)]
    found: Option<Found>,
    /// From −100 dB, which stands for no signal, when zero is within; not from every estimator.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_db: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    /// Whether noise alone is rejected, which it is in 1 % of its records.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_detected: Option<bool>,
    /// Where the samples are multiples of a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantisation_step: Option<f64>,
    /// Why the record does not fit the model, in which 1 % of its records are flagged.
    #[serde(skip_serializing_if = "Option::is_none")]
    misfit: Option<Cause>,
    /// A signal of this SNR would have been seen with a probability of 95 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_limit_db: Option<f64>,
    /// Leading coefficient, from the quartic alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    c4: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Found {
    snr_linear: f64,
    snr_db: f64,
    es_n0_db: f64,
    signal_amplitude: f64,
    noise_std: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let (estimate, fit) = self.estimate()?;
        // The paper's and the decision-directed estimator have none.
        let interval = estimate.interval_db(self.confidence).ok();
        let found = match estimate.outcome {
            Outcome::NotIdentifiable { .. } => None,
            Outcome::Identifiable { snr, signal_amplitude, noise_std } => Some(Found {
                snr_linear: snr.linear(),
                snr_db: snr.db(),
                es_n0_db: snr.es_n0_db(),
                signal_amplitude,
                noise_std,
            }),
        };
        let upper_limit = match estimate.outcome {
            Outcome::NotIdentifiable { upper_limit } => upper_limit,
            Outcome::Identifiable { .. } => None,
        };
        Ok(Answer {
            estimator: estimate.method,
            samples: estimate.samples,
            identifiable: estimate.is_identifiable(),
            found,
            interval_db: interval.map(|interval| [interval.lower, interval.upper]),
            confidence: interval.map(|_| self.confidence),
            is_detected: estimate.detection(FALSE_ALARM).ok().map(|detection| detection.is_detected),
            quantisation_step: estimate.step,
            misfit: fit.and_then(|fit| fit.cause),
            upper_limit_db: upper_limit.map(Snr::db),
            c4: estimate.leading_coefficient,
        })
    }
}

impl Parameters {
    fn estimate(&self) -> Result<(Estimate, Option<Fit>)> {
        self.check()?;
        let Some(file) = &self.file else {
            let hint = "a list of numbers, or a file of them";
            return self.of_record(needed(self.samples.as_ref(), "samples", hint)?);
        };
        match Streaming::new(self.estimator) {
            // Of a file of any length, in a state of fixed size.
            Ok(mut stream) => {
                let mut first = Vec::new();
                samples::read(file, |block| {
                    first.extend_from_slice(&block[..block.len().min(LOOKED_AT - first.len())]);
                    Ok(stream.push(&Array1::from_vec(block.to_vec()))?)
                })?;
                Ok((stream.estimate()?, fit_of(&Array1::from_vec(first))))
            }
            Err(_) => {
                let mut record = Vec::new();
                samples::read(file, |block| {
                    record.extend_from_slice(block);
                    Ok(())
                })?;
                self.of_record(record)
            }
        }
    }

    fn check(&self) -> Result<()> {
        if self.finite_sample && self.estimator != Method::Quartic {
            return Err(contradiction("finite_sample", "it is a setting of the quartic"));
        }
        if self.symbols.is_some() && self.estimator != Method::DataAided {
            return Err(contradiction("symbols", "they are for the estimator data_aided"));
        }
        mmw_core::check::open_unit("confidence", self.confidence)?;
        Ok(())
    }

    fn of_record(&self, samples: Vec<f64>) -> Result<(Estimate, Option<Fit>)> {
        let estimator: Box<dyn Estimator<f64>> = match (self.estimator, &self.symbols) {
            (Method::DataAided, symbols) => {
                Box::new(DataAided::new(&needed(symbols.as_ref(), "symbols", "1 or -1 for each sample")?)?)
            }
            (Method::Quartic, _) if self.finite_sample => Box::new(Quartic::finite_sample(samples.len())?),
            (method, _) => method.estimator()?,
        };
        let samples = Array1::from_vec(samples);
        Ok((estimator.estimate(&samples)?, fit_of(&samples)))
    }
}

/// Whether the model fits; nothing for records too short, or without noise, to tell.
fn fit_of(samples: &Array1<f64>) -> Option<Fit> {
    fit::check(samples).ok()
}

impl Answer {
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
            None => "the samples spread as noise alone does",
        }
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{} on {} samples", self.estimator, self.samples)];
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
        lines.extend(self.quantisation_step.map(|step| line("step", step, "of quantised samples")));
        lines.extend(self.c4.map(|c4| line("C4", c4, "")));
        lines
    }
}
