//! A photodiode and its amplifier.

use mmw_core::consts::{BOLTZMANN_J_K, ELEMENTARY_CHARGE_C};
use mmw_core::{Result, check};

/// What a [`Receiver`] is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ReceiverConfig {
    /// Responsivity `R` without gain, A/W: `ηq/(hν)` of the quantum efficiency `η`.
    pub responsivity_a_w: f64,
    /// Avalanche gain `M`: 1 for a PIN diode.
    pub gain: f64,
    /// Ratio `k` of the ionisation by holes to that by electrons, 0 to 1: it counts with gain alone.
    pub ionisation_ratio: f64,
    /// Dark current that the avalanche multiplies, A.
    pub bulk_dark_a: f64,
    /// Dark current around it, A.
    pub surface_dark_a: f64,
    /// Light of the sky on the detector, W.
    pub background_w: f64,
    /// Load of the amplifier, ohm.
    pub load_ohm: f64,
    /// Temperature of the load, K; 0 leaves out thermal noise.
    pub temperature_k: f64,
    /// Noise figure of the amplifier, dB.
    pub noise_figure_db: f64,
    /// Noise bandwidth `B`, Hz: half of the symbol rate for a filter that integrates over a symbol.
    pub bandwidth_hz: f64,
}

impl ReceiverConfig {
    /// A PIN diode at 300 K on 50 ohm with a perfect amplifier, without dark current or background.
    #[must_use]
    pub const fn pin(responsivity_a_w: f64, bandwidth_hz: f64) -> Self {
        Self {
            responsivity_a_w,
            gain: 1.0,
            ionisation_ratio: 0.0,
            bulk_dark_a: 0.0,
            surface_dark_a: 0.0,
            background_w: 0.0,
            load_ohm: 50.0,
            temperature_k: 300.0,
            noise_figure_db: 0.0,
            bandwidth_hz,
        }
    }

    /// The same with shot noise alone: the limit of a quantum efficiency.
    #[must_use]
    pub const fn shot_limited(responsivity_a_w: f64, bandwidth_hz: f64) -> Self {
        Self { temperature_k: 0.0, ..Self::pin(responsivity_a_w, bandwidth_hz) }
    }
}

/// A photodiode with its noise.
///
/// ```text
/// σ² = 2q M² F (R (P + P_b) + I_bulk) B + 2q I_surface B + 4k_B T F_n B/R_L
/// F  = k M + (1 − k)(2 − 1/M)                                     [^mcintyre]
/// ```
/// Section 4.4 of [^agrawal].
///
/// # Examples
/// ```
/// use fso_g2a::detection::{Receiver, ReceiverConfig};
/// let apd = ReceiverConfig { gain: 40.0, ionisation_ratio: 0.02, ..ReceiverConfig::pin(0.5, 1e9) };
/// let receiver = Receiver::new(apd)?;
/// assert!((receiver.excess_noise_factor() - 2.7355).abs() < 1e-10);
/// // Thermal noise of 50 ohm at 300 K in 1 GHz: 0.576 µA.
/// assert!((receiver.noise_a(0.0)? / 0.5756e-6 - 1.0).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^agrawal]: G. P. Agrawal, "Fiber-optic communication systems", 3rd edition (2002).
/// [^mcintyre]: R. J. `McIntyre`, "Multiplication noise in uniform avalanche diodes", IEEE Transactions on
///     Electron Devices 13 (1966).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", transparent)
)]
pub struct Receiver {
    config: ReceiverConfig,
}

mmw_core::checked_serde!(Receiver, |receiver| Receiver::new(receiver.config).map(|_| ()));

/// Greatest power that is told from a greater one, W.
pub(super) const MOST_W: f64 = 1e12;

impl Receiver {
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a responsivity, load or bandwidth that is not above 0, a gain not from
    /// 1 to 1e9, a ratio not from 0 to 1, a noise figure not from 0 to 100 dB, or anything else below 0 or
    /// beyond reason.
    pub fn new(config: ReceiverConfig) -> Result<Self> {
        check::in_range("responsivity_a_w", config.responsivity_a_w, 1e-12, 1e6)?;
        check::in_range("gain", config.gain, 1.0, 1e9)?;
        check::in_range("ionisation_ratio", config.ionisation_ratio, 0.0, 1.0)?;
        check::in_range("bulk_dark_a", config.bulk_dark_a, 0.0, 1e6)?;
        check::in_range("surface_dark_a", config.surface_dark_a, 0.0, 1e6)?;
        check::in_range("background_w", config.background_w, 0.0, 1e6)?;
        check::in_range("load_ohm", config.load_ohm, 1e-6, 1e15)?;
        check::in_range("temperature_k", config.temperature_k, 0.0, 1e6)?;
        check::in_range("noise_figure_db", config.noise_figure_db, 0.0, 100.0)?;
        check::in_range("bandwidth_hz", config.bandwidth_hz, 1e-3, 1e18)?;
        Ok(Self { config })
    }

    /// The receiver of a configuration that has been checked.
    pub(super) fn unchecked(config: ReceiverConfig) -> Self {
        Self { config }
    }

    /// What the receiver is made of.
    #[must_use]
    pub fn config(&self) -> ReceiverConfig {
        self.config
    }

    /// `McIntyre`'s excess noise factor `F = k M + (1 − k)(2 − 1/M)`: 1 without gain.
    #[must_use]
    pub fn excess_noise_factor(&self) -> f64 {
        let (k, gain) = (self.config.ionisation_ratio, self.config.gain);
        k * gain + (1.0 - k) * (2.0 - 1.0 / gain)
    }

    /// The current of the signal, `R M P`, in A.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the power is from 0 to 1e12 W.
    pub fn signal_a(&self, power_w: f64) -> Result<f64> {
        Ok(self.current_a(check::in_range("power_w", power_w, 0.0, MOST_W)?))
    }

    /// Standard deviation of the current under a power, in A.
    ///
    /// # Errors
    /// As [`Receiver::signal_a`].
    pub fn noise_a(&self, power_w: f64) -> Result<f64> {
        Ok(self.variance_a2(check::in_range("power_w", power_w, 0.0, MOST_W)?).sqrt())
    }

    pub(super) fn current_a(&self, power_w: f64) -> f64 {
        self.config.responsivity_a_w * self.config.gain * power_w
    }

    pub(super) fn variance_a2(&self, power_w: f64) -> f64 {
        let ReceiverConfig { responsivity_a_w, gain, bulk_dark_a, surface_dark_a, background_w, .. } =
            self.config;
        let multiplied = responsivity_a_w * (power_w + background_w) + bulk_dark_a;
        let shot = gain * gain * self.excess_noise_factor() * multiplied + surface_dark_a;
        let noise_factor = 10_f64.powf(0.1 * self.config.noise_figure_db);
        let thermal = 4.0 * BOLTZMANN_J_K * self.config.temperature_k * noise_factor / self.config.load_ohm;
        (2.0 * ELEMENTARY_CHARGE_C * shot + thermal) * self.config.bandwidth_hz
    }
}
