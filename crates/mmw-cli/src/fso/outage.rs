//! `mmw fso outage`: the probability that the gain falls below a threshold, and what it is made of.

use super::values::{Given, threshold, threshold_field};
use crate::error::Result;
use crate::question::{Answer, Question, line, needed, word};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Model {
    #[default]
    Exact,
    HalfPlane,
    Paper,
    GaussianBeam,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Full angle of the beam, rad
    #[arg(long, value_name = "RAD", required_unless_present = "batch")]
    divergence_rad: Option<f64>,

    /// Length of the path, m
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    length_m: Option<f64>,

    /// Radius of the aperture, m
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    aperture_radius_m: Option<f64>,

    /// Standard deviation of the beam's displacement in each direction, m
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    jitter_m: Option<f64>,

    /// Gamma-Gamma shape of the large eddies
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    alpha: Option<f64>,

    /// Gamma-Gamma shape of the small eddies
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    beta: Option<f64>,

    /// Gain over that of a centred beam without turbulence, h/(`h_a` A0); 0 and `infinite` are limits
    #[arg(
        long,
        value_name = "NUMBER",
        required_unless_present = "batch",
        value_parser = threshold
    )]
    #[serde(default, deserialize_with = "threshold_field")]
    normalised_threshold: Option<f64>,

    /// exact (default), `half_plane`, paper or `gaussian_beam`
    #[arg(long, value_name = "NAME", value_parser = word::<Model>)]
    model: Option<Model>,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Parts {
    outage: f64,
    atom_at_zero: f64,
    fully_inside: Option<f64>,
    transition: Option<f64>,
}

impl From<Outage> for Parts {
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
    type Answer = Parts;

    fn answer(&self) -> Result<Parts> {
        let channel = self.given().channel()?;
        let tau = needed(self.normalised_threshold.as_ref(), "normalised_threshold", "a number not below 0")?;
        let parts = match self.model.unwrap_or_default() {
            Model::Exact => channel.outage(tau)?,
            Model::HalfPlane => half_plane_outage(&channel, tau)?,
            Model::Paper => outage_12(&channel, tau)?,
            Model::GaussianBeam => {
                let rival = GaussianBeam::new(channel.pointing().config())?;
                let whole = rival.outage(channel.turbulence(), tau)?;
                return Ok(Parts {
                    outage: whole.outage,
                    atom_at_zero: 0.0,
                    fully_inside: None,
                    transition: None,
                });
            }
        };
        Ok(parts.into())
    }
}

impl Parameters {
    fn given(&self) -> Given {
        let &Self { divergence_rad, length_m, aperture_radius_m, jitter_m, alpha, beta, .. } = self;
        Given { divergence_rad, length_m, aperture_radius_m, jitter_m, alpha, beta }
    }
}

impl Answer for Parts {
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
