//! `mmw sense ospa` and `gospa`: distances between sets.

use super::values::{Rows, json};
use crate::error::Result;
use crate::question::{Question, Readable, line};
use mmw_sense::metrics;
use serde::Serialize;

/// What both take. Places have two numbers or three, of which a third counts as 0 where it is left out.
#[derive(Debug, Clone, clap::Args)]
struct Sets {
    /// True places, m: [[x, y], …] or [[x, y, z], …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<Place>>)]
    truth: Rows<Place>,

    /// Estimated places, m
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<Place>>)]
    estimate: Rows<Place>,

    /// Cut-off, m: what is farther apart is no pair
    #[arg(long, value_name = "M", alias = "c")]
    cutoff_m: f64,

    /// Order of the mean
    #[arg(long, value_name = "NUMBER", default_value_t = 2.0, alias = "p")]
    order: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(untagged)]
enum Place {
    Flat([f64; 2]),
    Space([f64; 3]),
}

fn places(Rows(rows): &Rows<Place>) -> Vec<[f64; 3]> {
    let place = |place: &Place| match *place {
        Place::Flat([x, y]) => [x, y, 0.0],
        Place::Space(place) => place,
    };
    rows.iter().map(place).collect()
}

/// The parameters of `ospa`.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OspaParameters {
    #[command(flatten)]
    sets: Sets,
}

/// OSPA and its parts.
#[derive(Debug, Serialize)]
pub(super) struct Ospa {
    ospa: f64,
    ospa_localisation: f64,
    ospa_cardinality: f64,
}

impl Question for OspaParameters {
    type Answer = Ospa;

    fn answer(&self) -> Result<Ospa> {
        let Sets { truth, estimate, cutoff_m, order } = &self.sets;
        let found = metrics::ospa(&places(truth), &places(estimate), *cutoff_m, *order)?;
        Ok(Ospa {
            ospa: found.distance_m,
            ospa_localisation: found.localisation_m,
            ospa_cardinality: found.cardinality_m,
        })
    }
}

impl Readable for Ospa {
    fn lines(&self) -> Vec<String> {
        let parts = [
            ("OSPA", self.ospa),
            ("localisation", self.ospa_localisation),
            ("cardinality", self.ospa_cardinality),
        ];
        parts.map(|(name, value)| line(name, value, "m")).to_vec()
    }
}

/// The parameters of `gospa`.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct GospaParameters {
    #[command(flatten)]
    sets: Sets,

    /// What a missed or false one costs: c^p / alpha
    #[arg(long, value_name = "NUMBER", default_value_t = 2.0)]
    alpha: f64,
}

/// GOSPA and its parts.
#[derive(Debug, Serialize)]
pub(super) struct Gospa {
    gospa: f64,
    gospa_localisation: f64,
    gospa_missed: f64,
    gospa_false: f64,
}

impl Question for GospaParameters {
    type Answer = Gospa;

    fn answer(&self) -> Result<Gospa> {
        let Sets { truth, estimate, cutoff_m, order } = &self.sets;
        let found = metrics::gospa(&places(truth), &places(estimate), *cutoff_m, *order, self.alpha)?;
        Ok(Gospa {
            gospa: found.distance_m,
            gospa_localisation: found.localisation,
            gospa_missed: found.missed,
            gospa_false: found.false_ones,
        })
    }
}

impl Readable for Gospa {
    fn lines(&self) -> Vec<String> {
        let parts = [
            ("localisation", self.gospa_localisation),
            ("missed", self.gospa_missed),
            ("false", self.gospa_false),
        ];
        let first = line("GOSPA", self.gospa, "m");
        std::iter::once(first).chain(parts.map(|(name, value)| line(name, value, "m^p"))).collect()
    }
}
