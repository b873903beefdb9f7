//! Which scenario: a preset, or a TOML file that says what differs from it.
//!
//! A file is laid over its `preset` key by key; a `[[guides]]` entry over the preset's guide of its `kind`,
//! and a `[[far_clusters]]` entry over the preset's cluster. Where the library has `None`, TOML has
//! the infinity that it stands for: `-inf` for a power in dB, `inf` for an angle of illumination.

use crate::error::{Error, Result};
use crate::question::{contradiction, word};
use mimo_gscm::scenario::{Guide, GuideCoupling, Scenario};
use mmw_core::check;
use serde::Serialize;
use std::path::Path;
use toml::{Table, Value};

/// The presets by name.
const PRESETS: [Preset; 1] = [("urban_macrocell", Scenario::urban_macrocell)];
type Preset = (&'static str, fn() -> Scenario);

/// A scenario as the options name it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Choice {
    /// Scenario: `urban_macrocell`, or a file that changes it (.toml)
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "urban_macrocell")]
    scenario: String,

    /// Distance of the two ends, m: that of the scenario by default, 1000 for `urban_macrocell`
    #[arg(long, value_name = "M")]
    distance_m: Option<f64>,

    /// How modes of guides meet the arrays: `mouth_angles` or `independent_modes`; by default as the scenario
    /// says
    #[arg(long, value_name = "NAME", value_parser = word::<GuideCoupling>)]
    guide_coupling: Option<GuideCoupling>,
}

impl Choice {
    /// The scenario with what the options change.
    ///
    /// # Errors
    /// Kind `invalid` for an unknown preset, `io` or `parse` naming the file, `domain` for a distance that is
    /// not above 0.
    pub(super) fn load(&self) -> Result<Scenario> {
        let name = &self.scenario;
        let path = Path::new(name);
        let mut scenario =
            if path.extension().is_some_and(|end| end == "toml") { read(path)? } else { preset(name)? };
        if let Some(distance_m) = self.distance_m {
            scenario = scenario.at_distance(check::positive("distance_m", distance_m)?);
        }
        if let Some(coupling) = self.guide_coupling {
            if scenario.guides.iter().all(|guide| guide.power_db.is_none()) {
                return Err(contradiction("guide_coupling", "the scenario has no guide that carries power"));
            }
            scenario.interpretation.guide_coupling = coupling;
        }
        Ok(scenario)
    }
}

fn preset(name: &str) -> Result<Scenario> {
    let found = PRESETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, make)| make()).ok_or_else(|| {
        let known = PRESETS.map(|(name, _)| name).join(", ");
        let reason = format!("`{name}` is neither a preset ({known}) nor a file that ends in .toml");
        mmw_core::Error::invalid("scenario", reason).into()
    })
}

fn read(path: &Path) -> Result<Scenario> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    parse(&text).map_err(|error| Error::Parse(format!("{}: {error}", path.display())))
}

/// A scenario from the text of a file.
fn parse(text: &str) -> Result<Scenario> {
    let mut file: Table = text.parse().map_err(|error: toml::de::Error| Error::Parse(error.to_string()))?;
    let base = match file.remove("preset") {
        Some(Value::String(name)) => preset(&name)?,
        Some(other) => return Err(Error::Parse(format!("preset is {other}, but must be a name"))),
        None => Scenario::urban_macrocell(),
    };
    if let Some(Value::Array(guides)) = file.get_mut("guides") {
        let defaults =
            [("waveguide", table(&Guide::waveguide())?), ("roof_edge", table(&Guide::roof_edge())?)];
        for guide in guides.iter_mut().filter_map(Value::as_table_mut) {
            let kind = guide.get("kind").and_then(Value::as_str).unwrap_or("waveguide");
            if let Some((_, whole)) = defaults.iter().find(|(known, _)| *known == kind) {
                *guide = laid_over(whole.clone(), std::mem::take(guide));
            }
        }
    }
    if let (Some(Value::Array(clusters)), Some(cluster)) =
        (file.get_mut("far_clusters"), base.far_clusters.first())
    {
        let whole = table(cluster)?;
        for cluster in clusters.iter_mut().filter_map(Value::as_table_mut) {
            *cluster = laid_over(whole.clone(), std::mem::take(cluster));
        }
    }
    let mut whole = laid_over(table(&base)?, file);
    drop_infinities(&mut whole);
    Value::Table(whole).try_into().map_err(|error: toml::de::Error| Error::Parse(error.message().to_owned()))
}

