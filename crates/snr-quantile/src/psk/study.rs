//! Accuracy and coverage by Monte Carlo.

use super::bound::crlb_db2;
use super::modulation::Modulation;
use super::record::Record;
use crate::estimate::NO_SIGNAL_DB;
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::Array1;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::standard_complex_normal;
use mmw_core::stats::{Merge, Moments, Proportion};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::TAU;

/// M-PSK in white noise of unit power, with a phase that is drawn once.
///
/// # Errors
/// [`Error::TooFew`] for no samples.
///
/// # Examples
/// ```
/// use snr_quantile::{Snr, mmw_core::random::Streams, psk::{self, Modulation}};
/// let y = psk::samples(Modulation::Qpsk, Snr::from_es_n0(10.0)?, 10_000, &mut Streams::new(1).stream(0))?;
/// let power = y.iter().map(|y| y.norm_sqr()).sum::<f64>() / 1e4;
/// assert!((power - 1.0).abs() < 0.03);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
pub fn samples<R: Rng + ?Sized>(
    modulation: Modulation,
    snr: Snr,
    samples: usize,
    rng: &mut R,
) -> Result<Array1<C64>> {
    check::at_least("samples", samples, 1)?;
    let noise = 1.0 / (1.0 + snr.es_n0());
    let phase_rad = TAU * rng.random::<f64>();
    let order = modulation.order();
    let turned =
        |k: usize| C64::from_polar((1.0 - noise).sqrt(), phase_rad + k as f64 * modulation.turn_rad());
    let alphabet: Vec<C64> = (0..order).map(turned).collect();
    let draw = |_| {
        let symbol = alphabet.get(rng.random_range(0..order)).copied().unwrap_or_default();
        symbol + standard_complex_normal(rng) * noise.sqrt()
    };
    Ok((0..samples).map(draw).collect())
}

/// So many records at one SNR and length.
///
/// # Examples
/// ```
/// use snr_quantile::{Method, Snr, psk::{Modulation, PskStudy}};
/// let study = PskStudy { trials: 200, ..PskStudy::new(Modulation::Qpsk, Some(Snr::from_es_n0(10.0)?), 200) };
/// let scores = study.run(&[Method::Ml, Method::M2m4])?;
/// assert!(scores[0].covered.is_some() && scores[0].mse_db2 < scores[1].mse_db2);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PskStudy {
    /// The constellation.
    pub modulation: Modulation,
    /// The truth; none for noise alone.
    pub snr: Option<Snr>,
    /// Samples per record.
    pub samples: usize,
    /// Records.
    pub trials: u64,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Least and greatest estimate of `Es/N0` that counts as such, in dB.
    pub clip_db: [f64; 2],
    /// What the intervals promise.
    pub confidence: f64,
    /// What the detection promises.
    pub false_alarm: f64,
}

/// What one estimator did.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PskScore {
    /// The estimator.
    pub method: Method,
    /// Mean of estimate less truth, in dB.
    pub bias_db: f64,
    /// Mean of its square, in dB².
    pub mse_db2: f64,
    /// Standard error of `mse_db2`.
    pub mse_error_db2: f64,
    /// The Cramér-Rao bound, in dB²; none of noise alone.
    pub crlb_db2: Option<f64>,
    /// Share of records without an estimate.
    pub not_identifiable: f64,
    /// Share of intervals that hold the truth; from maximum likelihood alone.
    pub covered: Option<f64>,
    /// Share of records in which a signal is detected; from maximum likelihood alone.
    pub detected: Option<f64>,
}

mmw_core::checked_serde!(PskScore { bias_db, mse_db2, mse_error_db2, not_identifiable });

#[derive(Clone, Copy, Default)]
struct Tally {
    error_db: Moments,
    square_db2: Moments,
    none: Proportion,
    covered: Proportion,
    detected: Proportion,
}

struct Tallies(Vec<Tally>);

impl Merge for Tallies {
    fn merge(&mut self, other: Self) {
        for (tally, other) in self.0.iter_mut().zip(other.0) {
            tally.error_db.merge(other.error_db);
            tally.square_db2.merge(other.square_db2);
            tally.none.merge(other.none);
            tally.covered.merge(other.covered);
            tally.detected.merge(other.detected);
        }
    }
}

