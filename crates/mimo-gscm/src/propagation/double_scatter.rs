//! Double scattering: each first scatterer lights some of the second ones.
//!
//! ```text
//! a_qs = α_q β_s √(P/N · g_qs) e^{−jk d_qs},   Σ_s g_qs = 1
//! ```
//! A scatterer has one amplitude for whatever lights it; the way between the two turns the phase. With an
//! unlimited spread of the illumination `g` is constant: the separable model of Gesbert. With a small spread
//! few pairs remain: keyholes.

use super::scene::{Scatterer, Scene, illuminate};
use crate::path::{Path, Realisation};
use crate::phasor::fill_phasors;
use crate::scenario::{Process, Scenario};
use mmw_core::C64;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{difference, dot};
use mmw_core::rand::Rng;
use mmw_core::simd::Level;

/// From scatterers near the base station to scatterers near the mobile station.
pub(super) fn add<R: Rng + ?Sized>(
    scenario: &Scenario,
    power: f64,
    scene: &mut Scene,
    out: &mut Realisation,
    rng: &mut R,
) {
    let (first, second) = (std::mem::take(&mut scene.base), std::mem::take(&mut scene.mobile));
    let spread_rad = scenario.double_illumination_rad;
    add_pairs(scenario, Process::DoubleScatter, power, spread_rad, [&first, &second], scene, out, rng);
    (scene.base, scene.mobile) = (first, second);
}

/// Base station, one of the `first`, one of the `second`, mobile station.
#[expect(clippy::too_many_arguments, reason = "one process needs all of them, and it is private")]
pub(super) fn add_pairs<R: Rng + ?Sized>(
    scenario: &Scenario,
    process: Process,
    power: f64,
    spread_rad: Option<f64>,
    [first, second]: [&[Scatterer]; 2],
    scene: &mut Scene,
    out: &mut Realisation,
    rng: &mut R,
) {
    let count = first.len() + second.len();
    scene.amplitudes(scenario.interpretation.amplitudes, count, rng);
    let waves_per_m = scenario.carrier_hz / SPEED_OF_LIGHT_M_S;
    let amplitude = (power / first.len() as f64).sqrt();
    let start = out.paths.len();
    for (q, near) in first.iter().enumerate() {
        illuminate(scenario, near.place, scenario.mobile_m, second, spread_rad, &mut scene.weights, rng);
        let alpha = C64::new(scene.re[q], scene.im[q]) * amplitude;
        for (s, (far, &weight)) in second.iter().zip(&scene.weights).enumerate() {
            if weight == 0.0 {
                continue;
            }
            let way = difference(far.place, near.place);
            let between_m = dot(way, way).sqrt();
            let length_m = near.from_base.distance_m + between_m + far.from_mobile.distance_m;
            let beta = C64::new(scene.re[first.len() + s], scene.im[first.len() + s]);
            out.paths.push(Path {
                process,
                delay_s: length_m / SPEED_OF_LIGHT_M_S,
                departure: near.from_base.direction,
                arrival: far.from_mobile.direction,
                departure_distance_m: near.from_base.distance_m,
                arrival_distance_m: far.from_mobile.distance_m,
                gain: alpha * beta * weight.sqrt(),
            });
        }
    }
    turn_by_the_way_between(waves_per_m, scene, &mut out.paths[start..]);
}

/// Multiplies each gain by `exp(−j k d)` of the way between its two scatterers.
fn turn_by_the_way_between(waves_per_m: f64, scene: &mut Scene, paths: &mut [Path]) {
    scene.turns.clear();
    scene.turns.extend(paths.iter().map(|path| {
        let ends_m = path.departure_distance_m + path.arrival_distance_m;
        (ends_m - path.delay_s * SPEED_OF_LIGHT_M_S) * waves_per_m
    }));
    scene.re.resize(paths.len(), 0.0);
    scene.im.resize(paths.len(), 0.0);
    fill_phasors(Level::current(), &scene.turns, &mut scene.re, &mut scene.im);
    for ((path, &re), &im) in paths.iter_mut().zip(&scene.re).zip(&scene.im) {
        path.gain *= C64::new(re, im);
    }
}
