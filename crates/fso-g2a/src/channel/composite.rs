//! The channel: a law of turbulence and one of pointing.

use crate::pointing::Pointing;
use crate::turbulence::Turbulence;
use mmw_core::{Result, check};

/// The channel's gain `h = h_a h_t h_p`: attenuation, turbulence of law `L`, pointing.
///
/// ```text
/// h = (h_a A₀) · g · h_t,   g and h_t independent
/// ```
/// Equation (5) of [^safi] with `h_p = A₀ g`. Functions of the *normalised* gain `x = h/(h_a A₀) = g h_t`
/// depend on nothing but the two laws; [`Channel::full_gain`] converts.
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
///
/// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 };
/// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
/// let outage = channel.outage(0.1)?;
/// assert!((outage.outage - 0.166_023_67).abs() < 1e-8);
/// assert!((outage.transition - 0.014_11).abs() < 1e-5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel<L> {
    pub(super) pointing: Pointing,
    pub(super) turbulence: L,
    pub(super) full_gain: f64,
}

impl<L: Turbulence> Channel<L> {
    /// The channel of two laws, with a full gain of 1.
    #[must_use]
    pub fn new(pointing: Pointing, turbulence: L) -> Self {
        Self { pointing, turbulence, full_gain: 1.0 }
    }

    /// The same channel with full gain `h_a A₀`: attenuation times the most that the aperture collects
    /// ([`crate::pointing::Beam::full_collection`]).
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless it is above 0 and at most 1.
    pub fn with_full_gain(self, full_gain: f64) -> Result<Self> {
        check::positive("full_gain", full_gain)?;
        Ok(Self { full_gain: check::in_range("full_gain", full_gain, 0.0, 1.0)?, ..self })
    }

    /// `h_a A₀`, the gain without jitter and turbulence.
    #[must_use]
    pub fn full_gain(&self) -> f64 {
        self.full_gain
    }

    /// The law of the collected share.
    #[must_use]
    pub fn pointing(&self) -> &Pointing {
        &self.pointing
    }

    /// The law of the irradiance.
    #[must_use]
    pub fn turbulence(&self) -> &L {
        &self.turbulence
    }
}
