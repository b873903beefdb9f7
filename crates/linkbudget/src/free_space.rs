//! Free space: the Friis equation and the log-distance law built on it.

use crate::map::map;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::units::wavelength_m;
use mmw_core::{Error, Result, check};
use std::f64::consts::PI;

/// Free-space loss between isotropic antennas, dB, at least 0.
///
/// ```text
/// L = 20 log10(4π d / λ)
/// ```
/// Equation (2) of [^pathloss] with unit gains and its constant replaced by `(λ/4π)^2`; see
/// [`crate::paper::FRIIS_AS_PRINTED`] for the printed one. Below `d = λ/4π` the equation would give a gain:
/// the antennas are in each other's near field, and it does not apply.
///
/// # Errors
/// [`Error::Domain`] unless both arguments are finite and above zero and `distance_m` is at least `λ/4π`.
///
/// # Examples
/// ```
/// use linkbudget::free_space::free_space_loss_db;
/// assert!((free_space_loss_db(60e9, 1.0)? - 68.010_808_229_556).abs() < 1e-11);
/// assert!(free_space_loss_db(60e9, 0.0).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
/// [^pathloss]: Path-loss and filter paper, section II-A.
pub fn free_space_loss_db(frequency_hz: f64, distance_m: f64) -> Result<f64> {
    let wavelength_m = wavelength_m(frequency_hz)?;
    check::positive("distance_m", distance_m)?;
    // Logarithms are added, not their arguments multiplied: no pair of finite arguments overflows.
    let loss_db = 20.0 * ((4.0 * PI).log10() + distance_m.log10() - wavelength_m.log10());
    if loss_db < 0.0 {
        let domain = format!("at least {}, the wavelength over 4 pi", wavelength_m / (4.0 * PI));
        return Err(Error::domain("distance_m", distance_m, domain));
    }
    Ok(loss_db)
}

/// [`free_space_loss_db`] at each frequency of an array, one distance.
///
/// # Errors
/// As [`free_space_loss_db`].
///
/// # Examples
/// ```
/// use linkbudget::free_space::free_space_loss_db_array;
/// use mmw_core::ndarray::array;
/// let loss_db = free_space_loss_db_array(&array![6e9, 60e9], 10.0)?;
/// assert!((loss_db[1] - loss_db[0] - 20.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn free_space_loss_db_array(frequencies_hz: &ArrayRef1<f64>, distance_m: f64) -> Result<Array1<f64>> {
    map(frequencies_hz, |frequency_hz| free_space_loss_db(frequency_hz, distance_m))
}

/// The two antennas and the system of the Friis equation.
///
/// # Examples
/// ```
/// use linkbudget::free_space::Friis;
/// let link = Friis { tx_gain_db: 10.0, rx_gain_db: 10.0, ..Friis::isotropic(60e9) };
/// // 10 dBm over 1 m: 10 + 20 - 68.01 dBm.
/// let received_w = link.received_w(0.01, 1.0)?;
/// assert!((10.0 * (received_w * 1e3).log10() + 38.010_808).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Friis {
    /// Carrier, Hz.
    pub frequency_hz: f64,
    /// Gain of the transmitting antenna, dBi.
    pub tx_gain_db: f64,
    /// Gain of the receiving antenna, dBi.
    pub rx_gain_db: f64,
    /// System loss factor `L >= 1`: lines, filters, mismatch.
    pub system_loss: f64,
}

mmw_core::checked_serde!(Friis, Friis::check);

impl Friis {
    /// Gains of 0 dB and no system loss, as in the paper.
    #[must_use]
    pub fn isotropic(frequency_hz: f64) -> Self {
        Self { frequency_hz, tx_gain_db: 0.0, rx_gain_db: 0.0, system_loss: 1.0 }
    }

    fn check(&self) -> Result<()> {
        check::positive("frequency_hz", self.frequency_hz)?;
        check::finite("tx_gain_db", self.tx_gain_db)?;
        check::finite("rx_gain_db", self.rx_gain_db)?;
        check::in_range("system_loss", self.system_loss, 1.0, f64::MAX)?;
        Ok(())
    }

