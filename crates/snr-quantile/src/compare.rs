//! Comparison of estimators by Monte Carlo: bias, mean square error, variance, NMSE and efficiency over SNR.
//!
//! All estimators of a comparison see the same samples, so that their differences are far less noisy than
//! each figure by itself.

use crate::bound;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::Array1;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::fill_standard_normal;
use mmw_core::stats::{Merge, Moments};
use mmw_core::{Error, Result, check};

/// BPSK in white noise of unit power: `x = S a + w`, `S² + σ² = 1`. Equations (1) and (2).
///
/// # Errors
/// [`Error::TooFew`] for no samples.
///
/// # Examples
/// ```
/// use mmw_core::random::Streams;
/// use snr_quantile::{Snr, compare::bpsk_samples};
/// let x = bpsk_samples(Snr::from_db(10.0)?, 10_000, &mut Streams::new(1).stream(0))?;
/// let power = x.iter().map(|x| x * x).sum::<f64>() / 1e4;
/// assert!((power - 1.0).abs() < 0.03);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn bpsk_samples<R: Rng + ?Sized>(snr: Snr, samples: usize, rng: &mut R) -> Result<Array1<f64>> {
    check::at_least("samples", samples, 1)?;
    let mut x = vec![0.0; samples];
    fill_bpsk(snr, &mut x, rng);
    Ok(x.into())
}

fn fill_bpsk<R: Rng + ?Sized>(snr: Snr, x: &mut [f64], rng: &mut R) {
    let sigma = snr.sigma();
    let amplitude = sigma * snr.linear().sqrt();
    fill_standard_normal(x, rng);
    for group in x.chunks_mut(64) {
        let mut symbols: u64 = rng.random();
        for x in group {
            *x = sigma * *x + if symbols & 1 == 0 { amplitude } else { -amplitude };
            symbols >>= 1;
        }
    }
}

/// One point of a comparison: so many trials at one SNR and record length.
///
/// Estimates are held within `clip_db` (−20 to 40 dB by default), and a record that is not identifiable
/// counts as the lower end: without that, the mean square error in dB has no finite value at low SNR for any
/// estimator, and a single failure decides the figure. Below 0 dB or so the clipping makes errors below the
/// Cramér-Rao bound possible.
///
/// # Examples
/// ```
/// use snr_quantile::{Method, Snr, compare::Comparison};
///
/// let comparison = Comparison { trials: 400, ..Comparison::new(Snr::from_db(10.0)?, 200) };
/// let scores = comparison.run(&[Method::MlBinned, Method::M2m4])?;
/// assert!(scores[0].mse_db2 < scores[1].mse_db2);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Comparison {
    /// The truth.
    pub snr: Snr,
    /// Samples per record.
    pub samples: usize,
    /// Records, 4000 by default.
    pub trials: u64,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Least and greatest estimate that counts as such, in dB.
    pub clip_db: [f64; 2],
}

/// What an estimator scored.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Score {
    /// The estimator.
    pub method: Method,
    /// Mean of estimate less truth, in dB.
    pub bias_db: f64,
    /// Mean of its square, in dB².
    pub mse_db2: f64,
    /// Variance of the estimates, in dB².
    pub variance_db2: f64,
    /// Standard error of `mse_db2`, in dB².
    pub mse_error_db2: f64,
    /// Normalised mean square error of the linear SNR, equation (21).
    pub nmse: f64,
    /// The Cramér-Rao bound, equation (19), in dB².
    pub crlb_db2: f64,
    /// Bound over mean square error.
    pub efficiency: f64,
    /// Share of records without a positive solution.
    pub not_identifiable: f64,
}

mmw_core::checked_serde!(Score {
    bias_db,
    mse_db2,
    variance_db2,
    mse_error_db2,
    nmse,
    crlb_db2,
    efficiency,
    not_identifiable
});

/// Errors in dB, their squares, squared relative errors and failures of one estimator.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    error_db: Moments,
    square_db2: Moments,
    relative_square: Moments,
    failure: Moments,
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.error_db.merge(other.error_db);
        self.square_db2.merge(other.square_db2);
        self.relative_square.merge(other.relative_square);
        self.failure.merge(other.failure);
    }
}

/// Tallies of all estimators, in their order.
struct Tallies(Vec<Tally>);

impl Merge for Tallies {
    fn merge(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| a.merge(b));
    }
}

impl Comparison {
    /// 4000 trials, seed 1, estimates from −20 to 40 dB.
    ///
    /// Where the bound is just reached, single records decide: at 0 dB and 1000 samples one in 1.5·10⁵ gives
    /// nearly −20 dB (seed 1 holds one), and it raises the mean square error of 4000 by a fifth of the bound.
    /// Look at
    /// [`Score::mse_error_db2`], or at more than one seed.
    #[must_use]
    pub const fn new(snr: Snr, samples: usize) -> Self {
        Self { snr, samples, trials: 4000, seed: 1, clip_db: [-20.0, 40.0] }
    }

