//! `mmw snr calibration`: what a noise deviation makes of the quartic, and back.

use crate::error::Result;
use crate::question::{Question, Readable, line, needed};
use serde::Serialize;
use snr_quantile::theory;

/// The parameters of the command: σ, or the coefficient it is to be found from.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Noise deviation of samples of unit power, above 0 and up to 1
    #[arg(long, value_name = "NUMBER", required_unless_present = "c4", conflicts_with = "c4")]
    sigma: Option<f64>,

    /// Leading coefficient to find the deviation for, above 0 and up to 15.26
    #[arg(long, value_name = "NUMBER")]
    c4: Option<f64>,
}

/// `C0 + C1 p + … + C4 p⁴` over p from 0.1 to 0.9, for y = x²/mean x².
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    sigma: f64,
    c0: f64,
    c1: f64,
    c2: f64,
    c3: f64,
    c4: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let sigma = match self.c4 {
            Some(c4) => theory::sigma_from_leading_coefficient(c4)?,
            None => needed(self.sigma.as_ref(), "sigma", "a number above 0 and up to 1")?,
        };
        let [c0, c1, c2, c3, _] = theory::quartic_coefficients(sigma)?;
        // Added up on its own, the leading coefficient keeps more digits at small deviations.
        Ok(Answer { sigma, c0, c1, c2, c3, c4: theory::leading_coefficient(sigma)? })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let Self { sigma, c0, c1, c2, c3, c4 } = *self;
        let named = [("sigma", sigma), ("C0", c0), ("C1", c1), ("C2", c2), ("C3", c3), ("C4", c4)];
        named.iter().map(|(name, value)| line(name, *value, "")).collect()
    }
}
