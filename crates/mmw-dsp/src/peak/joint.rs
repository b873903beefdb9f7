//! Several targets at once: each is fitted to its bins with the others' echoes taken away, in turn.

use super::likelihood::Bins;
use super::newton::{Fit, Model};
use super::patch::{Patch, PatchAxis, Tone};
use super::refine::{CLUTTER_CELLS, PeakRefiner};
use mmw_core::C64;
use std::borrow::Cow;
use std::f64::consts::TAU;

/// Rounds before giving up. Two equal targets 3 cells apart take 6.
const ROUNDS: usize = 50;
/// A round in which no target moves by more ends the iteration, bins.
const TOLERANCE_BINS: f64 = 1e-7;
/// Leakage of less energy than this share of the noise power moves an estimate by less than a tenth of its
/// standard deviation.
const NEGLIGIBLE: f64 = 0.01;
/// Distances for which the leakage is tabulated, bins; farther away it is no greater.
const LEAKAGE_BINS: usize = 1024;
/// Spacing of the search near zero velocity, cells: a fifth of the main lobe of white bins.
const SEARCH_CELLS: f64 = 0.25;

/// One target on its way from a cell to an estimate.
pub(super) struct Target<'a> {
    /// The cell where it was looked for and the middle of its patch, signed bins.
    pub(super) cell: [f64; 2],
    pub(super) middle: [f64; 2],
    pub(super) patches: [Cow<'a, Patch>; 2],
    pub(super) bins: Bins,
    pub(super) bounds: [[f64; 2]; 2],
    /// Near zero velocity, where the start is searched for.
    pub(super) slow: bool,
    /// From the middle of the patch.
    pub(super) offsets: [f64; 2],
    /// Of the tone that has no phase at the middle of the patch.
    pub(super) amplitudes: Vec<C64>,
    pub(super) fit: Option<Fit>,
    /// The bins without the other targets.
    pub(super) residual: Option<Bins>,
}

impl Target<'_> {
    pub(super) fn whiten(&mut self, scale: f64) {
        self.bins.whiten([&self.patches[0], &self.patches[1]], scale);
        self.amplitudes.iter_mut().for_each(|a| *a /= scale);
    }

    pub(super) fn fit_alone(&mut self, plan: &PeakRefiner) {
        let fit = {
            let model = self.model(plan);
            let start = if self.slow { self.searched(plan, &model, &self.bins) } else { self.offsets };
            model.maximise(&self.bins, start)
        };
        self.take(fit);
    }

    fn model<'b>(&'b self, plan: &'b PeakRefiner) -> Model<'b> {
        Model {
            axes: [&plan.range, &plan.doppler],
            patches: [&self.patches[0], &self.patches[1]],
            bounds: self.bounds,
        }
    }

    fn take(&mut self, fit: Fit) {
        self.offsets = fit.offsets;
        self.amplitudes = fit.likelihood.amplitudes();
        self.fit = Some(fit);
    }

    /// The most likely of a row of Doppler offsets; zero itself is never among them.
    fn searched(&self, plan: &PeakRefiner, model: &Model<'_>, bins: &Bins) -> [f64; 2] {
        let step = SEARCH_CELLS * plan.doppler.bins_a_cell();
        let count = (CLUTTER_CELLS / SEARCH_CELLS) as i32;
        let mut tones = [Tone::default(), Tone::default()];
        let candidates = (-count..count).map(|i| [self.offsets[0], (f64::from(i) + 0.5) * step]);
        let valued = candidates.map(|at| (model.evaluate(bins, at, &mut tones).value, at));
        valued.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(self.offsets, |(_, at)| at)
    }

    fn position(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.middle[axis] + self.offsets[axis])
    }

    fn power(&self) -> f64 {
        self.amplitudes.iter().map(|a| a.norm_sqr()).sum()
    }
}

/// Most energy that a tone at least 0, 1, 2, … bins from the middle of a patch has on it.
pub(super) fn leakage(axis: &PatchAxis, patch: &Patch) -> Vec<f64> {
    let mut tone = Tone::default();
    let mut energy: Vec<f64> = (0..=(axis.fft / 2).min(LEAKAGE_BINS))
        .map(|bin| {
            let at = [-0.5, 0.0, 0.5].map(|half| {
                patch.tone_at(axis, bin as f64 + half, &mut tone);
                tone.energy[0]
            });
            at.into_iter().fold(0.0, f64::max)
        })
        .collect();
    for bin in (1..energy.len()).rev() {
        energy[bin - 1] = energy[bin - 1].max(energy[bin]);
    }
    energy
}

