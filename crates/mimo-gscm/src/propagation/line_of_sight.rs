//! Line of sight: one path, whose delay is the reference of all others.

use super::scene::{Scene, ray};
use crate::path::{Path, Realisation};
use crate::scenario::{Amplitudes, Process, Scenario};
use mmw_core::C64;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::rand::Rng;

/// The direct path with a power that does not fade and a uniform phase.
pub(super) fn add<R: Rng + ?Sized>(
    scenario: &Scenario,
    power: f64,
    scene: &mut Scene,
    out: &mut Realisation,
    rng: &mut R,
) {
    let ahead = ray(scenario.base_m, scenario.mobile_m);
    scene.amplitudes(Amplitudes::EqualPower, 1, rng);
    for (&re, &im) in scene.re.iter().zip(&scene.im) {
        out.paths.push(Path {
            process: Process::LineOfSight,
            delay_s: ahead.distance_m / SPEED_OF_LIGHT_M_S,
            departure: ahead.direction,
            arrival: ahead.direction.map(|x| -x),
            departure_distance_m: ahead.distance_m,
            arrival_distance_m: ahead.distance_m,
            gain: C64::new(re, im) * power.sqrt(),
        });
    }
}
