//! How late scans are against an inertial unit.

use super::trajectory::{Moment, growing};
use crate::matrix::{Matrix, applied, product};
use crate::pose::turned;
use mmw_core::math::greatest_within;
use mmw_core::{Error, Result, check};

/// What an inertial unit measures, in the axes in which the velocities are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Inertial {
    /// Time, s.
    pub time_s: f64,
    /// Turn rate, rad/s.
    pub rate_rad_s: [f64; 3],
    /// Specific force, m/s²: at rest, it holds against gravity.
    pub force_m_s2: [f64; 3],
}

mmw_core::checked_serde!(Inertial, |one| Inertial::new(one.time_s, one.rate_rad_s, one.force_m_s2)
    .map(|_| ()));

impl Inertial {
    /// A time (s), a turn rate (rad/s) and a specific force (m/s²).
    ///
    /// # Errors
    /// A number that is not finite, a rate beyond 1e4, a force beyond 1e6, a time beyond 1e12.
    pub fn new(time_s: f64, rate_rad_s: [f64; 3], force_m_s2: [f64; 3]) -> Result<Self> {
        check::in_range("time_s", time_s, -1e12, 1e12)?;
        rate_rad_s.into_iter().try_for_each(|w| check::in_range("rate_rad_s", w, -1e4, 1e4).map(|_| ()))?;
        force_m_s2.into_iter().try_for_each(|f| check::in_range("force_m_s2", f, -1e6, 1e6).map(|_| ()))?;
        Ok(Self { time_s, rate_rad_s, force_m_s2 })
    }
}

/// How late the times of scans are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct TimeOffset {
    /// To be subtracted from their times, s.
    pub late_s: f64,
    /// Typical difference of the velocities from the inertial ones with it, m/s in each direction.
    pub scale_m_s: f64,
    /// The same without.
    pub unmoved_scale_m_s: f64,
}

mmw_core::checked_serde!(TimeOffset, |offset| {
    check::in_range("late_s", offset.late_s, -10.0, 10.0)?;
    check::non_negative("scale_m_s", offset.scale_m_s)?;
    check::non_negative("unmoved_scale_m_s", offset.unmoved_scale_m_s).map(|_| ())
});

/// Length of a window, s: a gyro's bias turns it by a fraction of a degree meanwhile.
const WINDOW_S: f64 = 5.0;
/// Least number of scans in a window: a line in each direction takes two.
const LEAST: usize = 8;
/// First steps of the search, s.
const STEP_S: f64 = 0.01;

/// Attitude and integrated force at the times of the unit.
struct Strapdown<'a> {
    unit: &'a [Inertial],
    attitude: Vec<Matrix<3, 3>>,
    speed: Vec<[f64; 3]>,
}

/// How late the times of the velocities of a radar are against an inertial unit in the same axes, between two
/// bounds, s. In windows of five seconds, the velocities turned by the integrated turn rates, less the
/// integrated force, are lines in time, whose slope is gravity and whose height is the velocity at the
/// beginning; the offset is that by which they are straightest. Neither gravity nor the attitude need be
/// known, and scans that are wrong weigh little (Cauchy).
///
/// # Errors
/// Times that do not grow, bounds that are not from -10 to 10 s and apart, fewer than 8 scans in a window, a
/// unit with less than two samples.
pub fn time_offset(scans: &[Moment], unit: &[Inertial], [low, high]: [f64; 2]) -> Result<TimeOffset> {
    growing("scans", scans.iter().map(|one| one.time_s))?;
    growing("samples of the unit", unit.iter().map(|one| one.time_s))?;
    check::in_range("earliest", low, -10.0, 10.0)?;
    check::in_range("latest", high, low + 1e-3, 10.0)?;
    check::at_least("samples of the unit", unit.len(), 2)?;
    let strapdown = Strapdown::new(unit);
    // The same scans for every offset, so that none is better by having fewer.
    let (from, to) = (unit[0].time_s + high, unit[unit.len() - 1].time_s + low);
    let within: Vec<Moment> = scans.iter().filter(|one| (from..=to).contains(&one.time_s)).copied().collect();
    let cost = |late_s: f64| strapdown.bend(&within, late_s);
    let count = ((high - low) / STEP_S).ceil() as usize;
    let grid = (0..=count).map(|i| low + (high - low) * i as f64 / count as f64);
    let mut best: Option<(f64, f64)> = None;
    for late_s in grid {
        let here = cost(late_s)?;
        if best.is_none_or(|(_, least)| here < least) {
            best = Some((late_s, here));
        }
    }
    let (near, _) = best.ok_or_else(|| Error::too_few("offsets", 1, 0))?;
    let beside = [(near - STEP_S).max(low), (near + STEP_S).min(high)];
    let late_s = greatest_within(beside, 1e-5, |late_s| cost(late_s).map(|cost| -cost))?;
    Ok(TimeOffset { late_s, scale_m_s: cost(late_s)?, unmoved_scale_m_s: cost(0.0_f64.clamp(low, high))? })
}

