//! Accuracy, coverage and detection by Monte Carlo.

use super::bound::crlb_db2;
use super::modulation::Modulation;
use super::record::Record;
use crate::compare::scoring;
use crate::compare::{Answer, Promise, Scoring, lengths};
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::ndarray::Array1;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::{Stream, standard_complex_normal};
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, StudyTable, contender,
};
use mmw_core::{Axis, C64, Error, Result, check};
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

/// Records of M-PSK as an [`Experiment`]: on the axes `order`, `samples` and `es_n0`, in dB, of
/// [`es_n0_grid`].
///
/// # Examples
/// ```
/// use snr_quantile::Method;
/// use snr_quantile::mmw_core::study::StudyConfig;
/// use snr_quantile::psk::{Modulation, PskRecords, es_n0_grid};
/// let config = StudyConfig { trials: 200, block_size: 16, ..StudyConfig::default() };
/// let grid = es_n0_grid(&[Modulation::Qpsk], &[200], &[10.0])?;
/// let table = PskRecords::default().run(&[Method::Ml, Method::M2m4], grid, config)?;
/// let (ml, m2m4) = (table.row(0, "ml")?, table.row(0, "m2m4")?);
/// assert!(ml.coverage.is_some() && ml.variance < m2m4.variance);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PskRecords {
    /// What answers are worth. Intervals and detections come from maximum likelihood alone.
    pub scoring: Scoring,
}

impl Default for PskRecords {
    /// Estimates held within −20 to 40 dB, intervals of 95 %, a false-alarm rate of 1 %.
    fn default() -> Self {
        Self { scoring: Scoring { intervals: Some(Promise::default()), ..Scoring::default() } }
    }
}

/// Records of some constellations and lengths at some `Es/N0` in dB,
/// [`NO_SIGNAL_DB`](crate::NO_SIGNAL_DB) for noise alone: the conditions of [`PskRecords`].
///
/// # Errors
/// Those of [`Axis::explicit`] and [`Grid::new`].
pub fn es_n0_grid(modulations: &[Modulation], samples: &[usize], es_n0_db: &[f64]) -> Result<Grid> {
    let orders = modulations.iter().map(|modulation| modulation.order() as f64).collect();
    let order = Axis::explicit("order", "", orders)?;
    Grid::new(vec![order, lengths(samples)?, Axis::explicit("es_n0", "dB", es_n0_db.to_vec())?])
}

/// The constellation of a condition.
///
/// # Errors
/// [`Error::Invalid`] for a number of phases that none has.
pub fn modulation_of(at: &Condition<'_>) -> Result<Modulation> {
    let order = at.get("order")?;
    let known = Modulation::ALL.iter().find(|modulation| modulation.order() as f64 == order);
    known.copied().ok_or_else(|| Error::invalid("order", format!("no constellation has {order} phases")))
}

/// A record of [`PskRecords`], with its sums for the estimators that need no more.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PskInput {
    /// The samples.
    pub samples: Array1<C64>,
    /// Their sums.
    pub record: Record,
}

impl PskRecords {
    /// The scores of some of [`Record::estimate`]'s methods, under their names.
    ///
    /// # Errors
    /// As [`Study::run`].
    pub fn run(&self, methods: &[Method], grid: Grid, config: StudyConfig) -> Result<StudyTable> {
        let contenders = self.contenders(methods);
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        Study::new(self, &contenders, grid, config)?.run()
    }

    /// Some of [`Record::estimate`]'s methods, under their names.
    #[must_use]
    pub fn contenders(&self, methods: &[Method]) -> Vec<Box<dyn Contender<Self>>> {
        let promise = self.scoring.intervals;
        let one = |&method: &Method| -> Box<dyn Contender<Self>> {
            Box::new(contender(method.name(), move |at: &Condition<'_>, input: &PskInput| {
                answer(modulation_of(at)?, method, promise, input).map(Some)
            }))
        };
        methods.iter().map(one).collect()
    }
}

fn answer(
    modulation: Modulation,
    method: Method,
    promise: Option<Promise>,
    input: &PskInput,
) -> Result<Answer> {
    let all;
    let record = if method == Method::Ml {
        let mut record = Record::keeping_all(modulation);
        record.push(&input.samples)?;
        all = record;
        &all
    } else {
        &input.record
    };
    let (Method::Ml | Method::MlBinned, Some(promise)) = (method, promise) else {
        return Ok(Answer::of(record.estimate(method)?.es_n0_db()));
    };
    let likelihood = record.likelihood()?;
    let mut answer = Answer::of(likelihood.estimate().es_n0_db());
    answer.interval_db = Some(likelihood.interval_db(promise.confidence)?);
    answer.is_detected = Some(likelihood.detection(promise.false_alarm_probability)?.is_detected);
    Ok(answer)
}

impl Experiment for PskRecords {
    type Input = PskInput;
    type Truth = f64;
    type Estimate = Answer;

    fn parameters(&self) -> Vec<(String, String)> {
        self.scoring.parameters()
    }

    fn check(&self, grid: &Grid) -> Result<()> {
        self.scoring.check()?;
        scoring::check_grid(grid, "es_n0")?;
        (0..grid.len()).try_for_each(|index| modulation_of(&grid.condition(index)?).map(|_| ()))
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(PskInput, f64)> {
        let (modulation, es_n0_db) = (modulation_of(at)?, at.get("es_n0")?);
        let samples =
            samples(modulation, snr_of(scoring::drawn(es_n0_db)?)?, at.get("samples")? as usize, rng)?;
        let mut record = Record::new(modulation);
        record.push(&samples)?;
        Ok((PskInput { samples, record }, es_n0_db))
    }

    fn score(&self, _: &Condition<'_>, es_n0_db: &f64, answer: &Answer) -> Score {
        self.scoring.score(*es_n0_db, answer)
    }

    fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
        let es_n0_db = at.get("es_n0")?;
        scoring::bound_db(es_n0_db, || {
            crlb_db2(modulation_of(at)?, snr_of(Snr::from_db(es_n0_db)?)?, at.get("samples")? as usize)
        })
    }
}

/// The SNR of a record whose `Es/N0` is that number.
fn snr_of(es_n0: Snr) -> Result<Snr> {
    Snr::from_es_n0(es_n0.linear())
}
