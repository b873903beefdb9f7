//! A straight path from the ground to a platform, and the scintillation along it.

use super::Cn2Profile;
use crate::special::adaptive;
use mmw_core::{Error, Result, check};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Relative error that integrals over the path aim at.
const TOLERANCE: f64 = 1e-12;

/// A path from a transmitter at altitude 0 to a platform at `altitude_m`, at `zenith_rad` from the vertical.
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
}

impl SlantPath {
    /// # Errors
    /// [`Error::Domain`] unless the altitude is above 0 and at most 1e9 m and the zenith angle from 0 to below π/2
    /// (secant at most 1e6).
    pub fn new(altitude_m: f64, zenith_rad: f64) -> Result<Self> {
        check::in_range("altitude_m", check::positive("altitude_m", altitude_m)?, 1e-9, 1e9)?;
        check::in_range("zenith_rad", zenith_rad, 0.0, FRAC_PI_2 - 1e-6)?;
        Ok(Self { altitude_m, zenith_rad, secant: 1.0 / zenith_rad.cos() })
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

/// Rytov variance `σ_R²` of a plane wave that arrives from far above (a downlink).
///
/// ```text
/// σ_R² = 2.25 k^(7/6) sec^(11/6) ζ ∫₀^H C_n²(h) h^(5/6) dh
/// ```
/// Chapter 12 of [^andrews], downlink.
///
/// # Errors
/// [`Error::Domain`] for a wavelength that is not finite and above 0; as [`Cn2Profile::validate`].
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{Cn2Profile, SlantPath, rytov_variance_plane, rytov_variance_spherical};
/// let path = SlantPath::vertical(20e3)?;
/// let profile = Cn2Profile::hufnagel_valley_5_7();
/// // Weak: far from the shapes 4 and 1.7 of the paper, whose scintillation index is 0.985.
/// assert!((rytov_variance_plane(&profile, &path, 1550e-9)? - 0.062).abs() < 1e-3);
/// assert!((rytov_variance_spherical(&profile, &path, 1550e-9)? - 0.042).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
pub fn rytov_variance_plane(profile: &Cn2Profile, path: &SlantPath, wavelength_m: f64) -> Result<f64> {
    let front = rytov_front(profile, path, wavelength_m)?;
    finite(front * path.integral(profile, 0.0, &[], |h| h.powf(5.0 / 6.0)))
}

/// Rytov variance `β₀²` of a spherical wave from the ground (an uplink).
///
/// ```text
/// β₀² = 2.25 k^(7/6) sec^(11/6) ζ ∫₀^H C_n²(h) [h (1 − h/H)]^(5/6) dh
/// ```
/// Chapter 12 of [^andrews], uplink, for a transmitter without extent.
///
/// # Errors
/// As [`rytov_variance_plane`].
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
pub fn rytov_variance_spherical(profile: &Cn2Profile, path: &SlantPath, wavelength_m: f64) -> Result<f64> {
    let front = rytov_front(profile, path, wavelength_m)?;
    let top = path.altitude_m;
    finite(front * path.integral(profile, 0.0, &[], |h| (h * (1.0 - h / top).max(0.0)).powf(5.0 / 6.0)))
}

fn rytov_front(profile: &Cn2Profile, path: &SlantPath, wavelength_m: f64) -> Result<f64> {
    profile.validate()?;
    let wave_number = TAU / check::positive("wavelength_m", wavelength_m)?;
    Ok(2.25 * wave_number.powf(7.0 / 6.0) * path.secant.powf(11.0 / 6.0))
}

pub(crate) fn finite(value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::invalid("path", "the integral over the path is out of range"))
    }
}
