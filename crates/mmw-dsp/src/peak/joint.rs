//! Several targets at once: each is fitted to its bins with the others' echoes taken away, in turn.

use super::likelihood::Bins;
use super::newton::{Fit, Model};
use super::patch::{Patch, PatchAxis, Tone};
use super::refine::{CLUTTER_CELLS, PeakRefiner};
use mmw_core::C64;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::f64::consts::{PI, TAU};

/// Rounds before giving up. Two equal targets 3 cells apart take 6.
const ROUNDS: usize = 50;
/// What others' leakage has changed by since a target was fitted matters from this share of the noise power
/// on: less moves the estimate by less than a hundredth of its standard deviation.
const SETTLED: f64 = 1e-4;
/// Nor are smaller relative changes of an echo told apart: the rounding of an `f32` transform.
const ROUNDING: f64 = 1e-7;
/// With less than this share of other targets' energy on its bins, a fit alone is pulled by a
/// fraction of a bin.
const PULLED: f64 = 1e-3;
/// Leakage of less energy than this share of the noise power moves an estimate by less than a tenth of its
/// standard deviation.
pub(super) const NEGLIGIBLE: f64 = 0.01;
/// Distances for which the leakage is tabulated, bins; farther away it is no greater.
const LEAKAGE_BINS: usize = 1024;
/// Spacing of the search near zero velocity, cells: a fifth of the main lobe of white bins.
const SEARCH_CELLS: f64 = 0.25;

/// Slow targets whose fits alone stand nearer than this, cells, are one: two would pull each other apart.
const TWIN_CELLS: f64 = 0.25;

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
    /// Next to beat frequency zero or to half the sampling rate of real samples: searched for with its image.
    pub(super) beside_image: bool,
    /// No maximum of its own: it enters when those that have one are fitted.
    pub(super) late: bool,
    /// From the middle of the patch.
    pub(super) offsets: [f64; 2],
    /// Of the tone that has no phase at the middle of the patch.
    pub(super) amplitudes: Vec<C64>,
    pub(super) fit: Fit,
    /// The bins without the other targets.
    pub(super) residual: Option<Bins>,
}

impl Target<'_> {
    pub(super) fn whiten(&mut self, scale: f64) {
        self.bins.whiten([&self.patches[0], &self.patches[1]], scale);
        self.amplitudes.iter_mut().for_each(|a| *a /= scale);
    }

    pub(super) fn fit_alone(&mut self, plan: &PeakRefiner) {
        if self.beside_image {
            return self.fit_with_image(plan, self.bins.clone());
        }
        let fit = {
            let model = self.model(plan);
            let start = if self.slow { self.searched(plan, &model, &self.bins) } else { self.offsets };
            model.maximise(&self.bins, start)
        };
        self.take(fit);
    }

    /// Searched for together with its image, which is then taken from `bins`.
    fn fit_with_image(&mut self, plan: &PeakRefiner, mut bins: Bins) {
        self.search_with_image(plan, &bins);
        self.subtract_image(plan, self, &mut bins);
        let fit = self.model(plan).maximise(&bins, self.offsets);
        self.take(fit);
        self.residual = Some(bins);
    }

    pub(super) fn model<'b>(&'b self, plan: &'b PeakRefiner) -> Model<'b> {
        Model {
            axes: [&plan.range, &plan.doppler],
            patches: [&self.patches[0], &self.patches[1]],
            bounds: self.bounds,
        }
    }

    fn take(&mut self, fit: Fit) {
        self.offsets = fit.offsets;
        self.amplitudes = fit.likelihood.amplitudes();
        self.fit = fit;
    }

    /// How much of its echo anywhere a new fit changes, in energy: a slope of a response is at most π of its
    /// height per bin.
    fn change(&self, fit: &Fit) -> f64 {
        let amplitudes = fit.likelihood.amplitudes();
        let difference = self.amplitudes.iter().zip(&amplitudes).map(|(old, new)| (new - old).norm_sqr());
        let moved = [0, 1].map(|axis| PI * (fit.offsets[axis] - self.offsets[axis]));
        difference.sum::<f64>() / self.power().max(f64::MIN_POSITIVE)
            + moved[0] * moved[0]
            + moved[1] * moved[1]
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

    pub(super) fn position(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.middle[axis] + self.offsets[axis])
    }

    /// What the fit leaves of `bins`, a degree of freedom.
    fn noise_power(&self, bins: &Bins) -> f64 {
        let freedom = self.patches[0].freedom * self.patches[1].freedom * self.amplitudes.len();
        self.fit.left(bins) / freedom as f64
    }

    fn power(&self) -> f64 {
        self.amplitudes.iter().map(|a| a.norm_sqr()).sum()
    }
}

