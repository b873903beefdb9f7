//! S-parameters over frequency as data with axes.

use mmw_core::ndarray::{Array3, ArrayRef1};
use mmw_core::{Axis, C64, DataArray1, DataArray3, Error, Result, check};

/// `−20 log10` of one entry of S-parameters, dB, none above `ceiling_db`: where nothing comes through, the
/// ceiling stands for infinity.
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a port that is not there or a ceiling that is not finite.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind, loss_db};
/// use mmw_core::ndarray::array;
/// let network = Network::new(vec![Part::new(PartKind::SeriesR, 50.0)])?;
/// let s = network.s_parameters(&array![1e9], 50.0, 50.0)?;
/// assert!((loss_db(&s, 2, 1, 400.0)?.data()[0] - 3.5218).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn loss_db(s: &DataArray3<C64>, to: usize, from: usize, ceiling_db: f64) -> Result<DataArray1<f64>> {
    let ports = s.data().dim().1;
    for (name, port) in [("to", to), ("from", from)] {
        check::in_range(name, port as f64, 1.0, ports as f64)?;
    }
    check::finite("ceiling_db", ceiling_db)?;
    let entry = s.slice_at(2, from - 1)?.slice_at(1, to - 1)?;
    Ok(entry.map(format!("loss {to}{from}"), "dB", |z| (-20.0 * z.norm().log10()).min(ceiling_db)))
}

pub(super) fn frequency_axis(frequencies_hz: &ArrayRef1<f64>) -> Result<Axis> {
    axis(frequencies_hz.to_vec())
}

/// An axis of frequencies, refused by the name of the argument.
fn axis(frequencies_hz: Vec<f64>) -> Result<Axis> {
    Axis::explicit("frequency", "Hz", frequencies_hz).map_err(|error| match error {
        Error::Invalid { reason, .. } => Error::Invalid { name: "frequencies_hz".into(), reason },
        Error::NotFinite { index, .. } => Error::NotFinite { name: "frequencies_hz".into(), index },
        Error::TooFew { needed, got, .. } => Error::TooFew { name: "frequencies_hz".into(), needed, got },
        other => other,
    })
}

pub(crate) fn s_array(frequencies_hz: Vec<f64>, data: Array3<C64>) -> Result<DataArray3<C64>> {
    let ports = data.dim().1;
    let index = |name| Axis::index(name, ports);
    let axes = vec![axis(frequencies_hz)?, index("to port"), index("from port")];
    DataArray3::new("S", "", data, axes)
}
