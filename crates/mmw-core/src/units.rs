//! Decibels as types, and the few conversions that everybody writes by hand and gets wrong once.

use crate::consts::SPEED_OF_LIGHT_M_S;
use crate::{Error, Result, check};
use std::fmt;
use std::ops::{Add, Neg, Sub};

/// A ratio of powers in decibels, `10 log10(P1 / P2)`.
///
/// # Examples
/// ```
/// use mmw_core::units::{Db, Dbm};
///
/// let gain = Db::from_power_ratio(100.0)? + Db(3.0);
/// assert_eq!(gain, Db(23.0));
/// assert_eq!(Dbm(-50.0) + gain, Dbm(-27.0));
/// assert_eq!(Dbm(10.0) - Dbm(7.0), Db(3.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Db(pub f64);

/// A power in decibels over one milliwatt.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Dbm(pub f64);

crate::checked_serde!(Db { 0 });
crate::checked_serde!(Dbm { 0 });

impl Db {
    /// The ratio of two powers, in dB.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `ratio` is finite and above zero.
    pub fn from_power_ratio(ratio: f64) -> Result<Self> {
        Ok(Self(10.0 * check::positive("power ratio", ratio)?.log10()))
    }

    /// The ratio of two amplitudes, in dB: `20 log10`.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `ratio` is finite and above zero.
    pub fn from_amplitude_ratio(ratio: f64) -> Result<Self> {
        Ok(Self(20.0 * check::positive("amplitude ratio", ratio)?.log10()))
    }

    /// The ratio of powers, `10^(dB/10)`: infinite from 3083 dB on.
    #[must_use]
    pub fn power_ratio(self) -> f64 {
        10_f64.powf(self.0 / 10.0)
    }

    /// The ratio of amplitudes, `10^(dB/20)`: infinite from 6166 dB on.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::units::Db;
    /// assert!((Db(6.0).amplitude_ratio() - 1.9953).abs() < 1e-4);
    /// assert!((Db(6.0).power_ratio() - 3.9811).abs() < 1e-4);
    /// ```
    #[must_use]
    pub fn amplitude_ratio(self) -> f64 {
        10_f64.powf(self.0 / 20.0)
    }
}

impl Dbm {
    /// A power in watts, as dBm.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `power_w` is finite and above zero.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::units::Dbm;
    /// assert_eq!(Dbm::from_w(0.01)?, Dbm(10.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn from_w(power_w: f64) -> Result<Self> {
        Ok(Self(10.0 * check::positive("power_w", power_w)?.log10() + 30.0))
    }

    /// The power in watts.
    #[must_use]
    pub fn w(self) -> f64 {
        10_f64.powf((self.0 - 30.0) / 10.0)
    }
}

impl fmt::Display for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)?;
        f.write_str(" dB")
    }
}

impl fmt::Display for Dbm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)?;
        f.write_str(" dBm")
    }
}

impl Add for Db {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Db {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Db {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Add<Db> for Dbm {
    type Output = Self;
    fn add(self, gain: Db) -> Self {
        Self(self.0 + gain.0)
    }
}

impl Sub<Db> for Dbm {
    type Output = Self;
    fn sub(self, loss: Db) -> Self {
        Self(self.0 - loss.0)
    }
}

impl Sub for Dbm {
    type Output = Db;
    fn sub(self, other: Self) -> Db {
        Db(self.0 - other.0)
    }
}

/// Wavelength in vacuum, `λ = c / f`, m.
///
/// # Errors
/// [`Error::Domain`] unless `frequency_hz` is finite and above zero.
///
/// # Examples
/// ```
/// let lambda_m = mmw_core::units::wavelength_m(77e9)?;
/// assert!((lambda_m - 3.893e-3).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn wavelength_m(frequency_hz: f64) -> Result<f64> {
    let wavelength_m = SPEED_OF_LIGHT_M_S / check::positive("frequency_hz", frequency_hz)?;
    if wavelength_m.is_finite() {
        Ok(wavelength_m)
    } else {
        Err(Error::domain("frequency_hz", frequency_hz, "large enough for a finite wavelength"))
    }
}
