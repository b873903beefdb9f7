//! `mmw fso turbulence`: the Gamma-Gamma law at a gain, or its quantile.

use crate::error::{Error, Result};
use crate::question::{Answer, Question, line, needed};
use fso_g2a::turbulence::{GammaGamma, Turbulence};
use mmw_core::check;
use serde::{Deserialize, Serialize};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Shape of the large eddies
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    alpha: Option<f64>,

    /// Shape of the small eddies
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    beta: Option<f64>,

    /// Irradiance over its mean, not below 0: for density, distribution and survival
    #[arg(
        long,
        value_name = "NUMBER",
        required_unless_present_any = ["batch", "probability"]
    )]
    gain: Option<f64>,

    /// Probability from 0 to below 1: for the quantile
    #[arg(long, value_name = "NUMBER")]
    probability: Option<f64>,
}

/// What comes out: of a gain the first three, of a probability the last.
#[derive(Debug, Serialize)]
pub(super) struct Law {
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
    type Answer = Law;

    fn answer(&self) -> Result<Law> {
        let alpha = needed(self.alpha.as_ref(), "alpha", "the shape of the large eddies")?;
        let beta = needed(self.beta.as_ref(), "beta", "the shape of the small eddies")?;
        if self.gain.is_none() && self.probability.is_none() {
            return Err(Error::Core(mmw_core::Error::missing("gain", "a gain, or a probability")));
        }
        let law = GammaGamma::new(alpha, beta)?;
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
        Ok(Law { at_gain: self.gain.map(at).transpose()?, quantile })
    }
}

impl Answer for Law {
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
