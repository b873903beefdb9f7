//! How likely a point is of a body, and what the points of a body say together.

use super::config::TrackerConfig;
use super::motion::{Belief, Vector};
use crate::CloudPoint;
use std::f64::consts::PI;

/// Beyond this squared distance, in deviations, a point is of somebody else: 99.9 % of two dimensions.
const GATE: f64 = 13.8;

/// The density of velocities that stands in for an unknown one, s/m.
const UNKNOWN_VELOCITY: f64 = 0.5;

/// A point, prepared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Echo {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) z: f64,
    /// Horizontal part of the direction from the radar.
    pub(super) u: [f64; 2],
    pub(super) velocity: Option<f64>,
}

impl Echo {
    /// None at the radar itself, where there is no direction.
    pub(super) fn new(point: &CloudPoint) -> Option<Self> {
        let [x, y, z] = point.position_m;
        let r = point.range_m();
        (r > 1e-3).then(|| Self { x, y, z, u: [x / r, y / r], velocity: point.velocity_m_s })
    }
}

/// What the likelihood of a body's points needs of it, worked out once a sweep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    at: [f64; 2],
    velocity: [f64; 2],
    /// Direction from the radar.
    u: [f64; 2],
    /// Reciprocal variances along and across it.
    sharpness: [f64; 2],
    /// Reciprocal variances of trunk and limbs.
    velocity_sharpness: [f64; 2],
    /// Densities at the middle, times the share of trunk and limbs.
    peaks: [f64; 2],
    peak: f64,
}

impl Outline {
    pub(super) fn new(belief: &Belief, config: &TrackerConfig) -> Self {
        let [x, y, vx, vy] = belief.mean;
        let r = x.hypot(y).max(1e-3);
        let u = [x / r, y / r];
        let along = body_variance(config.range_m, config);
        let across = body_variance(r * config.azimuth_rad, config);
        let p = &belief.covariance;
        let form = |i: usize, [a, b]: [f64; 2]| {
            a * a * p[i][i] + 2.0 * a * b * p[i][i + 1] + b * b * p[i + 1][i + 1]
        };
        let variances = [along + form(0, u).max(0.0), across + form(0, [-u[1], u[0]]).max(0.0)];
        let drift = form(2, u).max(0.0);
        let swing = config.limb_swing * vx.hypot(vy);
        let trunk = config.trunk_velocity_m_s * config.trunk_velocity_m_s + drift;
        let limbs = config.limb_velocity_m_s * config.limb_velocity_m_s + swing * swing + drift;
        let share = config.limb_share;
        let peaks = [(1.0 - share) / (2.0 * PI * trunk).sqrt(), share / (2.0 * PI * limbs).sqrt()];
        Self {
            at: [x, y],
            velocity: [vx, vy],
            u,
            sharpness: variances.map(|v| 1.0 / v),
            velocity_sharpness: [1.0 / trunk, 1.0 / limbs],
            peaks,
            peak: 1.0 / (2.0 * PI * (variances[0] * variances[1]).sqrt()),
        }
    }

    /// Density of a point of this body, 1/m² and s/m.
    pub(super) fn likelihood(&self, echo: &Echo) -> f64 {
        let (dx, dy) = (echo.x - self.at[0], echo.y - self.at[1]);
        let along = dx * self.u[0] + dy * self.u[1];
        let across = dy * self.u[0] - dx * self.u[1];
        let far = along * along * self.sharpness[0] + across * across * self.sharpness[1];
        if far >= GATE {
            return 0.0;
        }
        let place = self.peak * (-0.5 * far).exp();
        let Some(velocity) = echo.velocity else { return place * UNKNOWN_VELOCITY };
        let off = velocity - echo.u[0] * self.velocity[0] - echo.u[1] * self.velocity[1];
        let [trunk, limbs] = self.velocity_sharpness.map(|sharp| (-0.5 * off * off * sharp).exp());
        place * (self.peaks[0] * trunk + self.peaks[1] * limbs)
    }
}

/// Variance of a coordinate of a point about the middle of its body.
fn body_variance(noise_m: f64, config: &TrackerConfig) -> f64 {
    noise_m * noise_m + config.body_m * config.body_m
}

/// What the points of a body say together: up to three numbers that are linear in its state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    numbers: [(Vector, f64, f64); 3],
    count: usize,
}

impl Seen {
    /// Of points with their shares, for a body that is believed to be at `belief`.
    pub(super) fn new(echoes: &[Echo], shares: &[f64], belief: &Belief, config: &TrackerConfig) -> Self {
        let mut seen = Self { numbers: [([0.0; 4], 0.0, 1.0); 3], count: 0 };
        let n: f64 = shares.iter().sum();
        if n < 0.3 {
            return seen;
        }
        let mean = |of: fn(&Echo) -> f64| {
            echoes.iter().zip(shares).map(|(echo, share)| share * of(echo)).sum::<f64>() / n
        };
        let (x, y, z) = (mean(|e| e.x), mean(|e| e.y), mean(|e| e.z));
        let [bx, by, vx, vy] = belief.mean;
        let r = bx.hypot(by).max(1e-3);
        let (ux, uy) = (bx / r, by / r);
        // What is common to the points of a scan does not shrink with their number.
        let variance = |noise: f64| body_variance(noise, config) / n + 0.02 * 0.02;
        seen.push([ux, uy, 0.0, 0.0], ux * x + uy * y, variance(config.range_m));
        seen.push([-uy, ux, 0.0, 0.0], ux * y - uy * x, variance(r * config.azimuth_rad));
        // A robust mean of the velocities: limbs swing to both sides.
        let (mut sum, mut weight) = (0.0, 0.0);
        for (echo, share) in echoes.iter().zip(shares) {
            let Some(velocity) = echo.velocity else { continue };
            let off = velocity - echo.u[0] * vx - echo.u[1] * vy;
            let w = share / (1.0 + (off / 0.2) * (off / 0.2));
            (sum, weight) = (sum + w * off, weight + w);
        }
        let range = (x * x + y * y + z * z).sqrt();
        if weight > 1e-9 && range > 1e-3 {
            let u = [x / range, y / range];
            let variance = 0.15 * 0.15 / weight.max(0.2) + 0.05 * 0.05;
            seen.push([0.0, 0.0, u[0], u[1]], u[0] * vx + u[1] * vy + sum / weight, variance);
        }
        seen
    }

    fn push(&mut self, h: Vector, value: f64, variance: f64) {
        self.numbers[self.count] = (h, value, variance);
        self.count += 1;
    }

    /// The numbers with their variances; none for less than a third of a point.
    pub(super) fn measured(&self) -> Option<&[(Vector, f64, f64)]> {
        (self.count > 0).then(|| &self.numbers[..self.count])
    }
}
