//! The fso area: the densities of Fig. 2, the outages of Fig. 3, Theorem 1, the series, the air.

mod air;
mod density;
mod outage;
mod series;
mod theorem;

use super::{LedgerRow, Section, Setup, Verdict};
use crate::error::Result;
use crate::output::create_folder;
use fso_g2a::atmosphere::{BeamWander, Cn2Profile, SlantPath};
use fso_g2a::channel::Channel;
use fso_g2a::pointing::{Beam, Pointing};
use fso_g2a::turbulence::GammaGamma;

const SOURCE: &str = "Ground-to-air FSO paper";

/// What the paper prints: shapes of the turbulence, responsivity, runs of the simulation.
const ALPHA: f64 = 4.0;
const BETA: f64 = 1.7;
const RESPONSIVITY_A_W: f64 = 0.9;
const RUNS: u64 = 50_000_000;
/// What it does not print, and is assumed.
const WOBBLE_M: f64 = 0.5;
const WAIST_M: f64 = 0.01;

pub(super) fn run(setup: &Setup) -> Result<Vec<Section>> {
    create_folder(&setup.out.join("fso"))?;
    Ok(vec![density::run(setup)?, outage::run(setup)?, theorem::run(setup)?, series::run()?, air::run()?])
}

/// A row of the ledger of this source; `test` is a test of `crates/fso-g2a/tests/it`.
fn row(item: &str, printed: &str, ours: impl Into<String>, verdict: Verdict, test: &str) -> LedgerRow {
    LedgerRow {
        source: SOURCE.to_owned(),
        item: item.to_owned(),
        printed: printed.to_owned(),
        ours: ours.into(),
        verdict,
        test: format!("fso-g2a::{test}"),
    }
}

fn law() -> Result<GammaGamma> {
    Ok(GammaGamma::new(ALPHA, BETA)?)
}

/// A channel of the printed turbulence, in normalised gains.
fn channel(beam_radius_m: f64, aperture_radius_m: f64, jitter_m: f64) -> Result<Channel<GammaGamma>> {
    Ok(Channel::new(Pointing::new(beam_radius_m, aperture_radius_m, jitter_m)?, law()?))
}

/// A vertical link with the assumed wobble and wander.
fn vertical(divergence_rad: f64, length_m: f64, aperture_radius_m: f64) -> Result<Channel<GammaGamma>> {
    let path = SlantPath::vertical(length_m)?;
    let wander = BeamWander { waist_m: WAIST_M, ..BeamWander::printed(divergence_rad) };
    let jitter_m = wander.total_jitter_m(&Cn2Profile::hufnagel_valley_5_7(), &path, WOBBLE_M)?;
    channel(Beam::new(divergence_rad, length_m)?.footprint_radius_m(), aperture_radius_m, jitter_m)
}
