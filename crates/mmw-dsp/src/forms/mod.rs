//! The maps a spectrum can be seen as: range-Doppler, range-azimuth, range-elevation, the 4-D tensor, and
//! the profiles that become range-time and Doppler-time maps when frames are laid side by side.
//!
//! All values are linear powers. Angle maps are views of the tensor: the tensor summed over velocity and over
//! the other angle. Over a full period of the other direction cosine that sum is, by Parseval, the sum over
//! the rows (or columns) of the array of each row's own angular spectrum, and so it is computed.

mod power;

mod angle_maps;

mod tensor;

mod by_method;

mod history;

pub use angle_maps::AngleMaps;
pub use history::History;
pub use power::{channel_power, channel_power_into, strongest_cells};
pub use tensor::LazyTensor;

use crate::fmcw::Fmcw;
use mmw_core::ndarray::Array2;
use mmw_core::{DataArray2, Result};

/// A power map `[range, doppler]` with its axes in metres and metres per second.
///
/// # Errors
/// [`mmw_core::Error::Shape`] when the map does not fit the waveform.
pub fn range_doppler(fmcw: &Fmcw, power: Array2<f32>) -> Result<DataArray2<f32>> {
    let range = fmcw.range_axis(fmcw.config().samples)?;
    let velocity = fmcw.velocity_axis(power.dim().1.max(fmcw.config().chirps))?;
    DataArray2::new("range-Doppler power", "", power, vec![range, velocity])
}
