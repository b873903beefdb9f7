//! What a radar measures of a moving point.

use crate::matrix::{Matrix, dot, product, zeros};
use mmw_core::{Result, check};
use std::f64::consts::{FRAC_PI_2, PI};

/// Where a radar is in the world, how it moves, and where it looks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct SensorPose {
    /// Position, m.
    pub position_m: [f64; 3],
    /// Velocity along the axes of the world, m/s.
    pub velocity_m_s: [f64; 3],
    /// Rotation about z from the axes of the world to its own, rad, counter-clockwise seen from above.
    pub yaw_rad: f64,
}

mmw_core::checked_serde!(SensorPose, |pose| pose.check().map(|_| ()));

impl SensorPose {
    /// A radar at a place (m), with a velocity (m/s) along the axes of the world, turned about z (rad).
    ///
    /// # Errors
    /// A number beyond 1e9.
    pub fn new(position_m: [f64; 3], velocity_m_s: [f64; 3], yaw_rad: f64) -> Result<Self> {
        Self { position_m, velocity_m_s, yaw_rad }.check()
    }

    fn check(self) -> Result<Self> {
        for value in self.position_m.into_iter().chain(self.velocity_m_s) {
            check::in_range("sensor", value, -1e9, 1e9)?;
        }
        check::in_range("yaw_rad", self.yaw_rad, -1e9, 1e9)?;
        Ok(self)
    }

    /// From the axes of the world to its own.
    fn rotation(&self) -> Matrix<3, 3> {
        let (sin, cos) = self.yaw_rad.sin_cos();
        [[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]
    }
}

/// What is measured, and its derivatives by the state.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Observation {
    /// Range (m), azimuth, elevation (rad), radial velocity (m/s).
    pub measured: [f64; 4],
    /// Derivatives, a row for each number measured.
    pub jacobian: [[f64; 6]; 4],
}

mmw_core::checked_serde!(Observation, |seen| {
    let [range_m, azimuth_rad, elevation_rad, velocity_m_s] = seen.measured;
    check::positive("range", range_m)?;
    check::in_range("azimuth", azimuth_rad, -PI, PI)?;
    check::in_range("elevation", elevation_rad, -FRAC_PI_2, FRAC_PI_2)?;
    check::finite("velocity", velocity_m_s)?;
    mmw_core::checked_serde::finite("jacobian", &seen.jacobian)
});

/// What a radar measures of a point with position and velocity `state` in the world. With `ρ² = x² + y²` and
/// the direction `u`, in the radar's axes,
///
/// ```text
/// dr/dp = u      daz/dp = [y, -x, 0]/ρ²      del/dp = [-x z/(r² ρ), -y z/(r² ρ), ρ/r²]
/// dv_r/dp = (v - (u·v) u)/r      dv_r/dv = u
/// ```
///
/// # Errors
/// A number beyond 1e9; a point at the radar or straight above it, where there is no azimuth.
///
/// # Examples
/// ```
/// use mmw_sense::filter::{SensorPose, observe};
///
/// let seen = observe(&[0.0, 4.0, 0.0, 0.5, -1.0, 0.0], &SensorPose::default())?;
/// assert_eq!(seen.measured, [4.0, 0.0, 0.0, -1.0]);
/// assert_eq!(seen.jacobian[1][0], 0.25); // a metre to the right is a quarter of a radian
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn observe(state: &[f64; 6], pose: &SensorPose) -> Result<Observation> {
    state.iter().try_for_each(|&value| check::in_range("state", value, -1e9, 1e9).map(|_| ()))?;
    let pose = pose.check()?;
    let rotation = pose.rotation();
    let own = |of: usize, less: [f64; 3]| {
        crate::matrix::applied(&rotation, &std::array::from_fn(|i| state[of + i] - less[i]))
    };
    let (p, v) = (own(0, pose.position_m), own(3, pose.velocity_m_s));
    let rho = check::in_range("horizontal distance", p[0].hypot(p[1]), 1e-9, 1e10)?;
    let r = rho.hypot(p[2]);
    let u = p.map(|value| value / r);
    let radial = dot(&u, &v);
    let [x, y, z] = p;
    let by_position: Matrix<4, 3> = [
        u,
        [y / (rho * rho), -x / (rho * rho), 0.0],
        [-x * z / (r * r * rho), -y * z / (r * r * rho), rho / (r * r)],
        std::array::from_fn(|i| (v[i] - radial * u[i]) / r),
    ];
    let by_position = product(&by_position, &rotation);
    let by_velocity = crate::matrix::applied(&crate::matrix::transposed(&rotation), &u);
    let mut jacobian = zeros::<4, 6>();
    for (row, by) in jacobian.iter_mut().zip(&by_position) {
        row[..3].copy_from_slice(by);
    }
    jacobian[3][3..].copy_from_slice(&by_velocity);
    Ok(Observation { measured: [r, x.atan2(y), z.atan2(rho), radial], jacobian })
}
