//! `mmw link rain`: specific attenuation of rain.

use crate::error::Result;
use crate::question::{Question, Readable, line, word};
use linkbudget::rain::{Polarisation, RainLaw};
use serde::Serialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Frequency, Hz: 1e9 to 1e12
    #[arg(long, value_name = "HZ")]
    frequency_hz: f64,

    /// Rain rate, mm/h
    #[arg(long, value_name = "MM_H")]
    rain_rate_mm_h: f64,

    /// horizontal, vertical or circular
    #[arg(long, value_name = "NAME", default_value = "horizontal", value_parser = word::<Polarisation>)]
    polarisation: Polarisation,
}

/// `k R^alpha` and its constants.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    k: f64,
    alpha: f64,
    db_per_km: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let law = RainLaw::p838(self.frequency_hz, self.polarisation, 0.0)?;
        let db_per_km = law.specific_attenuation_db_per_km(self.rain_rate_mm_h)?;
        Ok(Answer { k: law.k, alpha: law.alpha, db_per_km })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![line("k", self.k, ""), line("alpha", self.alpha, ""), line("rain", self.db_per_km, "dB/km")]
    }
}
