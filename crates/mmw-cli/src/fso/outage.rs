//! `mmw fso outage`: the probability that the gain falls below a threshold, and what it is made of.

use super::values::Link;
use crate::error::Result;
use crate::question::{Question, Readable, line, word};
use fso_g2a::channel::Outage;
use fso_g2a::paper::outage_12;
use fso_g2a::rivals::{GaussianBeam, half_plane_outage};
use serde::{Deserialize, Serialize};

/// What stands below the options.
pub(super) const PARTS: &str = "\
The outage is the sum of three parts: the beam misses the aperture (atom_at_zero), it covers the aperture and \
turbulence makes the outage (fully_inside), the overlap is partial (transition).

Models: exact; half_plane (the edge of the beam taken as straight); paper (equation (12) with its constants \
supplied, for an aperture smaller than the beam); gaussian_beam (Farid and Hranilovic, the radius that of 1/e^2, \
the gain at the threshold that of the other models). A Gaussian beam has no edge: its atom is 0, and fully_inside \
and transition are null.";

/// Which law of the collected share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Model {
    Exact,
    HalfPlane,
    Paper,
    GaussianBeam,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    link: Link,

    /// exact, `half_plane`, paper or `gaussian_beam`
    #[arg(long, value_name = "NAME", default_value = "exact", value_parser = word::<Model>)]
    model: Model,
}

/// The outage and its parts; the last two are none for a Gaussian beam.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    outage: f64,
    atom_at_zero: f64,
    fully_inside: Option<f64>,
    transition: Option<f64>,
}

impl From<Outage> for Answer {
    fn from(parts: Outage) -> Self {
        Self {
            outage: parts.outage,
            atom_at_zero: parts.atom_at_zero,
            fully_inside: Some(parts.fully_inside),
            transition: Some(parts.transition),
        }
    }
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let (channel, tau) = (self.link.channel()?, self.link.normalised_threshold);
        let parts = match self.model {
            Model::Exact => channel.outage(tau)?,
            Model::HalfPlane => half_plane_outage(&channel, tau)?,
            Model::Paper => outage_12(&channel, tau)?,
            Model::GaussianBeam => {
                let rival = GaussianBeam::new(channel.pointing().config())?;
                let outage = rival.outage(channel.turbulence(), tau)?.outage;
                return Ok(Answer { outage, atom_at_zero: 0.0, fully_inside: None, transition: None });
            }
        };
        Ok(parts.into())
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let parts = [
            ("outage", Some(self.outage)),
            ("misses", Some(self.atom_at_zero)),
            ("covered", self.fully_inside),
            ("partial", self.transition),
        ];
        parts.into_iter().filter_map(|(name, part)| Some(line(name, part?, ""))).collect()
    }
}
