//! A receiver that decides: error rates of a modulation.

use super::rates::{greatest_of, two_levels};
use super::receiver::MOST_W;
use super::{Receiver, ReceiverConfig};
use crate::channel::Channel;
use crate::turbulence::Turbulence;
use mmw_core::math::crossing;
use mmw_core::stats::normal_cdf;
use mmw_core::{Error, Result, check};

/// How the phase of a carrier bears the bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Keying {
    /// Two phases.
    #[default]
    Bpsk,
    /// Two phases, each against the one before.
    Dpsk,
    /// Four phases, Gray's code.
    Qpsk,
}

mmw_core::named!(Keying, "phase keying" {
    Bpsk = "bpsk",
    Dpsk = "dpsk",
    Qpsk = "qpsk",
});

/// Where the local oscillator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mixing {
    /// At the frequency and, for two phases, in the phase of the signal; for DPSK and QPSK the light is
    /// divided over a hybrid for both quadratures.
    #[default]
    Homodyne,
    /// Apart from it, by more than the bandwidth.
    Heterodyne,
}

mmw_core::named!(Mixing, "mixing" {
    Homodyne = "homodyne",
    Heterodyne = "heterodyne",
});

/// A modulation and how it is detected.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Scheme {
    /// Light for a one, none for a zero; the threshold is that of equal densities, which knows the gain.
    OnOffKeying,
    /// A pulse in one of so many slots; the brightest is taken.
    PulsePosition {
        /// Slots of a symbol, 2 to 65 536.
        slots: u32,
    },
    /// The phase of the carrier, against a local oscillator, on balanced photodiodes.
    Coherent {
        /// The phases.
        keying: Keying,
        /// Where the oscillator stands.
        mixing: Mixing,
        /// Power of the local oscillator on the detector, W.
        oscillator_w: f64,
    },
}

mmw_core::checked_serde!(Scheme, Scheme::check);

impl Scheme {
    fn check(&self) -> Result<()> {
        match *self {
            Self::OnOffKeying => {}
            Self::PulsePosition { slots } => {
                check::in_range("slots", f64::from(slots), 2.0, 65_536.0)?;
            }
            Self::Coherent { oscillator_w, .. } => {
                check::in_range("oscillator_w", check::positive("oscillator_w", oscillator_w)?, 1e-15, 1e6)?;
            }
        }
        Ok(())
    }

    /// Symbols (of pulse position: slots) for each bit.
    #[must_use]
    pub fn symbols_per_bit(&self) -> f64 {
        match *self {
            Self::PulsePosition { slots } => f64::from(slots) / f64::from(slots).log2(),
            Self::Coherent { keying: Keying::Qpsk, .. } => 0.5,
            _ => 1.0,
        }
    }
}

/// What a [`Detector`] is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DetectorConfig {
    /// The modulation.
    pub scheme: Scheme,
    /// The photodiode and amplifier; its bandwidth is that of a symbol, of pulse position that of a slot.
    pub receiver: ReceiverConfig,
}

/// A receiver that decides.
///
/// ```text
/// on-off            levels 0 and 2R M P̄, variances σ²(0) and σ²(2P̄)
/// pulse position    levels 0 and S R M P̄ of S slots
/// phase             γ = (2RM)² P P_LO / (N B) (homodyne), half of it (heterodyne),  N B = σ²(P + P_LO)
/// BPSK  Q(√γ),   QPSK  Q(√(γ/2)),   DPSK  ½ exp(−γ/2)
/// ```
/// `P̄` is the mean received power. Sections 4.5 and 10.4 of [^agrawal]; behind a hybrid each branch has half
/// of the signal and of the oscillator. Shot noise alone and a strong oscillator give the known limits at
/// 1e-9: 9 photons per bit for homodyne BPSK, 18 for heterodyne BPSK, 20 for DPSK (table 10.1 there).
///
/// # Examples
/// ```
/// use fso_g2a::detection::{Detector, DetectorConfig, Keying, Mixing, ReceiverConfig, Scheme};
/// // 1 Gb/s at 1550 nm, no noise but that of the light.
/// let receiver = ReceiverConfig::shot_limited(1.25, 0.5e9);
/// let scheme = Scheme::Coherent { keying: Keying::Bpsk, mixing: Mixing::Homodyne, oscillator_w: 1.0 };
/// let detector = Detector::new(DetectorConfig { scheme, receiver })?;
/// let photons = detector.sensitivity_w(1e-9)? * 1.25 / (1.602_176_634e-19 * 1e9);
/// assert!((photons - 9.0).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^agrawal]: G. P. Agrawal, "Fiber-optic communication systems", 3rd edition (2002).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", transparent)
)]
pub struct Detector {
    config: DetectorConfig,
}

