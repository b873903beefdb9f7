//! A beam that fills a cone evenly: its footprint and what an aperture collects.

use mmw_core::{Result, check};
use std::f64::consts::PI;

/// What a [`Beam`] is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct BeamConfig {
    /// Full divergence angle `θ`, rad.
    pub divergence_rad: f64,
    /// Length `Z` of the path, m.
    pub length_m: f64,
}

/// A beam at the end of its path.
///
/// # Examples
/// ```
/// use fso_g2a::{Beam, BeamConfig};
/// let beam = Beam::new(BeamConfig { divergence_rad: 0.1e-3, length_m: 20e3 })?;
/// assert!((beam.footprint_radius_m() - 1.0).abs() < 1e-15);
/// assert!((beam.full_collection(0.05)? - 2.5e-3).abs() < 1e-11);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", transparent)
)]
pub struct Beam {
    config: BeamConfig,
}

mmw_core::checked_serde!(Beam, |beam| Beam::new(beam.config).map(|_| ()));

impl Beam {
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the divergence is above 0 and at most π, and the length finite and
    /// above 0 (and both within 1e-90 to 1e90).
    pub fn new(config: BeamConfig) -> Result<Self> {
        let BeamConfig { divergence_rad, length_m } = config;
        check::positive("divergence_rad", divergence_rad)?;
        check::positive("length_m", length_m)?;
        check::in_range("divergence_rad", divergence_rad, 1e-45, PI)?;
        check::in_range("length_m", length_m, 1e-45, 1e45)?;
        Ok(Self { config })
    }

    /// Radius of the footprint in m.
    ///
    /// ```text
    /// w_z = θ Z / 2
    /// ```
    /// The text between equations (7) and (8) of [^safi].
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    #[must_use]
    pub fn footprint_radius_m(&self) -> f64 {
        0.5 * self.config.divergence_rad * self.config.length_m
    }

    /// Solid angle of the cone in steradian.
    ///
    /// ```text
    /// Ω = 2π (1 − cos(θ/2)) = 4π sin²(θ/4)
    /// ```
    /// `Ω_s` between equations (7) and (8) of [^safi], in the second form; the first loses half of the digits
    /// at a tenth of a milliradian.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Beam, BeamConfig};
    /// let half_space = Beam::new(BeamConfig { divergence_rad: std::f64::consts::PI, length_m: 1.0 })?;
    /// assert!((half_space.solid_angle_sr() - std::f64::consts::TAU).abs() < 1e-14);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    #[must_use]
    pub fn solid_angle_sr(&self) -> f64 {
        4.0 * PI * (0.25 * self.config.divergence_rad).sin().powi(2)
    }

    /// Irradiance at the end of the path in W/m² for a transmitter of 1 W.
    ///
    /// ```text
    /// I(Z) = P_t / (Ω Z²)
    /// ```
    /// Equation (7) of [^safi].
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    #[must_use]
    pub fn irradiance_per_watt(&self) -> f64 {
        1.0 / (self.solid_angle_sr() * self.config.length_m * self.config.length_m)
    }

    /// Share `A₀` of the transmitted power that an aperture of that radius collects when the beam covers it,
    /// 0 to 1.
    ///
    /// ```text
    /// A₀ = P_r/P_t = r² / (4 sin²(θ/4) Z²)
    /// ```
    /// Equation (8) of [^safi], with the cosine as in [`Beam::solid_angle_sr`] and at most 1: an aperture
    /// wider than the beam collects all of it, no more.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the radius is finite and above 0.
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn full_collection(&self, aperture_radius_m: f64) -> Result<f64> {
        let r = check::positive("aperture_radius_m", aperture_radius_m)?;
        let ratio = r / (2.0 * (0.25 * self.config.divergence_rad).sin() * self.config.length_m);
        Ok((ratio * ratio).min(1.0))
    }

    /// What is lost since the beam is wider than the aperture, dB: 0 or more.
    ///
    /// ```text
    /// L = −10 lg A₀
    /// ```
    ///
    /// # Errors
    /// As [`Beam::full_collection`].
    pub fn geometric_loss_db(&self, aperture_radius_m: f64) -> Result<f64> {
        // Not −0 for an aperture that collects all.
        check::finite(
            "geometric_loss_db",
            (-10.0 * self.full_collection(aperture_radius_m)?.log10()).max(0.0),
        )
    }
}