fn table(value: &impl Serialize) -> Result<Table> {
    Table::try_from(value).map_err(|error| Error::Parse(error.to_string()))
}

/// `top` over `below`: tables key by key, anything else as a whole.
fn laid_over(mut below: Table, top: Table) -> Table {
    for (key, value) in top {
        let merged = match (below.remove(&key), value) {
            // What has one key of several is a choice: `{ in_cell = … }` replaces `{ at = … }`.
            (Some(Value::Table(inner)), Value::Table(new)) if inner.len() > 1 => {
                Value::Table(laid_over(inner, new))
            }
            (_, value) => value,
        };
        below.insert(key, merged);
    }
    below
}

/// Leaves out powers of -∞ dB and angles that light everything.
fn drop_infinities(table: &mut Table) {
    table.retain(|key, value| {
        let stands_for_none = |x: f64| {
            (key.ends_with("_db") && x == f64::NEG_INFINITY)
                || (key.ends_with("illumination_rad") && x == f64::INFINITY)
        };
        !value.as_float().is_some_and(stands_for_none)
    });
    for (_, value) in table.iter_mut() {
        match value {
            Value::Table(inner) => drop_infinities(inner),
            Value::Array(entries) => {
                entries.iter_mut().filter_map(Value::as_table_mut).for_each(drop_infinities)
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mimo_gscm::scenario::{GuideKind, Placement};

    #[test]
    fn an_empty_file_is_the_urban_macrocell() {
        assert_eq!(parse(""), Ok(Scenario::urban_macrocell()));
        assert_eq!(parse("preset = \"urban_macrocell\""), Ok(Scenario::urban_macrocell()));
    }

    #[test]
    fn a_file_says_what_differs() {
        let text = r#"
            mobile_m = [0, 2000, 1.5]
            rice_factor_db = -inf
            double_scatter_db = -6
            double_illumination_rad = inf
            [mobile_scatterers]
            count = 20
            [interpretation]
            guide_coupling = "independent_modes"
            [[guides]]
            kind = "roof_edge"
            power_db = -8
            far_cluster_db = -inf
            [[far_clusters]]
            [far_clusters.placement.in_cell]
            radius_m = 3000
            clearance_m = 300
        "#;
        let ours = parse(text).unwrap();
        let mut expected = Scenario::urban_macrocell().at_distance(2000.0);
        expected.rice_factor_db = None;
        expected.double_scatter_db = Some(-6.0);
        expected.double_illumination_rad = None;
        expected.mobile_scatterers.count = 20;
        expected.interpretation.guide_coupling = GuideCoupling::IndependentModes;
        expected.guides = vec![Guide { power_db: Some(-8.0), far_cluster_db: None, ..Guide::roof_edge() }];
        expected.far_clusters[0].placement = Placement::InCell { radius_m: 3000.0, clearance_m: 300.0 };
        assert_eq!(ours, expected);
        assert_eq!(ours.guides[0].kind, GuideKind::RoofEdge);
    }

    #[test]
    fn another_placement_replaces_the_one_of_the_preset() {
        let text = "[[guides]]\nmouth = { at = [100, 900, 1.5] }\nhorizontal = \"flat\"";
        let ours = parse(text).unwrap();
        assert_eq!(ours.guides[0].mouth, Placement::At([100.0, 900.0, 1.5]));
        assert_eq!(ours.guides[0].kind, GuideKind::Waveguide);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |text: &str| parse(text).unwrap_err().to_string();
        assert!(
            message("carier_hz = 2e9").contains("unknown field `carier_hz`"),
            "{}",
            message("carier_hz = 2e9")
        );
        assert!(message("[[guides]]\nkind = \"tunnel\"").contains("tunnel"));
        assert!(message("[[guides]]\npower = -3").contains("unknown field `power`"));
        assert!(message("preset = \"rural\"").contains("urban_macrocell"));
        assert!(message("carrier_hz = \"2 GHz\"").contains("2 GHz"));
        assert!(message("carrier_hz = ").contains("line 1"));
        assert!(preset("nonsense").unwrap_err().to_string().contains(".toml"));
    }
}
