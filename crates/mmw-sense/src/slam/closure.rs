//! Loops: where the path comes back to a place.

use super::config::SlamConfig;
use super::keyframe::{Keyframe, gathered, map_of};
use crate::Pose;
use crate::graph::{Edge, GraphConfig, GraphPose, SpaceGraph};
use crate::matrix::{diagonal, length};
use crate::pose::rotation_vector;
use crate::registration::{PlaneConfig, Prior, UncertainPoint};
use crate::trajectory::TimedPose;
use mmw_core::{Error, Result, check};

/// Two scans at the same place.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Loop {
    /// The earlier scan.
    pub from: usize,
    /// The later scan.
    pub to: usize,
    /// The later as the earlier sees it.
    pub measured: Pose,
    /// Its weight in the graph: near 0 for a false one.
    pub weight: f64,
}

mmw_core::checked_serde!(Loop, |one| {
    check::in_range("weight", one.weight, 0.0, 1.0)?;
    check::at_least("to", one.to, one.from.saturating_add(1)).map(|_| ())
});

/// A path with its loops closed, and the points around it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct SlamMap {
    /// The path.
    pub path: Vec<TimedPose>,
    /// What closed it.
    pub loops: Vec<Loop>,
    /// The points at rest of all scans of the map, in the axes of the first.
    pub points: Vec<UncertainPoint>,
}

mmw_core::checked_serde!(SlamMap, SlamMap::check);

impl SlamMap {
    /// Times grow, and loops are between scans of the path.
    fn check(&self) -> Result<()> {
        if !self.path.is_sorted_by(|a, b| a.time_s < b.time_s) {
            return Err(Error::invalid("path", "must grow in time"));
        }
        match self.loops.iter().find(|one| one.to >= self.path.len()) {
            Some(one) => Err(Error::invalid("loops", format!("scan {} is not of the path", one.to))),
            None => Ok(()),
        }
    }
}

/// Scans of the map between two that are compared with the past: neighbours say the same again.
const STRIDE: usize = 3;
/// Scans of the map on each side of an earlier place …
const AROUND: usize = 6;
/// … and before a later one.
const BEFORE: usize = 3;
/// Share of the later points that must lie on planes of the earlier ones.
const SHARE: f64 = 0.7;
/// Standard deviations of a step and of a loop, m and rad.
const DEVIATIONS: [f64; 2] = [0.03, 0.02];

pub(super) fn closed(config: &SlamConfig, path: &[TimedPose], keys: &[Keyframe]) -> Result<SlamMap> {
    let mut path = path.to_vec();
    let mut loops = if config.close_loops { loops(config, keys, &path)? } else { Vec::new() };
    if !loops.is_empty() {
        spread(keys, &mut path, &mut loops)?;
    }
    let points = gathered(keys, &path);
    let scans = |one: Loop| Loop { from: keys[one.from].scan, to: keys[one.to].scan, ..one };
    Ok(SlamMap { path, loops: loops.into_iter().map(scans).collect(), points })
}

/// The loops of a path, from and to scans of the map.
fn loops(config: &SlamConfig, keys: &[Keyframe], path: &[TimedPose]) -> Result<Vec<Loop>> {
    let align = PlaneConfig { reach_m: 1.0, steps: 40, ..config.align };
    let prior = Prior::new([0.05, 0.05, 0.3], [0.3; 3])?;
    let mut loops = Vec::new();
    for to in (2 * AROUND..keys.len()).step_by(STRIDE) {
        let Some(from) = nearest(config, keys, path, to) else { continue };
        let around = &keys[from.saturating_sub(AROUND)..(from + AROUND + 1).min(keys.len())];
        let mut map = map_of(around, path)?;
        let pose = path[keys[to].scan].pose;
        let back = pose.inverse();
        let later: Vec<UncertainPoint> =
            gathered(&keys[to - BEFORE..=to], path).iter().map(|point| point.moved(&back)).collect();
        // A place where nothing fits is no loop.
        let Ok(aligned) = map.align(&later, &pose, Some(&prior), &align) else { continue };
        if aligned.inliers as f64 > SHARE * later.len() as f64 {
            let measured = Pose::between(&path[keys[from].scan].pose, &aligned.pose);
            loops.push(Loop { from, to, measured, weight: 1.0 });
        }
    }
    Ok(loops)
}

/// The nearest earlier place that looks the same way.
fn nearest(config: &SlamConfig, keys: &[Keyframe], path: &[TimedPose], to: usize) -> Option<usize> {
    (0..to)
        .filter(|&from| keys[to].scan - keys[from].scan > config.loop_scans)
        .filter_map(|from| {
            let seen = Pose::between(&path[keys[from].scan].pose, &path[keys[to].scan].pose);
            let (m, rad) = (length(&seen.translation_m), length(&rotation_vector(&seen.rotation)));
            (m < config.loop_m && rad < config.loop_rad).then_some((from, m))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(from, _)| from)
}

/// Moves the poses so that loops close: keyframes by the graph, every other scan with the keyframe before it.
fn spread(keys: &[Keyframe], path: &mut [TimedPose], loops: &mut [Loop]) -> Result<()> {
    let nodes: Vec<Pose> = keys.iter().map(|key| path[key.scan].pose).collect();
    let [place, turn] = DEVIATIONS.map(|s| 1.0 / (s * s));
    let information = diagonal(&[place, place, place, turn, turn, turn]);
    let mut graph = SpaceGraph::new(nodes.clone())?;
    for k in 1..nodes.len() {
        graph.add(Edge::new(k - 1, k, Pose::between(&nodes[k - 1], &nodes[k]), information)?)?;
    }
    for one in loops.iter() {
        graph.add(Edge::new(one.from, one.to, one.measured, information)?.doubtful())?;
    }
    let found = graph.optimise(&GraphConfig::default())?;
    for (one, weight) in loops.iter_mut().zip(&found.weights[nodes.len() - 1..]) {
        one.weight = *weight;
    }
    let mut key = 0;
    for (scan, timed) in path.iter_mut().enumerate() {
        while keys.get(key + 1).is_some_and(|next| next.scan <= scan) {
            key += 1;
        }
        timed.pose = graph.poses()[key].after(&Pose::between(&nodes[key], &timed.pose));
    }
    Ok(())
}
