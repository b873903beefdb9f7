//! The regression itself.

use super::fit::{Fit, fit};
use super::ray::Ray;
use mmw_core::{Result, check};

/// Velocity of a radar among points at rest, in its own axes, by least squares:
///
/// ```text
/// min Σ w_i (v_i + u_i · v)²      u = [cos el sin az, cos el cos az, sin el]
/// ```
///
/// With weights, the inverse variances of the radial velocities, the covariance is the inverse of `Σ w u uᵀ`;
/// without, it is multiplied by the variance of the residuals.
///
/// # Errors
/// Fewer than 4 rays, or 3 with weights; weights of another number, negative or beyond 1e18; directions in
/// one plane.
///
/// # Examples
/// ```
/// use mmw_sense::ego::{Ray, least_squares};
///
/// // Ahead at 1 m/s: what is in front comes nearer.
/// let rays = [(0.0, 0.0, -1.0), (0.5, 0.1, -0.873_2), (-0.5, -0.1, -0.873_2), (0.2, 0.4, -0.902_7)];
/// let rays: Vec<Ray> = rays.iter().map(|&(az, el, v)| Ray::new(az, el, v)).collect::<Result<_, _>>()?;
/// let found = least_squares(&rays, None)?;
/// assert!((found.value[1] - 1.0).abs() < 1e-3 && found.value[0].abs() < 1e-3);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn least_squares(rays: &[Ray], weights: Option<&[f64]>) -> Result<Fit<3>> {
    check_weights(rays, weights)?;
    fit(rows(rays, weights, |ray| ray.direction.map(|u| -u)), weights.is_some())
}

/// The same in the plane: `[vx, vy]` of rays near the horizon.
///
/// # Errors
/// As for [`least_squares`], with one ray less.
pub fn least_squares_planar(rays: &[Ray], weights: Option<&[f64]>) -> Result<Fit<2>> {
    check_weights(rays, weights)?;
    fit(rows(rays, weights, |ray| [-ray.direction[0], -ray.direction[1]]), weights.is_some())
}

fn check_weights(rays: &[Ray], weights: Option<&[f64]>) -> Result<()> {
    let Some(weights) = weights else { return Ok(()) };
    check::same_len("weights", rays.len(), weights.len())?;
    weights.iter().try_for_each(|&w| check::in_range("weight", w, 0.0, 1e18).map(|_| ()))
}

fn rows<'a, const N: usize>(
    rays: &'a [Ray],
    weights: Option<&'a [f64]>,
    row: impl Fn(&Ray) -> [f64; N] + Clone + 'a,
) -> impl Iterator<Item = ([f64; N], f64, f64)> + Clone + 'a {
    rays.iter().enumerate().map(move |(i, ray)| (row(ray), ray.velocity_m_s, weights.map_or(1.0, |w| w[i])))
}
