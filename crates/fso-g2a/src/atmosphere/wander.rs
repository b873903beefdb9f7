//! Wander of the beam by large eddies.

use super::path::{finite, wave_number};
use super::{Cn2Profile, LinkDirection, SlantPath};
use mmw_core::{Error, Result, check};

/// What equation (1) of the paper needs, and what it leaves unsaid.
///
/// ```text
/// σ_b² = c ∫_{h₀}^{H} C_n²(h) (Z − z)² w(z)^(−1/3) sec ζ dh,   w(z) = w₀ + z θ/2
/// ```
/// with `z` from the transmitter, `h sec ζ` up and `Z − h sec ζ` down. Equation (1) of [^safi] is an uplink
/// with `ζ = 0`, `w₀ = 0`. A downlink meets the strong layers at the end of its path, where the lever is
/// short and the beam wide: it hardly wanders.
///
/// # Erratum
/// Printed, the beam has no width at the transmitter, where `C_n²` is largest: the integrand has an
/// integrable `h^(−1/3)` there and `σ_b` comes out 35 % too large against a waist of 1 cm at 20 km. The
/// factor 2.07 is taken per axis; a derivation from Kolmogorov's spectrum gives 2.035 for the radius where
/// the intensity falls to 1/e and 2.28 for 1/e².
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{BeamWander, Cn2Profile, SlantPath};
///
/// let path = SlantPath::vertical(20e3)?;
/// let profile = Cn2Profile::hufnagel_valley_5_7();
/// let printed = BeamWander::printed(0.1e-3).jitter_m(&profile, &path)?;
/// let waist = BeamWander { waist_m: 0.01, ..BeamWander::printed(0.1e-3) }.jitter_m(&profile, &path)?;
/// assert!((printed - 0.109_92).abs() < 1e-5 && (waist - 0.081_20).abs() < 1e-5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct BeamWander {
    /// Full divergence angle `θ` in rad, above 0.
    pub divergence_rad: f64,
    /// Radius `w₀` of the beam at the transmitter in m, 0 in the paper.
    pub waist_m: f64,
    /// Altitude `h₀` in m at which the turbulence starts.
    pub start_altitude_m: f64,
    /// The factor `c`, per axis: 2.07 in the paper.
    pub factor: f64,
}

mmw_core::checked_serde!(BeamWander, BeamWander::check);

impl BeamWander {
    /// The paper's: no waist, turbulence from the ground up, 2.07.
    #[must_use]
    pub const fn printed(divergence_rad: f64) -> Self {
        Self { divergence_rad, waist_m: 0.0, start_altitude_m: 0.0, factor: 2.07 }
    }

    /// Refuses a beam narrower than diffraction lets it be.
    ///
    /// ```text
    /// θ ≥ 2λ/(π w₀)
    /// ```
    /// The far field of a Gaussian beam of waist `w₀`, chapter 4 of [^andrews]. A waist of 0 is the
    /// idealisation of the paper, and passes.
    ///
    /// # Errors
    /// [`Error::Domain`] that names the divergence, the least one, and the waist that would do; as
    /// [`BeamWander::jitter_m`] for the fields, and for a wavelength outside 10 nm to 1 mm.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::atmosphere::BeamWander;
    /// let beam = BeamWander { waist_m: 0.01, ..BeamWander::printed(0.1e-3) };
    /// beam.check_diffraction(1550e-9)?;
    /// let error = BeamWander { waist_m: 0.001, ..beam }.check_diffraction(1550e-9).unwrap_err();
    /// assert!(error.to_string().contains("at least 9.868e-4"));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
    pub fn check_diffraction(&self, wavelength_m: f64) -> Result<()> {
        self.check()?;
        let product = 4.0 / wave_number(wavelength_m)?;
        // A beam at its limit passes whatever the rounding of the quotient.
        if self.waist_m * self.divergence_rad * (1.0 + 1e-9) >= product || self.waist_m == 0.0 {
            return Ok(());
        }
        let (waist, least) = (self.waist_m, product / self.waist_m);
        let domain = format!(
            "at least {least:.3e}, the diffraction limit of a waist (waist_m) of {waist:e} m at a wavelength_m of {wavelength_m:e}; or \
             the waist at least {:.3e} m",
            product / self.divergence_rad
        );
        Err(Error::domain("divergence_rad", self.divergence_rad, domain))
    }

    fn check(&self) -> Result<()> {
        check::positive("divergence_rad", self.divergence_rad)?;
        check::non_negative("waist_m", self.waist_m)?;
        check::positive("factor", self.factor)?;
        check::non_negative("start_altitude_m", self.start_altitude_m)?;
        Ok(())
    }

    /// `σ_b`, the standard deviation of the beam's displacement at the platform in each direction, in m.
    ///
    /// The relative error is below 1e-12 for smooth profiles.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a divergence or factor not above 0, a waist below 0, or a start not
    /// from 0 to below the platform's altitude; as [`Cn2Profile::validate`].
    pub fn jitter_m(&self, profile: &Cn2Profile, path: &SlantPath) -> Result<f64> {
        profile.validate()?;
        self.check()?;
        let (theta, waist, factor) = (self.divergence_rad, self.waist_m, self.factor);
        let start = check::in_range("start_altitude_m", self.start_altitude_m, 0.0, path.altitude_m())?;
        let (top, secant) = (path.altitude_m(), path.secant());
        // The width changes its form around the place where the cone outgrows the waist; without one, it has
        // a root at the transmitter, which the variable of the integral takes away on the ground only.
        let turn = 2.0 * waist / (theta * secant);
        let mut extra = vec![0.1 * turn, turn, 10.0 * turn];
        if path.direction() == LinkDirection::Downlink {
            extra.extend((1..24).map(|k| top * 0.25_f64.powi(k)));
            extra.iter_mut().for_each(|distance| *distance = top - *distance);
        }
        let variance = path.integral(profile, start, &extra, |h| {
            let (sent, left) = path.ways(h);
            let width = waist + 0.5 * theta * sent;
            if width > 0.0 { left * left / width.cbrt() } else { 0.0 }
        });
        finite((factor * secant * variance).sqrt())
    }

    /// `σ_r = √(σ_l² + σ_b²)`: the beam's wander and the platform's own wobble, in m.
    ///
    /// The sum below equation (13) of [^safi].
    ///
    /// # Errors
    /// As [`BeamWander::jitter_m`], and [`mmw_core::Error::Domain`] for a wobble below 0.
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn total_jitter_m(&self, profile: &Cn2Profile, path: &SlantPath, wobble_m: f64) -> Result<f64> {
        let wobble = check::non_negative("wobble_m", wobble_m)?;
        finite(self.jitter_m(profile, path)?.hypot(wobble))
    }
}
