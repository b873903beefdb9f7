//! `mmw link knife-edge`: diffraction loss at a Fresnel-Kirchhoff parameter.

use crate::error::Result;
use crate::question::{Answer, Question, line, needed, word};
use linkbudget::knife_edge::KnifeEdge;
use serde::{Deserialize, Serialize};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Fresnel-Kirchhoff parameter; above 0 when the edge blocks the line of sight
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    v: Option<f64>,

    /// exact (Fresnel integrals), p526 (its closed form), lee (piecewise) or paper (the source's clamp)
    #[arg(long, value_name = "NAME", default_value = "exact", value_parser = word::<KnifeEdge>)]
    model: KnifeEdge,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Loss {
    loss_db: f64,
}

impl Question for Parameters {
    type Answer = Loss;

    fn answer(&self) -> Result<Loss> {
        let v = needed(self.v.as_ref(), "v", "a number")?;
        Ok(Loss { loss_db: self.model.loss_db(v)? })
    }
}

impl Answer for Loss {
    fn lines(&self) -> Vec<String> {
        vec![line("loss", self.loss_db, "dB")]
    }
}