    /// The scores of blind estimators with their default settings, in the order given.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two trials or too few samples, [`Error::Domain`] for clipping that is
    /// not an ascending pair within −100 to 100 dB, [`Error::Missing`] for [`Method::DataAided`].
    pub fn run(&self, methods: &[Method]) -> Result<Vec<Score>> {
        let estimators: Result<Vec<_>> = methods.iter().map(|method| method.estimator()).collect();
        let estimators = estimators?;
        self.run_estimators(&estimators.iter().map(AsRef::as_ref).collect::<Vec<_>>())
    }

    /// The scores of any estimators.
    ///
    /// # Errors
    /// As [`Comparison::run`], and those of the estimators.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::{Estimator, Quartic, Snr, compare::Comparison};
    ///
    /// let literal = Quartic::new();
    /// let comparison = Comparison { trials: 100, ..Comparison::new(Snr::from_db(10.0)?, 200) };
    /// let scores = comparison.run_estimators(&[&literal as &dyn Estimator<f64>])?;
    /// assert!(scores[0].efficiency < 0.01); // the paper says 1
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn run_estimators(&self, estimators: &[&dyn Estimator<f64>]) -> Result<Vec<Score>> {
        let [low, high] = self.clip_db;
        check::in_range("clip_db", low, -100.0, high)?;
        check::in_range("clip_db", high, low, 100.0)?;
        check::at_least("trials", usize::try_from(self.trials).unwrap_or(usize::MAX), 2)?;
        check::at_least("samples", self.samples, 2)?;
        let run = MonteCarlo::new(self.seed, self.trials).block_size(64);
        let tallies = run.run(|rng, trials| {
            let mut tallies = Tallies(vec![Tally::default(); estimators.len()]);
            let mut x = Array1::zeros(self.samples);
            for _ in trials {
                if let Some(slice) = x.as_slice_mut() {
                    fill_bpsk(self.snr, slice, rng);
                }
                for (tally, estimator) in tallies.0.iter_mut().zip(estimators) {
                    self.take(tally, &estimator.estimate(&x)?);
                }
            }
            Ok(tallies)
        })?;
        estimators.iter().zip(&tallies.0).map(|(e, tally)| self.score(e.method(), tally)).collect()
    }

    fn take(&self, tally: &mut Tally, estimate: &Estimate) {
        let [low, high] = self.clip_db;
        let snr_db = estimate.snr_db_or(low).clamp(low, high);
        let error_db = snr_db - self.snr.db();
        let relative = 10_f64.powf(0.1 * error_db) - 1.0;
        tally.error_db.push(error_db);
        tally.square_db2.push(error_db * error_db);
        tally.relative_square.push(relative * relative);
        tally.failure.push(f64::from(u8::from(!estimate.is_identifiable())));
    }

    fn score(&self, method: Method, tally: &Tally) -> Result<Score> {
        let crlb_db2 = bound::crlb_db2(self.snr, self.samples)?;
        let mse_db2 = tally.square_db2.mean()?;
        if mse_db2 == 0.0 {
            return Err(Error::invalid("clip_db", "leaves a single value"));
        }
        Ok(Score {
            method,
            bias_db: tally.error_db.mean()?,
            mse_db2,
            variance_db2: tally.error_db.variance()?,
            mse_error_db2: tally.square_db2.standard_deviation()? / (self.trials as f64).sqrt(),
            nmse: tally.relative_square.mean()?,
            crlb_db2,
            efficiency: crlb_db2 / mse_db2,
            not_identifiable: tally.failure.mean()?,
        })
    }
}

/// The table of the study: scores of all blind estimators over SNR and record length.
///
/// Figures 6, 7 and 8 of the paper are its columns `variance_db2`, `bias_db` and `nmse` (equation 21) at 200
/// and 400 samples.
///
/// # Errors
/// As [`Comparison::run`].
///
/// # Examples
/// ```
/// use snr_quantile::{Method, compare};
/// let table = compare::table(&[10.0], &[100, 200], &[Method::Ml], 50, 1)?;
/// assert_eq!((table.len(), table[1].0.samples), (2, 200));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn table(
    snr_db: &[f64],
    samples: &[usize],
    methods: &[Method],
    trials: u64,
    seed: u64,
) -> Result<Vec<(Comparison, Vec<Score>)>> {
    let mut rows = Vec::with_capacity(snr_db.len() * samples.len());
    for samples in samples {
        for snr_db in snr_db {
            let comparison = Comparison { trials, seed, ..Comparison::new(Snr::from_db(*snr_db)?, *samples) };
            rows.push((comparison, comparison.run(methods)?));
        }
    }
    Ok(rows)
}