mmw_core::checked_serde!(Detector, |detector| Detector::new(detector.config).map(|_| ()));

impl Detector {
    /// # Errors
    /// As [`Receiver::new`]; [`Error::Domain`] for slots not from 2 to 65 536 or an oscillator without power.
    pub fn new(config: DetectorConfig) -> Result<Self> {
        Receiver::new(config.receiver)?;
        config.scheme.check()?;
        Ok(Self { config })
    }

    /// Bit error rate at a mean received power.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the power is from 0 to 1e12 W.
    pub fn error_rate(&self, received_w: f64) -> Result<f64> {
        Ok(self.rate(check::in_range("received_w", received_w, 0.0, MOST_W)?))
    }

    /// Bit error rate averaged over a channel, with a receiver that follows the gain.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the power is above 0 and at most 1e12 W.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::detection::{Detector, DetectorConfig, ReceiverConfig, Scheme};
    /// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
    /// let scheme = Scheme::OnOffKeying;
    /// let detector = Detector::new(DetectorConfig { scheme, receiver: ReceiverConfig::pin(0.9, 0.5e9) })?;
    /// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.1, jitter_m: 0.3 };
    /// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?).with_full_gain(2.5e-3)?;
    /// let (faded, calm) = (detector.mean_error_rate(&channel, 1e-3)?, detector.error_rate(2.5e-6)?);
    /// assert!(calm < 1e-5 && faded > 1e-2);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn mean_error_rate<L: Turbulence>(&self, channel: &Channel<L>, transmit_power_w: f64) -> Result<f64> {
        let power = check::in_range(
            "transmit_power_w",
            check::positive("transmit_power_w", transmit_power_w)?,
            1e-60,
            MOST_W,
        )?;
        // The average is made where errors begin: below the power that leaves one in ten.
        let knee = self.power_for(0.1);
        let mean = channel.mean_of_gain(power / knee, |amplitude| self.rate((knee * amplitude).min(MOST_W)));
        Ok(mean.clamp(0.0, 0.5))
    }

    /// Mean received power in W at which the bit error rate is `error_rate`.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the rate is from 1e-300 to below ½; [`Error::NoConvergence`] where no power
    /// leads there.
    pub fn sensitivity_w(&self, error_rate: f64) -> Result<f64> {
        if !(1e-300..0.5).contains(&error_rate) {
            return Err(Error::domain("error_rate", error_rate, "a number from 1e-300 to below 0.5"));
        }
        let power = self.power_for(error_rate);
        if (self.rate(power) / error_rate - 1.0).abs() < 1e-6 {
            return Ok(power);
        }
        Err(Error::NoConvergence { what: "sensitivity".into(), iterations: 60 })
    }

    fn receiver(&self) -> Receiver {
        Receiver::unchecked(self.config.receiver)
    }

    fn power_for(&self, error_rate: f64) -> f64 {
        let ends = [1e-30_f64.ln(), MOST_W.ln()];
        crossing(ends, |ln_power| self.rate(ln_power.exp()) <= error_rate)[1].exp()
    }

    fn rate(&self, received_w: f64) -> f64 {
        let receiver = self.receiver();
        let pulse = |factor: f64| {
            let peak = factor * received_w;
            (receiver.current_a(peak), receiver.variance_a2(0.0), receiver.variance_a2(peak))
        };
        match self.config.scheme {
            Scheme::OnOffKeying => {
                let (apart, low, high) = pulse(2.0);
                two_levels(apart, low, high)
            }
            Scheme::PulsePosition { slots } => {
                let (apart, low, high) = pulse(f64::from(slots));
                greatest_of(f64::from(slots), apart, low, high)
            }
            Scheme::Coherent { keying, mixing, oscillator_w } => {
                let snr = phase_snr(&receiver, keying, mixing, oscillator_w, received_w);
                match keying {
                    Keying::Bpsk => normal_cdf(-snr.sqrt()),
                    Keying::Qpsk => normal_cdf(-(0.5 * snr).sqrt()),
                    Keying::Dpsk => 0.5 * (-0.5 * snr).exp(),
                }
            }
        }
    }
}

/// `γ`, of the current in phase.
fn phase_snr(receiver: &Receiver, keying: Keying, mixing: Mixing, oscillator_w: f64, received_w: f64) -> f64 {
    // Both quadratures at once at the same frequency need a hybrid, which halves all light.
    let hybrid = mixing == Mixing::Homodyne && keying != Keying::Bpsk;
    let share = if hybrid { 0.5 } else { 1.0 };
    let current = 2.0 * share * receiver.current_a(1.0);
    let noise = receiver.variance_a2(share * (received_w + oscillator_w));
    let snr = current * current * received_w * (oscillator_w / noise);
    if mixing == Mixing::Heterodyne { 0.5 * snr } else { snr }
}