    /// Loss between the terminals, dB: free space minus gains plus system loss.
    ///
    /// # Errors
    /// As [`free_space_loss_db`]; [`Error::Domain`] for a gain that is not finite or a system loss below 1.
    pub fn loss_db(&self, distance_m: f64) -> Result<f64> {
        self.check()?;
        let gain_db = self.tx_gain_db + self.rx_gain_db - 10.0 * self.system_loss.log10();
        check::finite("loss_db", free_space_loss_db(self.frequency_hz, distance_m)? - gain_db)
    }

    /// [`Friis::loss_db`] at each distance of an array.
    ///
    /// # Errors
    /// As [`Friis::loss_db`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::free_space::Friis;
    /// use mmw_core::ndarray::array;
    /// let link = Friis { system_loss: 10.0, ..Friis::isotropic(60e9) };
    /// assert!((link.loss_db_array(&array![1.0])?[0] - 78.0108).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn loss_db_array(&self, distances_m: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        map(distances_m, |distance_m| self.loss_db(distance_m))
    }

    /// Power at the terminals of the receiving antenna, W.
    ///
    /// ```text
    /// Pr = Pt Gt Gr (λ / 4π d)^2 / L
    /// ```
    /// Equation (2) of the paper with any gains.
    ///
    /// # Errors
    /// As [`Friis::loss_db`]; [`Error::Domain`] for a power below zero or a result beyond `f64`.
    pub fn received_w(&self, power_w: f64, distance_m: f64) -> Result<f64> {
        check::non_negative("power_w", power_w)?;
        let ratio = 10_f64.powf(-self.loss_db(distance_m)? / 10.0);
        if power_w == 0.0 { Ok(0.0) } else { check::finite("received_w", power_w * ratio) }
    }

    /// [`Friis::received_w`] at each distance of an array.
    ///
    /// # Errors
    /// As [`Friis::received_w`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::free_space::Friis;
    /// use mmw_core::ndarray::array;
    /// let received_w = Friis::isotropic(60e9).received_w_array(10e-3, &array![1.0, 2.0])?;
    /// assert!((received_w[0] / received_w[1] - 4.0).abs() < 1e-12);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn received_w_array(&self, power_w: f64, distances_m: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        map(distances_m, |distance_m| self.received_w(power_w, distance_m))
    }
}

/// What distance adds to the loss at the reference distance, dB; negative inside it.
///
/// ```text
/// 10 n log10(d / d0)
/// ```
/// The second term of equation (3) of the paper.
///
/// # Errors
/// [`Error::Domain`] unless the exponent is finite and not below zero and both distances are finite and
/// above zero.
///
/// # Examples
/// ```
/// use linkbudget::free_space::log_distance_db;
/// assert_eq!(log_distance_db(1.6, 10.0, 1.0)?, 16.0);
/// // Scenario 3 at 1 cm: seventy decibels less than at the reference distance.
/// assert!((log_distance_db(3.5, 0.01, 1.0)? + 70.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn log_distance_db(exponent: f64, distance_m: f64, reference_m: f64) -> Result<f64> {
    check::non_negative("exponent", exponent)?;
    check::positive("distance_m", distance_m)?;
    check::positive("reference_m", reference_m)?;
    let ratio = distance_m / reference_m;
    let decades = if ratio.is_normal() { ratio.log10() } else { distance_m.log10() - reference_m.log10() };
    check::finite("exponent times decades", 10.0 * exponent * decades)
}

/// [`log_distance_db`] at each distance of an array.
///
/// # Errors
/// As [`log_distance_db`].
///
/// # Examples
/// ```
/// use linkbudget::free_space::log_distance_db_array;
/// use mmw_core::ndarray::array;
/// assert_eq!(log_distance_db_array(2.0, &array![1.0, 10.0], 1.0)?, array![0.0, 20.0]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn log_distance_db_array(
    exponent: f64,
    distances_m: &ArrayRef1<f64>,
    reference_m: f64,
) -> Result<Array1<f64>> {
    map(distances_m, |distance_m| log_distance_db(exponent, distance_m, reference_m))
}
