//! `mmw link loss`: the loss of a path by mechanism.

use super::values::{edge, obstacle, surface};
use crate::error::{Error, Result};
use crate::question::{Question, Readable, contradiction, line, word};
use linkbudget::atmosphere::Atmosphere;
use linkbudget::gas::Revision;
use linkbudget::path_loss::{Breakdown, Edge, Gas, MECHANISMS, Obstacle, Path, PathLoss, Rain, Reflection};
use linkbudget::rain::Polarisation;
use linkbudget::reflection::Field;
use linkbudget::scenario::Scenario;
use serde::Serialize;

/// The parameters of the command. Without a scenario the path is free space; what is given replaces that
/// part of it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Length of the path, m
    #[arg(long, value_name = "M")]
    distance_m: f64,

    /// Scenario of Table 1 to start from: 1, 2 or 3; free space without
    #[arg(long, value_name = "NUMBER")]
    scenario: Option<u8>,

    /// Polarisation of the scenario's reflection: te or tm
    #[arg(long, value_name = "NAME", default_value = "te", value_parser = word::<Field>, requires = "scenario",
        conflicts_with_all = ["frequency_hz", "reflections"])]
    field: Field,

    /// Carrier, Hz
    #[arg(long, value_name = "HZ", default_value = "60e9", conflicts_with = "scenario")]
    frequency_hz: f64,

    /// Exponent of the log-distance law: 2 in free space
    #[arg(long, value_name = "NUMBER")]
    exponent: Option<f64>,

    /// Reference distance of the log-distance law, m: 1 by default
    #[arg(long, value_name = "M")]
    reference_m: Option<f64>,

    /// Oxygen as a constant, dB/km
    #[arg(long, value_name = "DB_KM")]
    oxygen_db_per_km: Option<f64>,

    /// Air for oxygen and vapour line by line: pressure of the dry part, hPa
    #[arg(long, value_name = "HPA", conflicts_with = "oxygen_db_per_km")]
    dry_pressure_hpa: Option<f64>,

    /// Temperature of that air, K
    #[arg(long, value_name = "K", conflicts_with = "oxygen_db_per_km")]
    temperature_k: Option<f64>,

    /// Water vapour in that air, g/m^3
    #[arg(long, value_name = "G_M3", conflicts_with = "oxygen_db_per_km")]
    vapour_density_g_m3: Option<f64>,

    /// Rain rate, mm/h
    #[arg(long, value_name = "MM_H")]
    rain_rate_mm_h: Option<f64>,

    /// Polarisation in the rain: horizontal (default), vertical or circular
    #[arg(long, value_name = "NAME", value_parser = word::<Polarisation>)]
    polarisation: Option<Polarisation>,

    /// Something in the way; may be repeated
    #[arg(long = "obstacle", value_name = "NAME=DB", value_parser = obstacle)]
    obstacles: Option<Vec<Obstacle>>,

    /// A reflection on the path; may be repeated
    #[arg(long = "reflection", value_name = "RE,IM:RAD:te|tm", value_parser = surface, allow_hyphen_values = true)]
    reflections: Option<Vec<Reflection>>,

    /// A knife edge on the path; may be repeated
    #[arg(long = "edge", value_name = "V:MODEL", value_parser = edge, allow_hyphen_values = true)]
    edges: Option<Vec<Edge>>,
}

/// The total loss and that of each mechanism.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    distance_m: f64,
    total_db: f64,
    #[serde(flatten)]
    breakdown: Breakdown,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let distance_m = self.distance_m;
        let breakdown = PathLoss::new(self.path()?)?.breakdown(distance_m)?;
        Ok(Answer { distance_m, total_db: breakdown.total_db(), breakdown })
    }
}

impl Parameters {
    fn path(&self) -> Result<Path> {
        let mut path = self.start()?;
        path.exponent = self.exponent.unwrap_or(path.exponent);
        path.reference_m = self.reference_m.unwrap_or(path.reference_m);
        path.gas = self.gas(path.gas);
        path.rain = self.rain(path.rain)?;
        if let Some(obstacles) = &self.obstacles {
            path.obstacles.clone_from(obstacles);
        }
        if let Some(reflections) = &self.reflections {
            path.reflections.clone_from(reflections);
        }
        if let Some(edges) = &self.edges {
            path.edges.clone_from(edges);
        }
        Ok(path)
    }

    fn start(&self) -> Result<Path> {
        let Some(number) = self.scenario else { return Ok(Path::free_space(self.frequency_hz)) };
        let scenario = Scenario::ALL.into_iter().find(|scenario| scenario.number == number);
        let unknown = || Error::Core(mmw_core::Error::domain("scenario", f64::from(number), "1, 2 or 3"));
        Ok(scenario.ok_or_else(unknown)?.path(self.field)?)
    }

    /// One property of the air makes it the line-by-line one, the others those of the reference.
    fn gas(&self, scenario: Gas) -> Gas {
        if let Some(oxygen_db_per_km) = self.oxygen_db_per_km {
            return Gas::Constant { oxygen_db_per_km };
        }
        let air = [self.dry_pressure_hpa, self.temperature_k, self.vapour_density_g_m3];
        if air.iter().all(Option::is_none) {
            return scenario;
        }
        let reference = Atmosphere::p676_reference();
        let atmosphere = Atmosphere {
            dry_pressure_hpa: self.dry_pressure_hpa.unwrap_or(reference.dry_pressure_hpa),
            temperature_k: self.temperature_k.unwrap_or(reference.temperature_k),
            vapour_density_g_m3: self.vapour_density_g_m3.unwrap_or(reference.vapour_density_g_m3),
        };
        Gas::LineByLine { atmosphere, revision: Revision::P676V12 }
    }

    fn rain(&self, scenario: Option<Rain>) -> Result<Option<Rain>> {
        let rate_mm_h = self.rain_rate_mm_h.or(scenario.map(|rain| rain.rate_mm_h));
        match (rate_mm_h, self.polarisation) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(contradiction("polarisation", "there is no rain to be polarised in")),
            (Some(rate_mm_h), polarisation) => {
                Ok(Some(Rain { rate_mm_h, polarisation: polarisation.unwrap_or_default() }))
            }
        }
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let terms = MECHANISMS.iter().zip(self.breakdown.terms_db());
        let mut lines: Vec<String> = terms.map(|(name, term_db)| line(name, term_db, "dB")).collect();
        lines.push(line("total", self.total_db, "dB"));
        if self.breakdown.inside_reference {
            lines.push("inside the reference distance: the log-distance law is extrapolated".to_owned());
        }
        lines
    }
}
