//! What is imaged: the ends of the image and its steps.

use super::args::{Interval, SarArgs};
use crate::error::{Error, Result};
use mmw_core::{Axis, check};
use mmw_dsp::sar::{Aperture, PhaseHistory};

/// Voxels of an image at most.
const MOST_VOXELS: f64 = 134_217_728.0;

/// The voxels of an image, and the aperture that it is made from.
#[derive(Debug)]
pub(super) struct Region {
    /// Along z, y and x.
    pub(super) voxels: [Axis; 3],
    pub(super) aperture: Aperture,
}

impl Region {
    pub(super) fn new(args: &SarArgs, history: &PhaseHistory<f32>, strongest_m: f64) -> Result<Self> {
        let aperture = Aperture::of(history);
        let front_m = aperture.front_m();
        let Interval(nearest_m, farthest_m) =
            args.z_m.unwrap_or(Interval(front_m + 0.5 * strongest_m, front_m + 1.5 * strongest_m));
        check::positive("z_m less the aperture's", nearest_m - front_m)?;
        let sides_m = [(1, args.y_m), (2, args.x_m)].map(|(dim, given)| match given {
            Some(Interval(low, high)) => (low, high),
            None => aperture.sides_m(dim, farthest_m),
        });
        let [y_step_m, x_step_m] = match args.step_m {
            Some(step_m) => [check::positive("step_m", step_m)?; 2],
            None => [1, 2].map(|dim| aperture.step_m(dim, nearest_m)),
        };
        let z_step_m = match args.z_step_m {
            Some(step_m) => check::positive("z_step_m", step_m)?,
            None => aperture.depth_step_m(nearest_m, sides_m),
        };
        let wanted = [((nearest_m, farthest_m), z_step_m), (sides_m[0], y_step_m), (sides_m[1], x_step_m)];
        let count = |((low, high), step): &((f64, f64), f64)| ((high - low) / step + 1e-9).floor() + 1.0;
        check::in_range("voxels of the image", wanted.iter().map(count).product(), 1.0, MOST_VOXELS)?;
        let axis = |name: &'static str, part: &((f64, f64), f64)| {
            Axis::uniform(name, "m", part.0.0, part.1, count(part) as usize).map_err(Error::from)
        };
        let voxels = [axis("z", &wanted[0])?, axis("y", &wanted[1])?, axis("x", &wanted[2])?];
        Ok(Self { voxels, aperture })
    }

    /// From the aperture to the middle of the image, m.
    pub(super) fn distance_m(&self) -> f64 {
        let z = &self.voxels[0];
        z.at(0.5 * (z.len() - 1) as f64) - self.aperture.front_m()
    }
}
