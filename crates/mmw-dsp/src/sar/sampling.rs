//! Whether an aperture is sampled closely enough.

use super::scan::PhaseHistory;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::{Axis, Real, Result, check};
use std::f64::consts::FRAC_PI_2;

/// How far apart the positions of an aperture are along x and y, and how far they may be.
///
/// ```text
/// Δ ≤ λ/(4 sin θ)
/// ```
/// for echoes from up to θ aside, out and back from each position: farther apart, an echo has an image at
/// more than one place of the scene.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct ApertureSampling {
    /// From one position to the next along x and y, m; 0 where there is only one.
    pub steps_m: [f64; 2],
    /// What the steps may be at most, m.
    pub limits_m: [f64; 2],
    /// The greatest angle aside at which a voxel is seen along x and y, rad.
    pub angles_rad: [f64; 2],
}

mmw_core::checked_serde!(ApertureSampling, |sampling| {
    for dim in 0..2 {
        check::non_negative("steps_m", sampling.steps_m[dim])?;
        check::positive("limits_m", sampling.limits_m[dim])?;
        check::in_range("angles_rad", sampling.angles_rad[dim], 0.0, FRAC_PI_2)?;
    }
    Ok(())
});

impl ApertureSampling {
    /// Of the points half-way between transmitters and receivers, for an image with the axes z, y and x.
    /// The step along an axis is its length over the number of different places less one, to a hundredth of
    /// a wavelength.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] for an axis without voxels.
    pub fn of<T: Real>(history: &PhaseHistory<T>, voxels: &[Axis; 3]) -> Result<Self> {
        let [z, y, x] = voxels;
        check::at_least("z", z.len(), 1)?;
        let highest_hz = history.frequency().at((history.frequency().len() - 1) as f64);
        let wavelength_m = SPEED_OF_LIGHT_M_S / highest_hz;
        let middle = |dim: usize| -> Vec<f64> {
            history.places_m().map(|(t, r)| f64::midpoint(t[dim], r[dim])).collect()
        };
        let (_, farthest_m) = ends(&middle(2));
        let (nearest_m, _) = ends(&z.to_vec());
        let ahead_m = (nearest_m - farthest_m).max(0.0);
        let mut sampling = Self { steps_m: [0.0; 2], limits_m: [f64::MAX; 2], angles_rad: [0.0; 2] };
        for (dim, axis) in [x, y].into_iter().enumerate() {
            check::at_least("voxels", axis.len(), 1)?;
            let mut places = middle(dim);
            places.sort_by(f64::total_cmp);
            places.dedup_by(|a, b| (*a - *b).abs() < 0.01 * wavelength_m);
            let ((low_m, high_m), (left_m, right_m)) = (ends(&places), ends(&axis.to_vec()));
            let aside_m = (right_m - low_m).max(high_m - left_m).max(0.0);
            let sine = if aside_m > 0.0 { aside_m / aside_m.hypot(ahead_m) } else { 0.0 };
            sampling.steps_m[dim] = (high_m - low_m) / places.len().saturating_sub(1).max(1) as f64;
            sampling.limits_m[dim] = if sine > 0.0 { 0.25 * wavelength_m / sine } else { f64::MAX };
            sampling.angles_rad[dim] = sine.asin();
        }
        Ok(sampling)
    }

    /// Whether the positions along x and y are too far apart.
    #[must_use]
    pub fn aliases(&self) -> [bool; 2] {
        // Places are written to a hundredth of a millimetre.
        [0, 1].map(|dim| self.steps_m[dim] > 1.01 * self.limits_m[dim])
    }
}

fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
}
