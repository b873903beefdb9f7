//! M-estimators: least squares whose weights follow the residuals.

use super::fit::{Fit, Normal, fit};
use super::ray::Ray;
use mmw_core::{Error, Result, check};

/// How the weight falls with the residual `r` in units of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Loss {
    /// `1 / (1 + r²)`.
    #[default]
    Cauchy,
    /// `1 / (1 + r²)²`.
    GemanMcclure,
}

mmw_core::named!(Loss, "loss" { Cauchy = "cauchy", GemanMcclure = "geman_mcclure" });

impl Loss {
    /// The weight of a squared residual.
    #[inline]
    fn weight(self, squared: f64) -> f64 {
        let one = 1.0 / (1.0 + squared);
        match self {
            Self::Cauchy => one,
            Self::GemanMcclure => one * one,
        }
    }
}

/// Repetitions after which there is no rest: each takes a tenth to a third of what is left.
const REPETITIONS: usize = 500;

/// Velocity of a radar by an M-estimator, from a start near the truth, by repeated weighted least squares
/// until nothing changes. The losses have many minima: the start decides, take that of
/// [`consensus`](super::consensus()).
///
/// The covariance is the inverse of `Σ w u uᵀ` times the weighted variance of the residuals.
///
/// # Errors
/// Fewer than 4 rays; a scale that is not from 1e-6 to 1e6 m/s; directions that weigh something in one plane;
/// no rest.
pub fn reweighted(rays: &[Ray], start: [f64; 3], loss: Loss, scale_m_s: f64) -> Result<Fit<3>> {
    let scale = check::in_range("scale_m_s", scale_m_s, 1e-6, 1e6)?;
    check::at_least("rays", rays.len(), 4)?;
    start.into_iter().try_for_each(|v| check::in_range("start", v, -1e9, 1e9).map(|_| ()))?;
    let weight = |ray: &Ray, velocity: &[f64; 3]| {
        let r = ray.residual(velocity) / scale;
        loss.weight(r * r)
    };
    let mut velocity = start;
    for _ in 0..REPETITIONS {
        let mut normal = Normal::new();
        for ray in rays {
            normal.add(&ray.direction, -ray.velocity_m_s, weight(ray, &velocity));
        }
        let (next, _) = normal.solve()?;
        let change = (0..3).map(|i| (next[i] - velocity[i]).abs()).fold(0.0, f64::max);
        velocity = next;
        let size = velocity.iter().fold(1.0_f64, |a, b| a.max(b.abs()));
        if change <= 1e-15 * size {
            let rows =
                rays.iter().map(|ray| (ray.direction.map(|u| -u), ray.velocity_m_s, weight(ray, &velocity)));
            let weighted = fit(rows, true)?;
            let covariance = crate::matrix::scaled(&weighted.covariance, weighted.residual_variance);
            return Ok(Fit { value: velocity, covariance, ..weighted });
        }
    }
    Err(Error::NoConvergence { what: "reweighted least squares".into(), iterations: REPETITIONS })
}
