//! What every tracker does.

use super::track::Track;
use crate::PointCloud;
use mmw_core::Result;

/// Follows bodies through point clouds: what every tracker does, so that they can be compared.
pub trait Follow {
    /// Takes in a scan; the confirmed tracks after it replace what `tracks` held.
    ///
    /// # Errors
    /// A time that is not after that of the scan before or is not finite, a point that is not finite.
    fn step_into(&mut self, cloud: &PointCloud, tracks: &mut Vec<Track>) -> Result<()>;
}
