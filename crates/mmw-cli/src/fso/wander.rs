//! `mmw fso wander`: how far turbulence moves the beam.

use super::air::WAVELENGTH_M;
use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line, word};
use fso_g2a::atmosphere::{BeamWander, Cn2Profile, LinkDirection, SlantPath};
use serde::Serialize;

/// The parameters of the command; what is left out is that of the paper, and Hufnagel-Valley 5/7.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Full angle of the beam, rad
    #[arg(long, value_name = "RAD")]
    divergence_rad: f64,

    /// Length of the path, m: its altitude too, at the zenith
    #[arg(long, value_name = "M")]
    length_m: f64,

    /// Altitude where the turbulence starts, m
    #[arg(long, value_name = "M", default_value_t = 0.0)]
    start_altitude_m: f64,

    /// Radius of the beam at the transmitter, m
    #[arg(long, value_name = "M", default_value_t = 0.0)]
    waist_m: f64,

    /// Wavelength for the diffraction limit of the waist, m: 1550e-9 by default
    #[arg(long, value_name = "M")]
    wavelength_m: Option<f64>,

    /// uplink (the ground transmits) or downlink (the platform does)
    #[arg(long, value_name = "NAME", default_value = "uplink", value_parser = word::<LinkDirection>)]
    direction: LinkDirection,

    /// Root mean square of the wind from 5 to 20 km, m/s
    #[arg(long, value_name = "M_S", default_value = "21")]
    wind_m_s: f64,

    /// Structure parameter at the ground, m^(-2/3)
    #[arg(long, value_name = "PER_M2_3", default_value = "1.7e-14", alias = "ground-cn2")]
    ground_cn2_per_m2_3: f64,

    /// Angle from the vertical, rad
    #[arg(long, value_name = "RAD", default_value_t = 0.0)]
    zenith_rad: f64,

    /// Factor of equation (1), per direction
    #[arg(long, value_name = "NUMBER", default_value = "2.07")]
    factor: f64,
}

/// The standard deviation of the beam's displacement.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    jitter_m: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Self { waist_m, start_altitude_m, factor, wind_m_s, ground_cn2_per_m2_3: ground_cn2, .. } = *self;
        let path = SlantPath::with_length(self.length_m, self.zenith_rad)?.towards(self.direction);
        let printed = BeamWander::printed(self.divergence_rad);
        let wander = BeamWander { waist_m, start_altitude_m, factor, ..printed };
        if waist_m == 0.0 && self.wavelength_m.is_some() {
            return Err(contradiction("wavelength_m", "it limits a beam with a waist: give waist_m"));
        }
        wander.check_diffraction(self.wavelength_m.unwrap_or(WAVELENGTH_M))?;
        let profile = Cn2Profile::HufnagelValley { wind_m_s, ground_cn2 };
        Ok(Answer { jitter_m: wander.jitter_m(&profile, &path)? })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![line("jitter", self.jitter_m, "m in each direction")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;

    #[test]
    fn the_defaults_are_those_of_the_paper() {
        let line = serde_json::from_str(r#"{"divergence_rad": 1e-4, "length_m": 2e4}"#).unwrap();
        let Parameters { waist_m, start_altitude_m, factor, .. } = Fields::new().read(&line).unwrap();
        let printed = BeamWander::printed(1e-4);
        assert_eq!(BeamWander { waist_m, start_altitude_m, factor, ..printed }, printed);
    }
}
