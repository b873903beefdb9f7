//! The parts of a ladder, as a cascade.

use super::Ladder;
use super::spec::First;
use crate::network::{Network, Part, PartKind};
use mmw_core::Result;

impl Network {
    /// A low-pass ladder of component values that start with `first`.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn low_pass(components: &[f64], first: First) -> Result<Self> {
        let part = |(i, &value): (usize, &f64)| match first.at(i) {
            First::Shunt => Part::new(PartKind::ShuntC, value),
            First::Series => Part::new(PartKind::SeriesL, value),
        };
        Self::new(components.iter().enumerate().map(part).collect())
    }

    /// A synthesised ladder at its cut-off frequency.
    ///
    /// # Errors
    /// As [`Ladder::components`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::network::Network;
    /// use mmw_core::ndarray::array;
    ///
    /// let ladder = LadderSpec::butterworth(7, 50.0, 73.0).synthesise()?;
    /// let network = Network::from_ladder(&ladder, 10e9)?;
    /// let loss_db = network.transducer_loss_db(&array![60e9], 50.0, 73.0)?;
    /// // 108.9412 dB of the response and 0.1546 dB because 50 ohm feed 73.
    /// assert!((loss_db[0] - 109.0958).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn from_ladder(ladder: &Ladder, cutoff_hz: f64) -> Result<Self> {
        Self::low_pass(&ladder.components(cutoff_hz)?, ladder.spec().first)
    }
}
