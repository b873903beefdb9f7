//! CFAR detectors: what they find of a target, and their false alarms, in even noise, beside a strong target
//! and at an edge of clutter.

use crate::cfar::{Cfar, CfarConfig, CfarKind, Detection, Edge, Swerling};
use mmw_core::ndarray::Array2;
use mmw_core::num_complex::Complex;
use mmw_core::random::{Stream, fill_standard_complex_normal, standard_complex_normal};
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, StudyTable, contender,
};
use mmw_core::{Axis, Error, Result, check};
use std::fmt;
use std::str::FromStr;

/// The map and the target of a [`DetectionTrials`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct DetectionTrialsConfig {
    /// Cells of the map, `[range, doppler]`, up to 2048 each. The range axis must hold twice the window of
    /// a cell, the Doppler axis one.
    pub shape: [usize; 2],
    /// Training cells on each side.
    pub train: [usize; 2],
    /// Guard cells on each side.
    pub guard: [usize; 2],
    /// Probability that a cell with noise alone is detected.
    pub false_alarm_probability: f64,
    /// Independent powers that are added up in every cell, up to 1024.
    pub looks: usize,
    /// How the power of the target varies from trial to trial and look to look.
    pub target: Swerling,
}

impl Default for DetectionTrialsConfig {
    /// 64 x 32 cells of one look, 8 training and 4 guard cells per side as in [`CfarConfig`], one false alarm
    /// in 1000 cells, a target of case 1.
    fn default() -> Self {
        let CfarConfig { train, guard, .. } = CfarConfig::default();
        Self { shape: [64, 32], train, guard, false_alarm_probability: 1e-3, looks: 1, target: Swerling::One }
    }
}

/// A detector in the comparison: a kind, and whether strong cells are censored.
///
/// # Examples
/// ```
/// use mmw_dsp::compare::TrialDetector;
///
/// let plain: TrialDetector = "ca:plain".parse()?;
/// assert!(!plain.censor && "ca".parse::<TrialDetector>()?.censor);
/// assert_eq!(plain.to_string(), "ca:plain");
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrialDetector {
    /// What is made of the training cells.
    pub kind: CfarKind,
    /// As [`CfarConfig::censor`].
    pub censor: bool,
}

impl fmt::Display for TrialDetector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.censor) {
            (CfarKind::Ca, false) => f.write_str("ca:plain"),
            (kind, _) => kind.fmt(f),
        }
    }
}

/// As it prints: a [`CfarKind`], censored where that has an effect, or `ca:plain`, the mean of all cells.
impl FromStr for TrialDetector {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "ca:plain" => Ok(Self { kind: CfarKind::Ca, censor: false }),
            name => Ok(Self { kind: name.parse()?, censor: true }),
        }
    }
}

/// Power maps of noise with a target as an [`Experiment`], on the axes of [`detection_grid`].
///
/// Noise is circular normal of mean power 1 per look, a target stands in a single cell. The target is at the
/// middle of the map. A steady neighbour stands as far before it in range as the middle of its training
/// cells. Where clutter is asked for, the noise is stronger from the middle of the training cells behind the
/// target on, to the end of the map.
///
/// A target is detected where its cell is. The error is that of the rate of false alarms, those of all cells
/// without a target: their share over the probability that was asked for, less one, so that the bias says how
/// far that promise is kept. There is no bound.
///
/// # Examples
/// ```
/// use mmw_core::study::{Metric, StudyConfig};
/// use mmw_dsp::compare::{DetectionTrials, DetectionTrialsConfig, detection_grid};
///
/// let trials = DetectionTrials::new(DetectionTrialsConfig::default())?;
/// let detectors = ["ca", "ca:plain", "go"].map(str::parse).into_iter().collect::<Result<Vec<_>, _>>()?;
/// let config = StudyConfig { trials: 200, ..StudyConfig::default() };
/// // A target of 25 dB beside one of 50 dB.
/// let table = trials.run(&detectors, detection_grid(&[50.0], &[0.0], &[25.0])?, config)?;
/// let found = |name| Ok::<_, mmw_core::Error>(table.row(0, name)?.get(Metric::Detection).unwrap_or(0.0));
/// assert!(found("ca")? > 0.8 && found("ca:plain")? < 0.1 && found("go")? < 0.1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DetectionTrials {
    config: DetectionTrialsConfig,
}