/// Fits all targets, each alone if no other matters to it.
pub(super) fn fit(plan: &PeakRefiner, targets: &mut [Target<'_>]) {
    let starts: Vec<([f64; 2], Vec<C64>)> =
        targets.iter().map(|t| (t.offsets, t.amplitudes.clone())).collect();
    for target in targets.iter_mut() {
        target.fit_alone(plan);
    }
    if targets.len() < 2 {
        return;
    }
    let neighbours = neighbours(plan, targets);
    let mut order: Vec<usize> = (0..targets.len()).filter(|&i| !neighbours[i].is_empty()).collect();
    order.sort_by(|&a, &b| targets[b].power().total_cmp(&targets[a].power()));
    // Fits that neighbours have pulled are a worse start than the maxima of the tapered spectrum. Near zero
    // velocity those may stand for clutter, so that such targets enter when they have been fitted.
    let mut entered = vec![true; targets.len()];
    for &i in &order {
        if targets[i].slow {
            entered[i] = false;
        } else {
            (targets[i].offsets, targets[i].amplitudes) = starts[i].clone();
        }
    }
    for round in 0..ROUNDS {
        let mut moved = 0.0_f64;
        for &i in &order {
            let others = neighbours[i].iter().copied().filter(|&b| entered[b]);
            let bins = without(plan, targets, i, others);
            let before = targets[i].offsets;
            let fit = {
                let model = targets[i].model(plan);
                let search = targets[i].slow && round == 0;
                let start = if search { targets[i].searched(plan, &model, &bins) } else { before };
                model.maximise(&bins, start)
            };
            targets[i].take(fit);
            targets[i].residual = Some(bins);
            entered[i] = true;
            for (now, before) in targets[i].offsets.iter().zip(before) {
                moved = moved.max((now - before).abs());
            }
        }
        if moved < TOLERANCE_BINS && round > 0 {
            break;
        }
    }
}

/// For each target the others whose leakage into its bins matters.
fn neighbours(plan: &PeakRefiner, targets: &[Target<'_>]) -> Vec<Vec<usize>> {
    let noise = targets.iter().map(|t| noise_power(plan, t)).fold(f64::INFINITY, f64::min);
    let near = (CLUTTER_CELLS * plan.doppler.bins_a_cell()).ceil();
    let bound = |a: &Target<'_>, b: &Target<'_>| {
        let energy = [(0, 0.0), (1, if a.slow { near } else { 0.0 })].map(|(axis, wider)| {
            let fft = [plan.range.fft, plan.doppler.fft][axis] as f64;
            let apart = b.position()[axis] - a.middle[axis];
            let apart = (apart - (apart / fft).round() * fft).abs();
            let table = &plan.leakage[axis];
            let bin = (apart - 1.0 - wider).max(0.0) as usize;
            table[bin.min(table.len() - 1)]
        });
        energy[0] * energy[1]
    };
    let of = |a: usize| {
        let others = (0..targets.len()).filter(|&b| b != a);
        others
            .filter(|&b| targets[b].power() * bound(&targets[a], &targets[b]) > NEGLIGIBLE * noise)
            .collect()
    };
    (0..targets.len()).map(of).collect()
}

/// What the fit leaves, a degree of freedom.
fn noise_power(plan: &PeakRefiner, target: &Target<'_>) -> f64 {
    let mut left = target.bins.clone();
    subtract(plan, target, target, &mut left);
    let freedom = target.patches[0].freedom * target.patches[1].freedom * target.amplitudes.len();
    left.energy() / freedom as f64
}

fn without(
    plan: &PeakRefiner,
    targets: &[Target<'_>],
    index: usize,
    others: impl Iterator<Item = usize>,
) -> Bins {
    let mut bins = targets[index].bins.clone();
    for other in others {
        subtract(plan, &targets[index], &targets[other], &mut bins);
    }
    bins
}

/// Takes the echo of `other` out of the bins of `target`.
fn subtract(plan: &PeakRefiner, target: &Target<'_>, other: &Target<'_>, bins: &mut Bins) {
    let position = other.position();
    let axes = [&plan.range, &plan.doppler];
    let tones =
        [0, 1].map(|axis| target.patches[axis].values_at(axes[axis], position[axis] - target.middle[axis]));
    let turns: f64 = (0..2)
        .map(|axis| (other.middle[axis] - target.middle[axis]) * axes[axis].centre / axes[axis].fft as f64)
        .sum();
    let phase = C64::cis(TAU * turns);
    let amplitudes: Vec<C64> = other.amplitudes.iter().map(|a| a * phase).collect();
    bins.subtract(&amplitudes, [&tones[0], &tones[1]]);
}

/// Power of the other targets in the cell where this one was looked for, summed over channels.
pub(super) fn leakage_power(plan: &PeakRefiner, targets: &[Target<'_>], index: usize) -> f64 {
    let cell = targets[index].cell;
    let mut sum = vec![C64::default(); targets[index].amplitudes.len()];
    for (other, target) in targets.iter().enumerate() {
        if other == index {
            continue;
        }
        let position = target.position();
        let mut response = C64::new(1.0, 0.0);
        let mut turns = 0.0;
        for (axis, plan) in [&plan.range, &plan.doppler].into_iter().enumerate() {
            response *= plan.response.value(position[axis] - cell[axis]);
            turns += (target.middle[axis] - cell[axis]) * plan.centre / plan.fft as f64;
        }
        response *= C64::cis(TAU * turns);
        sum.iter_mut().zip(&target.amplitudes).for_each(|(sum, a)| *sum += a * response);
    }
    sum.iter().map(|z| z.norm_sqr()).sum()
}
