//! What an estimator of complex samples returns.

use super::maximum::Place;
use super::modulation::Modulation;
use crate::estimate::Outcome;
use crate::method::Method;
use crate::snr::Snr;
use mmw_core::{Result, check};

/// An estimate from complex samples.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PskEstimate {
    /// The constellation.
    pub modulation: Modulation,
    /// The estimator.
    pub method: Method,
    /// Samples used.
    pub samples: usize,
    /// What came out: amplitude, and noise deviation of either part, real and imaginary.
    pub outcome: Outcome,
    /// The phase that the constellation is turned by, from 0 to `2π/M`; none from moments.
    pub phase_rad: Option<f64>,
}

mmw_core::checked_serde!(PskEstimate, |estimate| match estimate.phase_rad {
    Some(phase_rad) => check::finite("phase_rad", phase_rad).map(|_| ()),
    None => Ok(()),
});

impl PskEstimate {
    /// From a place on the ridge of unit power; none, or one at zero, where there is no signal.
    pub(super) fn new(
        modulation: Modulation,
        method: Method,
        samples: u64,
        place: Option<Place>,
        rms: f64,
    ) -> Result<Self> {
        let turn = modulation.turn_rad();
        let found = place.filter(|place| place.rho > 0.0);
        let phase_rad = found.map(|place| place.phase_rad.rem_euclid(turn) % turn);
        Ok(Self {
            phase_rad,
            ..Self::from_es_n0(modulation, method, samples, found.map(|place| place.rho), rms)?
        })
    }

    /// Without a phase.
    pub(super) fn from_es_n0(
        modulation: Modulation,
        method: Method,
        samples: u64,
        es_n0: Option<f64>,
        rms: f64,
    ) -> Result<Self> {
        let outcome = match es_n0 {
            None => Outcome::NotIdentifiable { upper_limit: None },
            Some(es_n0) => Outcome::Identifiable {
                snr: Snr::from_es_n0(es_n0)?,
                signal_amplitude: rms * (es_n0 / (1.0 + es_n0)).sqrt(),
                noise_std: rms * (0.5 / (1.0 + es_n0)).sqrt(),
            },
        };
        Ok(Self { modulation, method, samples: samples as usize, outcome, phase_rad: None })
    }

    /// `Es/N0` in dB, if there is one.
    #[must_use]
    pub fn es_n0_db(&self) -> Option<f64> {
        match self.outcome {
            Outcome::Identifiable { snr, .. } => Some(snr.es_n0_db()),
            Outcome::NotIdentifiable { .. } => None,
        }
    }
}
