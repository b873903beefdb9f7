//! Whether a radar stands.

use super::ray::Ray;
use mmw_core::{Result, check};

/// When a radar is taken to stand.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct ZeroTest {
    /// Radial speeds below this are none, m/s: half a Doppler bin at least.
    pub threshold_m_s: f64,
    /// Share of the points that may move while the radar stands.
    pub outlier_share: f64,
}

mmw_core::checked_serde!(ZeroTest, |test| test.check().map(|_| ()));

impl ZeroTest {
    /// A threshold, m/s, and the share of points that may move.
    ///
    /// # Errors
    /// A threshold that is not from 0 to 1e6, a share that is not from 0 to 1.
    pub fn new(threshold_m_s: f64, outlier_share: f64) -> Result<Self> {
        Self { threshold_m_s, outlier_share }.check()
    }

    pub(super) fn check(self) -> Result<Self> {
        check::in_range("threshold_m_s", self.threshold_m_s, 0.0, 1e6)?;
        check::in_range("outlier_share", self.outlier_share, 0.0, 1.0)?;
        Ok(self)
    }

    /// Whether the quantile `1 - outlier_share` of the radial speeds is below the threshold: as many points
    /// must be slow.
    pub(super) fn holds(&self, velocities: impl Iterator<Item = f64> + Clone) -> bool {
        let count = velocities.clone().count();
        let needed = (((1.0 - self.outlier_share) * count as f64).ceil() as usize).max(1);
        velocities.filter(|v| v.abs() < self.threshold_m_s).count() >= needed
    }
}

impl Default for ZeroTest {
    /// 5 cm/s, and a quarter of the points may move.
    fn default() -> Self {
        Self { threshold_m_s: 0.05, outlier_share: 0.25 }
    }
}

/// Whether a radar stands: all but a share of the points have no radial velocity. A velocity by regression
/// never is zero, and its noise adds up to a way.
///
/// # Errors
/// No rays, a test out of its domain.
pub fn is_standing(rays: &[Ray], test: ZeroTest) -> Result<bool> {
    check::at_least("rays", rays.len(), 1)?;
    Ok(test.check()?.holds(rays.iter().map(|ray| ray.velocity_m_s)))
}