/// Conditions of [`DetectionTrials`]: power of a neighbour in dB over the noise, step of clutter in dB (0 for
/// none of either), and SNR of the target in one look in dB.
///
/// # Errors
/// Those of [`Axis::explicit`] and [`Grid::new`].
pub fn detection_grid(neighbour_db: &[f64], clutter_db: &[f64], snr_db: &[f64]) -> Result<Grid> {
    Grid::new(vec![
        Axis::explicit("neighbour", "dB", neighbour_db.to_vec())?,
        Axis::explicit("clutter", "dB", clutter_db.to_vec())?,
        Axis::explicit("snr", "dB", snr_db.to_vec())?,
    ])
}

impl DetectionTrials {
    /// Trials of a map and a target.
    ///
    /// # Errors
    /// [`Error::Domain`] for a shape, looks or a probability out of range, and what [`Cfar::new`] refuses.
    pub fn new(config: DetectionTrialsConfig) -> Result<Self> {
        let trials = Self { config };
        let DetectionTrialsConfig { shape, train, guard, looks, .. } = trials.config;
        for (name, windows, i) in [("shape[0]", 2, 0), ("shape[1]", 1, 1)] {
            let window = train[i].saturating_add(guard[i]).saturating_mul(2).saturating_add(1);
            check::in_range(name, shape[i] as f64, windows as f64 * window as f64, 2048.0)?;
        }
        check::at_least("train[0]", train[0], 1)?;
        check::in_range("looks", looks as f64, 1.0, 1024.0)?;
        trials.plan(TrialDetector { kind: CfarKind::Ca, censor: true })?;
        Ok(trials)
    }

    /// The scores of detectors, under their names.
    ///
    /// # Errors
    /// As [`Study::run`], and what [`Cfar::new`] refuses of a detector.
    pub fn run(&self, detectors: &[TrialDetector], grid: Grid, config: StudyConfig) -> Result<StudyTable> {
        let contenders = self.contenders(detectors)?;
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        Study::new(self, &contenders, grid, config)?.run()
    }

    /// Detectors under their names.
    ///
    /// # Errors
    /// What [`Cfar::new`] refuses of a detector.
    pub fn contenders(&self, detectors: &[TrialDetector]) -> Result<Vec<Box<dyn Contender<Self>>>> {
        let one = |detector: &TrialDetector| -> Result<Box<dyn Contender<Self>>> {
            let plan = self.plan(*detector)?;
            Ok(Box::new(contender(detector.to_string(), move |_: &Condition<'_>, power: &Array2<f32>| {
                plan.detect(power).map(Some)
            })))
        };
        detectors.iter().map(one).collect()
    }

    /// A detector for these maps: Doppler wraps, range ends.
    ///
    /// # Errors
    /// As [`Cfar::new`].
    pub fn plan(&self, TrialDetector { kind, censor }: TrialDetector) -> Result<Cfar<f32>> {
        let DetectionTrialsConfig { shape, train, guard, false_alarm_probability, looks, .. } = self.config;
        let edges = [Edge::Shrink, Edge::Wrap];
        let config = CfarConfig { kind, censor, train, guard, false_alarm_probability, looks, edges };
        Cfar::new(&config, shape)
    }

    /// Where the target stands, and a neighbour.
    fn places(&self) -> [[usize; 2]; 2] {
        let DetectionTrialsConfig { shape, .. } = self.config;
        let target = shape.map(|cells| cells / 2);
        [target, [target[0] - self.to_training_cells(), target[1]]]
    }

    /// From a cell to the middle of its training cells, in range.
    fn to_training_cells(&self) -> usize {
        self.config.guard[0] + self.config.train[0].div_ceil(2)
    }

    /// The mean amplitudes of a target in its looks.
    fn amplitudes(&self, target: Swerling, snr: f64, rng: &mut Stream) -> Vec<f32> {
        let mut exponential = || standard_complex_normal(rng).norm_sqr();
        // A chi-squared law of four degrees of freedom is the mean of two exponential ones.
        let mut power = || match target {
            Swerling::Zero => 1.0,
            Swerling::One | Swerling::Two => exponential(),
            Swerling::Three | Swerling::Four => 0.5 * (exponential() + exponential()),
        };
        let looks = self.config.looks;
        let powers = match target {
            Swerling::Two | Swerling::Four => (0..looks).map(|_| power()).collect(),
            _ => vec![power(); looks],
        };
        powers.into_iter().map(|power| (snr * power).sqrt() as f32).collect()
    }
}

