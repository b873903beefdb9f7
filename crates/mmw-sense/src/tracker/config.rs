//! What a tracker assumes of bodies, radar and room.

use super::zone::Zone;
use mmw_core::{Result, check};

/// What the tracker assumes. One preset serves people who walk alone, in pairs, in crowds, and who stop.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[non_exhaustive]
pub struct TrackerConfig {
    /// Standard deviation of a point's range, m.
    pub range_m: f64,
    /// Standard deviation of a point's azimuth, rad.
    pub azimuth_rad: f64,
    /// Standard deviation of a body's points about its middle, m.
    pub body_m: f64,
    /// Standard deviation of the radial velocity of a trunk's points about that of the body, m/s.
    pub trunk_velocity_m_s: f64,
    /// Share of points that are of limbs.
    pub limb_share: f64,
    /// Deviation of the velocity of limbs of somebody who stands, m/s.
    pub limb_velocity_m_s: f64,
    /// What walking adds to it, as a share of the speed.
    pub limb_swing: f64,
    /// Mean number of false points in a square metre and m/s.
    pub clutter_density: f64,
    /// Power density of the acceleration of who walks on, m²/s³.
    pub calm_m2_s3: f64,
    /// Power density of the acceleration of who turns or stops, m²/s³.
    pub agile_m2_s3: f64,
    /// How often who walks on begins to turn, 1/s.
    pub turns_per_s: f64,
    /// How often who turns walks on, 1/s.
    pub settles_per_s: f64,
    /// Expected number of points of a new track.
    pub rate: f64,
    /// Share of a new scan in the expected number of points.
    pub rate_gain: f64,
    /// Share of its points that a body loses right behind another.
    pub hiding: f64,
    /// Distance across the line of sight over which a body hides others, standard deviation, m.
    pub hiding_width_m: f64,
    /// Share of its velocity that a body keeps a second when it is visible but not seen: it stops.
    pub coasting_per_s: f64,
    /// Least number of points of a new track.
    pub birth_points: usize,
    /// Points that are clutter with more than this probability may be of a new track.
    pub birth_left: f64,
    /// Radius of their neighbourhood, m.
    pub birth_radius_m: f64,
    /// Least distance of a new track from others, m.
    pub birth_distance_m: f64,
    /// Scans in which a track must be seen to be confirmed.
    pub confirm_scans: u32,
    /// For how long a tentative track may be unseen, s.
    pub tentative_s: f64,
    /// For how long a confirmed track may be unseen outside the static zone, s.
    pub outside_s: f64,
    /// … or how many points may be missing of it.
    pub outside_points: f64,
    /// For how long a confirmed track may be unseen inside the static zone, s.
    pub inside_s: f64,
    /// Where people stand still; none for everywhere.
    pub static_zone: Option<Zone>,
    /// Tracks nearer to each other than this are one, m, …
    pub merge_m: f64,
    /// … if their velocities differ by less than this, m/s.
    pub merge_m_s: f64,
    /// For how long a lost track is known again, s, …
    pub memory_s: f64,
    /// … within this distance of where it is expected, m, …
    pub memory_m: f64,
    /// … which grows by this, m/s.
    pub memory_m_s: f64,
    /// Velocities that differ by this much look alike, m/s, because the radar folds them; none for velocities
    /// that are what they seem. A new track then takes its velocity from how its place changes, and
    /// afterwards each point's is that of its folds which is nearest to what the track expects.
    pub velocity_interval_m_s: Option<f64>,
    /// Passes over the points of a scan: each shares them anew by what the one before found.
    pub sweeps: usize,
}

