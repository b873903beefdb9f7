//! What all estimators of directions have in common.

use mmw_core::geometry::Direction;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, DataArray2, Result};

/// An estimator of directions of arrival with everything about array and grid settled beforehand.
///
/// # Examples
/// ```
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, Music, MusicConfig, snapshot_of};
/// use mmw_core::{antenna::AntennaArray, geometry::Direction, ndarray::Axis};
///
/// let ula = AntennaArray::uniform_linear(8, 2e-3)?;
/// let grid = AngleGrid::azimuth_sector(1.2, 121)?;
/// let estimator: Box<dyn AngleEstimator> = Box::new(Music::new(&ula, 4e-3, grid, MusicConfig::default())?);
///
/// let x = snapshot_of(&ula, 4e-3, Direction::new(0.25, 0.0)?)?;
/// let found = estimator.estimate(&x.insert_axis(Axis(1)))?;
/// assert!((found.angles[0].direction.azimuth_rad - 0.25).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub trait AngleEstimator: Send + Sync {
    /// Directions of the echoes in `snapshots`, `[channel, snapshot]`.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] when the channels are not those of the array,
    /// [`mmw_core::Error::TooFew`] without snapshots, [`mmw_core::Error::NotFinite`], and what the method
    /// itself may meet.
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate>;
}

/// What an [`AngleEstimator`] found.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AngleEstimate {
    /// The scanned spectrum over `[elevation, azimuth]`, axes in rad; one row when only azimuth is scanned.
    /// Over the cosines `[w, u]` from [`FftBeamformer`](super::FftBeamformer), `None` from methods that
    /// scan nothing.
    pub spectrum: Option<DataArray2<f64>>,
    /// Directions refined off the grid, strongest first; fewer than sources when some are not resolved.
    pub angles: Vec<AnglePeak>,
}

/// One direction of an [`AngleEstimate`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct AnglePeak {
    /// Where it is.
    pub direction: Direction,
    /// The method's measure of strength there: echo power, in the unit of the spectrum; a pure number at
    /// least 1 for [`Music`](super::Music).
    pub height: f64,
}

mmw_core::checked_serde!(AnglePeak { height });
