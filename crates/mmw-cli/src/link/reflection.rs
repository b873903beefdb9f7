//! `mmw link reflection`: Fresnel coefficient of a half-space seen from air.

use super::values::complex;
use crate::error::Result;
use crate::question::{Answer, Question, line, needed, word};
use linkbudget::reflection::{Field, reflection_coefficient, return_loss_db};
use mmw_core::C64;
use serde::{Deserialize, Serialize};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Relative permittivity; a lossy one has an imaginary part below 0
    #[arg(
        long,
        value_name = "RE,IM",
        required_unless_present = "batch",
        allow_hyphen_values = true,
        value_parser = complex
    )]
    permittivity: Option<C64>,

    /// Angle from the normal, rad
    #[arg(long, value_name = "RAD", required_unless_present = "batch")]
    incidence_rad: Option<f64>,

    /// te (across the plane of incidence) or tm (in it)
    #[arg(long, value_name = "NAME", default_value = "te", value_parser = word::<Field>, alias = "polarisation")]
    #[serde(alias = "polarisation")]
    field: Field,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Reflected {
    coefficient: C64,
    /// `None` when nothing is reflected.
    loss_db: Option<f64>,
}

impl Question for Parameters {
    type Answer = Reflected;

    fn answer(&self) -> Result<Reflected> {
        let permittivity = needed(self.permittivity.as_ref(), "permittivity", "[re, im] with im <= 0")?;
        let incidence_rad = needed(self.incidence_rad.as_ref(), "incidence_rad", "radians from the normal")?;
        let coefficient = reflection_coefficient(permittivity, incidence_rad, self.field)?;
        let loss_db = (coefficient.norm() > 0.0)
            .then(|| return_loss_db(permittivity, incidence_rad, self.field))
            .transpose()?;
        Ok(Reflected { coefficient, loss_db })
    }
}

impl Answer for Reflected {
    fn lines(&self) -> Vec<String> {
        vec![
            line("real", self.coefficient.re, ""),
            line("imaginary", self.coefficient.im, ""),
            self.loss_db.map_or("nothing is reflected".to_owned(), |loss_db| line("loss", loss_db, "dB")),
        ]
    }
}
