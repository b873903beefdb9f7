//! What a run came to, as data.

use crate::area::Area;
use crate::ledger::{LedgerRow, Verdict};
use crate::section::Section;
use serde::{Deserialize, Serialize};

/// What one area came to, and how it was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AreaReport {
    /// The area.
    pub area: Area,
    /// The command that makes it again.
    pub command: String,
    /// The version of this crate.
    pub version: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Whether fewer trials were taken.
    pub quick: bool,
    /// Its sections; none if it stopped.
    pub sections: Vec<Section>,
    /// Why it stopped, if it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}

impl AreaReport {
    /// Its rows of the ledger.
    pub fn rows(&self) -> impl Iterator<Item = &LedgerRow> {
        self.sections.iter().flat_map(|section| &section.ledger)
    }

    /// Whether two areas were run in the same way.
    pub(crate) fn made_as(&self, other: &Self) -> bool {
        (&self.command, &self.version, self.seed, self.quick)
            == (&other.command, &other.version, other.seed, other.quick)
    }
}

/// What several areas came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The areas, in the order of [`Area::ALL`].
    pub areas: Vec<AreaReport>,
}

impl Report {
    /// The rows of all areas.
    pub fn ledger(&self) -> impl Iterator<Item = &LedgerRow> {
        self.areas.iter().flat_map(AreaReport::rows)
    }

    /// How many rows have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.ledger().filter(|row| row.verdict == verdict).count()
    }

    /// The rows whose verdict is not the expected one: something here or in the crates is broken.
    pub fn surprises(&self) -> impl Iterator<Item = (&AreaReport, &LedgerRow)> {
        let rows = self.areas.iter().flat_map(|area| std::iter::repeat(area).zip(area.rows()));
        rows.filter(|(_, row)| !row.is_as_pinned())
    }

    /// The areas that stopped, with the reason.
    pub fn failures(&self) -> impl Iterator<Item = (Area, &str)> {
        self.areas.iter().filter_map(|area| Some((area.area, area.error.as_deref()?)))
    }
}
