//! The velocity from the numbers of one scan.

use super::args::{Method, Parameters, none_of};
use crate::error::{Error, Result};
use crate::question::{contradiction, line, needed};
use crate::sense::values::{Rows, triangle};
use mmw_core::check;
use mmw_sense::EgoVelocity;
use mmw_sense::ego::{self, Consensus, Fit, Loss, Ray, Search};
use serde::Serialize;

/// A velocity, with what its method tells of it. Covariances are upper triangles, row by row.
#[derive(Debug, Default, Serialize)]
pub(in crate::sense) struct Found {
    /// Right, forward and, unless planar, up, m/s.
    velocity: Vec<f64>,
    covariance: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    residual_variance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inliers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chi2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<bool>,
}

impl Found {
    fn of<const N: usize>(fit: &Fit<N>) -> Self {
        Self {
            velocity: fit.value.to_vec(),
            covariance: triangle(&fit.covariance),
            residual_variance: Some(fit.residual_variance),
            condition: Some(fit.condition),
            ..Self::default()
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (i, (name, value)) in ["right", "forward", "up"].into_iter().zip(&self.velocity).enumerate() {
            // Where the diagonal stands in the triangle.
            let n = self.velocity.len();
            let deviation = self.covariance[i * n - i * (i + 1) / 2 + i].max(0.0).sqrt();
            lines.push(format!("{} +- {deviation:.6}", line(name, *value, "m/s")));
        }
        lines.extend(self.inliers.map(|n| format!("{n} points agree")));
        lines.extend(self.condition.map(|value| line("condition", value, "")));
        lines
    }
}

pub(super) fn find(args: &Parameters, azimuth: &Rows<f64>) -> Result<Found> {
    let of_files = [
        ("period_s", args.period_s.is_some()),
        ("imu", args.imu.is_some()),
        ("time_offset_s", args.time_offset_s.is_some()),
        ("lever_m", args.lever_m.is_some()),
        ("rotation", args.rotation.is_some()),
        ("out", args.out.is_some()),
    ];
    args.input.without_files()?;
    none_of(&of_files, "has no effect without files")?;
    let rays = rays(args, azimuth)?;
    let method = args.method.unwrap_or(Method::Robust);
    without_effect(args, method)?;
    let weights = args.weights.as_ref().map(|Rows(weights)| weights.as_slice());
    Ok(match method {
        Method::LeastSquares => Found::of(&ego::least_squares(&rays, weights)?),
        Method::Planar => Found::of(&ego::least_squares_planar(&rays, weights)?),
        Method::Consensus => {
            let Consensus { fit, members, .. } = agreed(args, &rays)?;
            Found { inliers: Some(members.len()), members: Some(members), ..Found::of(&fit) }
        }
        Method::Cauchy | Method::GemanMcclure => {
            let loss = if method == Method::Cauchy { Loss::Cauchy } else { Loss::GemanMcclure };
            let start = agreed(args, &rays)?.fit.value;
            Found::of(&ego::reweighted(&rays, start, loss, args.scale_m_s.unwrap_or(0.1))?)
        }
        Method::Orthogonal => {
            let start = ego::least_squares(&rays, None)?.value;
            let found = ego::orthogonal(&rays, start, &args.noise()?)?;
            Found {
                velocity: found.velocity_m_s.to_vec(),
                covariance: triangle(&found.covariance),
                chi2: Some(found.chi_squared),
                ..Found::default()
            }
        }
        Method::Robust => {
            let found = EgoVelocity::new(args.config()?)?.estimate_of(0, &rays)?;
            Found {
                velocity: found.velocity_m_s.to_vec(),
                covariance: triangle(&found.covariance),
                inliers: Some(found.inliers),
                standing: Some(found.standing),
                ..Found::default()
            }
        }
    })
}

fn rays(args: &Parameters, Rows(azimuth): &Rows<f64>) -> Result<Vec<Ray>> {
    let Rows(velocity) =
        needed(args.velocity_m_s.as_ref(), "velocity_m_s", "the radial velocities of the points")?;
    check::same_len("velocity_m_s", azimuth.len(), velocity.len())?;
    let elevation = args.elevation_rad.as_ref().map_or(vec![0.0; azimuth.len()], |Rows(all)| all.clone());
    check::same_len("elevation_rad", azimuth.len(), elevation.len())?;
    let all = azimuth.iter().zip(&elevation).zip(&velocity);
    Ok(all.map(|((&az, &el), &v)| Ray::new(az, el, v)).collect::<mmw_core::Result<_>>()?)
}

/// That no option is given which the method does not look at.
fn without_effect(args: &Parameters, method: Method) -> Result<()> {
    use Method::{Cauchy, Consensus, GemanMcclure, LeastSquares, Orthogonal, Planar, Robust};
    let searches = matches!(method, Consensus | Cauchy | GemanMcclure | Robust);
    let fields = [
        ("elevation_rad", args.elevation_rad.is_some(), method != Planar),
        ("weights", args.weights.is_some(), matches!(method, LeastSquares | Planar)),
        ("sd", args.sd.is_some(), matches!(method, Orthogonal | Robust)),
        ("threshold_m_s", args.threshold_m_s.is_some(), searches),
        ("draws", args.draws.is_some(), searches),
        ("seed", args.seed.is_some(), searches && (method == Robust || args.draws.is_some())),
        ("scale_m_s", args.scale_m_s.is_some(), matches!(method, Cauchy | GemanMcclure)),
        ("velocity_step_m_s", args.velocity_step_m_s.is_some(), method == Robust),
    ];
    match fields.iter().find(|(_, given, works)| *given && !works) {
        Some((name, ..)) => Err(contradiction(name, "has no effect with this method")),
        None => Ok(()),
    }
}

fn agreed(args: &Parameters, rays: &[Ray]) -> Result<Consensus> {
    let search = match args.draws {
        Some(draws) => Search::Draws { draws, seed: args.seed.unwrap_or(0) },
        None => Search::All,
    };
    ego::consensus(rays, args.threshold_m_s.unwrap_or(0.15), search).map_err(Error::Core)
}
