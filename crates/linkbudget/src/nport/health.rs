//! Whether a network could be of passive and reciprocal parts.

use super::sweep::NPort;
use crate::network::Waves;
use mmw_core::{Error, Result, linalg};

/// How far a network is from passive and from reciprocal, at its worst frequencies.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind};
/// use linkbudget::ndarray::array;
/// let pad = Network::new(vec![Part::new(PartKind::SeriesR, 50.0)])?.n_port(&array![60e9], 50.0, 50.0)?;
/// let health = pad.health()?;
/// // What comes in at both ports at once and in phase comes out whole.
/// assert!((health.largest_gain - 1.0).abs() < 1e-15);
/// assert!(health.is_passive(1e-9) && health.is_reciprocal(1e-9));
/// # Ok::<(), linkbudget::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Health {
    /// The largest singular value of `S`: the square root of the largest ratio of power out to power in.
    pub largest_gain: f64,
    /// Where that is, Hz.
    pub largest_gain_hz: f64,
    /// The largest `|Sij − Sji|`.
    pub asymmetry: f64,
    /// Where that is, Hz.
    pub asymmetry_hz: f64,
}

mmw_core::checked_serde!(Health { largest_gain, largest_gain_hz, asymmetry, asymmetry_hz });

impl Health {
    /// Whether no more power comes out than goes in, within a tolerance of the wave.
    #[must_use]
    pub fn is_passive(&self, tolerance: f64) -> bool {
        self.largest_gain <= 1.0 + tolerance
    }

    /// Whether transmission is the same both ways, within a tolerance of the wave.
    #[must_use]
    pub fn is_reciprocal(&self, tolerance: f64) -> bool {
        self.asymmetry <= tolerance
    }
}

impl NPort {
    /// The worst of passivity and reciprocity over all frequencies.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other than power waves at complex impedances, whose squares are no powers:
    /// renormalise.
    pub fn health(&self) -> Result<Health> {
        if self.waves() != Waves::Power && self.references().ohm().iter().any(|z| z.im != 0.0) {
            let reason = format!(
                "{} waves at complex impedances carry no power apart: renormalise first",
                self.waves()
            );
            return Err(Error::invalid("waves", reason));
        }
        let mut health =
            Health { largest_gain: 0.0, largest_gain_hz: 0.0, asymmetry: 0.0, asymmetry_hz: 0.0 };
        for (matrix, &frequency_hz) in self.s().outer_iter().zip(self.frequencies_hz()) {
            let gain = linalg::singular_values(&matrix)?.iter().fold(0.0, |a: f64, &b| a.max(b));
            if gain > health.largest_gain {
                (health.largest_gain, health.largest_gain_hz) = (gain, frequency_hz);
            }
            let turned = matrix.t();
            let differences = matrix.iter().zip(turned.iter()).map(|(a, b)| (a - b).norm());
            let asymmetry = differences.fold(0.0, f64::max);
            if asymmetry > health.asymmetry {
                (health.asymmetry, health.asymmetry_hz) = (asymmetry, frequency_hz);
            }
        }
        Ok(health)
    }
}
