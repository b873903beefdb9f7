//! The fso area: the densities of Fig. 2, the outages of Fig. 3, Theorem 1, the series, the air.

mod air;
mod density;
mod outage;
mod series;
mod theorem;

use crate::host::Setup;
use crate::ledger::Source;
use crate::section::Section;
use fso_g2a::atmosphere::{BeamWander, Cn2Profile, SlantPath};
use fso_g2a::channel::Channel;
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig};
use fso_g2a::turbulence::GammaGamma;
use mmw_core::Result;
use mmw_core::monte_carlo::MonteCarlo;

const SOURCE: Source = Source { name: "Ground-to-air FSO paper", package: "fso-g2a" };

/// What the paper prints: shapes of the turbulence, responsivity, runs of the simulation.
const ALPHA: f64 = 4.0;
const BETA: f64 = 1.7;
const RESPONSIVITY_A_W: f64 = 0.9;
const RUNS: u64 = 50_000_000;
/// What it does not print, and is assumed.
const WOBBLE_M: f64 = 0.5;
const WAIST_M: f64 = 0.01;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    Ok(vec![
        density::run(setup)?,
        outage::run(setup)?,
        theorem::run(setup)?,
        series::run(setup)?,
        air::run()?,
    ])
}

/// Work by Monte Carlo that is watched.
fn watched<R>(
    setup: &Setup<'_>,
    seed: u64,
    trials: u64,
    work: impl FnOnce(&MonteCarlo<'_>) -> Result<R>,
) -> Result<R> {
    let progress = setup.progress(trials, "draws");
    setup.trials(MonteCarlo::new(seed, trials), &progress, work)
}

fn law() -> Result<GammaGamma> {
    GammaGamma::new(ALPHA, BETA)
}

/// A channel of the printed turbulence, in normalised gains.
fn channel(beam_radius_m: f64, aperture_radius_m: f64, jitter_m: f64) -> Result<Channel<GammaGamma>> {
    Ok(Channel::new(Pointing::new(PointingConfig { beam_radius_m, aperture_radius_m, jitter_m })?, law()?))
}

/// A vertical link with the assumed wobble and wander.
fn vertical(divergence_rad: f64, length_m: f64, aperture_radius_m: f64) -> Result<Channel<GammaGamma>> {
    let path = SlantPath::vertical(length_m)?;
    let wander = BeamWander { waist_m: WAIST_M, ..BeamWander::printed(divergence_rad) };
    let jitter_m = wander.total_jitter_m(&Cn2Profile::hufnagel_valley_5_7(), &path, WOBBLE_M)?;
    channel(
        Beam::new(BeamConfig { divergence_rad, length_m })?.footprint_radius_m(),
        aperture_radius_m,
        jitter_m,
    )
}

/// Probability of a partial overlap: the separation, a Rayleigh variable, between `w - r` and `w + r`.
fn tails(pointing: &Pointing) -> f64 {
    let (w, r, sigma) = (pointing.beam_radius_m(), pointing.aperture_radius_m(), pointing.jitter_m());
    let beyond = |s: f64| (-0.5 * (s / sigma).powi(2)).exp();
    beyond(w - r) - beyond(w + r)
}
