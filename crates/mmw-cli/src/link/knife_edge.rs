//! `mmw link knife-edge`: diffraction loss at a Fresnel-Kirchhoff parameter.

use crate::error::Result;
use crate::question::{Question, Readable, line, word};
use linkbudget::knife_edge::KnifeEdge;
use serde::Serialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Fresnel-Kirchhoff parameter; above 0 when the edge blocks the line of sight
    #[arg(long, value_name = "NUMBER")]
    v: f64,

    /// exact (Fresnel integrals), p526 (its closed form), lee (piecewise) or paper (its clamp)
    #[arg(long, value_name = "NAME", default_value = "exact", value_parser = word::<KnifeEdge>)]
    model: KnifeEdge,
}

/// The loss over the edge.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    loss_db: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        Ok(Answer { loss_db: self.model.loss_db(self.v)? })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![line("loss", self.loss_db, "dB")]
    }
}
