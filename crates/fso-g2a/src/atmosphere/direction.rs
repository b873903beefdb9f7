//! Which end of a slant path transmits.

/// Which end of a path the transmitter is at.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{LinkDirection, SlantPath};
/// let path = SlantPath::vertical(20e3)?;
/// assert_eq!(path.direction(), LinkDirection::Uplink);
/// assert_eq!(path.downlink().direction(), LinkDirection::Downlink);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LinkDirection {
    /// The ground transmits, as in the paper.
    #[default]
    Uplink,
    /// The platform transmits.
    Downlink,
}

mmw_core::named!(LinkDirection, "direction of a link" {
    Uplink = "uplink",
    Downlink = "downlink",
});
