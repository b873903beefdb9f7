//! The maximum of the likelihood of one target.

use super::likelihood::{Bins, Likelihood};
use super::patch::{Patch, PatchAxis, Tone};

/// Steps of Newton's method before giving up; 2 to 4 are usual.
const ITERATIONS: usize = 30;
/// A step below this many bins ends the iteration: Newton's method converges quadratically, so that what
/// is left after it is of the order of its square, 1e-10, far below what the rounding of an `f32`
/// transform moves.
const TOLERANCE_BINS: f64 = 2e-5;
/// A tone of less energy than this share of its samples is lost in rounding.
const LEAST_ENERGY: f64 = 1e-12;

/// One target before the bins of its patch.
pub(super) struct Model<'a> {
    pub(super) axes: [&'a PatchAxis; 2],
    pub(super) patches: [&'a Patch; 2],
    /// Least and greatest offset from the middle of the patch, bins.
    pub(super) bounds: [[f64; 2]; 2],
}

/// Where the likelihood is greatest.
#[derive(Debug, Clone, Default)]
pub(super) struct Fit {
    pub(super) offsets: [f64; 2],
    pub(super) likelihood: Likelihood,
    /// White, at these offsets.
    pub(super) tones: [Tone; 2],
    /// Whether the iteration settled inside its bounds.
    pub(super) converged: bool,
}

impl Fit {
    /// Energy of what the target leaves of `bins`.
    pub(super) fn left(&self, bins: &Bins) -> f64 {
        let [range, doppler] = &self.tones;
        bins.energy_without(&self.likelihood.amplitudes(), [&range.values[0], &doppler.values[0]])
    }
}

impl Model<'_> {
    pub(super) fn evaluate(&self, bins: &Bins, offsets: [f64; 2], tones: &mut [Tone; 2]) -> Likelihood {
        for axis in 0..2 {
            self.patches[axis].tone_at(self.axes[axis], offsets[axis], &mut tones[axis]);
        }
        let mut likelihood = Likelihood::at(tones, bins);
        if (0..2).any(|axis| tones[axis].energy[0] < LEAST_ENERGY * self.axes[axis].energy) {
            likelihood.value = f64::MIN;
        }
        likelihood
    }

    /// Newton's method on the logarithm of the likelihood, which is concave over the main lobe; a step that
    /// lowers it is halved.
    pub(super) fn maximise(&self, bins: &Bins, start: [f64; 2]) -> Fit {
        let mut tones = [Tone::default(), Tone::default()];
        let free = self.patches.map(Patch::is_resolving);
        let mut offsets: [f64; 2] =
            std::array::from_fn(|i| if free[i] { self.bounded(i, start[i]) } else { 0.0 });
        let mut current = self.evaluate(bins, offsets, &mut tones);
        for _ in 0..ITERATIONS {
            let mut step = newton_step(&current, free);
            let mut next = self.moved(offsets, step);
            let mut trial = self.evaluate(bins, next, &mut tones);
            for _ in 0..ITERATIONS {
                // Near the maximum the likelihood is flat to rounding; a step there is as good as any.
                if trial.value >= current.value - 1e-12 {
                    break;
                }
                step = step.map(|s| 0.5 * s);
                next = self.moved(offsets, step);
                trial = self.evaluate(bins, next, &mut tones);
            }
            let moved_by = (next[0] - offsets[0]).abs().max((next[1] - offsets[1]).abs());
            (offsets, current) = (next, trial);
            if moved_by < TOLERANCE_BINS {
                let inside = |i: usize| self.bounds[i][0] < offsets[i] && offsets[i] < self.bounds[i][1];
                let converged = inside(0) && inside(1);
                return Fit { offsets, likelihood: current, tones, converged };
            }
        }
        Fit { offsets, likelihood: current, tones, converged: false }
    }

    fn moved(&self, offsets: [f64; 2], step: [f64; 2]) -> [f64; 2] {
        std::array::from_fn(|i| self.bounded(i, offsets[i] + step[i]))
    }

    fn bounded(&self, axis: usize, offset: f64) -> f64 {
        offset.clamp(self.bounds[axis][0], self.bounds[axis][1])
    }
}

/// Towards the maximum of the quadratic model; where that has none, a quarter of a bin uphill.
fn newton_step(at: &Likelihood, free: [bool; 2]) -> [f64; 2] {
    const UPHILL_BINS: f64 = 0.25;
    let [gr, gd] = at.gradient;
    let [rr, dd, rd] = at.hessian;
    let determinant = rr * dd - rd * rd;
    let step = match free {
        [true, true] if rr < 0.0 && determinant > 0.0 => {
            [(rd * gd - dd * gr) / determinant, (rd * gr - rr * gd) / determinant]
        }
        [range, doppler] => {
            let alone = |free: bool, g: f64, curvature: f64| match free {
                false => 0.0,
                true if curvature < 0.0 => -g / curvature,
                true => UPHILL_BINS * g.signum(),
            };
            [alone(range, gr, rr), alone(doppler, gd, dd)]
        }
    };
    step.map(|s| if s.is_finite() { s.clamp(-0.5, 0.5) } else { 0.0 })
}
