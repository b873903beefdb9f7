//! `mmw link reflection`: Fresnel coefficient of a half-space seen from air.

use super::values::complex;
use crate::error::Result;
use crate::question::{Question, Readable, line, word};
use linkbudget::reflection::{Field, reflection_coefficient, return_loss_db};
use mmw_core::C64;
use serde::Serialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Relative permittivity; a lossy one has an imaginary part below 0
    #[arg(long, value_name = "RE,IM", allow_hyphen_values = true, value_parser = complex)]
    permittivity: C64,

    /// Angle from the normal, rad
    #[arg(long, value_name = "RAD")]
    incidence_rad: f64,

    /// te (across the plane of incidence) or tm (in it)
    #[arg(long, value_name = "NAME", default_value = "te", value_parser = word::<Field>, alias = "polarisation")]
    field: Field,
}

/// The coefficient and the loss.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    coefficient: C64,
    /// `None` when nothing is reflected.
    loss_db: Option<f64>,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Self { permittivity, incidence_rad, field } = *self;
        let coefficient = reflection_coefficient(permittivity, incidence_rad, field)?;
        let loss_db = (coefficient.norm() > 0.0)
            .then(|| return_loss_db(permittivity, incidence_rad, field))
            .transpose()?;
        Ok(Answer { coefficient, loss_db })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![
            line("real", self.coefficient.re, ""),
            line("imaginary", self.coefficient.im, ""),
            self.loss_db.map_or("nothing is reflected".to_owned(), |loss_db| line("loss", loss_db, "dB")),
        ]
    }
}
