//! Maximum likelihood when directions are measured as well.

use super::fit::{Normal, inverse};
use super::ray::{Ray, slopes, toward};
use crate::PolarNoise;
use crate::matrix::{check_spread, dot};
use mmw_core::{Error, Result, check};

/// A velocity by [`orthogonal`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Orthogonal {
    /// The velocity, m/s.
    pub velocity_m_s: [f64; 3],
    /// Its covariance: the inverse of `Σ u uᵀ / (s_v² + (s_az du/daz·v)² + (s_el du/del·v)²)` at the adjusted
    /// angles.
    pub covariance: [[f64; 3]; 3],
    /// The least sum, which for true deviations is of chi-square with three degrees of freedom less than
    /// there are rays.
    pub chi_squared: f64,
}

mmw_core::checked_serde!(Orthogonal, |found| {
    mmw_core::checked_serde::finite("velocity_m_s", &found.velocity_m_s)?;
    check_spread("covariance", &found.covariance)?;
    check::non_negative("chi_squared", found.chi_squared).map(|_| ())
});

const REPETITIONS: usize = 200;

/// A ray under way: its measured angles, and how far they are adjusted.
#[derive(Clone, Copy)]
struct Adjusted {
    measured: [f64; 2],
    off: [f64; 2],
    velocity: f64,
}

/// Velocity of a radar whose points are uncertain in azimuth, elevation and radial velocity: the exact
/// maximum of the likelihood over the velocity and all true angles,
///
/// ```text
/// min Σ (Δaz/s_az)² + (Δel/s_el)² + ((v + u(az + Δaz, el + Δel) · v_radar)/s_v)²
/// ```
///
/// by Gauss and Newton's steps in which the angles of each ray are eliminated: a step costs as much as one
/// weighted least squares. Errors in the angles pull plain least squares towards zero, and at the speed of a
/// car they are the greater part of what it does not know.
///
/// # Errors
/// Fewer than 3 rays, directions in one plane, deviations out of their domain, no rest (a start far from the
/// truth).
pub fn orthogonal(rays: &[Ray], start: [f64; 3], noise: &PolarNoise) -> Result<Orthogonal> {
    noise.check()?;
    check::at_least("rays", rays.len(), 3)?;
    start.into_iter().try_for_each(|v| check::in_range("start", v, -1e9, 1e9).map(|_| ()))?;
    let begin =
        |ray: &Ray| Adjusted { measured: ray.angles_rad(), off: [0.0; 2], velocity: ray.velocity_m_s };
    let mut all: Vec<Adjusted> = rays.iter().map(begin).collect();
    let mut velocity = start;
    for _ in 0..REPETITIONS {
        let before = velocity;
        let (next, covariance, moved) = step(&mut all, &velocity, noise)?;
        velocity = next;
        let change = (0..3).map(|i| (velocity[i] - before[i]).abs()).fold(0.0, f64::max);
        let size = velocity.iter().fold(1.0_f64, |a, b| a.max(b.abs()));
        if change <= 1e-14 * size && moved <= 1e-13 {
            let chi_squared = all.iter().map(|one| one.squares(&velocity, noise)).sum();
            return Ok(Orthogonal { velocity_m_s: velocity, covariance, chi_squared });
        }
    }
    Err(Error::NoConvergence { what: "orthogonal regression".into(), iterations: REPETITIONS })
}

impl Adjusted {
    fn direction(&self) -> [f64; 3] {
        toward(self.measured[0] + self.off[0], self.measured[1] + self.off[1])
    }

    /// What the ray adds to the sum.
    fn squares(&self, velocity: &[f64; 3], noise: &PolarNoise) -> f64 {
        let parts = [
            self.off[0] / noise.azimuth_rad,
            self.off[1] / noise.elevation_rad,
            (self.velocity + dot(&self.direction(), velocity)) / noise.velocity_m_s,
        ];
        parts.iter().map(|part| part * part).sum()
    }
}

/// One step: the velocity after it, its covariance, and how far an angle was moved at most.
fn step(
    all: &mut [Adjusted],
    velocity: &[f64; 3],
    noise: &PolarNoise,
) -> Result<([f64; 3], [[f64; 3]; 3], f64)> {
    let variances = [noise.azimuth_rad, noise.elevation_rad].map(|s| s * s);
    // About the adjusted angles the residual is `rest + u·δ + g·(angles)`, the angles counted from the
    // measured.
    let tangent = |one: &Adjusted| {
        let u = one.direction();
        let g = slopes(u).map(|slope| dot(&slope, velocity));
        let rest = one.velocity + dot(&u, velocity) - g[0] * one.off[0] - g[1] * one.off[1];
        let speed_variance = noise.velocity_m_s * noise.velocity_m_s;
        let variance = speed_variance + variances[0] * g[0] * g[0] + variances[1] * g[1] * g[1];
        (u, g, rest, variance)
    };
    let mut normal = Normal::new();
    for one in all.iter() {
        let (u, _, rest, variance) = tangent(one);
        normal.add(&u, -rest, 1.0 / variance);
    }
    let (change, root) = normal.solve()?;
    let mut moved = 0.0_f64;
    for one in all.iter_mut() {
        let (u, g, rest, variance) = tangent(one);
        let share = (rest + dot(&u, &change)) / variance;
        let off = std::array::from_fn(|i| (-variances[i] * g[i] * share).clamp(-1.0, 1.0));
        moved = moved.max((off[0] - one.off[0]).abs()).max((off[1] - one.off[1]).abs());
        one.off = off;
    }
    Ok((std::array::from_fn(|i| velocity[i] + change[i]), inverse(&root), moved))
}