impl PskStudy {
    /// 4000 trials, seed 1, estimates held within −20 to 40 dB, intervals of 95 %, a false-alarm rate of 1 %.
    #[must_use]
    pub const fn new(modulation: Modulation, snr: Option<Snr>, samples: usize) -> Self {
        Self {
            modulation,
            snr,
            samples,
            trials: 4000,
            seed: 1,
            clip_db: [-20.0, 40.0],
            confidence: 0.95,
            false_alarm: 0.01,
        }
    }

    /// The scores of some of [`Record::estimate`]'s methods, all on the same samples.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two trials or samples, [`Error::Domain`] for limits, a confidence or
    /// a rate outside their ranges, and those of the estimates.
    pub fn run(&self, methods: &[Method]) -> Result<Vec<PskScore>> {
        check::at_least("trials", usize::try_from(self.trials).unwrap_or(usize::MAX), 2)?;
        check::at_least("samples", self.samples, 2)?;
        let [low, high] = self.clip_db;
        check::in_range("clip_db", low, -300.0, high.min(300.0))?;
        check::in_range("clip_db", high, low, 300.0)?;
        check::open_unit("confidence", self.confidence)?;
        check::in_range("false_alarm", self.false_alarm, 1e-3, 0.5)?;
        let drawn = self.snr.map_or_else(|| Snr::from_db(-300.0), Ok)?;
        let run = MonteCarlo::new(self.seed, self.trials).block_size(16);
        let tallies = run.run(|rng, trials| {
            let mut tallies = vec![Tally::default(); methods.len()];
            for _ in trials {
                let y = samples(self.modulation, drawn, self.samples, rng)?;
                let mut record = Record::new(self.modulation);
                let mut whole = Record::keeping_all(self.modulation);
                record.push(&y)?;
                if methods.contains(&Method::Ml) {
                    whole.push(&y)?;
                }
                for (tally, method) in tallies.iter_mut().zip(methods) {
                    self.score(tally, if *method == Method::Ml { &whole } else { &record }, *method)?;
                }
            }
            Ok::<_, Error>(Tallies(tallies))
        })?;
        methods.iter().zip(&tallies.0).map(|(method, tally)| self.finished(*method, tally)).collect()
    }

    fn truth_db(&self) -> f64 {
        self.snr.map_or(NO_SIGNAL_DB, Snr::es_n0_db)
    }

    fn score(&self, tally: &mut Tally, record: &Record, method: Method) -> Result<()> {
        let estimate = if matches!(method, Method::Ml | Method::MlBinned) {
            let likelihood = record.likelihood()?;
            tally.covered.push(likelihood.interval_db(self.confidence)?.contains(self.truth_db()));
            tally.detected.push(likelihood.detection(self.false_alarm)?.is_detected);
            *likelihood.estimate()
        } else {
            record.estimate(method)?
        };
        let [low, high] = self.clip_db;
        let held = estimate.es_n0_db().unwrap_or(low).clamp(low, high);
        let error = held - self.truth_db().clamp(low, high);
        tally.error_db.push(error);
        tally.square_db2.push(error * error);
        tally.none.push(estimate.es_n0_db().is_none());
        Ok(())
    }

    fn finished(&self, method: Method, tally: &Tally) -> Result<PskScore> {
        let share = |p: &Proportion| (p.trials() > 0).then(|| p.hits() as f64 / p.trials() as f64);
        let bound = |snr| crlb_db2(self.modulation, snr, self.samples);
        Ok(PskScore {
            method,
            bias_db: tally.error_db.mean()?,
            mse_db2: tally.square_db2.mean()?,
            mse_error_db2: tally.square_db2.standard_deviation()? / (self.trials as f64).sqrt(),
            crlb_db2: self.snr.map(bound).transpose()?,
            not_identifiable: share(&tally.none).unwrap_or_default(),
            covered: share(&tally.covered),
            detected: share(&tally.detected),
        })
    }
}
