//! Link budgets: noise, sensitivity, margin, and the range that a margin leaves.

use crate::map::map;
use crate::path_loss::PathLoss;
use mmw_core::consts::{BOLTZMANN_J_K, REFERENCE_TEMPERATURE_K};
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Result, check};

/// The two ends of a link: plain data, checked by [`Link::new`]. All losses are at least 0 dB.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct LinkConfig {
    /// Transmitted power, dBm.
    pub tx_power_dbm: f64,
    /// Gain of the transmitting antenna, dBi.
    pub tx_gain_db: f64,
    /// Gain of the receiving antenna, dBi.
    pub rx_gain_db: f64,
    /// Losses of lines, filters and mismatch at both ends together, dB, at least 0.
    pub system_loss_db: f64,
    /// Noise bandwidth, Hz.
    pub bandwidth_hz: f64,
    /// Noise figure of the receiver over 290 K, dB, at least 0.
    pub noise_figure_db: f64,
    /// Noise temperature seen by the antenna, K.
    pub antenna_temperature_k: f64,
    /// Signal-to-noise ratio that the receiver needs, dB.
    pub required_snr_db: f64,
}

mmw_core::checked_serde!(LinkConfig, |config| Link::new(*config).map(|_| ()));

impl LinkConfig {
    /// 10 dBm into two half-wave dipoles of 2.15 dBi, 2.16 GHz of bandwidth, 6 dB noise figure, 290 K,
    /// 10 dB SNR: one channel of the 57-64 GHz band.
    #[must_use]
    pub fn dipoles_at_60_ghz() -> Self {
        Self {
            tx_power_dbm: 10.0,
            tx_gain_db: 2.15,
            rx_gain_db: 2.15,
            system_loss_db: 0.0,
            bandwidth_hz: 2.16e9,
            noise_figure_db: 6.0,
            antenna_temperature_k: REFERENCE_TEMPERATURE_K,
            required_snr_db: 10.0,
        }
    }
}

/// A checked [`LinkConfig`].
///
/// ```text
/// Pt + Gt + Gr − L_sys >= S_min + PL,   S_min = 10 log10(k (T_a + T_e) B / 1 mW) + SNR
/// ```
/// Equation (1) of the paper, `PT + 2Ga >= Smin − PL`, with a loss counted positive: as printed it holds only
/// for a path "loss" that is a negative gain.
///
/// # Examples
/// ```
/// use linkbudget::budget::{Link, LinkConfig};
/// use linkbudget::path_loss::{Path, PathLoss};
///
/// let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
/// assert!((link.noise_dbm() + 74.630).abs() < 1e-3);
/// assert!((link.margin_db(70.0)? - 8.930).abs() < 1e-3);
/// let air = PathLoss::new(Path::free_space(60e9))?;
/// let range_m = link.max_range_m(&air, 3.0)?;
/// assert!((link.margin_db(air.total_db(range_m)?)? - 3.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    config: LinkConfig,
    noise_dbm: f64,
}

impl Link {
    /// Checks every field.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] naming the field.
    pub fn new(config: LinkConfig) -> Result<Self> {
        // A billion decibels is absurd, and leaves room for sums within f64.
        const DECIBELS: f64 = 1e9;
        let decibels = |name, value| check::in_range(name, value, -DECIBELS, DECIBELS);
        decibels("tx_power_dbm", config.tx_power_dbm)?;
        decibels("tx_gain_db", config.tx_gain_db)?;
        decibels("rx_gain_db", config.rx_gain_db)?;
        decibels("required_snr_db", config.required_snr_db)?;
        check::in_range("system_loss_db", config.system_loss_db, 0.0, DECIBELS)?;
        check::in_range("noise_figure_db", config.noise_figure_db, 0.0, 200.0)?;
        check::non_negative("antenna_temperature_k", config.antenna_temperature_k)?;
        let receiver_k = REFERENCE_TEMPERATURE_K * (10_f64.powf(config.noise_figure_db / 10.0) - 1.0);
        let temperature_k = check::positive("noise temperature", config.antenna_temperature_k + receiver_k)?;
        let noise_dbm = thermal_noise_dbm(temperature_k, config.bandwidth_hz)?;
        Ok(Self { config, noise_dbm })
    }

