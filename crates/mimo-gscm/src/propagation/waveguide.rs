//! Waveguides: power couples in, spreads over modes of unequal strength, couples out.

use super::roof_edge::profiles;
use super::scene::{Scatterer, Scene, illuminate, place, ray};
use crate::path::{Coupling, DirectModes, GuideTerm, Ray, Realisation};
use crate::phasor::{fill_phasors, fill_random_phasors};
use crate::scenario::{
    Amplitudes, Dispersion, EigenvalueProfile, Eigenvalues, Guide, GuideCoupling, Scenario, TapMatrices,
    coupling_sums, power,
};
use mmw_core::C64;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::Vector3;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::fill_standard_normal;
use mmw_core::simd::Level;

/// Vertical modes weaker than this share are left out: the vertical rank is exactly one for Table 1.
const WEAKEST_VERTICAL: f64 = 1e-9;
/// Vertical modes at most.
const MOST_VERTICAL: usize = 16;

/// Adds the terms of guide `index`, which carries `total` in all; `wide` resolves its delays.
#[expect(clippy::too_many_arguments, reason = "one process needs all of them, and it is private")]
pub(super) fn add<R: Rng + ?Sized>(
    scenario: &Scenario,
    plan: &Plan,
    index: usize,
    total: f64,
    wide: bool,
    scene: &mut Scene,
    spare: &mut Vec<GuideTerm>,
    out: &mut Realisation,
    rng: &mut R,
) {
    let Some(guide) = scenario.guides.get(index) else { return };
    let mouth = place(scenario, guide.mouth, scenario.mobile_m[2], rng);
    let (near, far) = (ray(scenario.base_m, mouth), ray(scenario.mobile_m, mouth));
    let straight_s = (near.distance_m + far.distance_m) / SPEED_OF_LIGHT_M_S;
    let dispersive = wide && guide.decay_s > 0.0;
    let taps = if dispersive { guide.taps } else { 1 };
    let decay_s = match scenario.interpretation.dispersion {
        Dispersion::Power => guide.decay_s,
        Dispersion::Amplitude => 0.5 * guide.decay_s,
    };
    let first = out.guides.len();
    for tap in 0..taps {
        let mut term = spare.pop().unwrap_or_default();
        let shared = scenario.interpretation.tap_matrices == TapMatrices::Shared;
        match out.guides.get(first) {
            Some(template) if tap > 0 && shared => {
                term.clone_from(template);
                turn(&mut term, rng.random::<f64>());
            }
            _ => {
                term.guide = index;
                plan.fill_strengths(total / taps as f64, &mut term.strengths, rng);
                couple_base(scenario, plan, index, mouth, near, scene, &mut term, rng);
                couple_mobile(scenario, plan, index, mouth, far, scene, &mut term, rng);
            }
        }
        // Powers fall as exp(-τ/ν): equal powers at delays of that density.
        let extra_s = if dispersive { -decay_s * (1.0 - rng.random::<f64>()).ln() } else { 0.0 };
        term.delay_s = straight_s + extra_s;
        out.guides.push(term);
    }
}

/// Turns the phase of a whole term.
fn turn(term: &mut GuideTerm, turns: f64) {
    let phase = crate::phasor::phasor(turns);
    match &mut term.entry.direct {
        DirectModes::PlaneWaves { weights, .. } => weights.iter_mut().for_each(|w| *w *= phase),
        // The sign is all that a real amplitude leaves free.
        DirectModes::Independent { amplitude, .. } if turns >= 0.5 => *amplitude = -*amplitude,
        _ => {}
    }
    let weights = term.entry.weights_re.iter_mut().zip(&mut term.entry.weights_im);
    for (re, im) in weights {
        let z = C64::new(*re, *im) * phase;
        (*re, *im) = (z.re, z.im);
    }
}

/// What every draw of one guide has in common.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// `√λ` of each mode for a guide of power 1; vertical modes follow each other in blocks of horizontal
    /// ones.
    strengths: Vec<f64>,
    /// Whether the horizontal eigenvalues are drawn anew each time.
    random: bool,
    /// Shares of what goes in directly, by scatterers at the base station, by each far cluster; sum 1.
    entry: [f64; 3],
    /// Shares of what goes out directly, by scatterers at the mobile station; sum 1.
    exit: [f64; 2],
}

