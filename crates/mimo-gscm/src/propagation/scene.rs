//! Where things are in one draw: scatterers and mouths, seen from both ends.

use crate::path::Ray;
use crate::phasor::{fill_phasors, fill_uniform};
use crate::scenario::{
    Amplitudes, CloudScale, HeightReference, IlluminationMean, IlluminationShape, Placement, RadialLaw,
    ScattererCloud, Scenario,
};
use mmw_core::geometry::{Vector3, difference, dot, sum};
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::fill_standard_normal;
use mmw_core::simd::Level;

/// Tries to place a far cluster clear of both ends; a scenario that validates succeeds in half of them or
/// more, unless the generator is broken.
const TRIES: usize = 1000;

/// A scatterer as both ends see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scatterer {
    pub(super) place: Vector3,
    pub(super) from_base: Ray,
    pub(super) from_mobile: Ray,
}

/// The scatterers of one draw, and scratch for random numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    pub(super) base: Vec<Scatterer>,
    pub(super) mobile: Vec<Scatterer>,
    pub(super) far: Vec<Vec<Scatterer>>,
    pub(super) turns: Vec<f64>,
    pub(super) re: Vec<f64>,
    pub(super) im: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) normals: Vec<f32>,
    pub(super) bytes: Vec<u8>,
}

/// The ray from `here` to `there`; two coinciding points see each other straight above.
pub(super) fn ray(here: Vector3, there: Vector3) -> Ray {
    let way = difference(there, here);
    let distance_m = dot(way, way).sqrt();
    if distance_m > 0.0 {
        Ray { direction: way.map(|x| x / distance_m), distance_m }
    } else {
        Ray { direction: [0.0, 0.0, 1.0], distance_m: 0.0 }
    }
}

impl Scene {
    /// Places everything that carries power.
    pub(super) fn draw<R: Rng + ?Sized>(&mut self, scenario: &Scenario, needs_base: bool, rng: &mut R) {
        let ground = |z: f64| match scenario.interpretation.height_reference {
            HeightReference::Antenna => z,
            HeightReference::Ground => 0.0,
        };
        self.base.clear();
        self.mobile.clear();
        let [x, y, z] = scenario.base_m;
        if needs_base {
            cloud(scenario, &scenario.base_scatterers, [x, y, ground(z)], &mut self.base, rng);
        }
        let [x, y, z] = scenario.mobile_m;
        cloud(scenario, &scenario.mobile_scatterers, [x, y, ground(z)], &mut self.mobile, rng);
        self.far.resize_with(scenario.far_clusters.len(), Vec::new);
        for (cluster, seen) in scenario.far_clusters.iter().zip(&mut self.far) {
            seen.clear();
            let centre = place(scenario, cluster.placement, scenario.base_m[2], rng);
            let flat = ScattererCloud {
                count: cluster.count,
                spread_m: cluster.spread_m,
                lowest_m: 0.0,
                highest_m: 0.0,
            };
            cloud(scenario, &flat, centre, seen, rng);
        }
    }

    /// Complex amplitudes of `count` scatterers with mean power 1, into `re` and `im`.
    pub(super) fn amplitudes<R: Rng + ?Sized>(&mut self, law: Amplitudes, count: usize, rng: &mut R) {
        self.re.resize(count, 0.0);
        self.im.resize(count, 0.0);
        match law {
            Amplitudes::EqualPower => {
                self.turns.resize(count, 0.0);
                fill_uniform(&mut self.turns, rng);
                fill_phasors(Level::current(), &self.turns, &mut self.re, &mut self.im);
            }
            Amplitudes::ComplexNormal => {
                fill_standard_normal(&mut self.re, rng);
                fill_standard_normal(&mut self.im, rng);
                let half = std::f64::consts::FRAC_1_SQRT_2;
                self.re.iter_mut().chain(&mut self.im).for_each(|x| *x *= half);
            }
        }
    }
}