impl TrackerConfig {
    /// People before a radar of the size of the IWR6843, 20 scans per second, in a room of 8 m by 7.5 m.
    #[must_use]
    pub fn people() -> Self {
        Self {
            range_m: 0.04,
            azimuth_rad: 0.024,
            body_m: 0.11,
            trunk_velocity_m_s: 0.12,
            limb_share: 0.3,
            limb_velocity_m_s: 0.12,
            limb_swing: 0.7,
            clutter_density: 0.014,
            calm_m2_s3: 0.4,
            agile_m2_s3: 6.0,
            turns_per_s: 0.48,
            settles_per_s: 1.2,
            rate: 6.0,
            rate_gain: 0.07,
            hiding: 0.85,
            hiding_width_m: 0.22,
            coasting_per_s: 0.19,
            birth_points: 3,
            birth_left: 0.5,
            birth_radius_m: 0.4,
            birth_distance_m: 0.45,
            confirm_scans: 4,
            tentative_s: 0.15,
            outside_s: 0.5,
            outside_points: 16.0,
            inside_s: 4.0,
            static_zone: Some(Zone { x_m: [-2.8, 2.8], y_m: [1.4, 7.0] }),
            merge_m: 0.1,
            merge_m_s: 0.25,
            memory_s: 2.0,
            memory_m: 0.8,
            memory_m_s: 0.7,
            velocity_interval_m_s: None,
            sweeps: 3,
        }
    }

    /// Cars at tens of metres, each with tens of points within a metre, a few scans per second.
    #[must_use]
    pub fn vehicles() -> Self {
        Self {
            range_m: 0.1,
            azimuth_rad: 0.01,
            body_m: 0.45,
            trunk_velocity_m_s: 0.3,
            limb_share: 0.1,
            limb_velocity_m_s: 1.0,
            limb_swing: 0.1,
            clutter_density: 1e-3,
            calm_m2_s3: 2.0,
            agile_m2_s3: 20.0,
            rate: 20.0,
            hiding_width_m: 1.0,
            birth_radius_m: 1.0,
            birth_distance_m: 1.0,
            confirm_scans: 1,
            tentative_s: 0.5,
            inside_s: 2.0,
            static_zone: None,
            merge_m: 0.5,
            merge_m_s: 1.0,
            ..Self::people()
        }
    }

    /// Nothing, when every field is in its domain.
    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in [
            ("range_m", self.range_m),
            ("azimuth_rad", self.azimuth_rad),
            ("body_m", self.body_m),
            ("trunk_velocity_m_s", self.trunk_velocity_m_s),
            ("limb_velocity_m_s", self.limb_velocity_m_s),
            ("clutter_density", self.clutter_density),
            ("calm_m2_s3", self.calm_m2_s3),
            ("agile_m2_s3", self.agile_m2_s3),
            ("rate", self.rate),
            ("hiding_width_m", self.hiding_width_m),
            ("birth_radius_m", self.birth_radius_m),
        ] {
            check::in_range(name, value, 1e-6, 1e6)?;
        }
        for (name, value) in [
            ("limb_swing", self.limb_swing),
            ("turns_per_s", self.turns_per_s),
            ("settles_per_s", self.settles_per_s),
            ("birth_distance_m", self.birth_distance_m),
            ("tentative_s", self.tentative_s),
            ("outside_s", self.outside_s),
            ("outside_points", self.outside_points),
            ("inside_s", self.inside_s),
            ("merge_m", self.merge_m),
            ("memory_s", self.memory_s),
            ("memory_m", self.memory_m),
            ("memory_m_s", self.memory_m_s),
            ("merge_m_s", self.merge_m_s),
        ] {
            check::in_range(name, value, 0.0, 1e6)?;
        }
        check::in_range("limb_share", self.limb_share, 0.0, 1.0)?;
        check::in_range("rate_gain", self.rate_gain, 0.0, 1.0)?;
        check::in_range("hiding", self.hiding, 0.0, 1.0)?;
        check::in_range("birth_left", self.birth_left, 0.0, 1.0)?;
        check::in_range("coasting_per_s", self.coasting_per_s, 0.0, 1.0)?;
        check::at_least("birth_points", self.birth_points, 1)?;
        check::at_least("sweeps", self.sweeps, 1)?;
        self.velocity_interval_m_s
            .map(|interval| check::in_range("velocity_interval_m_s", interval, 1e-3, 1e6))
            .transpose()?;
        self.static_zone.map(|zone| Zone::new(zone.x_m, zone.y_m)).transpose()?;
        Ok(())
    }
}

impl Default for TrackerConfig {
    fn default() -> Self {
        Self::people()
    }
}