impl Plan {
    pub(super) fn new(scenario: &Scenario, index: usize, guide: &Guide) -> Self {
        let [horizontal, vertical] = profiles(guide, &scenario.interpretation);
        let random = scenario.interpretation.eigenvalues == Eigenvalues::Independent
            && matches!(horizontal, EigenvalueProfile::Exponential { .. });
        let rows = vertical_modes(vertical);
        let row_sum: f64 = (0..rows).map(|j| profile(vertical, j)).sum();
        let column_sum: f64 = (0..guide.modes).map(|i| profile(horizontal, i)).sum();
        let column = |i| if random { 1.0 / guide.modes as f64 } else { profile(horizontal, i) / column_sum };
        let strength = |j, i| f64::sqrt(profile(vertical, j) / row_sum * column(i));
        let strengths = (0..rows).flat_map(|j| (0..guide.modes).map(move |i| (j, i)));
        // The power of the guide is taken apart from its couplings, so the shares sum to one here.
        let [into, out_of] = coupling_sums(scenario, index);
        let entries = [guide.base_direct_db, guide.base_scatter_db, guide.far_cluster_db];
        let exits = [guide.mobile_direct_db, guide.mobile_scatter_db];
        Self {
            strengths: strengths.map(|(j, i)| strength(j, i)).collect(),
            random,
            entry: entries.map(|db| power(db) / into),
            exit: exits.map(|db| power(db) / out_of),
        }
    }

    fn fill_strengths<R: Rng + ?Sized>(&self, total: f64, out: &mut Vec<f64>, rng: &mut R) {
        let amplitude = total.sqrt();
        out.clear();
        out.extend(self.strengths.iter().map(|strength| strength * amplitude));
        if self.random {
            out.iter_mut().for_each(|x| *x *= (-(1.0 - rng.random::<f64>()).ln()).sqrt());
        }
    }
}

fn profile(profile: EigenvalueProfile, index: usize) -> f64 {
    match profile {
        EigenvalueProfile::Flat => 1.0,
        EigenvalueProfile::Exponential { scale } => (-(index as f64) / scale).exp(),
    }
}

fn vertical_modes(vertical: EigenvalueProfile) -> usize {
    (1..MOST_VERTICAL).take_while(|&j| profile(vertical, j) > WEAKEST_VERTICAL).count() + 1
}

#[expect(clippy::too_many_arguments, reason = "one process needs all of them, and it is private")]
fn couple_base<R: Rng + ?Sized>(
    scenario: &Scenario,
    plan: &Plan,
    index: usize,
    mouth: Vector3,
    seen: Ray,
    scene: &mut Scene,
    term: &mut GuideTerm,
    rng: &mut R,
) {
    let Some(guide) = scenario.guides.get(index) else { return };
    let (modes, columns) = (term.strengths.len(), guide.modes);
    let [direct, base, far] = plan.entry;
    couple_direct(
        scenario,
        seen,
        direct,
        guide.base_spread_rad,
        [modes, columns],
        scene,
        &mut term.entry,
        rng,
    );
    let entry = &mut term.entry;
    if base > 0.0 {
        let list = std::mem::take(&mut scene.base);
        let spread_rad = guide.base_illumination_rad;
        illuminate(scenario, mouth, scenario.base_m, &list, spread_rad, &mut scene.weights, rng);
        couple_scatterers(scenario, base, &list, |s| s.from_base, modes, scene, entry, rng);
        scene.base = list;
    }
    for cluster in 0..scene.far.len() {
        if far > 0.0 {
            let list = std::mem::take(&mut scene.far[cluster]);
            scene.weights.clear();
            scene.weights.resize(list.len(), 1.0 / list.len() as f64);
            couple_scatterers(scenario, far, &list, |s| s.from_base, modes, scene, entry, rng);
            scene.far[cluster] = list;
        }
    }
    trim(entry, modes);
}

#[expect(clippy::too_many_arguments, reason = "one process needs all of them, and it is private")]
fn couple_mobile<R: Rng + ?Sized>(
    scenario: &Scenario,
    plan: &Plan,
    index: usize,
    mouth: Vector3,
    seen: Ray,
    scene: &mut Scene,
    term: &mut GuideTerm,
    rng: &mut R,
) {
    let Some(guide) = scenario.guides.get(index) else { return };
    let (modes, columns) = (term.strengths.len(), guide.modes);
    let [direct, scattered] = plan.exit;
    couple_direct(
        scenario,
        seen,
        direct,
        guide.mobile_spread_rad,
        [modes, columns],
        scene,
        &mut term.exit,
        rng,
    );
    if scattered > 0.0 {
        let list = std::mem::take(&mut scene.mobile);
        let spread_rad = guide.mobile_illumination_rad;
        illuminate(scenario, mouth, scenario.mobile_m, &list, spread_rad, &mut scene.weights, rng);
        couple_scatterers(scenario, scattered, &list, |s| s.from_mobile, modes, scene, &mut term.exit, rng);
        scene.mobile = list;
    }
    trim(&mut term.exit, modes);
}

