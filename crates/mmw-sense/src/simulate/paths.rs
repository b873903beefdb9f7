//! Where people walk: the four kinds of scenes.

use super::split_mix::SplitMix64;
use std::f64::consts::{FRAC_PI_2, PI};

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PeopleKind {
    /// Four meet within 0.3 m and half a second.
    #[default]
    Crossing,
    /// Two pairs, side by side 0.7 m apart, pass each other.
    Pairs,
    /// Three walk, stand for 2.5 s and walk on; who stands gives next to no points, as behind a
    /// clutter filter.
    Stops,
    /// Eight walk at random in 8 m by 7 m.
    Crowd,
}

mmw_core::named!(PeopleKind, "kind" { Crossing = "crossing", Pairs = "pairs", Stops = "stops", Crowd = "crowd" });

/// Right, forward, and their rates, m and m/s.
pub(super) type State = [f64; 4];

/// A full turn, as the published scenes round it: phases are drawn below it.
#[allow(clippy::approx_constant, reason = "the scenes are named by their seed, and their phases hang on it")]
pub(super) const TURN: f64 = 6.28;

/// Interval of scans, s.
pub(super) const SCAN_S: f64 = 0.05;

/// The way of one person.
#[derive(Debug, Clone)]
pub(super) enum Path {
    Straight { middle: [f64; 2], velocity: [f64; 2], at_s: f64, span_s: f64 },
    Sway { start: [f64; 2], speed: f64, phase: f64 },
    Halting { start: [f64; 2], speed: f64, heading: f64, stop_s: f64 },
    Trail(Vec<State>),
}

impl Path {
    /// Where the person is at `t`, none when out of sight.
    pub(super) fn at(&self, t: f64) -> Option<State> {
        match self {
            Self::Straight { middle: [x, y], velocity: [vx, vy], at_s, span_s } => {
                let u = t - at_s;
                (u.abs() <= *span_s).then_some([x + vx * u, y + vy * u, *vx, *vy])
            }
            Self::Sway { start: [x, y], speed, phase } => {
                let x = x + speed * t;
                let swing = 1.3 * t + phase;
                (x.abs() < 3.5).then_some([x, y + 0.05 * swing.sin(), *speed, 0.065 * swing.cos()])
            }
            Self::Halting { start: [x, y], speed, heading, stop_s } => {
                let way = speed * run(t, *stop_s);
                let v = speed * (run(t + 1e-4, *stop_s) - run(t - 1e-4, *stop_s)) / 2e-4;
                let (sin, cos) = heading.sin_cos();
                let y = y + way * sin;
                (y < 7.2).then_some([x + way * cos, y, v * cos, v * sin])
            }
            Self::Trail(trail) => {
                // Halves go to the even neighbour, as the published scenes were made.
                let step = (t / SCAN_S).round_ties_even().max(0.0) as usize;
                trail.get(step.min(trail.len().saturating_sub(1))).copied()
            }
        }
    }
}

/// Time walked until `t` with a stop of 2.5 s at `stop`, into and out of which ramps of 0.4 s lead.
fn run(t: f64, stop: f64) -> f64 {
    let ramp = |q: f64| {
        let q = q.max(0.0);
        if q < 0.4 { q * q / 0.8 } else { q - 0.2 }
    };
    if t < stop {
        t
    } else if t < stop + 2.5 {
        stop + (t - stop) - ramp(t - stop)
    } else {
        stop + (2.5 - ramp(2.5)) + ramp(t - stop - 2.5)
    }
}

pub(super) fn paths(kind: PeopleKind, rng: &mut SplitMix64) -> Vec<Path> {
    match kind {
        PeopleKind::Crossing => crossing(rng),
        PeopleKind::Pairs => pairs(rng),
        PeopleKind::Stops => (0..3).map(|i| halting(i, rng)).collect(),
        PeopleKind::Crowd => (0..8).map(|_| trail(rng)).collect(),
    }
}

/// Each passes its own point of a ring of 0.3 m, in the direction in which it travels turned by 90°.
fn crossing(rng: &mut SplitMix64) -> Vec<Path> {
    let base = rng.uniform(0.0, 360.0);
    let mut one = |i: usize| {
        let heading = (base + 90.0 * i as f64 + rng.uniform(-20.0, 20.0)).to_radians();
        let speed = rng.uniform(0.8, 1.4);
        let at_s = 6.0 + rng.uniform(-0.25, 0.25);
        let side = heading + FRAC_PI_2;
        Path::Straight {
            middle: [0.3 * side.cos(), 4.2 + 0.3 * side.sin()],
            velocity: [speed * heading.cos(), speed * heading.sin()],
            at_s,
            span_s: (3.6 / speed).min(6.0),
        }
    };
    (0..4).map(&mut one).collect()
}

fn pairs(rng: &mut SplitMix64) -> Vec<Path> {
    let mut all = Vec::new();
    for side in [1.0, -1.0] {
        let speed = rng.uniform(0.9, 1.3);
        let y = 4.0 + side * 0.45 + rng.uniform(-0.1, 0.1);
        for apart in [0.35, -0.35] {
            let phase = rng.uniform(0.0, TURN);
            all.push(Path::Sway { start: [-side * 3.4, y + side * apart], speed: side * speed, phase });
        }
    }
    all
}

fn halting(i: usize, rng: &mut SplitMix64) -> Path {
    let start = [-2.0 + 2.0 * i as f64 + rng.uniform(-0.3, 0.3), rng.uniform(1.8, 2.4)];
    let speed = rng.uniform(0.8, 1.2);
    let heading = (90.0 + rng.uniform(-12.0, 12.0)).to_radians();
    Path::Halting { start, speed, heading, stop_s: rng.uniform(2.0, 3.0) }
}

/// A walk that turns at random, and back towards the middle of the room near its walls.
fn trail(rng: &mut SplitMix64) -> Path {
    let (mut x, mut y) = (rng.uniform(-3.0, 3.0), rng.uniform(2.0, 6.5));
    let (mut heading, speed) = (rng.uniform(0.0, TURN), rng.uniform(0.7, 1.3));
    let mut turn = 0.0;
    let mut trail = Vec::new();
    for _ in 0..=240 {
        let (sin, cos) = heading.sin_cos();
        trail.push([x, y, speed * cos, speed * sin]);
        turn = 0.9 * turn + rng.normal(0.25);
        if x.abs() > 3.0 || (y - 4.2).abs() > 2.4 {
            turn += 2.5 * 0.3_f64.copysign(cos * (4.2 - y) - sin * -x);
        }
        heading += turn * SCAN_S;
        let (sin, cos) = heading.sin_cos();
        x += speed * cos * SCAN_S;
        y += speed * sin * SCAN_S;
    }
    Path::Trail(trail)
}

/// The angle between two bearings, rad, from 0 to π.
pub(super) fn between(a: f64, b: f64) -> f64 {
    let d = (a - b).rem_euclid(2.0 * PI);
    d.min(2.0 * PI - d)
}
