//! What a tracker tells of a body.

use crate::matrix::check_spread;
use mmw_core::check;

/// Whether a track is sure to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TrackStatus {
    /// Not yet seen often enough.
    #[default]
    Tentative,
    /// Seen in this scan.
    Confirmed,
    /// Confirmed, but not seen in this scan: hidden or standing still.
    Coasting,
}

mmw_core::named!(TrackStatus, "status" { Tentative = "tentative", Confirmed = "confirmed", Coasting = "coasting" });

/// A body at the time of a scan.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Track {
    /// Its number: never given twice.
    pub id: u64,
    /// Whether it is sure, and seen.
    pub status: TrackStatus,
    /// Right and forward, m.
    pub position_m: [f64; 2],
    /// The same a second, m/s.
    pub velocity_m_s: [f64; 2],
    /// Covariance of position and velocity.
    pub covariance: [[f64; 4]; 4],
    /// Expected number of points when nothing hides it.
    pub rate: f64,
    /// The share of it that nearer bodies leave visible.
    pub visible: f64,
    /// Time since it was last seen, s.
    pub unseen_s: f64,
}

impl Track {
    /// Standard deviation of the place in its worst direction, m: the root of the greater eigenvalue of its
    /// covariance.
    #[must_use]
    pub fn deviation_m(&self) -> f64 {
        let [[xx, xy, ..], [_, yy, ..], ..] = self.covariance;
        let variance = f64::midpoint(xx, yy) + (0.5 * (xx - yy)).hypot(xy);
        variance.max(0.0).sqrt()
    }
}

mmw_core::checked_serde!(Track, |track| {
    mmw_core::checked_serde::finite("position_m", &track.position_m)?;
    mmw_core::checked_serde::finite("velocity_m_s", &track.velocity_m_s)?;
    check_spread("covariance", &track.covariance)?;
    check::non_negative("rate", track.rate)?;
    check::in_range("visible", track.visible, 0.0, 1.0)?;
    check::non_negative("unseen_s", track.unseen_s).map(|_| ())
});
