//! The way that velocities and turn rates make.

use crate::matrix::applied;
use crate::pose::{Pose, turned};
use mmw_core::{Error, Result, check};

/// A velocity in the axes of who moves, at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Moment {
    /// Time, s.
    pub time_s: f64,
    /// Velocity, m/s.
    pub velocity_m_s: [f64; 3],
}

mmw_core::checked_serde!(Moment, |moment| Moment::new(moment.time_s, moment.velocity_m_s).map(|_| ()));

impl Moment {
    /// A time, s, and a velocity, m/s.
    ///
    /// # Errors
    /// A number that is not finite or beyond 1e9, a time beyond 1e12.
    pub fn new(time_s: f64, velocity_m_s: [f64; 3]) -> Result<Self> {
        check::in_range("time_s", time_s, -1e12, 1e12)?;
        velocity_m_s
            .into_iter()
            .try_for_each(|v| check::in_range("velocity_m_s", v, -1e9, 1e9).map(|_| ()))?;
        Ok(Self { time_s, velocity_m_s })
    }
}

/// A turn rate in the axes of who turns, at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Turning {
    /// Time, s.
    pub time_s: f64,
    /// Turn rate, rad/s.
    pub rate_rad_s: [f64; 3],
}

mmw_core::checked_serde!(Turning, |turning| Turning::new(turning.time_s, turning.rate_rad_s).map(|_| ()));

impl Turning {
    /// A time, s, and a turn rate, rad/s.
    ///
    /// # Errors
    /// A number that is not finite or beyond 1e4 rad/s, a time beyond 1e12.
    pub fn new(time_s: f64, rate_rad_s: [f64; 3]) -> Result<Self> {
        check::in_range("time_s", time_s, -1e12, 1e12)?;
        rate_rad_s.into_iter().try_for_each(|w| check::in_range("rate_rad_s", w, -1e4, 1e4).map(|_| ()))?;
        Ok(Self { time_s, rate_rad_s })
    }
}

/// Where who moves is at each of the moments, from the origin along the axes of the first: velocities are
/// linear from one moment to the next, turn rates (none: it does not turn) from one of theirs to the next,
/// and constant beyond their ends.
///
/// # Errors
/// Times that do not grow, a way that leaves 1e9 m.
///
/// # Examples
/// ```
/// use mmw_sense::ego::{Moment, Turning, integrate};
///
/// // Ahead at 1 m/s, turning left by a quarter in the first second: a quarter of a circle.
/// let moments: Vec<_> = (0..=100).map(|i| Moment::new(0.01 * f64::from(i), [0.0, 1.0, 0.0])).collect::<Result<_, _>>()?;
/// let rate = std::f64::consts::FRAC_PI_2;
/// let way = integrate(&moments, &[Turning::new(0.0, [0.0, 0.0, rate])?])?;
/// let [x, y, _] = way[100].translation_m;
/// assert!((x + 1.0 / rate).abs() < 1e-4 && (y - 1.0 / rate).abs() < 1e-4);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn integrate(moments: &[Moment], turning: &[Turning]) -> Result<Vec<Pose>> {
    growing("moments", moments.iter().map(|one| one.time_s))?;
    growing("turn rates", turning.iter().map(|one| one.time_s))?;
    let mut pose = Pose::identity();
    let mut way = Vec::with_capacity(moments.len());
    let mut next = 0;
    for (i, moment) in moments.iter().enumerate() {
        if let Some(before) = i.checked_sub(1).map(|before| &moments[before]) {
            let mut from = before.time_s;
            while from < moment.time_s {
                while turning.get(next).is_some_and(|one| one.time_s <= from) {
                    next += 1;
                }
                let to = turning.get(next).map_or(moment.time_s, |one| one.time_s.min(moment.time_s));
                advance(&mut pose, [before, moment], [from, to], turning);
                from = to;
            }
        }
        pose.translation_m.iter().try_for_each(|&x| check::in_range("way", x, -1e9, 1e9).map(|_| ()))?;
        way.push(pose);
    }
    Ok(way)
}

/// Moves on over a piece of time in which turn rate and velocity are linear, by their middle: the error is of
/// the third order in the length of the piece.
fn advance(pose: &mut Pose, [before, after]: [&Moment; 2], [from, to]: [f64; 2], turning: &[Turning]) {
    let (dt, middle) = (to - from, 0.5 * (from + to));
    let share = (middle - before.time_s) / (after.time_s - before.time_s);
    let velocity: [f64; 3] = std::array::from_fn(|i| {
        before.velocity_m_s[i] + share * (after.velocity_m_s[i] - before.velocity_m_s[i])
    });
    let rate = rate_at(turning, middle);
    let half = turned(rate.map(|w| 0.5 * w * dt));
    let halfway = crate::matrix::product(&pose.rotation, &half);
    let moved = applied(&halfway, &velocity);
    pose.rotation = crate::matrix::product(&halfway, &half);
    pose.translation_m = std::array::from_fn(|i| pose.translation_m[i] + dt * moved[i]);
}

/// The turn rate at a time, rad/s: linear between two of `turning`, whose times grow, constant beyond its
/// ends, none where it is empty.
#[must_use]
pub fn rate_at(turning: &[Turning], time_s: f64) -> [f64; 3] {
    let next = turning.partition_point(|one| one.time_s <= time_s);
    match (next.checked_sub(1).map(|i| &turning[i]), turning.get(next)) {
        (None, None) => [0.0; 3],
        (Some(one), None) | (None, Some(one)) => one.rate_rad_s,
        (Some(a), Some(b)) => {
            let share = (time_s - a.time_s) / (b.time_s - a.time_s);
            std::array::from_fn(|i| a.rate_rad_s[i] + share * (b.rate_rad_s[i] - a.rate_rad_s[i]))
        }
    }
}

pub(super) fn growing(name: &'static str, times: impl Iterator<Item = f64>) -> Result<()> {
    let mut last = f64::NEG_INFINITY;
    for time in times {
        if time <= last {
            return Err(Error::domain(name, time, format!("a time after that before, {last}")));
        }
        last = time;
    }
    Ok(())
}
