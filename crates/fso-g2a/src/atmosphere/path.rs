//! A straight path from the ground to a platform, and the scintillation along it.

use super::{Cn2Profile, LinkDirection};
use crate::special::adaptive;
use mmw_core::{Error, Result, check};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Relative error that integrals over the path aim at.
const TOLERANCE: f64 = 1e-12;

/// A path between the ground at altitude 0 and a platform at `altitude_m`, at `zenith_rad` from the vertical;
/// the ground transmits, unless [`SlantPath::downlink`] turns the path round.
///
/// ```text
/// Z = H / cos ζ
/// ```
/// Altitude and length are the same only at the zenith. The earth is flat here, good to 1 % up to 75 degrees
/// at 20 km.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::SlantPath;
/// let path = SlantPath::new(20e3, 60_f64.to_radians())?;
/// assert!((path.length_m() - 40e3).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlantPath {
    altitude_m: f64,
    zenith_rad: f64,
    secant: f64,
    direction: LinkDirection,
}

impl SlantPath {
    /// # Errors
    /// [`Error::Domain`] unless the altitude is above 0 and at most 1e9 m and the zenith angle from 0 to
    /// below π/2 (secant at most 1e6).
    pub fn new(altitude_m: f64, zenith_rad: f64) -> Result<Self> {
        check::in_range("altitude_m", check::positive("altitude_m", altitude_m)?, 1e-9, 1e9)?;
        check::in_range("zenith_rad", zenith_rad, 0.0, FRAC_PI_2 - 1e-6)?;
        let direction = LinkDirection::Uplink;
        Ok(Self { altitude_m, zenith_rad, secant: 1.0 / zenith_rad.cos(), direction })
    }

    /// A vertical path.
    ///
    /// # Errors
    /// As [`SlantPath::new`].
    pub fn vertical(altitude_m: f64) -> Result<Self> {
        Self::new(altitude_m, 0.0)
    }

    /// A path of `length_m` at `zenith_rad` from the vertical.
    ///
    /// # Errors
    /// As [`SlantPath::new`] for the altitude that it ends at.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::atmosphere::SlantPath;
    /// let path = SlantPath::with_length(40e3, 60_f64.to_radians())?;
    /// assert!((path.altitude_m() - 20e3).abs() < 1e-9);
    /// assert!(SlantPath::with_length(-1.0, 0.0).is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn with_length(length_m: f64, zenith_rad: f64) -> Result<Self> {
        let length_m = check::positive("length_m", length_m)?;
        let zenith_rad = check::in_range("zenith_rad", zenith_rad, 0.0, FRAC_PI_2 - 1e-6)?;
        Self::new(length_m * zenith_rad.cos(), zenith_rad)
    }

    /// The same path with the transmitter on the platform.
    #[must_use]
    pub fn downlink(self) -> Self {
        self.towards(LinkDirection::Downlink)
    }

    /// The same path in that direction.
    #[must_use]
    pub fn towards(self, direction: LinkDirection) -> Self {
        Self { direction, ..self }
    }

    /// Which end transmits.
    #[must_use]
    pub fn direction(&self) -> LinkDirection {
        self.direction
    }

    /// Altitude of the platform in m.
    #[must_use]
    pub fn altitude_m(&self) -> f64 {
        self.altitude_m
    }

    /// Angle from the vertical in rad.
    #[must_use]
    pub fn zenith_rad(&self) -> f64 {
        self.zenith_rad
    }

    /// `sec ζ`, length over altitude.
    #[must_use]
    pub fn secant(&self) -> f64 {
        self.secant
    }

    /// Length in m.
    #[must_use]
    pub fn length_m(&self) -> f64 {
        self.altitude_m * self.secant
    }

    /// How far along the path the altitude `h` is from the transmitter and from the receiver, m.
    pub(crate) fn ways(&self, h: f64) -> (f64, f64) {
        let (below, above) = (h * self.secant, (self.altitude_m - h).max(0.0) * self.secant);
        match self.direction {
            LinkDirection::Uplink => (below, above),
            LinkDirection::Downlink => (above, below),
        }
    }

    /// `∫ C_n²(h) f(h) dh` from `low_m` to the platform.
    ///
    /// The variable is `∛h`: it takes away the root of `h` that weights have at the ground, and puts as many
    /// nodes into the first hundred metres as into the next ten thousand.
    pub(crate) fn integral(
        &self,
        profile: &Cn2Profile,
        low_m: f64,
        extra: &[f64],
        f: impl Fn(f64) -> f64,
    ) -> f64 {
        let high = self.altitude_m;
        let mut ends: Vec<f64> = profile.breaks().into_iter().chain(extra.iter().copied()).collect();
        ends.retain(|&h| h > low_m && h < high);
        ends.extend([low_m, high]);
        ends.sort_unstable_by(f64::total_cmp);
        let roots: Vec<f64> = ends.iter().map(|h| h.cbrt()).collect();
        adaptive(&roots, TOLERANCE, 0.0, |x| {
            let h = x * x * x;
            if x > 0.0 { 3.0 * x * x * profile.value(h) * f(h) } else { 0.0 }
        })
    }
}

/// Wavelengths that optical links may have, m.
const WAVELENGTHS_M: [f64; 2] = [1e-8, 1e-3];

/// `k = 2π/λ` in 1/m.
///
/// # Errors
/// [`Error::Domain`] for a wavelength outside 10 nm to 1 mm: one in nm, most likely.
pub(crate) fn wave_number(wavelength_m: f64) -> Result<f64> {
    let [least, most] = WAVELENGTHS_M;
    if (least..=most).contains(&wavelength_m) {
        return Ok(TAU / wavelength_m);
    }
    let domain = "a wavelength in m from 1e-8 to 1e-3 (1550 nm are 1.55e-6)";
    Err(Error::domain("wavelength_m", wavelength_m, domain))
}

pub(crate) fn finite(value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::invalid("path", "the integral over the path is out of range"))
    }
}
