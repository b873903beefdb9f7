//! The place of a point between the voxels.

use super::back_projection::back_project;
use super::scan::{PhaseHistory, Place};
use crate::window::Window;
use mmw_core::linalg::solve;
use mmw_core::ndarray::{Array1, Array2, Array3};
use mmw_core::{Axis, Error, Real, Result, check};

/// Times that the summit is looked for.
const ROUNDS: usize = 10;
/// How far the voxels are drawn together, of `steps_m`: the magnitude falls by 1 % from one to the next, and
/// is right to 6e-4.
const NARROWEST: f64 = 0.125;
/// A step shorter than this share of the distance between voxels is the last.
const NEAR: f64 = 0.01;

/// The place where the matched filter of a history is greatest, and its magnitude there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct ImagePeak {
    /// Place, m.
    pub place_m: Place,
    /// Magnitude of the filter, of [`back_project`].
    pub magnitude: f64,
}

mmw_core::checked_serde!(ImagePeak, |peak| {
    mmw_core::checked_serde::finite("place_m", &peak.place_m)?;
    check::non_negative("magnitude", peak.magnitude).map(|_| ())
});

impl ImagePeak {
    /// The summit near a place, for instance the greatest voxel of an image.
    ///
    /// ```text
    /// p ← p − H⁻¹ g,   g and H the gradient and the second derivatives of ln |p(v)|
    /// ```
    /// Newton's method over three voxels along each axis, `steps_m` apart (x, y, z): at most about half a
    /// cell, and an eighth of that in the last rounds. Along all axes at once: near a large aperture the
    /// summit is a ridge askew to them, and what is read along one axis beside it is not at the point. An
    /// axis with a step of 0 is held.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a place that is not, [`Error::Domain`] for steps below 0, [`Error::Invalid`]
    /// where there is nothing but zeros, and those of [`back_project`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::mmw_core::{Axis, C64};
    /// use mmw_dsp::sar::{ImagePeak, PhaseHistory};
    /// use mmw_dsp::window::Window;
    ///
    /// let rail: Vec<_> = (-20..=20).map(|i| [f64::from(i) * 1e-3, 0.0, 0.0]).collect();
    /// let frequency = Axis::uniform("frequency", "Hz", 77e9, 50e6, 64)?;
    /// let point = ([0.0512, 0.0, 0.4037], C64::new(1.0, 0.0));
    /// let history = PhaseHistory::<f64>::of_points(&[point], rail.clone(), rail, frequency)?;
    /// let peak = ImagePeak::near(&history, [0.05, 0.0, 0.39], [4e-3, 0.0, 0.01], Window::Rectangular)?;
    /// assert!((peak.place_m[0] - 0.0512).abs() < 3e-4 && (peak.place_m[2] - 0.4037).abs() < 1e-3);
    /// # Ok::<(), mmw_dsp::Error>(())
    /// ```
    pub fn near<T: Real>(
        history: &PhaseHistory<T>,
        start_m: Place,
        steps_m: Place,
        window: Window,
    ) -> Result<Self> {
        for (at, step) in start_m.into_iter().zip(steps_m) {
            check::finite("start_m", at)?;
            check::in_range("steps_m", step, 0.0, f64::MAX)?;
        }
        let mut place_m = start_m;
        let mut magnitude = 0.0;
        for round in 0..ROUNDS {
            // A wide stencil finds the summit, a narrow one its place: a ridge bends.
            let shrink = 0.5_f64.powi(round as i32).max(NARROWEST);
            let steps_m = steps_m.map(|step| shrink * step);
            let stencil = stencil(history, place_m, steps_m, window)?;
            magnitude = stencil.middle;
            let Some(shift) = stencil.summit() else { break };
            (0..3).for_each(|dim| place_m[dim] += shift[dim] * steps_m[dim]);
            if shrink <= NARROWEST && shift.iter().all(|shift| shift.abs() < NEAR) {
                break;
            }
        }
        Ok(Self { place_m, magnitude })
    }
}

/// Logarithms of the magnitude at three voxels along each axis, x, y, z; one along an axis that is held.
struct Stencil {
    log: Array3<f64>,
    middle: f64,
}

fn stencil<T: Real>(
    history: &PhaseHistory<T>,
    [x, y, z]: Place,
    [dx, dy, dz]: Place,
    window: Window,
) -> Result<Stencil> {
    let axis = |name: &'static str, at: f64, step: f64| match step > 0.0 {
        true => Axis::uniform(name, "m", at - step, step, 3),
        false => Axis::explicit(name, "m", vec![at]),
    };
    let voxels = [axis("z", z, dz)?, axis("y", y, dy)?, axis("x", x, dx)?];
    let image = back_project(history, voxels, window)?;
    let magnitude = image.data().map(|z| z.re.as_f64().hypot(z.im.as_f64())).reversed_axes();
    let middle = [0, 1, 2].map(|dim| magnitude.shape()[dim] / 2);
    let greatest = magnitude.iter().fold(0.0_f64, |most, &x| most.max(x));
    if greatest <= 0.0 {
        return Err(Error::invalid("history", "holds no echo from there"));
    }
    let log = magnitude.map(|x| (x / greatest).max(1e-12).ln());
    Ok(Stencil { log, middle: magnitude[middle] })
}

impl Stencil {
    /// Newton's step, in voxels, one at most along each axis; towards the greatest voxel where the magnitude
    /// does not bend down in all directions.
    fn summit(&self) -> Option<[f64; 3]> {
        let free: Vec<usize> = (0..3).filter(|&dim| self.log.shape()[dim] == 3).collect();
        if free.is_empty() {
            return None;
        }
        let middle = [0, 1, 2].map(|dim| self.log.shape()[dim] / 2);
        let at = |moves: &[(usize, isize)]| {
            let mut place = middle;
            moves.iter().for_each(|&(dim, by)| place[dim] = place[dim].saturating_add_signed(by));
            self.log[place]
        };
        let here = at(&[]);
        let slope = |a: usize| 0.5 * (at(&[(a, 1)]) - at(&[(a, -1)]));
        let bend = |a: usize, b: usize| match a == b {
            true => at(&[(a, 1)]) - 2.0 * here + at(&[(a, -1)]),
            false => {
                let corner = |i, j| at(&[(a, i), (b, j)]);
                0.25 * (corner(1, 1) - corner(1, -1) - corner(-1, 1) + corner(-1, -1))
            }
        };
        let curvature = Array2::from_shape_fn((free.len(), free.len()), |(i, j)| bend(free[i], free[j]));
        let gradient = Array1::from_iter(free.iter().map(|&dim| slope(dim)));
        let step = solve(&curvature, &gradient).ok().map(|step| -step);
        let rises = |step: &Array1<f64>| step.dot(&gradient) >= 0.0 && step.iter().all(|s| s.is_finite());
        let mut shift = [0.0; 3];
        if let Some(step) = step.filter(rises) {
            free.iter().zip(&step).for_each(|(&dim, step)| shift[dim] = step.clamp(-1.0, 1.0));
            return Some(shift);
        }
        let (best, most) = self.log.indexed_iter().max_by(|a, b| a.1.total_cmp(b.1))?;
        if *most <= here {
            return None;
        }
        let best = [best.0, best.1, best.2];
        free.iter().for_each(|&dim| shift[dim] = best[dim] as f64 - 1.0);
        Some(shift)
    }
}
