//! What a point tells of the motion of who sees it.

use crate::CloudPoint;
use crate::matrix::dot;
use mmw_core::{Result, check};

/// A direction and the radial velocity of what is seen there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Ray {
    /// Right, forward and up, of length 1.
    pub direction: [f64; 3],
    /// Radial velocity, m/s; positive is receding.
    pub velocity_m_s: f64,
}

mmw_core::checked_serde!(Ray, |ray| {
    check::in_range("velocity_m_s", ray.velocity_m_s, -1e9, 1e9)?;
    let length = crate::matrix::length(&ray.direction);
    check::in_range("length of the direction", length, 1.0 - 1e-9, 1.0 + 1e-9).map(|_| ())
});

impl Ray {
    /// By azimuth (from y towards x) and elevation, rad, and radial velocity, m/s.
    ///
    /// # Errors
    /// An angle beyond 10 rad, a velocity beyond 1e9 m/s.
    ///
    /// # Examples
    /// ```
    /// use mmw_sense::ego::Ray;
    ///
    /// assert_eq!(Ray::new(0.0, 0.0, -1.2)?.direction, [0.0, 1.0, 0.0]);
    /// # Ok::<(), mmw_sense::Error>(())
    /// ```
    pub fn new(azimuth_rad: f64, elevation_rad: f64, velocity_m_s: f64) -> Result<Self> {
        check::in_range("azimuth_rad", azimuth_rad, -10.0, 10.0)?;
        check::in_range("elevation_rad", elevation_rad, -10.0, 10.0)?;
        check::in_range("velocity_m_s", velocity_m_s, -1e9, 1e9)?;
        Ok(Self { direction: toward(azimuth_rad, elevation_rad), velocity_m_s })
    }

    /// Of a point whose velocity is known and that is not at the radar.
    #[must_use]
    pub fn of_point(point: &CloudPoint) -> Option<Self> {
        let r = point.range_m();
        let direction = point.position_m.map(|x| x / r);
        (r > 1e-9 && r < 1e10).then_some(Self { direction, velocity_m_s: point.velocity_m_s? })
    }

    /// Azimuth and elevation, rad.
    #[must_use]
    pub fn angles_rad(&self) -> [f64; 2] {
        let [x, y, z] = self.direction;
        [x.atan2(y), z.atan2(x.hypot(y))]
    }

    /// What the radial velocity differs from that of a point at rest, seen from a radar at `velocity`.
    #[inline]
    pub(crate) fn residual(&self, velocity: &[f64; 3]) -> f64 {
        self.velocity_m_s + dot(&self.direction, velocity)
    }
}

/// `[cos el sin az, cos el cos az, sin el]`.
pub(super) fn toward(azimuth: f64, elevation: f64) -> [f64; 3] {
    let ((sin_az, cos_az), (sin_el, cos_el)) = (azimuth.sin_cos(), elevation.sin_cos());
    [cos_el * sin_az, cos_el * cos_az, sin_el]
}

/// Derivatives of a direction by azimuth and elevation.
#[inline]
pub(super) fn slopes([x, y, z]: [f64; 3]) -> [[f64; 3]; 2] {
    let rho = (1.0 - z * z).max(0.0).sqrt();
    // Straight up, where there is no azimuth, any direction across will do.
    let (sin, cos) = if rho > 1e-7 { (x / rho, y / rho) } else { (0.0, 1.0) };
    [[y, -x, 0.0], [-z * sin, -z * cos, rho]]
}
