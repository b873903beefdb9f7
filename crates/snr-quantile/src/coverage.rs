//! How often intervals hold the truth, and noise alone is taken for a signal: by Monte Carlo.

use crate::compare::bpsk_samples;
use crate::estimator::Estimator;
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::stats::{Merge, Proportion};
use mmw_core::{Error, Result, check};

/// The methods whose estimates have an interval and need no symbols.
pub const METHODS: [Method; 6] =
    [Method::MlBinned, Method::Ml, Method::LStatistic, Method::M2m4, Method::M1m2, Method::Svr];

/// One cell of a table of coverage.
///
/// # Examples
/// ```
/// use snr_quantile::{Method, Snr, coverage::Coverage};
/// let cell = Coverage { trials: 400, ..Coverage::new(Some(Snr::from_db(10.0)?), 200) };
/// let scores = cell.run(&[Method::MlBinned])?;
/// // 0.95 with a standard error of 0.011.
/// assert!((scores[0].covered - 0.95).abs() < 0.04);
/// # Ok::<(), snr_quantile::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Coverage {
    /// The truth; none for noise alone.
    pub snr: Option<Snr>,
    /// Samples per record.
    pub samples: usize,
    /// Records.
    pub trials: u64,
    /// Seed of the random numbers.
    pub seed: u64,
    /// What the intervals promise.
    pub confidence: f64,
    /// What the detection promises.
    pub false_alarm: f64,
}

/// What one estimator's intervals did.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct CoverageScore {
    /// The estimator.
    pub method: Method,
    /// Share of intervals that hold the truth.
    pub covered: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Share of records in which a signal is detected.
    pub detected: f64,
}

mmw_core::checked_serde!(CoverageScore { covered, standard_error, detected });

#[derive(Clone, Copy, Default)]
struct Tally {
    covered: Proportion,
    detected: Proportion,
}

struct Tallies(Vec<Tally>);

impl Merge for Tallies {
    fn merge(&mut self, other: Self) {
        for (tally, other) in self.0.iter_mut().zip(other.0) {
            tally.covered.merge(other.covered);
            tally.detected.merge(other.detected);
        }
    }
}

impl Coverage {
    /// 100 000 trials, seed 1, intervals of 95 %, a false-alarm rate of 1 %.
    #[must_use]
    pub const fn new(snr: Option<Snr>, samples: usize) -> Self {
        Self { snr, samples, trials: 100_000, seed: 1, confidence: 0.95, false_alarm: 0.01 }
    }

    /// The scores of some of [`METHODS`].
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two trials or samples, and those of the estimates and
    /// their intervals.
    pub fn run(&self, methods: &[Method]) -> Result<Vec<CoverageScore>> {
        check::at_least("trials", usize::try_from(self.trials).unwrap_or(usize::MAX), 2)?;
        check::at_least("samples", self.samples, 2)?;
        let estimators: Result<Vec<Box<dyn Estimator<f64>>>> =
            methods.iter().map(|method| method.estimator()).collect();
        let estimators = estimators?;
        let truth_db = self.snr.map_or(crate::NO_SIGNAL_DB, Snr::db);
        let drawn = match self.snr {
            Some(snr) => snr,
            None => Snr::from_db(-300.0)?,
        };
        let run = MonteCarlo::new(self.seed, self.trials).block_size(64);
        let tallies = run.run(|rng, trials| {
            let mut tallies = vec![Tally::default(); methods.len()];
            for _ in trials {
                let x = bpsk_samples(drawn, self.samples, rng)?;
                for (tally, estimator) in tallies.iter_mut().zip(&estimators) {
                    let estimate = estimator.estimate(&x)?;
                    tally.covered.push(estimate.interval_db(self.confidence)?.contains(truth_db));
                    tally.detected.push(estimate.detection(self.false_alarm)?.is_detected);
                }
            }
            Ok::<_, Error>(Tallies(tallies))
        })?;
        let share = |p: &Proportion| p.hits() as f64 / p.trials() as f64;
        let score = |(method, tally): (&Method, &Tally)| {
            let covered = share(&tally.covered);
            let standard_error = (covered * (1.0 - covered) / self.trials as f64).sqrt();
            CoverageScore { method: *method, covered, standard_error, detected: share(&tally.detected) }
        };
        Ok(methods.iter().zip(&tallies.0).map(score).collect())
    }
}
