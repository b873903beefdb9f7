//! New bodies from the points that nobody explains.

use super::config::TrackerConfig;
use super::motion::{Covariance, Vector};
use crate::CloudPoint;
use crate::cluster::{Dbscan, Labels, PlainMetric};
use mmw_core::Result;
use mmw_core::stats::median;

/// Finds groups of points that may be a body.
#[derive(Debug, Clone)]
pub(super) struct Birth {
    clusters: Dbscan<PlainMetric>,
    labels: Labels,
    free: Vec<CloudPoint>,
    velocities: Vec<f64>,
    /// Whether velocities are folded, and say nothing of somebody new.
    folded: bool,
}

impl Birth {
    pub(super) fn new(config: &TrackerConfig) -> Result<Self> {
        let metric = PlainMetric::new(config.birth_radius_m, 0.4, false)?;
        Ok(Self {
            clusters: Dbscan::new(metric, config.birth_points)?,
            labels: Labels::default(),
            free: Vec::new(),
            velocities: Vec::new(),
            folded: config.velocity_interval_m_s.is_some(),
        })
    }

    /// Takes in the points that nobody explains.
    pub(super) fn look(&mut self, free: impl Iterator<Item = CloudPoint>) {
        self.free.clear();
        self.free.extend(free);
        self.clusters.label_into(&self.free, &mut self.labels);
    }

    /// Number of groups.
    pub(super) fn count(&self) -> usize {
        self.labels.count()
    }

    /// Where the body of a group is, and how fast along the line of sight.
    pub(super) fn state(&mut self, group: usize) -> Option<(Vector, Covariance)> {
        let members = self.free.iter().zip(self.labels.labels()).filter(|(_, label)| **label == Some(group));
        let (mut x, mut y, mut n) = (0.0, 0.0, 0.0);
        self.velocities.clear();
        for (point, _) in members {
            (x, y, n) = (x + point.position_m[0], y + point.position_m[1], n + 1.0);
            self.velocities.extend(point.velocity_m_s);
        }
        let (x, y) = (x / n, y / n);
        let r = x.hypot(y);
        if r <= 1e-3 {
            return None;
        }
        let u = [x / r, y / r];
        let velocity = median(&mut self.velocities).filter(|_| !self.folded);
        // A walker's speed in each direction, and how well the velocities tell it along the line of sight.
        let across = if self.folded { 1.2 * 1.2 } else { 0.6 * 0.6 };
        let along = if velocity.is_some() { 0.2 * 0.2 } else { across };
        let mut covariance = crate::matrix::diagonal(&[0.15 * 0.15, 0.15 * 0.15, across, across]);
        for i in 0..2 {
            for j in 0..2 {
                covariance[2 + i][2 + j] += (along - across) * u[i] * u[j];
            }
        }
        let v = velocity.unwrap_or(0.0);
        Some(([x, y, v * u[0], v * u[1]], covariance))
    }
}
