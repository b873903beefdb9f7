//! Lumped parts as a network of ports.

use super::references::References;
use super::sweep::NPort;
use crate::network::{Network, Waves};
use mmw_core::ndarray::{Array3, ArrayRef1};
use mmw_core::{C64, Result};

impl Network {
    /// The two-port between two resistors, as [`Network::s_parameters`] gives it, ready to be cascaded and
    /// written.
    ///
    /// # Errors
    /// As [`Network::s_parameters`], but the frequencies may come in any order.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::{Network, Part, PartKind};
    /// use linkbudget::nport::Kind;
    /// use linkbudget::ndarray::array;
    /// let parts = vec![Part::new(PartKind::SeriesR, 10.0), Part::new(PartKind::ShuntR, 40.0)];
    /// let network = Network::new(parts)?;
    /// let abcd = network.n_port(&array![1e9], 50.0, 75.0)?.to(Kind::Abcd)?;
    /// assert!((abcd[[0, 0, 0]].re - 1.25).abs() < 1e-15 && (abcd[[0, 0, 1]].re - 10.0).abs() < 1e-13);
    /// # Ok::<(), linkbudget::Error>(())
    /// ```
    pub fn n_port(&self, frequencies_hz: &ArrayRef1<f64>, source_ohm: f64, load_ohm: f64) -> Result<NPort> {
        let mut s = Array3::zeros((frequencies_hz.len(), 2, 2));
        self.s_parameters_into(frequencies_hz, source_ohm, load_ohm, &mut s)?;
        let references = References::constant(&[C64::new(source_ohm, 0.0), C64::new(load_ohm, 0.0)])?;
        NPort::new(frequencies_hz.to_vec(), s, references, Waves::Power)
    }
}
