//! `mmw link gas`: specific attenuation of dry air and water vapour.

use crate::error::Result;
use crate::question::{Question, Readable, line};
use linkbudget::atmosphere::Atmosphere;
use linkbudget::gas::{LineByLine, Revision};
use serde::Serialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Frequency, Hz: 1e9 to 1e12
    #[arg(long, value_name = "HZ")]
    frequency_hz: f64,

    /// Pressure of the dry air (total less vapour), hPa
    #[arg(long, value_name = "HPA", default_value_t = 1013.25)]
    dry_pressure_hpa: f64,

    /// Temperature, K
    #[arg(long, value_name = "K", default_value_t = 288.15)]
    temperature_k: f64,

    /// Density of water vapour, g/m^3
    #[arg(long, value_name = "G_M3", default_value_t = 7.5)]
    vapour_density_g_m3: f64,
}

/// Specific attenuations, dB/km.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    oxygen_db_per_km: f64,
    vapour_db_per_km: f64,
    total_db_per_km: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let air = Atmosphere {
            dry_pressure_hpa: self.dry_pressure_hpa,
            temperature_k: self.temperature_k,
            vapour_density_g_m3: self.vapour_density_g_m3,
        };
        let gas = LineByLine::new(air, Revision::P676V12)?.specific_attenuation(self.frequency_hz)?;
        Ok(Answer {
            oxygen_db_per_km: gas.oxygen_db_per_km,
            vapour_db_per_km: gas.vapour_db_per_km,
            total_db_per_km: gas.total_db_per_km(),
        })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![
            line("oxygen", self.oxygen_db_per_km, "dB/km"),
            line("vapour", self.vapour_db_per_km, "dB/km"),
            line("total", self.total_db_per_km, "dB/km"),
        ]
    }
}
