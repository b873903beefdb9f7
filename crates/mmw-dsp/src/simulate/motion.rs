//! Where a target is at any time, how near it comes, and how fast its phase can bend.

use super::scene::{PointTarget, Vibration};
use mmw_core::geometry::{Vector3, difference, dot, norm, sum};
use mmw_core::{Error, Result, check};
use std::f64::consts::TAU;

/// Constant velocity plus a sinusoid.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Track {
    position_m: Vector3,
    velocity_m_s: Vector3,
    /// Amplitude vector, m.
    swing_m: Vector3,
    omega_rad_s: f64,
    phase_rad: f64,
    amplitude_m: f64,
}

impl Track {
    /// Checks the motion of target number `index` for finite numbers.
    pub(super) fn new(index: usize, target: &PointTarget) -> Result<Self> {
        for value in target.position_m {
            check::finite(format!("target {index}: position_m"), value)?;
        }
        for value in target.velocity_m_s {
            check::finite(format!("target {index}: velocity_m_s"), value)?;
        }
        let still = Self {
            position_m: target.position_m,
            velocity_m_s: target.velocity_m_s,
            swing_m: [0.0; 3],
            omega_rad_s: 0.0,
            phase_rad: 0.0,
            amplitude_m: 0.0,
        };
        match &target.vibration {
            None => Ok(still),
            Some(vibration) => still.vibrating(index, vibration),
        }
    }

    fn vibrating(self, index: usize, vibration: &Vibration) -> Result<Self> {
        let named = |field: &str| format!("target {index}: vibration.{field}");
        let amplitude_m = check::non_negative(named("amplitude_m"), vibration.amplitude_m)?;
        let omega_rad_s = TAU * check::non_negative(named("frequency_hz"), vibration.frequency_hz)?;
        let phase_rad = check::finite(named("phase_rad"), vibration.phase_rad)?;
        let direction = vibration.direction.unwrap_or(self.position_m);
        let length = check::positive(named("direction, its length"), norm(direction))?;
        let swing_m = direction.map(|x| x / length * amplitude_m);
        Ok(Self { swing_m, omega_rad_s, phase_rad, amplitude_m, ..self })
    }

    pub(super) fn position_m(&self, time_s: f64) -> Vector3 {
        let swing = if self.amplitude_m > 0.0 { self.angle_rad(time_s).sin() } else { 0.0 };
        std::array::from_fn(|i| self.position_m[i] + self.velocity_m_s[i] * time_s + self.swing_m[i] * swing)
    }

    pub(super) fn velocity_m_s(&self, time_s: f64) -> Vector3 {
        let rate = self.omega_rad_s * self.angle_rad(time_s).cos();
        sum(self.velocity_m_s, self.swing_m.map(|a| a * rate))
    }

    fn angle_rad(&self, time_s: f64) -> f64 {
        self.omega_rad_s * time_s + self.phase_rad
    }

    /// Greatest speed at any time, m/s.
    pub(super) fn max_speed_m_s(&self) -> f64 {
        norm(self.velocity_m_s) + self.amplitude_m * self.omega_rad_s
    }

    /// A distance from `point` that is not passed below between the two times; negative when the
    /// vibration may reach the point.
    pub(super) fn least_distance_m(&self, point: Vector3, from_s: f64, to_s: f64) -> f64 {
        let start = difference(self.position_m, point);
        let speed2 = dot(self.velocity_m_s, self.velocity_m_s);
        let nearest_s = if speed2 > 0.0 { -dot(start, self.velocity_m_s) / speed2 } else { from_s };
        // Written without `clamp`, which panics for a reversed interval.
        let nearest_s = nearest_s.min(to_s).max(from_s);
        norm(sum(start, self.velocity_m_s.map(|v| v * nearest_s))) - self.amplitude_m
    }

    /// A distance from `point` that is not exceeded between the two times: distances along a line are
    /// convex, so one of the ends is the farthest.
    pub(super) fn greatest_distance_m(&self, point: Vector3, from_s: f64, to_s: f64) -> f64 {
        let at = |t: f64| norm(difference(sum(self.position_m, self.velocity_m_s.map(|v| v * t)), point));
        at(from_s).max(at(to_s)) + self.amplitude_m
    }

    /// Bounds of the second and third time derivative of the distance to a point that stays at least
    /// `distance_m` away, m/s² and m/s³.
    ///
    /// With `d² = |p|²`, differentiated twice and thrice:
    /// ```text
    /// d d″ + d′² = |p′|² + p·p″              ⇒  |d″| ≤ v²/d + a
    /// d d‴ + 3 d′ d″ = 3 p′·p″ + p·p‴        ⇒  |d‴| ≤ 3 v (a + v²/d + a)/d + j
    /// ```
    pub(super) fn distance_derivatives(&self, distance_m: f64) -> (f64, f64) {
        let v = self.max_speed_m_s();
        let a = self.amplitude_m * self.omega_rad_s.powi(2);
        let j = a * self.omega_rad_s;
        let second = v * v / distance_m + a;
        (second, 3.0 * v * (a + second) / distance_m + j)
    }

    /// Fails when the target comes nearer than `least_m` to one of the points, or leaves `greatest_m`.
    pub(super) fn check_distances(
        &self,
        index: usize,
        points: &[Vector3],
        duration_s: f64,
        least_m: f64,
        greatest_m: f64,
    ) -> Result<()> {
        for &point in points {
            let nearest_m = self.least_distance_m(point, 0.0, duration_s);
            if nearest_m.is_nan() || nearest_m < least_m {
                let name = format!("target {index}: least distance to an antenna in {duration_s} s, m");
                return Err(Error::domain(name, nearest_m, format!("at least {least_m}")));
            }
            let farthest_m = self.greatest_distance_m(point, 0.0, duration_s);
            if farthest_m.is_nan() || farthest_m > greatest_m {
                let name = format!("target {index}: greatest distance in {duration_s} s, m");
                return Err(Error::domain(name, farthest_m, format!("at most {greatest_m:.0}")));
            }
        }
        Ok(())
    }
}