/// Where the centre of a cluster or a mouth is; `height_m` for a place that is drawn in the plane.
pub(super) fn place<R: Rng + ?Sized>(
    scenario: &Scenario,
    placement: Placement,
    height_m: f64,
    rng: &mut R,
) -> Vector3 {
    let (base, mobile) = (scenario.base_m, scenario.mobile_m);
    match placement {
        Placement::At(place) => place,
        Placement::AroundMobile { spread_m } => {
            let mut offset = [0.0; 2];
            offset.iter_mut().for_each(|x| *x = spread_m * mmw_core::random::standard_normal(rng));
            [mobile[0] + offset[0], mobile[1] + offset[1], height_m]
        }
        Placement::InCell { radius_m, clearance_m } => {
            let mut centre = [base[0], base[1], height_m];
            for _ in 0..TRIES {
                let radius = radius_m * rng.random::<f64>().sqrt();
                let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
                centre = [base[0] + radius * cos, base[1] + radius * sin, height_m];
                let clear = |end: Vector3| (centre[0] - end[0]).hypot(centre[1] - end[1]) >= clearance_m;
                if clear(base) && clear(mobile) {
                    break;
                }
            }
            centre
        }
    }
}

fn cloud<R: Rng + ?Sized>(
    scenario: &Scenario,
    cloud: &ScattererCloud,
    centre: Vector3,
    seen: &mut Vec<Scatterer>,
    rng: &mut R,
) {
    let spread_m = match scenario.interpretation.cloud_scale {
        CloudScale::Spread => cloud.spread_m,
        CloudScale::Literal => 1.0 / cloud.spread_m,
    };
    for _ in 0..cloud.count {
        let mut offset = [0.0; 3];
        offset[..2].iter_mut().for_each(|x| *x = spread_m * mmw_core::random::standard_normal(rng));
        if scenario.interpretation.radial_law == RadialLaw::HalfNormal {
            let radius = offset[0].abs();
            let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
            (offset[0], offset[1]) = (radius * cos, radius * sin);
        }
        if cloud.highest_m > cloud.lowest_m {
            offset[2] = cloud.lowest_m + (cloud.highest_m - cloud.lowest_m) * rng.random::<f64>();
        } else {
            offset[2] = cloud.lowest_m;
        }
        let place = sum(centre, offset);
        let (from_base, from_mobile) = (ray(scenario.base_m, place), ray(scenario.mobile_m, place));
        seen.push(Scatterer { place, from_base, from_mobile });
    }
}

/// How a source at `from` spreads a power of 1 over the `lit` scatterers, into `weights`.
pub(super) fn illuminate<R: Rng + ?Sized>(
    scenario: &Scenario,
    from: Vector3,
    other_end: Vector3,
    lit: &[Scatterer],
    spread_rad: Option<f64>,
    weights: &mut Vec<f64>,
    rng: &mut R,
) {
    weights.clear();
    let Some(spread) = spread_rad else {
        weights.resize(lit.len(), 1.0 / lit.len() as f64);
        return;
    };
    let azimuth = |point: Vector3| (point[0] - from[0]).atan2(point[1] - from[1]);
    let aim = match scenario.interpretation.illumination_mean {
        IlluminationMean::SeenScatterer => {
            let index = (rng.random::<f64>() * lit.len() as f64) as usize;
            lit.get(index).map_or(0.0, |scatterer| azimuth(scatterer.place))
        }
        IlluminationMean::OtherEnd => azimuth(other_end),
    };
    let off = |scatterer: &Scatterer| {
        let turns = (azimuth(scatterer.place) - aim) / std::f64::consts::TAU;
        (turns - turns.round()).abs() * std::f64::consts::TAU
    };
    weights.extend(lit.iter().map(|scatterer| {
        let deviation = off(scatterer) / spread;
        match scenario.interpretation.illumination_shape {
            IlluminationShape::Gaussian => (-0.5 * deviation * deviation).exp(),
            IlluminationShape::Window => f64::from(u8::from(deviation <= 3f64.sqrt())),
        }
    }));
    let total: f64 = weights.iter().sum();
    if total > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= total);
        return;
    }
    // Nothing within the beam: the scatterer next to it takes all, so that the power asked for is carried.
    let nearest = (0..lit.len()).min_by(|&a, &b| off(&lit[a]).total_cmp(&off(&lit[b])));
    if let Some(weight) = nearest.and_then(|index| weights.get_mut(index)) {
        *weight = 1.0;
    }
}
