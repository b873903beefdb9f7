//! A cell that is detected.

/// A cell above its threshold. Powers in the unit of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Detection {
    /// `[range, doppler]`.
    pub index: [usize; 2],
    /// Power of the cell.
    pub power: f64,
    /// Noise power that its training cells show: their mean, the greater or the lesser mean of their halves,
    /// or the mean that their order statistic implies.
    pub noise: f64,
    /// `power / noise`, linear; the largest finite number where the noise is zero.
    pub snr: f64,
    /// What `power` had to exceed.
    pub threshold: f64,
}

mmw_core::checked_serde!(Detection { power, noise, snr, threshold });
