//! What counts as moving, and what may be used.

use mmw_core::{Result, check};
use serde::{Deserialize, Serialize};

/// What features are made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureConfig {
    /// Time from frame to frame, s.
    pub frame_period_s: f64,
    /// Radial speed from which a point moves, m/s.
    pub moving_m_s: f64,
    /// Points nearer than this are the radar's own front, m.
    pub near_m: f64,
    /// Half the depth of a body with its limbs, m: points at rest within it of what moves are the body's.
    pub body_m: f64,
    /// Adds where the moving points are. It tells takes of one session apart and misleads in the next.
    pub position: bool,
    /// Adds how strong they are and how many points there are in all; the same holds.
    pub gain: bool,
}

impl FeatureConfig {
    /// Frames of 1/30 s, points that move by half a Doppler bin of 0.615 m/s, neither position nor gain.
    #[must_use]
    pub fn radhar() -> Self {
        Self {
            frame_period_s: 1.0 / 30.0,
            moving_m_s: 0.3,
            near_m: 0.25,
            body_m: 0.8,
            position: false,
            gain: false,
        }
    }

    /// `self`, when every number is in its range.
    pub(super) fn check(self) -> Result<Self> {
        check::in_range("frame_period_s", self.frame_period_s, 1e-6, 1e6)?;
        check::in_range("moving_m_s", self.moving_m_s, 0.0, 1e6)?;
        check::in_range("near_m", self.near_m, 0.0, 1e6)?;
        check::in_range("body_m", self.body_m, 1e-6, 1e6)?;
        Ok(self)
    }
}

impl Default for FeatureConfig {
    fn default() -> Self {
        Self::radhar()
    }
}
