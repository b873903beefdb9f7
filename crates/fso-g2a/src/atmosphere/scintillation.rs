//! Scintillation on a slant path: of a point receiver, and behind an aperture.

use super::averaging::layer_factor;
use super::path::{finite, wave_number};
use super::{Cn2Profile, LinkDirection, SlantPath};
use crate::turbulence::{Wave, aperture_shapes};
use mmw_core::{Error, Result, check};

/// Rytov variance `σ_R²` of a plane wave that arrives from far above (a downlink).
///
/// ```text
/// σ_R² = 2.25 k^(7/6) sec^(11/6) ζ ∫₀^H C_n²(h) h^(5/6) dh
/// ```
/// Chapter 12 of [^andrews], downlink.
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a wavelength outside 10 nm to 1 mm; as [`Cn2Profile::validate`].
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
    let top = path.altitude_m();
    finite(front * path.integral(profile, 0.0, &[], |h| (h * (1.0 - h / top).max(0.0)).powf(5.0 / 6.0)))
}

fn rytov_front(profile: &Cn2Profile, path: &SlantPath, wavelength_m: f64) -> Result<f64> {
    profile.validate()?;
    Ok(2.25 * wave_number(wavelength_m)?.powf(7.0 / 6.0) * path.secant().powf(11.0 / 6.0))
}

/// What a [`Scintillation`] is that of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ScintillationConfig {
    /// The wave: plane only from a source far above, on a downlink.
    pub wave: Wave,
    /// Wavelength, m.
    pub wavelength_m: f64,
    /// Diameter `D` of the receiver's aperture, m; 0 for a point.
    pub aperture_diameter_m: f64,
}

/// Strength of the flicker on a path, for a point and behind a circular aperture.
///
/// ```text
/// σ_I²(D) = 8π² · 0.033 k² sec ζ ∫ C_n²(h) ∫ κ^(−8/3) [1 − cos(κ²l/k)] [2 J₁(κD'/2)/(κD'/2)]² dκ dh
/// plane:      l = distance to the receiver,  D' = D
/// spherical:  l = z (Z − z)/Z,               D' = D z/Z,   z the distance from the transmitter
/// ```
/// The theory of weak fluctuations, chapters 8 and 12 of [^andrews], with the constant rounded so that a
/// point receiver has the Rytov variance, 2.25 in place of 2.2522. The integral over `κ` is exact, layer by
/// layer. A source has the same index at a point from either end (reciprocity); an aperture averages most
/// where the turbulent layers are next to it, so on the ground.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{Cn2Profile, Scintillation, ScintillationConfig, SlantPath};
/// use fso_g2a::turbulence::{GammaGamma, Wave};
///
/// let (profile, path) = (Cn2Profile::hufnagel_valley_5_7(), SlantPath::vertical(20e3)?.downlink());
/// let config = ScintillationConfig { wave: Wave::Plane, wavelength_m: 1550e-9, aperture_diameter_m: 0.2 };
/// let scintillation = Scintillation::new(config, &profile, &path)?;
/// assert!((scintillation.rytov_variance() - 0.062).abs() < 1e-3);
/// assert!((scintillation.aperture_factor() - 0.140).abs() < 1e-3);
/// let (alpha, beta) = scintillation.shapes()?;
/// assert!(GammaGamma::new(alpha, beta)?.scintillation_index() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scintillation {
    wave: Wave,
    rytov_variance: f64,
    aperture_factor: f64,
}

impl Scintillation {
    /// # Errors
    /// [`Error::Invalid`] for a plane wave on an uplink; [`Error::Domain`] for a wavelength outside 10 nm to
    /// 1 mm or a diameter below 0; as [`Cn2Profile::validate`].
    pub fn new(config: ScintillationConfig, profile: &Cn2Profile, path: &SlantPath) -> Result<Self> {
        let ScintillationConfig { wave, wavelength_m, aperture_diameter_m } = config;
        let diameter = check::in_range("aperture_diameter_m", aperture_diameter_m, 0.0, 1e9)?;
        if wave == Wave::Plane && path.direction() != LinkDirection::Downlink {
            let reason = "a plane wave comes from a source far above, on a downlink; what the ground sends up is a \
                          spherical wave";
            return Err(Error::invalid("wave", reason));
        }
        let rytov_variance = match wave {
            Wave::Plane => rytov_variance_plane(profile, path, wavelength_m)?,
            Wave::Spherical => rytov_variance_spherical(profile, path, wavelength_m)?,
        };
        let mut scintillation = Self { wave, rytov_variance, aperture_factor: 1.0 };
        if diameter > 0.0 && rytov_variance > 0.0 {
            let per_fresnel = 0.25 * wave_number(wavelength_m)? * diameter * diameter;
            let averaged = rytov_front(profile, path, wavelength_m)?
                * scintillation.integral(profile, path, per_fresnel);
            scintillation.aperture_factor = (finite(averaged)? / rytov_variance).min(1.0);
        }
        Ok(scintillation)
    }

    /// `∫ C_n²(h) (l/sec ζ)^(5/6) A(q D'²/D² / l) dh` with `q = kD²/4`.
    fn integral(&self, profile: &Cn2Profile, path: &SlantPath, q: f64) -> f64 {
        let (length, secant) = (path.length_m(), path.secant());
        path.integral(profile, 0.0, &[], |h| {
            let (sent, left) = path.ways(h);
            let (fresnel, widened) = match self.wave {
                Wave::Plane => (left, 1.0),
                Wave::Spherical => (left * (sent / length), (sent / length) * (sent / length)),
            };
            // A layer at either end has no Fresnel length, and adds nothing.
            if fresnel > 0.0 {
                (fresnel / secant).powf(5.0 / 6.0) * layer_factor(q * widened / fresnel)
            } else {
                0.0
            }
        })
    }

    /// `σ_R²` of a plane, `β₀²` of a spherical wave: the weak index at a point.
    #[must_use]
    pub fn rytov_variance(&self) -> f64 {
        self.rytov_variance
    }

    /// What the aperture leaves of it, 0 to 1.
    #[must_use]
    pub fn aperture_factor(&self) -> f64 {
        self.aperture_factor
    }

    /// The index behind the aperture by the theory of weak fluctuations: right well below 1.
    #[must_use]
    pub fn weak_index(&self) -> f64 {
        self.rytov_variance * self.aperture_factor
    }

    /// `(α, β)` of the Gamma-Gamma law behind the aperture, into strong turbulence.
    ///
    /// # Errors
    /// As [`aperture_shapes`].
    pub fn shapes(&self) -> Result<(f64, f64)> {
        aperture_shapes(self.wave, self.rytov_variance, self.aperture_factor)
    }
}
