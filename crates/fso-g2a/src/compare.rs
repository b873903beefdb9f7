//! Comparison of the ways to an outage probability: error and time over beam, jitter and threshold. The
//! engine is that of [`mmw_core::study`].

use crate::channel::Channel;
use crate::paper::outage_12;
use crate::pointing::{Pointing, PointingConfig};
use crate::rivals::{GaussianBeam, half_plane_outage};
use crate::turbulence::GammaGamma;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::rand::RngExt;
use mmw_core::random::Stream;
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, StudyTable, contender,
};
use mmw_core::units::Db;
use mmw_core::{Axis, Result, check};

/// A way to the outage probability of a [`Channel`] with Gamma-Gamma turbulence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OutageMethod {
    /// [`Channel::outage`], which is also the truth: its error is 0.
    Exact,
    /// [`half_plane_outage`]: the edge of the beam taken as straight.
    HalfPlane,
    /// [`outage_12`], the paper's equation (12), for apertures smaller than the beam.
    Paper,
    /// [`GaussianBeam::outage`].
    GaussianBeam,
    /// [`Channel::simulate_outage`]: the share of outages among simulated channels.
    Simulation,
    /// [`Channel::simulate_rare_outage`]: the mean of conditional probabilities.
    RareSimulation,
}

mmw_core::named!(OutageMethod, "method" {
    Exact = "exact",
    HalfPlane = "half_plane",
    Paper = "paper",
    GaussianBeam = "gaussian_beam",
    Simulation = "simulation",
    RareSimulation = "rare_simulation",
});

/// What does not vary in [`OutageTrials`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct OutageTrialsConfig {
    /// Radius of the aperture, m; 0.1 by default.
    pub aperture_radius_m: f64,
    /// First shape of the turbulence; 4 by default.
    pub alpha: f64,
    /// Second shape of the turbulence; 1.7 by default.
    pub beta: f64,
    /// Channels that a simulation draws for one answer, 1 to 1e9; 10 000 by default.
    pub draws: u64,
}

impl Default for OutageTrialsConfig {
    fn default() -> Self {
        Self { aperture_radius_m: 0.1, alpha: 4.0, beta: 1.7, draws: 10_000 }
    }
}

/// Outage probabilities of links as an [`Experiment`], on the axes of [`outage_grid`].
///
/// The truth is [`Channel::outage`], which agrees with tables of mpmath to 1e-10. Errors are in decades,
/// `log₁₀` of answer over truth; an answer of 0 is none. What a method approximates is its bias, what a
/// simulation leaves to chance its spread.
///
/// # Examples
/// ```
/// use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig, outage_grid};
/// use mmw_core::study::{Metric, StudyConfig};
///
/// let trials = OutageTrials::new(OutageTrialsConfig::default())?;
/// let config = StudyConfig { trials: 20, ..StudyConfig::default() };
/// // A beam of 2 m radius that wanders by 0.7 m, 20 dB above the threshold.
/// let table = trials.run(OutageMethod::ALL, outage_grid(&[2.0], &[0.7], &[-20.0])?, config)?;
/// let decades = |method: &str| table.row(0, method).map(|row| row.get(Metric::Rmse));
/// assert!(decades("half_plane")? < Some(1e-3));
/// assert!(decades("gaussian_beam")? > decades("rare_simulation")?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct OutageTrials {
    config: OutageTrialsConfig,
    turbulence: GammaGamma,
}

/// A link of [`OutageTrials`], as the methods see it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OutageTrial {
    /// Pointing and turbulence; the full gain is 1.
    pub channel: Channel<GammaGamma>,
    /// The gain below which there is an outage.
    pub normalised_threshold: f64,
    /// Of the random numbers of a simulation.
    pub seed: u64,
}

/// Conditions of [`OutageTrials`]: radii of the beam and jitters in each of two directions, m, and thresholds
/// in dB over the gain of a beam that covers the aperture.
///
/// # Errors
/// Those of [`Axis::explicit`] and [`Grid::new`].
pub fn outage_grid(beam_radius_m: &[f64], jitter_m: &[f64], threshold_db: &[f64]) -> Result<Grid> {
    Grid::new(vec![
        Axis::explicit("beam_radius", "m", beam_radius_m.to_vec())?,
        Axis::explicit("jitter", "m", jitter_m.to_vec())?,
        Axis::explicit("threshold", "dB", threshold_db.to_vec())?,
    ])
}

