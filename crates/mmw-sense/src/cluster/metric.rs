//! Which points are neighbours.

use crate::CloudPoint;
use mmw_core::{Result, check};

/// A distance of points in units of the neighbourhood: neighbours are at most 1 apart.
pub trait Metric {
    /// The square of the distance.
    fn distance_squared(&self, a: &CloudPoint, b: &CloudPoint) -> f64;
}

/// An ellipse in the polar frame of the middle between two points, seen from above: a radar resolves ranges
/// alike everywhere, but azimuths the worse the farther.
///
/// ```text
/// d² = (Δradial / radial_m)² + (Δtangential / max(tangential_least_m, angular_rad r))² + (Δv / velocity_m_s)²
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PolarMetric {
    /// Half axis along the line of sight, m.
    pub radial_m: f64,
    /// Half axis across it, rad.
    pub angular_rad: f64,
    /// The least half axis across it, m.
    pub tangential_least_m: f64,
    /// Half axis of the velocity, m/s.
    pub velocity_m_s: f64,
}

mmw_core::checked_serde!(PolarMetric, |metric| metric.check().map(|_| ()));

impl PolarMetric {
    /// For walking people: 0.35 m along, 0.08 rad but at least 0.3 m across, 0.7 m/s.
    #[must_use]
    pub fn people() -> Self {
        Self { radial_m: 0.35, angular_rad: 0.08, tangential_least_m: 0.3, velocity_m_s: 0.7 }
    }

    /// `self`, when every half axis is from 1e-9 to 1e9; the angular one may be zero.
    fn check(self) -> Result<Self> {
        check::in_range("radial_m", self.radial_m, 1e-9, 1e9)?;
        check::in_range("angular_rad", self.angular_rad, 0.0, 10.0)?;
        check::in_range("tangential_least_m", self.tangential_least_m, 1e-9, 1e9)?;
        check::in_range("velocity_m_s", self.velocity_m_s, 1e-9, 1e9)?;
        Ok(self)
    }
}

impl Default for PolarMetric {
    fn default() -> Self {
        Self::people()
    }
}

/// A velocity that is not known differs from none.
fn velocity_difference(a: &CloudPoint, b: &CloudPoint) -> f64 {
    a.velocity_m_s.zip(b.velocity_m_s).map_or(0.0, |(a, b)| a - b)
}

impl Metric for PolarMetric {
    fn distance_squared(&self, a: &CloudPoint, b: &CloudPoint) -> f64 {
        let [[ax, ay, _], [bx, by, _]] = [a.position_m, b.position_m];
        let (mx, my) = (0.5 * (ax + bx), 0.5 * (ay + by));
        let r = mx.hypot(my);
        // Opposite each other, with the radar in the middle, any direction will do.
        let (ux, uy) = if r > 0.0 { (mx / r, my / r) } else { (0.0, 1.0) };
        let (dx, dy) = (ax - bx, ay - by);
        let along = (dx * ux + dy * uy) / self.radial_m;
        let across = (dy * ux - dx * uy) / self.tangential_least_m.max(self.angular_rad * r);
        let velocity = velocity_difference(a, b) / self.velocity_m_s;
        along * along + across * across + velocity * velocity
    }
}

/// One length for all directions.
///
/// ```text
/// d² = (Δx² + Δy² + Δz² + (velocity_scale_s Δv)²) / radius_m²
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PlainMetric {
    /// Radius of the neighbourhood, m.
    pub radius_m: f64,
    /// What a difference in velocity is worth, m per m/s.
    pub velocity_scale_s: f64,
    /// Whether heights count.
    pub with_z: bool,
}

mmw_core::checked_serde!(PlainMetric, |metric| metric.check().map(|_| ()));

impl PlainMetric {
    /// A radius in m, the worth of a velocity in m per m/s, and whether heights count.
    ///
    /// # Errors
    /// A radius that is not from 1e-9 to 1e9, a worth that is not from 0 to 1e9.
    pub fn new(radius_m: f64, velocity_scale_s: f64, with_z: bool) -> Result<Self> {
        Self { radius_m, velocity_scale_s, with_z }.check()
    }

    fn check(self) -> Result<Self> {
        check::in_range("radius_m", self.radius_m, 1e-9, 1e9)?;
        check::in_range("velocity_scale_s", self.velocity_scale_s, 0.0, 1e9)?;
        Ok(self)
    }
}

impl Metric for PlainMetric {
    fn distance_squared(&self, a: &CloudPoint, b: &CloudPoint) -> f64 {
        let [dx, dy, dz] = std::array::from_fn(|i| a.position_m[i] - b.position_m[i]);
        let dz = if self.with_z { dz } else { 0.0 };
        let dv = self.velocity_scale_s * velocity_difference(a, b);
        (dx * dx + dy * dy + dz * dz + dv * dv) / (self.radius_m * self.radius_m)
    }
}