    /// The configuration it was made from.
    #[must_use]
    pub fn config(&self) -> &LinkConfig {
        &self.config
    }

    /// Noise at the receiver's input, dBm.
    #[must_use]
    pub fn noise_dbm(&self) -> f64 {
        self.noise_dbm
    }

    /// Least power that is received well enough, `S_min`, dBm.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::budget::{Link, LinkConfig};
    /// let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
    /// assert_eq!(link.sensitivity_dbm(), link.noise_dbm() + 10.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn sensitivity_dbm(&self) -> f64 {
        self.noise_dbm + self.config.required_snr_db
    }

    /// Received power after a path loss, dBm.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the loss is finite.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::budget::{Link, LinkConfig};
    /// let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
    /// assert!((link.received_dbm(70.0)? + 55.7).abs() < 1e-12);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn received_dbm(&self, path_loss_db: f64) -> Result<f64> {
        check::finite("path_loss_db", path_loss_db)?;
        let c = &self.config;
        let received_dbm = c.tx_power_dbm + c.tx_gain_db + c.rx_gain_db - c.system_loss_db - path_loss_db;
        check::finite("received_dbm", received_dbm)
    }

    /// Signal-to-noise ratio after a path loss, dB.
    ///
    /// # Errors
    /// As [`Link::received_dbm`].
    pub fn snr_db(&self, path_loss_db: f64) -> Result<f64> {
        Ok(self.received_dbm(path_loss_db)? - self.noise_dbm)
    }

    /// Received power over sensitivity, dB; the link closes when it is not negative.
    ///
    /// # Errors
    /// As [`Link::received_dbm`].
    pub fn margin_db(&self, path_loss_db: f64) -> Result<f64> {
        Ok(self.received_dbm(path_loss_db)? - self.sensitivity_dbm())
    }

    /// [`Link::margin_db`] after each loss of an array.
    ///
    /// # Errors
    /// As [`Link::received_dbm`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::budget::{Link, LinkConfig};
    /// use mmw_core::ndarray::array;
    /// let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
    /// let margins_db = link.margin_db_array(&array![70.0, 90.0])?;
    /// assert!(margins_db[0] > 0.0 && margins_db[1] < 0.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn margin_db_array(&self, path_losses_db: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        map(path_losses_db, |path_loss_db| self.margin_db(path_loss_db))
    }

    /// The greatest path loss that leaves this margin, dB.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the margin is finite.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::budget::{Link, LinkConfig};
    /// let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
    /// assert!((link.max_path_loss_db(0.0)? - 78.930).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn max_path_loss_db(&self, margin_db: f64) -> Result<f64> {
        check::finite("margin_db", margin_db)?;
        check::finite("max_path_loss_db", self.margin_db(0.0)? - margin_db)
    }

    /// The greatest distance on a path that leaves this margin, m.
    ///
    /// # Errors
    /// As [`PathLoss::distance_m`].
    pub fn max_range_m(&self, path: &PathLoss, margin_db: f64) -> Result<f64> {
        path.distance_m(self.max_path_loss_db(margin_db)?)
    }
}

/// Thermal noise power, dBm.
///
/// ```text
/// N = 10 log10(k T B) + 30
/// ```
/// Nyquist's formula, as in ITU-R P.372.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless both are finite and above zero.
///
/// # Examples
/// ```
/// let dbm = linkbudget::budget::thermal_noise_dbm(290.0, 1.0)?;
/// assert!((dbm + 173.975).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn thermal_noise_dbm(temperature_k: f64, bandwidth_hz: f64) -> Result<f64> {
    check::positive("temperature_k", temperature_k)?;
    check::positive("bandwidth_hz", bandwidth_hz)?;
    Ok(10.0 * (BOLTZMANN_J_K.log10() + temperature_k.log10() + bandwidth_hz.log10()) + 30.0)
}
