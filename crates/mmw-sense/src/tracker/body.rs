//! A body that is tracked, and what it takes from the points that are its.

use super::motion::{Belief, Motion};
use super::sharing::Seen;
use super::track::{Track, TrackStatus};

/// A track with what only the tracker needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    pub(super) id: u64,
    pub(super) motion: Motion,
    pub(super) belief: Belief,
    pub(super) rate: f64,
    pub(super) visible: f64,
    pub(super) hits: u32,
    pub(super) seen_s: f64,
    /// Points that were expected since, and did not come.
    pub(super) missed: f64,
    pub(super) confirmed: bool,
}

impl Body {
    pub(super) fn track(&self, time_s: f64) -> Track {
        let [x, y, vx, vy] = self.belief.mean;
        let unseen_s = time_s - self.seen_s;
        let status = match (self.confirmed, unseen_s > 0.0) {
            (false, _) => TrackStatus::Tentative,
            (true, false) => TrackStatus::Confirmed,
            (true, true) => TrackStatus::Coasting,
        };
        Track {
            id: self.id,
            status,
            position_m: [x, y],
            velocity_m_s: [vx, vy],
            covariance: self.belief.covariance,
            rate: self.rate,
            visible: self.visible,
            unseen_s,
        }
    }

    /// Takes in its share of the points.
    pub(super) fn update(&mut self, seen: &Seen) {
        if let Some(measured) = seen.measured() {
            self.motion.update(measured);
            self.belief = self.motion.merged();
        }
    }

    /// Slows down.
    pub(super) fn brake(&mut self, keep: f64) {
        for mode in &mut self.motion.modes {
            mode.mean[2] *= keep;
            mode.mean[3] *= keep;
        }
        self.belief = self.motion.merged();
    }
}
