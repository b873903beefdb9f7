//! Single scattering near either end: delays and directions are those of the true places.

use super::scene::{Scatterer, Scene};
use crate::path::{Path, Realisation};
use crate::scenario::{Amplitudes, Process};
use mmw_core::C64;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::rand::Rng;

/// One path for each scatterer near the mobile station.
pub(super) fn add_mobile<R: Rng + ?Sized>(
    law: Amplitudes,
    power: f64,
    scene: &mut Scene,
    out: &mut Realisation,
    rng: &mut R,
) {
    scene.amplitudes(law, scene.mobile.len(), rng);
    let amplitude = (power / scene.mobile.len() as f64).sqrt();
    push(Process::MobileScatter, amplitude, &scene.mobile, [&scene.re, &scene.im], out);
}

/// One path for each scatterer near the base station.
pub(super) fn add_base<R: Rng + ?Sized>(
    law: Amplitudes,
    power: f64,
    scene: &mut Scene,
    out: &mut Realisation,
    rng: &mut R,
) {
    scene.amplitudes(law, scene.base.len(), rng);
    let amplitude = (power / scene.base.len() as f64).sqrt();
    push(Process::BaseScatter, amplitude, &scene.base, [&scene.re, &scene.im], out);
}

/// Base station, scatterer, mobile station.
pub(super) fn push(
    process: Process,
    amplitude: f64,
    scatterers: &[Scatterer],
    [re, im]: [&[f64]; 2],
    out: &mut Realisation,
) {
    for ((scatterer, &re), &im) in scatterers.iter().zip(re).zip(im) {
        let (near, far) = (scatterer.from_base, scatterer.from_mobile);
        out.paths.push(Path {
            process,
            delay_s: (near.distance_m + far.distance_m) / SPEED_OF_LIGHT_M_S,
            departure: near.direction,
            arrival: far.direction,
            departure_distance_m: near.distance_m,
            arrival_distance_m: far.distance_m,
            gain: C64::new(re * amplitude, im * amplitude),
        });
    }
}
