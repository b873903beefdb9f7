//! `mmw link rain`: specific attenuation of rain.

use crate::error::Result;
use crate::question::{Answer, Question, line, needed, word};
use linkbudget::rain::{Polarisation, RainLaw};
use serde::{Deserialize, Serialize};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Frequency, Hz: 1e9 to 1e12
    #[arg(long, value_name = "HZ", required_unless_present = "batch")]
    frequency_hz: Option<f64>,

    /// Rain rate, mm/h
    #[arg(long, value_name = "MM_H", required_unless_present = "batch")]
    rain_rate_mm_h: Option<f64>,

    /// horizontal, vertical or circular
    #[arg(long, value_name = "NAME", default_value = "horizontal", value_parser = word::<Polarisation>)]
    polarisation: Polarisation,
}

/// What comes out: `k R^alpha`.
#[derive(Debug, Serialize)]
pub(super) struct Attenuation {
    k: f64,
    alpha: f64,
    db_per_km: f64,
}

impl Question for Parameters {
    type Answer = Attenuation;

    fn answer(&self) -> Result<Attenuation> {
        let frequency_hz = needed(self.frequency_hz.as_ref(), "frequency_hz", "a number of hertz")?;
        let rate = needed(self.rain_rate_mm_h.as_ref(), "rain_rate_mm_h", "a number of mm/h")?;
        let law = RainLaw::p838(frequency_hz, self.polarisation, 0.0)?;
        let db_per_km = law.specific_attenuation_db_per_km(rate)?;
        Ok(Attenuation { k: law.k, alpha: law.alpha, db_per_km })
    }
}

impl Answer for Attenuation {
    fn lines(&self) -> Vec<String> {
        vec![line("k", self.k, ""), line("alpha", self.alpha, ""), line("rain", self.db_per_km, "dB/km")]
    }
}