fn linear(db: f64) -> f64 {
    10_f64.powf(db / 10.0)
}

impl Experiment for DetectionTrials {
    type Input = Array2<f32>;
    /// The cells with targets, the one in question first.
    type Truth = Vec<[usize; 2]>;
    type Estimate = Vec<Detection>;

    fn parameters(&self) -> Vec<(String, String)> {
        let DetectionTrialsConfig { shape, train, guard, false_alarm_probability, looks, target } =
            &self.config;
        vec![
            ("shape".to_owned(), format!("{shape:?}")),
            ("train".to_owned(), format!("{train:?}")),
            ("guard".to_owned(), format!("{guard:?}")),
            ("false_alarm_probability".to_owned(), format!("{false_alarm_probability:?}")),
            ("looks".to_owned(), looks.to_string()),
            ("target".to_owned(), target.to_string()),
        ]
    }

    fn check(&self, grid: &Grid) -> Result<()> {
        for condition in 0..grid.len() {
            let at = grid.condition(condition)?;
            for name in ["neighbour", "clutter"] {
                check::in_range(name, at.get(name)?, 0.0, 100.0)?;
            }
            check::in_range("snr", at.get("snr")?, -60.0, 100.0)?;
        }
        Ok(())
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Array2<f32>, Vec<[usize; 2]>)> {
        let [target, neighbour] = self.places();
        let (clutter, from) = (linear(at.get("clutter")?) as f32, target[0] + self.to_training_cells());
        let mut power = Array2::zeros(self.config.shape);
        let mut noise = vec![Complex::<f32>::default(); power.len()];
        let mut add = |amplitudes: [f32; 2], rng: &mut Stream| {
            fill_standard_complex_normal(&mut noise, rng);
            let cells = power.indexed_iter_mut().zip(&noise);
            for (((range, doppler), cell), noise) in cells {
                let level = if range >= from { clutter } else { 1.0 };
                let echo = match [range, doppler] {
                    place if place == target => amplitudes[0],
                    place if place == neighbour => amplitudes[1],
                    _ => 0.0,
                };
                *cell += (noise * level.sqrt() + echo).norm_sqr();
            }
        };
        let echoes = self.amplitudes(self.config.target, linear(at.get("snr")?), rng);
        let neighbour_db = at.get("neighbour")?;
        let steady = if neighbour_db > 0.0 { linear(neighbour_db).sqrt() as f32 } else { 0.0 };
        echoes.into_iter().for_each(|echo| add([echo, steady], rng));
        let targets = if neighbour_db > 0.0 { vec![target, neighbour] } else { vec![target] };
        Ok((power, targets))
    }

    fn score(&self, _: &Condition<'_>, targets: &Vec<[usize; 2]>, found: &Vec<Detection>) -> Score {
        let is_found = |place: &[usize; 2]| found.iter().any(|cell| cell.index == *place);
        let false_alarms = found.iter().filter(|cell| !targets.contains(&cell.index)).count();
        let [range, doppler] = self.config.shape;
        let cells = (range * doppler - targets.len()) as f64;
        let promised = cells * self.config.false_alarm_probability;
        Score::of(false_alarms as f64 / promised - 1.0).detected(targets.first().is_some_and(is_found))
    }
}