impl OutageTrials {
    /// Trials of links with an aperture and turbulence.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a radius that is not above 0, shapes that [`GammaGamma::new`] refuses,
    /// and a number of draws out of range.
    pub fn new(config: OutageTrialsConfig) -> Result<Self> {
        check::positive("aperture_radius_m", config.aperture_radius_m)?;
        check::in_range("draws", config.draws as f64, 1.0, 1e9)?;
        Ok(Self { config, turbulence: GammaGamma::new(config.alpha, config.beta)? })
    }

    /// The scores of methods, under their names.
    ///
    /// # Errors
    /// As [`Study::run`].
    pub fn run(&self, methods: &[OutageMethod], grid: Grid, config: StudyConfig) -> Result<StudyTable> {
        let contenders = self.contenders(methods);
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        Study::new(self, &contenders, grid, config)?.run()
    }

    /// The methods, under their names.
    #[must_use]
    pub fn contenders(&self, methods: &[OutageMethod]) -> Vec<Box<dyn Contender<Self>>> {
        let draws = self.config.draws;
        let one = |&method: &OutageMethod| -> Box<dyn Contender<Self>> {
            Box::new(contender(method.name(), move |_, trial: &OutageTrial| {
                outage_by(method, trial, draws).map(Some)
            }))
        };
        methods.iter().map(one).collect()
    }

    fn channel(&self, at: &Condition<'_>) -> Result<Channel<GammaGamma>> {
        let pointing = Pointing::new(PointingConfig {
            beam_radius_m: at.get("beam_radius")?,
            aperture_radius_m: self.config.aperture_radius_m,
            jitter_m: at.get("jitter")?,
        })?;
        Ok(Channel::new(pointing, self.turbulence))
    }
}

fn outage_by(method: OutageMethod, trial: &OutageTrial, draws: u64) -> Result<f64> {
    let OutageTrial { channel, normalised_threshold: threshold, seed } = trial;
    let run = MonteCarlo::new(*seed, draws);
    Ok(match method {
        OutageMethod::Exact => channel.outage(*threshold)?.outage,
        OutageMethod::HalfPlane => half_plane_outage(channel, *threshold)?.outage,
        OutageMethod::Paper => outage_12(channel, *threshold)?.outage,
        OutageMethod::GaussianBeam => {
            GaussianBeam::new(channel.pointing().config())?.outage(channel.turbulence(), *threshold)?.outage
        }
        OutageMethod::Simulation => channel.simulate_outage(*threshold, &run)?.hits() as f64 / draws as f64,
        OutageMethod::RareSimulation => channel.simulate_rare_outage(*threshold, &run)?.mean()?,
    })
}

impl Experiment for OutageTrials {
    type Input = OutageTrial;
    type Truth = f64;
    type Estimate = f64;

    fn parameters(&self) -> Vec<(String, String)> {
        let OutageTrialsConfig { aperture_radius_m, alpha, beta, draws } = self.config;
        let numbers = [("aperture_radius_m", aperture_radius_m), ("alpha", alpha), ("beta", beta)];
        let mut named: Vec<_> =
            numbers.iter().map(|(name, value)| ((*name).to_owned(), format!("{value:?}"))).collect();
        named.push(("draws".to_owned(), draws.to_string()));
        named
    }

    fn check(&self, grid: &Grid) -> Result<()> {
        for condition in 0..grid.len() {
            let at = grid.condition(condition)?;
            check::in_range("threshold", at.get("threshold")?, -300.0, 100.0)?;
            self.channel(&at)?;
        }
        Ok(())
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(OutageTrial, f64)> {
        let channel = self.channel(at)?;
        let normalised_threshold = Db(at.get("threshold")?).power_ratio();
        let outage = channel.outage(normalised_threshold)?.outage;
        Ok((OutageTrial { channel, normalised_threshold, seed: rng.random() }, outage))
    }

    fn score(&self, _: &Condition<'_>, truth: &f64, estimate: &f64) -> Score {
        let ratio = estimate / truth;
        Score::of(ratio.log10()).relative(ratio - 1.0)
    }
}