/// Plane waves about the mouth, all modes of a vertical order at one elevation, or independent numbers.
#[expect(clippy::too_many_arguments, reason = "one process needs all of them, and it is private")]
fn couple_direct<R: Rng + ?Sized>(
    scenario: &Scenario,
    seen: Ray,
    share: f64,
    spread_rad: f64,
    [modes, columns]: [usize; 2],
    scene: &mut Scene,
    coupling: &mut Coupling,
    rng: &mut R,
) {
    coupling.mouth = seen;
    coupling.scatterers.clear();
    if share <= 0.0 {
        coupling.direct = DirectModes::Dark;
        return;
    }
    if scenario.interpretation.guide_coupling == GuideCoupling::IndependentModes {
        coupling.direct = DirectModes::Independent { seed: rng.next_u64(), amplitude: share.sqrt() };
        return;
    }
    let rows = modes / columns.max(1);
    scene.normals.resize(3 * modes + rows, 0.0);
    fill_standard_normal(&mut scene.normals, rng);
    let (normals, tilts) = scene.normals.split_at(3 * modes);
    let amplitude = (0.5 * share).sqrt();
    let (mut directions, mut weights) = match std::mem::replace(&mut coupling.direct, DirectModes::Dark) {
        DirectModes::PlaneWaves { directions, weights } => (directions, weights),
        _ => (Vec::new(), Vec::new()),
    };
    directions.clear();
    weights.clear();
    scene.turns.clear();
    let per_turn = spread_rad / std::f64::consts::TAU;
    scene.turns.extend(normals[2 * modes..].iter().map(|&z| per_turn * f64::from(z)));
    scene.re.resize(modes, 0.0);
    scene.im.resize(modes, 0.0);
    fill_phasors(Level::current(), &scene.turns, &mut scene.re, &mut scene.im);
    for (row, &tilt) in tilts.iter().enumerate() {
        let tilt_rad = if row == 0 { 0.0 } else { spread_rad * f64::from(tilt) };
        let [x, y, z] = tilted(seen.direction, tilt_rad);
        let modes = row * columns..(row + 1) * columns;
        // One azimuth for each horizontal mode, whatever the vertical one: the ranks stay apart.
        let phasors = scene.re.iter().zip(&scene.im).take(columns);
        directions.extend(phasors.map(|(cos, sin)| [x * cos + y * sin, y * cos - x * sin, z]));
        let (pairs, _) = normals[2 * modes.start..2 * modes.end].as_chunks();
        weights.extend(pairs.iter().map(|&[re, im]| C64::new(f64::from(re), f64::from(im)) * amplitude));
    }
    coupling.direct = DirectModes::PlaneWaves { directions, weights };
}

/// Cuts off weights that belong to no scatterer of this draw.
fn trim(coupling: &mut Coupling, modes: usize) {
    let end = coupling.scatterers.len() * modes;
    coupling.weights_re.truncate(end);
    coupling.weights_im.truncate(end);
}

/// A direction with its elevation changed.
fn tilted([x, y, z]: Vector3, tilt_rad: f64) -> Vector3 {
    let level = x.hypot(y);
    if tilt_rad == 0.0 || level == 0.0 {
        return [x, y, z];
    }
    let (sin, cos) = (z.atan2(level) + tilt_rad).sin_cos();
    [x / level * cos, y / level * cos, sin]
}

/// Appends scatterers with independent weights for all modes; `scene.weights` says how the share spreads.
#[expect(clippy::too_many_arguments, reason = "one process needs all of them, and it is private")]
fn couple_scatterers<R: Rng + ?Sized>(
    scenario: &Scenario,
    share: f64,
    scatterers: &[Scatterer],
    side: impl Fn(&Scatterer) -> Ray,
    modes: usize,
    scene: &mut Scene,
    coupling: &mut Coupling,
    rng: &mut R,
) {
    let start = coupling.scatterers.len() * modes;
    coupling.scatterers.extend(scatterers.iter().map(side));
    let end = coupling.scatterers.len() * modes;
    // What an earlier draw left beyond the end serves as memory until `trim` cuts it off.
    let length = coupling.weights_re.len().max(end);
    coupling.weights_re.resize(length, 0.0);
    coupling.weights_im.resize(length, 0.0);
    let (re, im) = (&mut coupling.weights_re[start..end], &mut coupling.weights_im[start..end]);
    let Scene { weights, bytes, .. } = scene;
    if scenario.interpretation.amplitudes == Amplitudes::EqualPower {
        let amplitudes = weights.iter().map(|weight| (share * weight).sqrt());
        return fill_random_phasors(amplitudes, modes, (re, im), bytes, rng);
    }
    fill_standard_normal(re, rng);
    fill_standard_normal(im, rng);
    let rows = re.chunks_exact_mut(modes).zip(im.chunks_exact_mut(modes));
    for ((re, im), &weight) in rows.zip(weights.iter()) {
        let amplitude = (share * weight * 0.5).sqrt();
        re.iter_mut().chain(im).for_each(|x| *x *= amplitude);
    }
}
