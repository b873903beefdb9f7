//! Directions and wave vectors in the one frame of the workspace: x right, y forward, z up.

use crate::units::wavelength_m;
use crate::{Result, check};
use std::f64::consts::TAU;

/// A point or a vector in metres, `[x, y, z]`.
pub type Vector3 = [f64; 3];

/// Where a plane wave comes from or goes to, seen from the antenna.
///
/// Azimuth counts from y (forward, boresight) towards x (right), elevation from the horizon up:
///
/// ```text
/// u = [cos el · sin az, cos el · cos az, sin el]
/// ```
///
/// # Examples
/// ```
/// use mmw_core::geometry::Direction;
///
/// let right = Direction::new(std::f64::consts::FRAC_PI_2, 0.0)?;
/// assert!((right.unit_vector()[0] - 1.0).abs() < 1e-15);
/// let back = Direction::towards([0.0, -2.0, 0.0])?;
/// assert_eq!(back.azimuth_rad, std::f64::consts::PI);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Direction {
    /// Azimuth from y towards x, radians.
    pub azimuth_rad: f64,
    /// Elevation from the horizon up, radians, in [-π/2, π/2].
    pub elevation_rad: f64,
}

crate::checked_serde!(Direction, |angles| Direction::new(angles.azimuth_rad, angles.elevation_rad)
    .map(|_| ()));

impl Direction {
    /// Checks both angles.
    ///
    /// # Errors
    /// [`crate::Error::Domain`] for an azimuth that is not finite or an elevation outside [-π/2, π/2].
    pub fn new(azimuth_rad: f64, elevation_rad: f64) -> Result<Self> {
        const QUARTER: f64 = std::f64::consts::FRAC_PI_2;
        Ok(Self {
            azimuth_rad: check::finite("azimuth_rad", azimuth_rad)?,
            elevation_rad: check::in_range("elevation_rad", elevation_rad, -QUARTER, QUARTER)?,
        })
    }

    /// The direction of a point seen from the origin. Azimuth in (-π, π].
    ///
    /// # Errors
    /// [`crate::Error::Domain`] for the origin itself or a coordinate that is not finite.
    pub fn towards(point: Vector3) -> Result<Self> {
        for value in point {
            check::finite("coordinate of the point", value)?;
        }
        let [x, y, z] = point;
        check::positive("distance of the point", norm(point))?;
        Ok(Self { azimuth_rad: x.atan2(y), elevation_rad: z.atan2(x.hypot(y)) })
    }

    /// The unit vector of this direction.
    #[must_use]
    pub fn unit_vector(self) -> Vector3 {
        let (sin_az, cos_az) = self.azimuth_rad.sin_cos();
        let (sin_el, cos_el) = self.elevation_rad.sin_cos();
        [cos_el * sin_az, cos_el * cos_az, sin_el]
    }

    /// The wave vector `k = 2π/λ · u`, rad/m.
    ///
    /// # Errors
    /// [`crate::Error::Domain`] unless `wavelength_m` is finite, above zero and large enough for
    /// a finite `k`.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::geometry::Direction;
    /// let k = Direction::new(0.0, 0.0)?.wave_vector(4e-3)?;
    /// assert!((k[1] - std::f64::consts::TAU / 4e-3).abs() < 1e-12 && k[0] == 0.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn wave_vector(self, wavelength_m: f64) -> Result<Vector3> {
        let k = TAU / check::positive("wavelength_m", wavelength_m)?;
        check::finite("wavenumber", k)?;
        Ok(self.unit_vector().map(|u| k * u))
    }
}

/// `a · b`.
#[must_use]
pub fn dot(a: Vector3, b: Vector3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// `|a|`, without overflow.
///
/// # Examples
/// ```
/// assert_eq!(mmw_core::geometry::norm([2.0, 3.0, 6.0]), 7.0);
/// ```
#[must_use]
pub fn norm(a: Vector3) -> f64 {
    a[0].hypot(a[1]).hypot(a[2])
}

/// `a - b`.
#[must_use]
pub fn difference(a: Vector3, b: Vector3) -> Vector3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// `a + b`.
#[must_use]
pub fn sum(a: Vector3, b: Vector3) -> Vector3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// The phase `k · x` of a plane wave of that frequency from `direction` at `position`, rad.
///
/// # Errors
/// [`crate::Error::Domain`] unless `frequency_hz` is finite and above zero and the phase is finite.
///
/// # Examples
/// ```
/// use mmw_core::{consts::SPEED_OF_LIGHT_M_S, geometry::{Direction, plane_wave_phase_rad}};
///
/// let half_a_wavelength_m = 0.5 * SPEED_OF_LIGHT_M_S / 77e9;
/// let ahead = Direction::new(0.0, 0.0)?;
/// let phase = plane_wave_phase_rad(ahead, [0.0, half_a_wavelength_m, 0.0], 77e9)?;
/// assert!((phase - std::f64::consts::PI).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn plane_wave_phase_rad(direction: Direction, position: Vector3, frequency_hz: f64) -> Result<f64> {
    check::finite("phase", dot(direction.wave_vector(wavelength_m(frequency_hz)?)?, position))
}
