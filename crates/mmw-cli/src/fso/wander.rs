//! `mmw fso wander`: how far turbulence moves the beam.

use crate::error::Result;
use crate::question::{Answer, Question, line, needed};
use fso_g2a::atmosphere::{BeamWander, Cn2Profile, SlantPath};
use serde::{Deserialize, Serialize};

/// The parameters of the command; what is left out is that of the paper, and Hufnagel-Valley 5/7.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Full angle of the beam, rad
    #[arg(long, value_name = "RAD", required_unless_present = "batch")]
    divergence_rad: Option<f64>,

    /// Length of the path, m: its altitude too, at the zenith
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    length_m: Option<f64>,

    /// Altitude where the turbulence starts, m: 0 by default
    #[arg(long, value_name = "M")]
    start_altitude_m: Option<f64>,

    /// Radius of the beam at the transmitter, m: 0 by default, as in the paper
    #[arg(long, value_name = "M")]
    waist_m: Option<f64>,

    /// Root mean square of the wind from 5 to 20 km, m/s: 21 by default
    #[arg(long, value_name = "M_S")]
    wind_m_s: Option<f64>,

    /// Structure parameter at the ground, m^(-2/3): 1.7e-14 by default
    #[arg(long, value_name = "CN2")]
    ground_cn2: Option<f64>,

    /// Angle from the vertical, rad: 0 by default
    #[arg(long, value_name = "RAD")]
    zenith_rad: Option<f64>,

    /// Factor of equation (1), per direction: 2.07 by default
    #[arg(long, value_name = "NUMBER")]
    factor: Option<f64>,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Jitter {
    jitter_m: f64,
}

impl Question for Parameters {
    type Answer = Jitter;

    fn answer(&self) -> Result<Jitter> {
        let divergence_rad =
            needed(self.divergence_rad.as_ref(), "divergence_rad", "the full angle of the beam")?;
        let length_m = needed(self.length_m.as_ref(), "length_m", "a number of metres")?;
        let path = SlantPath::with_length(length_m, self.zenith_rad.unwrap_or(0.0))?;
        let printed = BeamWander::printed(divergence_rad);
        let wander = BeamWander {
            waist_m: self.waist_m.unwrap_or(printed.waist_m),
            start_altitude_m: self.start_altitude_m.unwrap_or(printed.start_altitude_m),
            factor: self.factor.unwrap_or(printed.factor),
            ..printed
        };
        let profile = hufnagel_valley(self.wind_m_s, self.ground_cn2);
        Ok(Jitter { jitter_m: wander.jitter_m(&profile, &path)? })
    }
}

/// Hufnagel-Valley, by default the one named 5/7.
pub(super) fn hufnagel_valley(wind_m_s: Option<f64>, ground_cn2: Option<f64>) -> Cn2Profile {
    Cn2Profile::HufnagelValley {
        wind_m_s: wind_m_s.unwrap_or(21.0),
        ground_cn2: ground_cn2.unwrap_or(1.7e-14),
    }
}

impl Answer for Jitter {
    fn lines(&self) -> Vec<String> {
        vec![line("jitter", self.jitter_m, "m in each direction")]
    }
}
