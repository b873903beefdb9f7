//! The slant path that several commands share: geometry, direction, turbulence.

use crate::error::{Error, Result};
use crate::question::{contradiction, needed, word};
use fso_g2a::atmosphere::{Cn2Profile, LinkDirection, Scintillation, ScintillationConfig, SlantPath};
use fso_g2a::turbulence::Wave;
use serde::Deserialize;

/// Where the structure parameter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Profile {
    HufnagelValley,
    SlcDay,
    Constant,
}

/// The wavelength where none is given, m.
pub(super) const WAVELENGTH_M: f64 = 1550e-9;

/// A path and the air along it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Air {
    /// Altitude of the platform, m
    #[arg(long, value_name = "M")]
    altitude_m: f64,

    /// Angle of the path from the vertical, rad
    #[arg(long, value_name = "RAD", default_value_t = 0.0)]
    zenith_rad: f64,

    /// uplink (the ground transmits) or downlink (the platform does)
    #[arg(long, value_name = "NAME", default_value = "uplink", value_parser = word::<LinkDirection>)]
    direction: LinkDirection,

    /// Wavelength, m: 1550e-9 by default
    #[arg(long, value_name = "M")]
    pub(super) wavelength_m: Option<f64>,

    /// Profile of the structure parameter: `hufnagel_valley`, `slc_day` or constant
    #[arg(long, value_name = "NAME", default_value = "hufnagel_valley", value_parser = word::<Profile>)]
    profile: Profile,

    /// Root mean square of the wind of Hufnagel-Valley, m/s: 21 by default
    #[arg(long, value_name = "M_S")]
    wind_m_s: Option<f64>,

    /// Structure parameter at the ground (Hufnagel-Valley, 1.7e-14 by default) or everywhere (constant),
    /// m^(-2/3)
    #[arg(long, value_name = "PER_M2_3", alias = "ground-cn2")]
    ground_cn2_per_m2_3: Option<f64>,
}

impl Air {
    pub(super) fn path(&self) -> Result<SlantPath> {
        Ok(SlantPath::new(self.altitude_m, self.zenith_rad)?.towards(self.direction))
    }

    pub(super) fn wavelength_m(&self) -> f64 {
        self.wavelength_m.unwrap_or(WAVELENGTH_M)
    }

    pub(super) fn profile(&self) -> Result<Cn2Profile> {
        match self.profile {
            Profile::HufnagelValley => Ok(Cn2Profile::HufnagelValley {
                wind_m_s: self.wind_m_s.unwrap_or(21.0),
                ground_cn2: self.ground_cn2_per_m2_3.unwrap_or(1.7e-14),
            }),
            _ if self.wind_m_s.is_some() => Err(contradiction("wind_m_s", "it belongs to Hufnagel-Valley")),
            Profile::SlcDay if self.ground_cn2_per_m2_3.is_some() => {
                Err(contradiction("ground_cn2_per_m2_3", "the profile slc_day has no parameters"))
            }
            Profile::SlcDay => Ok(Cn2Profile::SlcDay),
            Profile::Constant => {
                let cn2 = needed(
                    self.ground_cn2_per_m2_3.as_ref(),
                    "ground_cn2_per_m2_3",
                    "the constant of the profile",
                )?;
                Ok(Cn2Profile::Constant { cn2 })
            }
        }
    }

    /// The scintillation on the path.
    pub(super) fn scintillation(&self, wave: Wave, aperture_radius_m: f64) -> Result<Scintillation> {
        if wave == Wave::Plane && self.direction != LinkDirection::Downlink {
            let reason = "--wave plane is that of a source far above: it goes with --direction downlink";
            return Err(contradiction("wave", reason));
        }
        let radius = mmw_core::check::non_negative("aperture_radius_m", aperture_radius_m)?;
        mmw_core::check::in_range("aperture_radius_m", radius, 0.0, 1e8)?;
        let config = ScintillationConfig {
            wave,
            wavelength_m: self.wavelength_m(),
            aperture_diameter_m: 2.0 * radius,
        };
        Ok(Scintillation::new(config, &self.profile()?, &self.path()?)?)
    }
}

/// The shapes of the Gamma-Gamma law; where the path is out of their range, in words of the path.
pub(super) fn shapes(scintillation: &Scintillation) -> Result<(f64, f64)> {
    scintillation.shapes().map_err(|_| {
        let reason = format!(
            "it leaves the path a Rytov variance of {:.3e}, and the aperture {:.3e} of that: Gamma-Gamma has shapes \
             for variances from 1e-10 to 1e6",
            scintillation.rytov_variance(),
            scintillation.aperture_factor()
        );
        Error::Core(mmw_core::Error::invalid("profile", reason))
    })
}
