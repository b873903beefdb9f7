//! Angles on the circle.

use std::f64::consts::{PI, TAU};

/// The angle from −π to π that points where a finite one does, rad.
///
/// # Examples
/// ```
/// use mmw_core::math::wrapped_angle;
/// assert!((wrapped_angle(350_f64.to_radians()) + 10_f64.to_radians()).abs() < 1e-15);
/// assert_eq!(wrapped_angle(-3.0), -3.0);
/// ```
#[inline]
#[must_use]
pub fn wrapped_angle(angle_rad: f64) -> f64 {
    if angle_rad.abs() <= PI { angle_rad } else { angle_rad - TAU * (angle_rad / TAU).round() }
}
