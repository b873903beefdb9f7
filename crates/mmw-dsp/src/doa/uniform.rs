//! Uniform lines: the phase from element to element tells the direction.

use super::direction_of_cosines;
use super::front::is_uniform_line;
use super::manifold::Cosines;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{difference, norm};
use mmw_core::{Error, Result, check};
use std::f64::consts::TAU;

/// The phase of one step along the line for a cosine of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct UniformLine {
    step_rad: f64,
    /// Whether the cosine is that along x, at elevation zero; else that along z, straight ahead.
    along_x: bool,
}

impl UniformLine {
    /// Parts of a step below this are none.
    const NO_STEP: f64 = 1e-6;

    pub(super) fn of(method: &'static str, array: &AntennaArray, wavelength_m: f64) -> Result<Self> {
        check::positive("wavelength_m", wavelength_m)?;
        let refused = |reason: String| Error::invalid("array", reason);
        if !is_uniform_line(array.positions_m()) {
            return Err(refused(format!("{method} needs a uniform linear array")));
        }
        let step = difference(array.positions_m()[1], array.positions_m()[0]);
        let least = Self::NO_STEP * norm(step);
        if step[1].abs() > least {
            return Err(refused(format!(
                "{method} needs a line in the plane of x and z: one that runs in y sees two directions ahead alike"
            )));
        }
        let along_x = step[0].abs() > least;
        let step_rad = TAU / wavelength_m * if along_x { step[0] } else { step[2] };
        check::finite("phase of a step", step_rad)?;
        Ok(Self { step_rad, along_x })
    }

    /// The direction of an echo whose phase grows by `phase_rad` a step; `None` where no wave comes from.
    /// Steps of more than half a wavelength see several: this is the one nearest to broadside.
    pub(super) fn direction(self, phase_rad: f64) -> Option<Cosines> {
        let cosine = -phase_rad / self.step_rad;
        let (u, w) = if self.along_x { (cosine, 0.0) } else { (0.0, cosine) };
        direction_of_cosines(u, w).map(Cosines::of)
    }
}
