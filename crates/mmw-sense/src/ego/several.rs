//! Velocity and turn rate of a vehicle from several radars.

use super::body::Mounting;
use super::fit::{Fit, fit};
use super::ray::Ray;
use crate::matrix::applied;
use crate::pose::{cross_matrix, rotation_of};
use mmw_core::{Error, Result, check};

/// What one radar of a vehicle sees.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// How it is mounted.
    pub mounting: Mounting,
    /// Its points at rest.
    pub rays: &'a [Ray],
}

/// A condition number beyond which a component is not seen at all, but rounding.
const UNSEEN: f64 = 1e7;

/// Velocity `[vx, vy, vz]` and turn rate `[ωx, ωy, ωz]` of a vehicle, in its own axes, from the points at
/// rest that its radars see: `v_i = -u_i · (v + ω × l)`, with directions turned into the axes of the vehicle.
///
/// Two radars never tell all six: a rotation about the line through them moves neither.
///
/// # Errors
/// Fewer than 7 rays; radars by which some motion is not seen, two for one; a mounting out of its domain.
pub fn of_several(views: &[View<'_>]) -> Result<Fit<6>> {
    whole(views, |row| *row)
}

/// The same for a vehicle in the plane: `[vx, vy, ωz]`, for which two radars are enough.
///
/// # Errors
/// As for [`of_several`], with fewer than 4 rays.
pub fn of_several_planar(views: &[View<'_>]) -> Result<Fit<3>> {
    whole(views, |row| [row[0], row[1], row[5]])
}

fn whole<const N: usize>(views: &[View<'_>], pick: impl Fn(&[f64; 6]) -> [f64; N]) -> Result<Fit<N>> {
    let mut rows: Vec<([f64; N], f64, f64)> = Vec::new();
    for view in views {
        let rotation = rotation_of(view.mounting.quaternion_xyzw)?;
        let lever = view.mounting.lever_m;
        lever.into_iter().try_for_each(|x| check::in_range("lever_m", x, -1e6, 1e6).map(|_| ()))?;
        for ray in view.rays {
            // u · (ω × l) = ω · (l × u).
            let u = applied(&rotation, &ray.direction).map(|x| -x);
            let turn = applied(&cross_matrix(lever), &u);
            let row = [u[0], u[1], u[2], turn[0], turn[1], turn[2]];
            rows.push((pick(&row), ray.velocity_m_s, 1.0));
        }
    }
    let found = fit(rows.iter().copied(), false)?;
    if found.condition > UNSEEN {
        return Err(Error::Singular { name: "motions that the radars see".into() });
    }
    Ok(found)
}
