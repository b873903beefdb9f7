//! What is done to a covariance before directions are read from it.

use super::Shrinkage;

/// How the covariance of the snapshots is treated, by every method that takes one.
///
/// # Examples
/// ```
/// use mmw_dsp::covariance::CovarianceConfig;
/// // Coherent echoes on a uniform line of 12: subarrays of 8, forward and backward.
/// let config = CovarianceConfig { forward_backward: true, smoothing: Some(8), ..CovarianceConfig::default() };
/// assert!(config != CovarianceConfig::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct CovarianceConfig {
    /// Averages with the reversed array ([`forward_backward`](super::forward_backward)); for arrays
    /// symmetric about their centre.
    pub forward_backward: bool,
    /// Channels of a subarray for [`spatial_smoothing`](super::spatial_smoothing); for ULAs. `None` for no
    /// smoothing.
    pub smoothing: Option<usize>,
    /// Draws the covariance of few snapshots towards white noise
    /// ([`shrinkage_intensity`](super::shrinkage_intensity)). `None` for no shrinkage.
    pub shrinkage: Option<Shrinkage>,
}