/// Another target, or an image, whose leakage matters.
struct Neighbour {
    of: usize,
    image: bool,
    /// At most so much.
    energy: f64,
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
    if targets.len() < 2 && plan.image.is_none() {
        return;
    }
    let left = |t: &Target<'_>| t.noise_power(t.residual.as_ref().unwrap_or(&t.bins));
    let mut noise = targets.iter().map(left).fold(f64::INFINITY, f64::min);
    for target in targets.iter_mut().filter(|t| t.beside_image) {
        target.late = plan.is_image(target.position()[0]);
    }
    let neighbours = neighbours(plan, targets, noise);
    let twins: Vec<bool> = (0..targets.len()).map(|i| is_twin(plan, targets, &starts, i)).collect();
    let mut order: Vec<usize> = (0..targets.len()).filter(|&i| !neighbours[i].is_empty()).collect();
    // Where the offset was taken the amplitude of a target next to it says little.
    let own = |i: usize| if plan.image.is_some() { targets[i].fit.likelihood.energy } else { 1.0 };
    let rank = |i: usize| ((twins[i], targets[i].late), -targets[i].power() * own(i));
    order.sort_by(|&a, &b| rank(a).0.cmp(&rank(b).0).then(rank(a).1.total_cmp(&rank(b).1)));
    // Fits that neighbours have pulled are a worse start than the maxima of the tapered spectrum. Near zero
    // velocity those may stand for clutter, so that such targets enter when they have been fitted.
    let mut entered = vec![true; targets.len()];
    for &i in &order {
        let target = &mut targets[i];
        let others = neighbours[i].iter().filter(|n| !(target.beside_image && n.of == i));
        let pulled =
            others.map(|n| n.energy).sum::<f64>() > PULLED * target.power() * target.fit.likelihood.energy;
        entered[i] = !(target.slow || target.late || target.beside_image && pulled);
        if target.late {
            target.offsets = starts[i].0;
        } else if !(target.slow || target.beside_image) && pulled {
            (target.offsets, target.amplitudes) = starts[i].clone();
        }
    }
    // Relative change of the echo of `b` since `a` was fitted, at `[a][b]`, in energy.
    let mut changed = vec![vec![f64::INFINITY; targets.len()]; targets.len()];
    for round in 0..ROUNDS {
        let mut settled = true;
        for &i in &order {
            let stale = |n: &Neighbour| {
                changed[i][n.of] > ROUNDING * ROUNDING && changed[i][n.of] * n.energy > SETTLED * noise
            };
            if !neighbours[i].iter().any(stale) {
                continue;
            }
            settled = false;
            let bins = without(plan, targets, i, neighbours[i].iter().filter(|n| entered[n.of]));
            if targets[i].beside_image && !entered[i] {
                targets[i].fit_with_image(plan, bins);
                noise = noise.min(left(&targets[i]));
                entered[i] = true;
                changed.iter_mut().for_each(|of| of[i] = f64::INFINITY);
                continue;
            }
            let fit = {
                let target = &targets[i];
                let model = target.model(plan);
                let search = target.slow && round == 0;
                model.maximise(
                    &bins,
                    if search { target.searched(plan, &model, &bins) } else { target.offsets },
                )
            };
            let change = targets[i].change(&fit);
            targets[i].take(fit);
            noise = noise.min(targets[i].noise_power(&bins));
            targets[i].residual = Some(bins);
            entered[i] = true;
            changed[i].fill(0.0);
            changed.iter_mut().for_each(|of| of[i] += change);
        }
        if settled {
            break;
        }
    }
}

