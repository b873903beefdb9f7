//! A quick look for one more tone in what the fit of a target leaves, before both are fitted together.

use super::likelihood::Bins;
use super::newton::Model;
use super::patch::{Patch, PatchAxis, Tone};
use super::refine::{Fitted, PeakRefiner};
use super::sums::{FEW, LANES, weighted};
use crate::wide::{Work, widest};
use mmw_core::C64;

/// A pair is fitted where one more tone beside the one that is fitted takes this share of what it leaves
/// beside noise. Targets 2.5 to 4 bins apart and up to 20 dB weaker take at least 0.96 of it (in the 3000
/// pairs of the tests); motion through 1.3 range cells, unequal paths to the antennas and neighbours within
/// the patch left a tone 0.02 to 0.40.
const TAKEN: f64 = 0.5;
/// What a tone half a bin off on both axes leaves of its energy in the nearest bin, `sinc⁴(1/2)`.
const SCALLOP: f64 = 0.164;
/// The own cell of a target and those beside it are not looked at.
const OWN_BINS: isize = 1;
/// A tone that is nearly the fitted one has no direction of its own: less than this share of its energy.
const LEAST_OWN: f64 = 1e-3;

/// White tones at the bins of a patch.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    offsets: Vec<isize>,
    tones: Vec<Vec<C64>>,
    energy: Vec<f64>,
}

impl Grid {
    pub(super) fn new(axis: &PatchAxis, patch: &Patch) -> Self {
        let reach = axis.half_width as isize;
        let mut tone = Tone::default();
        let mut grid = Self { offsets: (-reach..=reach).collect(), tones: Vec::new(), energy: Vec::new() };
        for &offset in &grid.offsets {
            patch.tone_at(axis, offset as f64, &mut tone);
            grid.tones.push(tone.values[0].clone());
            grid.energy.push(tone.energy[0]);
        }
        grid
    }
}

impl PeakRefiner {
    /// Whether one more tone takes enough of what the fit of a target leaves, beside noise of this power,
    /// for both to be fitted together: with both amplitudes free in each channel, and the place of the
    /// first as it is.
    pub(super) fn takes_enough(&self, fitted: &Fitted<'_>, of: usize, noise_power: f64) -> bool {
        let Some(target) = fitted.targets.get(of) else { return false };
        let patches: [&Patch; 2] = [&target.patches[0], &target.patches[1]];
        if !(std::ptr::eq(patches[0], &self.range_patch) && std::ptr::eq(patches[1], &self.doppler_patch)) {
            return true;
        }
        let bins = target.residual.as_ref().unwrap_or(&target.bins);
        let own = &target.fit.tones;
        let freedom = (patches[0].freedom * patches[1].freedom - 1) * bins.channels;
        let noise = noise_power / (fitted.scale * fitted.scale) * freedom as f64;
        let excess = target.fit.left(bins) - noise;
        let mut left = bins.clone();
        left.subtract(&target.amplitudes, [&own[0].values[0], &own[1].values[0]]);
        let (coarse, start) = self.strongest_left(&left, own);
        if coarse < TAKEN * SCALLOP * excess {
            return false;
        }
        let model = Model {
            axes: [&self.range, &self.doppler],
            patches,
            bounds: start.map(|bin| [bin - 1.0, bin + 1.0]),
        };
        let fit = model.maximise(&left, start);
        let overlap = inner(&own[0], &fit.tones[0].values[0]) * inner(&own[1], &fit.tones[1].values[0]);
        let power: f64 = fit.likelihood.responses.iter().map(|g| g.norm_sqr()).sum();
        power >= TAKEN * excess * own_energy(own, fit.likelihood.energy, overlap)
    }

    /// What one more tone takes at the bin where it takes most, and that bin.
    fn strongest_left(&self, left: &Bins, own: &[Tone; 2]) -> (f64, [f64; 2]) {
        let [range, doppler] = &self.grid;
        let powers = widest(Scan { left, range: &range.tones, doppler: &doppler.tones });
        let overlaps = |axis: usize| -> Vec<C64> {
            self.grid[axis].tones.iter().map(|tone| inner(&own[axis], tone)).collect()
        };
        let (across, along) = (overlaps(0), overlaps(1));
        let mut most = (f64::NEG_INFINITY, [0.0; 2]);
        for (d, powers) in powers.chunks_exact(range.offsets.len()).enumerate() {
            for (r, power) in powers.iter().enumerate() {
                if range.offsets[r].abs() <= OWN_BINS && doppler.offsets[d].abs() <= OWN_BINS {
                    continue;
                }
                let taken =
                    power / own_energy(own, range.energy[r] * doppler.energy[d], across[r] * along[d]);
                if taken > most.0 {
                    most = (taken, [range.offsets[r] as f64, doppler.offsets[d] as f64]);
                }
            }
        }
        most
    }
}

/// Energy of a tone that another one, which it overlaps with, cannot take.
fn own_energy(other: &[Tone; 2], energy: f64, overlap: C64) -> f64 {
    let shared = overlap.norm_sqr() / (other[0].energy[0] * other[1].energy[0]).max(f64::MIN_POSITIVE);
    (energy - shared).max(LEAST_OWN * energy).max(f64::MIN_POSITIVE)
}

fn inner(a: &Tone, b: &[C64]) -> C64 {
    a.values[0].iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

/// `Σ_c |s_rᴴ Z_c s_d*|²` for all pairs of tones, `[Doppler, range]`.
struct Scan<'a> {
    left: &'a Bins,
    range: &'a [Vec<C64>],
    doppler: &'a [Vec<C64>],
}

impl Work for Scan<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run(self) -> Vec<f64> {
        let Self { left: Bins { width, line, re, im, .. }, range, doppler } = self;
        let mut powers = Vec::with_capacity(range.len() * doppler.len());
        let mut partial = [vec![0.0; *line], vec![0.0; *line]];
        for tone in doppler {
            let [to_re, to_im] = &mut partial;
            for start in (0..*line).step_by(LANES) {
                let sums = weighted::<LANES>([re, im], *line, start, tone.iter().copied());
                to_re[start..start + LANES].copy_from_slice(&sums[0]);
                to_im[start..start + LANES].copy_from_slice(&sums[1]);
            }
            for tone in range {
                let mut power = [0.0; FEW];
                for start in (0..*width).step_by(FEW) {
                    let [re, im] = weighted::<FEW>([to_re, to_im], *width, start, tone.iter().copied());
                    for l in 0..FEW {
                        power[l] += re[l] * re[l] + im[l] * im[l];
                    }
                }
                powers.push(power.iter().sum());
            }
        }
        powers
    }
}
