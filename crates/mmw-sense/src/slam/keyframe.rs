//! Scans that make the map.

use crate::registration::{PlaneMap, UncertainPoint};
use crate::trajectory::TimedPose;
use mmw_core::Result;

/// A scan that stays in the map.
#[derive(Debug, Clone)]
pub(super) struct Keyframe {
    /// The number of its scan.
    pub(super) scan: usize,
    /// What is at rest, in the axes of the radar.
    pub(super) points: Vec<UncertainPoint>,
}

/// The points of some scans, each at its pose.
pub(super) fn gathered(keys: &[Keyframe], path: &[TimedPose]) -> Vec<UncertainPoint> {
    let moved = |key: &Keyframe| {
        let pose = path[key.scan].pose;
        key.points.iter().map(move |point| point.moved(&pose)).collect::<Vec<_>>()
    };
    keys.iter().flat_map(moved).collect()
}

pub(super) fn map_of(keys: &[Keyframe], path: &[TimedPose]) -> Result<PlaneMap> {
    PlaneMap::new(gathered(keys, path))
}
