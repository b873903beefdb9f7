//! Comparison of estimators by Monte Carlo, on the same records for all: bias, mean square error, NMSE,
//! coverage of the intervals and detection over SNR and length. The engine is that of [`mmw_core::study`].

pub(crate) mod scoring;

mod record_score;

pub use record_score::RecordScore;
pub use scoring::{Answer, Promise, Scoring};

use crate::bound;
use crate::estimator::Estimator;
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::ndarray::Array1;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::{Stream, fill_standard_normal};
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, StudyTable, contender,
};
use mmw_core::{Axis, Result, check};

/// BPSK in white noise of unit power: `x = S a + w`, `S² + σ² = 1`. Equations (1) and (2).
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for no samples.
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

/// The methods whose estimates have an interval and need no symbols.
pub const WITH_INTERVALS: [Method; 6] =
    [Method::MlBinned, Method::Ml, Method::LStatistic, Method::M2m4, Method::M1m2, Method::Svr];

/// Records of BPSK as an [`Experiment`]: on the axes `samples` and `snr`, in dB, of [`snr_grid`].
///
/// # Examples
/// ```
/// use snr_quantile::Method;
/// use snr_quantile::compare::{BpskRecords, snr_grid};
/// use snr_quantile::mmw_core::study::StudyConfig;
///
/// let config = StudyConfig { trials: 400, ..StudyConfig::default() };
/// let grid = snr_grid(&[200], &[5.0, 10.0])?;
/// let table = BpskRecords::default().run(&[Method::MlBinned, Method::M2m4], grid, config)?;
/// let mse_db2 = |method: Method| table.row(1, method.name()).map(|row| row.mse().map_or(0.0, |mse| mse.value));
/// assert!(mse_db2(Method::MlBinned)? < mse_db2(Method::M2m4)?);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
///
/// Where the bound is just reached, single records decide: at 0 dB and 1000 samples one in 1.5·10⁵ gives
/// nearly −20 dB (seed 1 holds one), and it raises the mean square error of 4000 by a fifth of the bound.
/// Look at the standard error, or at more than one seed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct BpskRecords {
    /// What answers are worth.
    pub scoring: Scoring,
}

/// Records of some lengths at some SNR in dB, [`NO_SIGNAL_DB`](crate::NO_SIGNAL_DB) for noise alone: the
/// conditions of [`BpskRecords`].
///
/// # Errors
/// Those of [`Axis::explicit`] and [`Grid::new`].
pub fn snr_grid(samples: &[usize], snr_db: &[f64]) -> Result<Grid> {
    Grid::new(vec![lengths(samples)?, Axis::explicit("snr", "dB", snr_db.to_vec())?])
}

pub(crate) fn lengths(samples: &[usize]) -> Result<Axis> {
    Axis::explicit("samples", "", samples.iter().map(|&n| n as f64).collect())
}

impl BpskRecords {
    /// The scores of blind estimators with their default settings, under the names of their methods.
    ///
    /// # Errors
    /// As [`Study::run`]; [`mmw_core::Error::Missing`] for [`Method::DataAided`].
    pub fn run(&self, methods: &[Method], grid: Grid, config: StudyConfig) -> Result<StudyTable> {
        let contenders = self.contenders(methods)?;
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        Study::new(self, &contenders, grid, config)?.run()
    }

    /// Blind estimators with their default settings, under the names of their methods.
    ///
    /// # Errors
    /// [`mmw_core::Error::Missing`] for [`Method::DataAided`].
    pub fn contenders(&self, methods: &[Method]) -> Result<Vec<Box<dyn Contender<Self>>>> {
        let one = |method: &Method| -> Result<Box<dyn Contender<Self>>> {
            Ok(Box::new(self.contender(method.name(), method.estimator()?)))
        };
        methods.iter().map(one).collect()
    }

    /// An estimator under a name: `estimator` is one, or a box of one.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::Quartic;
    /// use snr_quantile::compare::{BpskRecords, snr_grid};
    /// use snr_quantile::mmw_core::study::{Metric, Study, StudyConfig};
    ///
    /// let records = BpskRecords::default();
    /// let literal = records.contender("literal", Quartic::new());
    /// let config = StudyConfig { trials: 100, ..StudyConfig::default() };
    /// let table = Study::new(&records, &[&literal], snr_grid(&[200], &[10.0])?, config)?.run()?;
    /// assert!(table.rows[0].get(Metric::RmseOverBound) > Some(10.0)); // the paper says 1
    /// # Ok::<(), snr_quantile::Error>(())
    /// ```
    pub fn contender<E: Estimator<f64>>(&self, name: &str, estimator: E) -> impl Contender<Self> + use<E> {
        let promise = self.scoring.intervals;
        contender(name.to_owned(), move |_: &Condition<'_>, x: &Array1<f64>| {
            let estimate = estimator.estimate(x)?;
            let mut answer = Answer::of(estimate.snr().map(Snr::db));
            if let Some(Promise { confidence, false_alarm_probability }) = promise {
                answer.interval_db = Some(estimate.interval_db(confidence)?);
                answer.is_detected = Some(estimate.detection(false_alarm_probability)?.is_detected);
            }
            Ok(Some(answer))
        })
    }
}

impl Experiment for BpskRecords {
    type Input = Array1<f64>;
    type Truth = f64;
    type Estimate = Answer;

    fn parameters(&self) -> Vec<(String, String)> {
        self.scoring.parameters()
    }

    fn check(&self, grid: &Grid) -> Result<()> {
        self.scoring.check()?;
        scoring::check_grid(grid, "snr")
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Array1<f64>, f64)> {
        let snr_db = at.get("snr")?;
        let x = bpsk_samples(scoring::drawn(snr_db)?, at.get("samples")? as usize, rng)?;
        Ok((x, snr_db))
    }

    fn score(&self, _: &Condition<'_>, snr_db: &f64, answer: &Answer) -> Score {
        self.scoring.score(*snr_db, answer)
    }

    fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
        let (snr_db, samples) = (at.get("snr")?, at.get("samples")? as usize);
        scoring::bound_db(snr_db, || bound::crlb_db2(Snr::from_db(snr_db)?, samples))
    }
}
