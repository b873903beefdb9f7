//! Simulated graphs with known truth.

use super::edge::Edge;
use super::optimise::{PlaneGraph, SpaceGraph};
use super::poses::{GraphPose, PlanePose};
use crate::Pose;
use crate::matrix::{diagonal, transposed};
use crate::simulate::SplitMix64;
use mmw_core::{Result, check};
use std::f64::consts::{FRAC_PI_2, PI};

/// A graph and the poses that it was made from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Scene<G, P> {
    /// The graph, its poses as the odometry chains them.
    pub graph: G,
    /// The true poses.
    pub truth: Vec<P>,
}

/// Somebody who walks on a square of `2 side` m by steps of 1 m, after each turning by nothing (with
/// probability 0.6), or by a quarter to the left or the right, and back inside at the border. Each pose sees
/// the next, and with probability 0.4 each within 1.01 m that is ten or more ahead; errors of x, y (m) and
/// heading (rad) are normal with `deviations`.
///
/// # Errors
/// No more than one pose or more than 1e5, a side that is not from 1 to 1e4 m, deviations that are not from
/// 1e-9 to 10.
pub fn grid_walk(
    seed: u64,
    poses: usize,
    side_m: u32,
    deviations: [f64; 3],
) -> Result<Scene<PlaneGraph, PlanePose>> {
    check::in_range("poses", poses as f64, 2.0, 1e5)?;
    let side = check::in_range("side_m", f64::from(side_m), 1.0, 1e4)?;
    check_deviations(&deviations)?;
    let mut random = SplitMix64::new(seed);
    let mut truth = vec![PlanePose::default()];
    while truth.len() < poses {
        truth.push(next_step(truth[truth.len() - 1], side, random.uniform(0.0, 1.0)));
    }
    let information = diagonal(&deviations.map(|s| 1.0 / (s * s)));
    let mut edges = Vec::new();
    let mut see = |from: usize, to: usize, random: &mut SplitMix64| -> Result<()> {
        let seen = PlanePose::between(&truth[from], &truth[to]);
        let [x, y, turn] = deviations.map(|s| random.normal(s));
        let seen = PlanePose::new(seen.x_m + x, seen.y_m + y, seen.heading_rad + turn)?;
        edges.push(Edge::new(from, to, seen, information)?);
        Ok(())
    };
    for to in 1..poses {
        see(to - 1, to, &mut random)?;
        for from in 0..to.saturating_sub(10) {
            let (a, b) = (&truth[from], &truth[to]);
            if (a.x_m - b.x_m).hypot(a.y_m - b.y_m) < 1.01 && random.uniform(0.0, 1.0) < 0.4 {
                see(from, to, &mut random)?;
            }
        }
    }
    let mut start = vec![PlanePose::default()];
    for edge in edges.iter().filter(|edge| edge.to == edge.from + 1) {
        let at = start[start.len() - 1];
        let (sin, cos) = at.heading_rad.sin_cos();
        let PlanePose { x_m: x, y_m: y, heading_rad } = edge.measured;
        let place = [at.x_m + cos * x - sin * y, at.y_m + sin * x + cos * y];
        start.push(PlanePose::new(place[0], place[1], at.heading_rad + heading_rad)?);
    }
    let mut graph = PlaneGraph::new(start)?;
    edges.into_iter().try_for_each(|edge| graph.add(edge))?;
    Ok(Scene { graph, truth })
}

/// A metre on, by the draw of a turn, or by the first turn that stays inside.
fn next_step(at: PlanePose, side: f64, draw: f64) -> PlanePose {
    let turn = if draw < 0.6 {
        0.0
    } else if draw < 0.8 {
        FRAC_PI_2
    } else {
        -FRAC_PI_2
    };
    let ahead = |more: f64| {
        let heading = at.heading_rad + turn + more;
        let place = [at.x_m + heading.cos(), at.y_m + heading.sin()];
        let quarters = (heading / FRAC_PI_2).round() * FRAC_PI_2;
        let next = PlanePose::default().stepped(&[place[0].round(), place[1].round(), quarters]);
        (place[0].abs() <= side && place[1].abs() <= side, next)
    };
    let turns = [0.0, FRAC_PI_2, -FRAC_PI_2, PI].map(ahead);
    turns.iter().find(|(inside, _)| *inside).unwrap_or(&turns[3]).1
}

/// Poses on a sphere, ring by ring from south to north, x along the ring and z outwards. Each sees the next,
/// and is seen from the ring below; errors of the place (m) and of the rotation (rad) are normal with
/// `deviations`.
///
/// # Errors
/// No ring or more than 1000, fewer than 3 poses per ring or more than 1000, a radius that is not from 1e-3
/// to 1e6 m, deviations that are not from 1e-9 to 10.
pub fn sphere(
    seed: u64,
    [rings, per_ring]: [usize; 2],
    radius_m: f64,
    deviations: [f64; 2],
) -> Result<Scene<SpaceGraph, Pose>> {
    check::in_range("rings", rings as f64, 1.0, 1e3)?;
    check::in_range("poses a ring", per_ring as f64, 3.0, 1e3)?;
    check::in_range("radius_m", radius_m, 1e-3, 1e6)?;
    check_deviations(&deviations)?;
    let mut random = SplitMix64::new(seed);
    let place = |k: usize| {
        let (ring, along) = ((k / per_ring) as f64, (k % per_ring) as f64 / per_ring as f64);
        let up = -FRAC_PI_2 + PI * (ring + along + 0.5 / per_ring as f64 + 0.3) / (rings as f64 + 0.6);
        let ((sin_up, cos_up), (sin, cos)) = (up.sin_cos(), (2.0 * PI * along).sin_cos());
        let z = [cos_up * cos, cos_up * sin, sin_up];
        let x = [-sin, cos, 0.0];
        let y = [z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]];
        Pose::new(transposed(&[x, y, z]), z.map(|value| radius_m * value))
    };
    let truth: Vec<Pose> = (0..rings * per_ring).map(place).collect::<Result<_>>()?;
    let [place_m, turn_rad] = deviations;
    let (p, r) = (1.0 / (place_m * place_m), 1.0 / (turn_rad * turn_rad));
    let information = diagonal(&[p, p, p, r, r, r]);
    let mut edges = Vec::new();
    let mut see = |from: usize, to: usize| -> Result<()> {
        let seen = Pose::between(&truth[from], &truth[to]);
        let turn = std::array::from_fn(|_| random.normal(turn_rad));
        let mut seen = seen.after(&Pose::exp(turn, [0.0; 3])?);
        seen.translation_m.iter_mut().for_each(|x| *x += random.normal(place_m));
        edges.push(Edge::new(from, to, seen, information)?);
        Ok(())
    };
    for to in 1..truth.len() {
        see(to - 1, to)?;
        if to >= per_ring {
            see(to - per_ring, to)?;
        }
    }
    let mut start = vec![truth[0]];
    for edge in edges.iter().filter(|edge| edge.to == edge.from + 1) {
        start.push(start[start.len() - 1].after(&edge.measured));
    }
    let mut graph = SpaceGraph::new(start)?;
    edges.into_iter().try_for_each(|edge| graph.add(edge))?;
    Ok(Scene { graph, truth })
}

fn check_deviations(deviations: &[f64]) -> Result<()> {
    deviations.iter().try_for_each(|&s| check::in_range("deviations", s, 1e-9, 10.0).map(|_| ()))
}
