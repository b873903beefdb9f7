//! `mmw fso atmosphere`: coherence and scintillation on a slant path.

use super::air::{Air, shapes};
use crate::error::Result;
use crate::question::{Question, Readable, line, word};
use fso_g2a::atmosphere::{
    WindProfile, coherence_time_s, fried_parameter_m, greenwood_frequency_hz, isoplanatic_angle_rad,
};
use fso_g2a::turbulence::{GammaGamma, Wave};
use serde::Serialize;

/// What stands below the options.
pub(super) const LAWS: &str = "\
Fried's parameter is that at the receiver, the isoplanatic angle that seen from the ground, coherence time and \
Greenwood's frequency those of a plane wave in Bufton's wind (or a constant one). The aperture averages the \
scintillation layer by layer, exactly in weak turbulence; shapes and index are those of Andrews and Phillips, into \
strong turbulence.";

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    air: Air,

    /// Wave that scintillates: spherical, or plane (on a downlink, from far above)
    #[arg(long, value_name = "NAME", default_value = "spherical", value_parser = word::<Wave>)]
    wave: Wave,

    /// Radius of the receiver's aperture, m: 0 for a point
    #[arg(long, value_name = "M", default_value_t = 0.0)]
    aperture_radius_m: f64,

    /// Wind at the ground in Bufton's model, m/s: 5 by default
    #[arg(long, value_name = "M_S", conflicts_with = "constant_wind_m_s")]
    ground_wind_m_s: Option<f64>,

    /// Rate at which the beam turns after its platform, rad/s: 0 by default
    #[arg(long, value_name = "RAD_S", conflicts_with = "constant_wind_m_s")]
    slew_rad_s: Option<f64>,

    /// The same wind at every altitude instead of Bufton's, m/s
    #[arg(long, value_name = "M_S")]
    constant_wind_m_s: Option<f64>,
}

/// Coherence and scintillation.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    length_m: f64,
    fried_plane_m: f64,
    fried_spherical_m: f64,
    isoplanatic_angle_rad: f64,
    coherence_time_s: f64,
    greenwood_frequency_hz: f64,
    /// The weak index at a point.
    rytov_variance: f64,
    /// What the aperture leaves of it.
    aperture_factor: f64,
    /// Of the Gamma-Gamma law behind the aperture.
    scintillation_index: f64,
    alpha: f64,
    beta: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let (path, profile, wavelength_m) = (self.air.path()?, self.air.profile()?, self.air.wavelength_m());
        let scintillation = self.air.scintillation(self.wave, self.aperture_radius_m)?;
        let wind = match self.constant_wind_m_s {
            Some(wind_m_s) => WindProfile::Constant {
                wind_m_s: mmw_core::check::in_range("constant_wind_m_s", wind_m_s, 0.0, 1e6)?,
            },
            None => WindProfile::Bufton {
                ground_m_s: mmw_core::check::in_range(
                    "ground_wind_m_s",
                    self.ground_wind_m_s.unwrap_or(5.0),
                    0.0,
                    1e6,
                )?,
                slew_rad_s: self.slew_rad_s.unwrap_or(0.0),
            },
        };
        let (alpha, beta) = shapes(&scintillation)?;
        let fried = |wave| fried_parameter_m(&profile, &path, wavelength_m, wave);
        Ok(Answer {
            length_m: path.length_m(),
            fried_plane_m: fried(Wave::Plane)?,
            fried_spherical_m: fried(Wave::Spherical)?,
            isoplanatic_angle_rad: isoplanatic_angle_rad(&profile, &path, wavelength_m)?,
            coherence_time_s: coherence_time_s(&profile, &path, wavelength_m, &wind)?,
            greenwood_frequency_hz: greenwood_frequency_hz(&profile, &path, wavelength_m, &wind)?,
            rytov_variance: scintillation.rytov_variance(),
            aperture_factor: scintillation.aperture_factor(),
            scintillation_index: GammaGamma::new(alpha, beta)?.scintillation_index(),
            alpha,
            beta,
        })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![
            line("length", self.length_m, "m"),
            line("Fried", self.fried_plane_m, "m, plane wave"),
            line("", self.fried_spherical_m, "m, spherical wave"),
            line("isoplanatic", 1e6 * self.isoplanatic_angle_rad, "urad"),
            line("coherence", 1e3 * self.coherence_time_s, "ms"),
            line("Greenwood", self.greenwood_frequency_hz, "Hz"),
            line("Rytov", self.rytov_variance, "weak index of a point"),
            line("aperture", self.aperture_factor, "of it left"),
            line("index", self.scintillation_index, "behind the aperture"),
            line("alpha", self.alpha, ""),
            line("beta", self.beta, ""),
        ]
    }
}
