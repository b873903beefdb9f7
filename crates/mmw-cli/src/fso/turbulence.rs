//! `mmw fso turbulence`: the Gamma-Gamma law at a gain, or its quantile.

use crate::error::Result;
use crate::question::{Question, Readable, line};
use fso_g2a::turbulence::{GammaGamma, Turbulence};
use mmw_core::check;
use serde::Serialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Shape of the large eddies
    #[arg(long, value_name = "NUMBER")]
    alpha: f64,

    /// Shape of the small eddies
    #[arg(long, value_name = "NUMBER")]
    beta: f64,

    /// Irradiance over its mean, not below 0: for density, distribution and survival
    #[arg(long, value_name = "NUMBER", required_unless_present = "probability")]
    gain: Option<f64>,

    /// Probability from 0 to below 1: for the quantile
    #[arg(long, value_name = "NUMBER")]
    probability: Option<f64>,
}

/// The law at a gain, the quantile of a probability, or both.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    #[serde(flatten)]
    at_gain: Option<AtGain>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantile: Option<f64>,
}

#[derive(Debug, Serialize)]
struct AtGain {
    pdf: f64,
    cdf: f64,
    sf: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let law = GammaGamma::new(self.alpha, self.beta)?;
        let at = |gain: f64| -> Result<AtGain> {
            let gain = check::non_negative("gain", gain)?;
            // The law speaks of `h`; the field is `gain`.
            let pdf = law.pdf(gain).map_err(|_| {
                let reason = "a number above 0 where the density is finite: at 0 it is infinite for a beta or alpha below 1";
                mmw_core::Error::domain("gain", gain, reason)
            })?;
            Ok(AtGain { pdf, cdf: law.cdf(gain)?, sf: law.sf(gain)? })
        };
        let quantile = self.probability.map(|probability| law.quantile(probability)).transpose()?;
        Ok(Answer { at_gain: self.gain.map(at).transpose()?, quantile })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(at) = &self.at_gain {
            lines.extend([
                line("density", at.pdf, ""),
                line("distribution", at.cdf, ""),
                line("survival", at.sf, ""),
            ]);
        }
        lines.extend(self.quantile.map(|quantile| line("quantile", quantile, "")));
        lines
    }
}
