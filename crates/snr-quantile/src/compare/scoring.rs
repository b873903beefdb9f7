//! What an answer is worth.

use crate::estimate::NO_SIGNAL_DB;
use crate::snr::Snr;
use mmw_core::stats::Interval;
use mmw_core::study::{Grid, Score};
use mmw_core::{Result, check};

/// What an estimator says of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Answer {
    /// The ratio in dB, if there is one.
    pub db: Option<f64>,
    /// Its interval, from estimators that have one.
    pub interval_db: Option<Interval>,
    /// Whether there is a signal, from estimators that say so.
    pub is_detected: Option<bool>,
}

mmw_core::checked_serde!(Answer { db });

impl Answer {
    /// An answer without interval and detection.
    #[must_use]
    pub const fn of(db: Option<f64>) -> Self {
        Self { db, interval_db: None, is_detected: None }
    }
}

/// What intervals and detections promise.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Promise {
    /// Probability that an interval holds the truth, between 0 and 1.
    pub confidence: f64,
    /// Probability that noise alone is taken for a signal, 0.001 to 0.5.
    pub false_alarm_probability: f64,
}

impl Default for Promise {
    /// 95 % and 1 %.
    fn default() -> Self {
        Self { confidence: 0.95, false_alarm_probability: 0.01 }
    }
}

/// How answers are scored, in dB.
///
/// Estimates are held within `clip_db`, and a record without one counts as the lower end: without that, the
/// mean square error in dB has no finite value at low SNR for any estimator, and a single failure decides the
/// figure. Below 0 dB or so the clipping makes errors below the Cramér-Rao bound possible.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Scoring {
    /// Least and greatest estimate that counts as such.
    pub clip_db: [f64; 2],
    /// What is asked of intervals and detections; they take time, and are left out without it.
    pub intervals: Option<Promise>,
}

impl Default for Scoring {
    /// From −20 to 40 dB, without intervals.
    fn default() -> Self {
        Self { clip_db: [-20.0, 40.0], intervals: None }
    }
}

impl Scoring {
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let [low, high] = self.clip_db;
        let mut parameters = vec![("clip_db".to_owned(), format!("[{low},{high}]"))];
        if let Some(Promise { confidence, false_alarm_probability }) = self.intervals {
            parameters.push(("confidence".to_owned(), confidence.to_string()));
            parameters.push(("false_alarm_probability".to_owned(), false_alarm_probability.to_string()));
        }
        parameters
    }

    pub(crate) fn check(&self) -> Result<()> {
        let [low, high] = self.clip_db;
        check::in_range("clip_db", low, -300.0, high.min(300.0))?;
        check::in_range("clip_db", high, low, 300.0)?;
        if let Some(Promise { confidence, false_alarm_probability }) = self.intervals {
            check::open_unit("confidence", confidence)?;
            check::in_range("false_alarm_probability", false_alarm_probability, 1e-3, 0.5)?;
        }
        Ok(())
    }

    pub(crate) fn score(&self, truth_db: f64, answer: &Answer) -> Score {
        let [low, high] = self.clip_db;
        let held_db = answer.db.unwrap_or(low).clamp(low, high);
        let error_db = held_db - if is_noise_alone(truth_db) { low } else { truth_db };
        let mut score = Score::of(error_db).relative(10_f64.powf(0.1 * error_db) - 1.0);
        if let Some(interval) = answer.interval_db {
            score = score.covered(interval.contains(truth_db));
        }
        if let Some(is_detected) = answer.is_detected {
            score = score.detected(is_detected);
        }
        if answer.db.is_none() { score.failed() } else { score }
    }
}

fn is_noise_alone(db: f64) -> bool {
    db <= NO_SIGNAL_DB
}

/// The SNR that records are drawn at, of which nothing is left in noise alone.
pub(crate) fn drawn(snr_db: f64) -> Result<Snr> {
    Snr::from_db(if is_noise_alone(snr_db) { -300.0 } else { snr_db })
}

/// The root of a bound, where there is a signal.
pub(crate) fn bound_db(snr_db: f64, bound_db2: impl FnOnce() -> Result<f64>) -> Result<Option<f64>> {
    (!is_noise_alone(snr_db)).then(|| Ok(bound_db2()?.sqrt())).transpose()
}

/// Longest record: 0.8 GB of samples.
const LONGEST: f64 = 1e8;

/// Whether the grid has records that can be drawn.
pub(crate) fn check_grid(grid: &Grid, ratio: &str) -> Result<()> {
    for index in 0..grid.len() {
        let at = grid.condition(index)?;
        check::in_range("samples", at.get("samples")?, 2.0, LONGEST)?;
        check::in_range(format!("{ratio}_db"), at.get(ratio)?, NO_SIGNAL_DB, 100.0)?;
    }
    Ok(())
}