/// Whether a slow target, fitted alone, is one that was looked for in a stronger cell, too: a notch leaves
/// both slopes of one mover, of which the weaker must not take it.
fn is_twin(
    plan: &PeakRefiner,
    targets: &[Target<'_>],
    starts: &[([f64; 2], Vec<C64>)],
    index: usize,
) -> bool {
    let own = &targets[index];
    if !own.slow {
        return false;
    }
    let power = |i: usize| starts[i].1.iter().map(|a| a.norm_sqr()).sum::<f64>();
    let cells = [&plan.range, &plan.doppler].map(PatchAxis::bins_a_cell);
    let same = |other: &Target<'_>| {
        let (a, b) = (own.position(), other.position());
        (0..2).all(|axis| (a[axis] - b[axis]).abs() < TWIN_CELLS * cells[axis])
    };
    let before = |i: usize| (power(i), index).partial_cmp(&(power(index), i)) == Some(Ordering::Greater);
    let others = targets.iter().enumerate().filter(|&(i, other)| i != index && other.slow && same(other));
    others.map(|(i, _)| i).any(before)
}

/// For each target the others whose leakage into its bins matters, with its energy there at most.
fn neighbours(plan: &PeakRefiner, targets: &[Target<'_>], noise: f64) -> Vec<Vec<Neighbour>> {
    let near = (CLUTTER_CELLS * plan.doppler.bins_a_cell()).ceil();
    let bound = |a: &Target<'_>, place: [f64; 2]| {
        let energy = [(0, 0.0), (1, if a.slow { near } else { 0.0 })].map(|(axis, wider)| {
            let fft = [plan.range.fft, plan.doppler.fft][axis] as f64;
            let apart = place[axis] - a.middle[axis];
            let apart = (apart - (apart / fft).round() * fft).abs();
            let table = &plan.leakage[axis];
            let bin = (apart - 1.0 - wider).max(0.0) as usize;
            table[bin.min(table.len() - 1)]
        });
        energy[0] * energy[1]
    };
    let of = |a: usize| {
        let leak = |of: usize, image: bool| {
            let place = targets[of].position().map(|bins| if image { -bins } else { bins });
            Neighbour { of, image, energy: targets[of].power() * bound(&targets[a], place) }
        };
        let others = (0..targets.len()).filter(|&b| b != a).map(|b| leak(b, false));
        let images = (0..targets.len()).filter(|_| plan.image.is_some()).map(|b| leak(b, true));
        others.chain(images).filter(|n| n.energy > NEGLIGIBLE * noise).collect()
    };
    (0..targets.len()).map(of).collect()
}

fn without<'a>(
    plan: &PeakRefiner,
    targets: &[Target<'_>],
    index: usize,
    others: impl Iterator<Item = &'a Neighbour>,
) -> Bins {
    let mut bins = targets[index].bins.clone();
    for other in others {
        let (target, of) = (&targets[index], &targets[other.of]);
        match other.image {
            true => target.subtract_image(plan, of, &mut bins),
            false => subtract(plan, target, of, &mut bins),
        }
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

/// Power of the other targets in the cell where this one was looked for, summed over channels, and which of
/// them leaves most there.
pub(super) fn leakage_power(
    plan: &PeakRefiner,
    targets: &[Target<'_>],
    index: usize,
) -> (f64, Option<usize>) {
    let cell = targets[index].cell;
    let mut sum = vec![C64::default(); targets[index].amplitudes.len()];
    let mut most = (0.0, None);
    let images: &[bool] = if plan.image.is_some() { &[false, true] } else { &[false] };
    for (other, target) in targets.iter().enumerate().filter(|&(other, _)| other != index) {
        for &image in images {
            let sign = if image { -1.0 } else { 1.0 };
            let position = target.position();
            let mut response = plan.range_response(sign * position[0], cell[0])
                * plan.doppler.response.value(sign * position[1] - cell[1]);
            let mut turns = 0.0;
            for (axis, plan) in [&plan.range, &plan.doppler].into_iter().enumerate() {
                turns += (sign * target.middle[axis] - cell[axis]) * plan.centre / plan.fft as f64;
            }
            response *= C64::cis(TAU * turns);
            match plan.image.as_ref().filter(|_| image) {
                Some(image) => {
                    image.of(&target.amplitudes).zip(&mut sum).for_each(|(a, sum)| *sum += a * response)
                }
                None => sum.iter_mut().zip(&target.amplitudes).for_each(|(sum, a)| *sum += a * response),
            }
            let own = target.power() * response.norm_sqr();
            if own > most.0 {
                most = (own, Some(other));
            }
        }
    }
    (sum.iter().map(|z| z.norm_sqr()).sum(), most.1)
}
