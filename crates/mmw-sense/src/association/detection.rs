//! How often a track is seen, and something else.

use mmw_core::{Result, check};

/// How often a track gives a measurement, and how many false ones there are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Detection {
    /// Probability that a track gives a measurement within its gate.
    pub probability: f64,
    /// Mean number of false measurements in a unit of the space of measurements.
    pub clutter_density: f64,
}

mmw_core::checked_serde!(Detection, |detection| detection.check().map(|_| ()));

impl Detection {
    /// A probability above 0 and below 1, and a density.
    ///
    /// # Errors
    /// A probability that is not between, a density that is not from 1e-30 to 1e30.
    pub fn new(probability: f64, clutter_density: f64) -> Result<Self> {
        Self { probability, clutter_density }.check()
    }

    pub(super) fn check(self) -> Result<Self> {
        check::open_unit("probability", self.probability)?;
        check::in_range("clutter_density", self.clutter_density, 1e-30, 1e30)?;
        Ok(self)
    }

    /// What a pair of this likelihood is worth, in units of what it is worth that the track gave nothing and
    /// the measurement is false.
    pub(super) fn odds(&self, likelihood: f64) -> f64 {
        self.probability / (1.0 - self.probability) * (likelihood / self.clutter_density)
    }
}
