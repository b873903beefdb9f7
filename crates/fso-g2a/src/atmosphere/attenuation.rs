//! Extinction by haze and fog.

use super::SlantPath;
use mmw_core::{Error, Result, check};

/// How the extinction follows from the visibility and the wavelength.
///
/// ```text
/// ξ = (3.912/V) (λ/550 nm)^(−q)          Kruse, Kim (V in km, ξ in 1/km; 3.912 = −ln 0.02)
/// Kruse: q = 1.6 above 50 km, 1.3 above 6 km, 0.585 V^(1/3) below
/// Kim:   q = 1.6, 1.3, 0.16 V + 0.34 above 1 km, V − 0.5 above 0.5 km, 0 below
/// Al Naboulsi, λ in µm:  advection ξ = (0.11478 λ + 3.8367)/V
///                        radiation ξ = (0.18126 λ² + 0.13709 λ + 3.7502)/V
/// ```
/// [^kim] for the first two; [^naboulsi], the paper's own reference, for fog.
///
/// [^kim]: I. I. Kim, B. `McArthur`, E. Korevaar, "Comparison of laser beam propagation at 785 nm and 1550 nm
///     in fog and haze for optical wireless communications", Proceedings of SPIE 4214 (2001).
/// [^naboulsi]: M. C. Al Naboulsi, H. Sizun, F. de Fornel, "Fog attenuation prediction for optical and
///     infrared waves", Optical Engineering 43 (2004).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum VisibilityModel {
    /// Kim, for haze and fog.
    #[default]
    Kim,
    /// Kruse, for haze.
    Kruse,
    /// Al Naboulsi's advection fog (wet, over the sea).
    AdvectionFog,
    /// Al Naboulsi's radiation fog (over land at night).
    RadiationFog,
}

mmw_core::named!(VisibilityModel, "visibility model" {
    Kim = "kim",
    Kruse = "kruse",
    AdvectionFog = "advection_fog",
    RadiationFog = "radiation_fog",
});

impl VisibilityModel {
    /// Extinction in 1/m.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the visibility is from 1 m to 1000 km and the wavelength from 0.3 to 15 µm.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::atmosphere::VisibilityModel;
    /// let per_m = VisibilityModel::Kim.extinction_per_m(10e3, 1550e-9)?;
    /// assert!((per_m - 0.102e-3).abs() < 1e-6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn extinction_per_m(self, visibility_m: f64, wavelength_m: f64) -> Result<f64> {
        let v = check::in_range("visibility_m", visibility_m, 1.0, 1e6)? * 1e-3;
        let micrometres = check::in_range("wavelength_m", wavelength_m, 0.3e-6, 15e-6)? * 1e6;
        let by_power = |q: f64| -0.02_f64.ln() / v * (micrometres / 0.55).powf(-q);
        let per_km = match self {
            Self::Kim => by_power(kim_exponent(v)),
            Self::Kruse => by_power(kruse_exponent(v)),
            Self::AdvectionFog => (0.11478 * micrometres + 3.8367) / v,
            Self::RadiationFog => (0.18126 * micrometres * micrometres + 0.13709 * micrometres + 3.7502) / v,
        };
        Ok(per_km * 1e-3)
    }
}

fn kruse_exponent(v: f64) -> f64 {
    match v {
        ..6.0 => 0.585 * v.cbrt(),
        6.0..50.0 => 1.3,
        _ => 1.6,
    }
}

fn kim_exponent(v: f64) -> f64 {
    match v {
        ..0.5 => 0.0,
        0.5..1.0 => v - 0.5,
        1.0..6.0 => 0.16 * v + 0.34,
        6.0..50.0 => 1.3,
        _ => 1.6,
    }
}

/// Extinction along the path: the same at every altitude, or dying off.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{Attenuation, SlantPath};
/// let path = SlantPath::vertical(20e3)?;
/// let constant = Attenuation::Constant { per_m: 0.102e-3 };
/// let profile = Attenuation::Exponential { ground_per_m: 0.102e-3, scale_height_m: 1200.0 };
/// assert!((constant.loss_db(&path)? - 8.86).abs() < 0.01);
/// assert!((profile.loss_db(&path)? - 0.53).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", tag = "model"))]
#[non_exhaustive]
pub enum Attenuation {
    /// `ξ` everywhere, as in the paper.
    Constant {
        /// `ξ` in 1/m, not below 0.
        per_m: f64,
    },
    /// `ξ(h) = ξ₀ exp(−h/H_s)`: haze and aerosol stay near the ground, with `H_s` of 1 to 2 km.
    Exponential {
        /// `ξ₀` in 1/m, not below 0.
        ground_per_m: f64,
        /// `H_s` in m, above 0.
        scale_height_m: f64,
    },
}

mmw_core::checked_serde!(Attenuation, Attenuation::check);

impl Attenuation {
    fn check(&self) -> Result<()> {
        match *self {
            Self::Constant { per_m } => check::non_negative("per_m", per_m)?,
            Self::Exponential { ground_per_m, scale_height_m } => {
                check::positive("scale_height_m", scale_height_m)?;
                check::non_negative("ground_per_m", ground_per_m)?
            }
        };
        Ok(())
    }

    /// Optical depth along the path.
    ///
    /// ```text
    /// τ = sec ζ ∫₀^H ξ(h) dh
    /// ```
    /// The exponent `Z ξ` above equation (6) of [^safi], for an extinction that may vary with the altitude.
    ///
    /// # Errors
    /// [`Error::Domain`] for parameters out of their range.
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn optical_depth(&self, path: &SlantPath) -> Result<f64> {
        self.check()?;
        let depth = match *self {
            Self::Constant { per_m } => per_m * path.length_m(),
            Self::Exponential { ground_per_m, scale_height_m } => {
                let share = -(-path.altitude_m() / scale_height_m).exp_m1();
                ground_per_m * scale_height_m * share * path.secant()
            }
        };
        if depth.is_finite() {
            Ok(depth)
        } else {
            Err(Error::invalid("attenuation", "the optical depth is out of range"))
        }
    }

    /// `h_a`, the share of the power that arrives, 0 to 1.
    ///
    /// ```text
    /// h_a = exp(−Z ξ)
    /// ```
    /// The law of Beer and Lambert, the text above equation (6) of [^safi].
    ///
    /// # Errors
    /// As [`Attenuation::optical_depth`].
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn transmission(&self, path: &SlantPath) -> Result<f64> {
        Ok((-self.optical_depth(path)?).exp())
    }

    /// The same in dB, not below 0.
    ///
    /// # Errors
    /// As [`Attenuation::optical_depth`].
    pub fn loss_db(&self, path: &SlantPath) -> Result<f64> {
        Ok(self.optical_depth(path)? * 10.0 / std::f64::consts::LN_10)
    }
}
