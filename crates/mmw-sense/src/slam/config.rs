//! What is assumed of a radar and its motion.

use crate::ego::EgoConfig;
use crate::registration::PlaneConfig;
use mmw_core::{Result, check};

/// What [`Slam`](super::Slam) assumes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[non_exhaustive]
pub struct SlamConfig {
    /// How velocities are found; its noise is also that of the points.
    pub ego: EgoConfig,
    /// How scans are brought to the map.
    pub align: PlaneConfig,
    /// Residual velocity beyond which a point moves, m/s.
    pub moving_m_s: f64,
    /// A scan this far from the last of the map, m, joins it …
    pub keyframe_m: f64,
    /// … or turned this far, rad.
    pub keyframe_rad: f64,
    /// Scans of the map that the next is compared with.
    pub map_keyframes: usize,
    /// Standard deviation of the velocity during a step, m/s: what it changes between scans.
    pub velocity_m_s: f64,
    /// Standard deviation of the turn about the upward axis in a second without a gyroscope, rad …
    pub turn_rad_s: f64,
    /// … and about the other two, rad: how level the radar is carried.
    pub tilt_rad_s: f64,
    /// Standard deviation of the turn in a second with a gyroscope, rad.
    pub gyro_rad_s: f64,
    /// Whether loops are closed.
    pub close_loops: bool,
    /// A loop is looked for among poses within this distance, m …
    pub loop_m: f64,
    /// … and this turn, rad …
    pub loop_rad: f64,
    /// … that are this many scans ago.
    pub loop_scans: usize,
}

impl Default for SlamConfig {
    /// A radar that is carried level at walking pace through rooms.
    fn default() -> Self {
        Self {
            ego: EgoConfig::default(),
            align: PlaneConfig::default(),
            moving_m_s: 0.15,
            keyframe_m: 0.3,
            keyframe_rad: 0.3,
            map_keyframes: 30,
            velocity_m_s: 0.04,
            turn_rad_s: 0.3,
            tilt_rad_s: 0.04,
            gyro_rad_s: 0.04,
            close_loops: true,
            loop_m: 1.5,
            loop_rad: 0.6,
            loop_scans: 100,
        }
    }
}

impl SlamConfig {
    /// `self`, when every field is in its domain (those of [`EgoConfig`] are looked at by its user).
    pub(super) fn check(&self) -> Result<()> {
        self.align.check()?;
        check::in_range("moving_m_s", self.moving_m_s, 1e-6, 1e6)?;
        check::in_range("keyframe_m", self.keyframe_m, 1e-3, 1e6)?;
        check::in_range("keyframe_rad", self.keyframe_rad, 1e-3, 10.0)?;
        check::in_range("map_keyframes", self.map_keyframes as f64, 1.0, 1e6)?;
        for (name, deviation) in [
            ("velocity_m_s", self.velocity_m_s),
            ("turn_rad_s", self.turn_rad_s),
            ("tilt_rad_s", self.tilt_rad_s),
            ("gyro_rad_s", self.gyro_rad_s),
        ] {
            check::in_range(name, deviation, 1e-6, 1e6)?;
        }
        check::in_range("loop_m", self.loop_m, 1e-3, 1e6)?;
        check::in_range("loop_rad", self.loop_rad, 1e-3, 10.0)?;
        check::in_range("loop_scans", self.loop_scans as f64, 1.0, 1e9)?;
        Ok(())
    }
}