impl<'a> Strapdown<'a> {
    fn new(unit: &'a [Inertial]) -> Self {
        let mut attitude = vec![crate::matrix::identity()];
        let mut speed = vec![[0.0; 3]];
        for (i, pair) in unit.windows(2).enumerate() {
            let dt = pair[1].time_s - pair[0].time_s;
            let rate: [f64; 3] =
                std::array::from_fn(|k| 0.5 * (pair[0].rate_rad_s[k] + pair[1].rate_rad_s[k]) * dt);
            let next = product(&attitude[i], &turned(rate));
            let forces = [applied(&attitude[i], &pair[0].force_m_s2), applied(&next, &pair[1].force_m_s2)];
            speed.push(std::array::from_fn(|k| speed[i][k] + 0.5 * dt * (forces[0][k] + forces[1][k])));
            attitude.push(next);
        }
        Self { unit, attitude, speed }
    }

    /// A velocity turned into the axes of the start, less what the force has made since.
    fn level(&self, velocity: &[f64; 3], time_s: f64) -> [f64; 3] {
        let i = self.unit.partition_point(|one| one.time_s <= time_s).saturating_sub(1);
        let i = i.min(self.unit.len() - 2);
        let (before, after) = (&self.unit[i], &self.unit[i + 1]);
        let dt = time_s - before.time_s;
        let share = dt / (after.time_s - before.time_s);
        let rate: [f64; 3] = std::array::from_fn(|k| {
            (before.rate_rad_s[k] + 0.5 * share * (after.rate_rad_s[k] - before.rate_rad_s[k])) * dt
        });
        let turned = applied(&product(&self.attitude[i], &turned(rate)), velocity);
        std::array::from_fn(|k| {
            turned[k] - self.speed[i][k] - share * (self.speed[i + 1][k] - self.speed[i][k])
        })
    }

    /// How far the levelled velocities are from straight lines, window by window.
    fn bend(&self, scans: &[Moment], late_s: f64) -> Result<f64> {
        let mut sum = 0.0;
        let mut count = 0;
        let mut start = 0;
        while start < scans.len() {
            let end = scans.partition_point(|one| one.time_s < scans[start].time_s + WINDOW_S);
            let window = &scans[start..end];
            start = end;
            if window.len() < LEAST {
                continue;
            }
            let times: Vec<f64> = window.iter().map(|one| one.time_s - window[0].time_s).collect();
            let levelled: Vec<[f64; 3]> =
                window.iter().map(|one| self.level(&one.velocity_m_s, one.time_s - late_s)).collect();
            for axis in 0..3 {
                let values: Vec<f64> = levelled.iter().map(|one| one[axis]).collect();
                let off = off_line(&times, &values);
                sum += off.iter().map(|r| (r / SCALE_M_S).powi(2).ln_1p()).sum::<f64>();
                count += off.len();
            }
        }
        check::at_least("scans in a window of the inertial unit", count, 3 * LEAST)?;
        // The root mean square that gives this mean of logarithms, to first order.
        Ok(SCALE_M_S * (sum / count as f64).exp_m1().max(0.0).sqrt())
    }
}

/// What a radar's velocity is off by at most when it is not wrong, m/s.
const SCALE_M_S: f64 = 0.3;

/// Distances from a line, found with Cauchy's weights.
fn off_line(times: &[f64], values: &[f64]) -> Vec<f64> {
    let mut line = [0.0, 0.0];
    let mut weights = vec![1.0; times.len()];
    for _ in 0..8 {
        let total = |of: &dyn Fn(usize) -> f64| -> f64 { (0..times.len()).map(|i| weights[i] * of(i)).sum() };
        let n = total(&|_| 1.0);
        let (t, y) = (total(&|i| times[i]) / n, total(&|i| values[i]) / n);
        let square = total(&|i| (times[i] - t) * (times[i] - t));
        let slope = if square > 0.0 { total(&|i| (times[i] - t) * (values[i] - y)) / square } else { 0.0 };
        line = [y - slope * t, slope];
        for (i, weight) in weights.iter_mut().enumerate() {
            let r = (values[i] - line[0] - line[1] * times[i]) / SCALE_M_S;
            *weight = 1.0 / (1.0 + r * r);
        }
    }
    times.iter().zip(values).map(|(t, y)| y - line[0] - line[1] * t).collect()
}
