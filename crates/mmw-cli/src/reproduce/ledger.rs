//! The ledger: each printed number beside ours, and what came of it.

use crate::error::Result;
use crate::export::save_table_csv;
use crate::{json, output};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What became of a printed number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Ours agrees with it.
    Reproduced,
    /// It is wrong in print; ours is right.
    Corrected {
        /// What is wrong.
        why: String,
    },
    /// It cannot be recomputed.
    NotReproducible {
        /// What is missing.
        why: String,
    },
}

impl Verdict {
    /// [`Verdict::Corrected`].
    pub(crate) fn corrected(why: impl Into<String>) -> Self {
        Self::Corrected { why: why.into() }
    }

    /// [`Verdict::NotReproducible`].
    pub(crate) fn not_reproducible(why: impl Into<String>) -> Self {
        Self::NotReproducible { why: why.into() }
    }

    /// The word in JSON, CSV and style sheets.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Corrected { .. } => "corrected",
            Self::NotReproducible { .. } => "not_reproducible",
        }
    }

    /// The reason, where there is one.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Reproduced => "",
            Self::Corrected { why } | Self::NotReproducible { why } => why,
        }
    }
}

/// One printed number, figure or claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LedgerRow {
    /// The paper or data sheet.
    pub(crate) source: String,
    /// Where in it: "Table 2, range resolution".
    pub(crate) item: String,
    /// What is printed.
    pub(crate) printed: String,
    /// What we compute.
    pub(crate) ours: String,
    /// What came of it.
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// The test that pins it: `mmw-dsp::paper::the_table_s_range_resolution`.
    pub(crate) test: String,
}

impl LedgerRow {
    /// The names of the columns of the CSV and of the page.
    pub(crate) const COLUMNS: [&'static str; 7] =
        ["source", "item", "printed", "ours", "verdict", "why", "test"];

    fn cells(&self) -> Vec<String> {
        let verdict = (self.verdict.word().to_owned(), self.verdict.why().to_owned());
        let Self { source, item, printed, ours, test, .. } = self.clone();
        vec![source, item, printed, ours, verdict.0, verdict.1, test]
    }
}

/// Writes `ledger.json` and `ledger.csv` into `folder`.
///
/// # Errors
/// Kind `io` naming the file.
pub(super) fn save_ledger(folder: &Path, rows: &[&LedgerRow]) -> Result<()> {
    output::save_bytes(&folder.join("ledger.json"), json::to_pretty(rows)?.as_bytes())?;
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells()).collect();
    save_table_csv(&folder.join("ledger.csv"), &LedgerRow::COLUMNS.map(str::to_owned), &cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempFolder;

    #[test]
    fn the_ledger_reads_back() {
        let row = |verdict| LedgerRow {
            source: "A paper".into(),
            item: "Table 1, \"range\"".into(),
            printed: "0.04 m".into(),
            ours: "0.0418 m".into(),
            verdict,
            test: "it::paper::range".into(),
        };
        let rows = [
            row(Verdict::Reproduced),
            row(Verdict::corrected("a factor of two")),
            row(Verdict::not_reproducible("no data, no code")),
        ];
        let folder = TempFolder::new("ledger");
        save_ledger(folder.path(), &rows.iter().collect::<Vec<_>>()).unwrap();
        let text = std::fs::read_to_string(folder.path().join("ledger.json")).unwrap();
        assert_eq!(serde_json::from_str::<Vec<LedgerRow>>(&text).unwrap(), rows);
        assert!(text.contains("\"verdict\": \"not_reproducible\""));
        let csv = std::fs::read_to_string(folder.path().join("ledger.csv")).unwrap();
        assert_eq!(csv.lines().count(), 4);
        assert!(csv.contains("\"Table 1, \"\"range\"\"\""));
    }
}
