//! The ledger: each printed number beside ours, and the verdict that follows from the two.

use crate::check::Check;
use mmw_core::Error;
use serde::{Deserialize, Serialize};

/// What became of a printed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Ours agrees with it.
    Reproduced,
    /// Ours differs, and is what is known from elsewhere.
    Corrected,
    /// The source leaves out what it would take.
    NotReproducible,
    /// Ours is not what is known from elsewhere, or differs from the source without anything to decide by.
    Unconfirmed,
}

mmw_core::named!(Verdict, "verdict" {
    Reproduced = "reproduced",
    Corrected = "corrected",
    NotReproducible = "not_reproducible",
    Unconfirmed = "unconfirmed",
});

/// What a row can be judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ground {
    /// Numbers: printed, ours, known from elsewhere.
    Numbers,
    /// Words: a slip of the pen, which has no number. The two texts are compared.
    Words,
    /// The source leaves out what it would take to compare.
    Missing,
}

mmw_core::named!(Ground, "ground" { Numbers = "numbers", Words = "words", Missing = "missing" });

/// One printed number, figure or claim.
///
/// Read from a file, its verdict must be the one that follows from its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct LedgerRow {
    /// The paper or data sheet.
    pub source: String,
    /// Where in it: "Table 2, range resolution".
    pub item: String,
    /// What is printed, in words.
    pub printed: String,
    /// What this run found, in words.
    pub ours: String,
    /// The numbers behind the words.
    pub checks: Vec<Check>,
    /// What it is judged by.
    pub ground: Ground,
    /// The verdict of this run.
    pub verdict: Verdict,
    /// The verdict that is expected.
    pub pinned: Verdict,
    /// What is wrong in print, or what is missing; empty where nothing is.
    pub why: String,
    /// The test that keeps it so: `mmw-dsp::paper::the_source_table_fits_into_its_own_frame`.
    pub test: String,
}

mmw_core::checked_serde!(always LedgerRow, |row| {
    let follows = row.judge();
    if row.verdict == follows {
        return Ok(());
    }
    let problem = format!("{} does not follow from the numbers of the row, which say {follows}", row.verdict);
    Err(Error::invalid("verdict", problem))
});

impl LedgerRow {
    /// The names of the columns of the CSV.
    pub const COLUMNS: [&'static str; 8] =
        ["source", "item", "printed", "ours", "tolerance", "verdict", "why", "test"];

    /// The verdict that follows from the numbers, or the words, of the row.
    #[must_use]
    pub fn judge(&self) -> Verdict {
        if !self.checks.iter().all(Check::holds) {
            return Verdict::Unconfirmed;
        }
        let compared = self.checks.iter().any(|check| check.printed.is_some());
        let mut apart = self.checks.iter().filter(|check| !check.agrees()).peekable();
        match self.ground {
            Ground::Words if self.printed == self.ours => Verdict::Reproduced,
            Ground::Words => Verdict::Corrected,
            Ground::Missing if compared && apart.peek().is_none() => Verdict::Reproduced,
            Ground::Missing => Verdict::NotReproducible,
            Ground::Numbers if self.checks.is_empty() => Verdict::Unconfirmed,
            Ground::Numbers if apart.peek().is_none() => Verdict::Reproduced,
            Ground::Numbers if apart.all(|check| check.reference.is_some()) => Verdict::Corrected,
            Ground::Numbers => Verdict::Unconfirmed,
        }
    }

    /// Whether the verdict of this run is the expected one.
    #[must_use]
    pub fn is_as_pinned(&self) -> bool {
        self.verdict == self.pinned
    }

    /// The tolerances of what is printed, in the order of the checks.
    #[must_use]
    pub fn tolerance(&self) -> String {
        let printed = self.checks.iter().filter_map(|check| check.printed);
        printed.map(|printed| format!("{}", printed.tolerance)).collect::<Vec<_>>().join("; ")
    }

    /// The row under [`LedgerRow::COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let Self { source, item, printed, ours, why, test, .. } = self.clone();
        vec![source, item, printed, ours, self.tolerance(), self.verdict.to_string(), why, test]
    }
}

/// A source and the package whose tests keep its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
}

impl Source {
    /// Begins a row: where it stands in the source, and the test that keeps it so.
    pub(crate) fn row(&self, item: &str, test: &str) -> Row {
        Row(LedgerRow {
            source: self.name.to_owned(),
            item: item.to_owned(),
            printed: String::new(),
            ours: String::new(),
            checks: Vec::new(),
            ground: Ground::Numbers,
            verdict: Verdict::Unconfirmed,
            pinned: Verdict::Reproduced,
            why: String::new(),
            test: format!("{}::{test}", self.package),
        })
    }
}

/// A row under way; the verdict that it is pinned to ends it.
#[derive(Debug, Clone)]
#[must_use = "a row ends with the verdict that it is pinned to"]
pub(crate) struct Row(LedgerRow);

impl Row {
    /// What is printed, in words.
    pub(crate) fn printed(mut self, text: impl Into<String>) -> Self {
        self.0.printed = text.into();
        self
    }

    /// What this run found, in words.
    pub(crate) fn ours(mut self, text: impl Into<String>) -> Self {
        self.0.ours = text.into();
        self
    }

    /// Numbers to judge by.
    pub(crate) fn check(mut self, check: Check) -> Self {
        self.0.checks.push(check);
        self
    }

    /// Numbers to judge by.
    pub(crate) fn checks(mut self, checks: impl IntoIterator<Item = Check>) -> Self {
        self.0.checks.extend(checks);
        self
    }

    /// Expects all numbers to agree.
    pub(crate) fn reproduced(self) -> LedgerRow {
        self.end(Ground::Numbers, Verdict::Reproduced, String::new())
    }

    /// Expects a number to differ and to be what is known from elsewhere.
    pub(crate) fn corrected(self, why: impl Into<String>) -> LedgerRow {
        self.end(Ground::Numbers, Verdict::Corrected, why.into())
    }

    /// Expects the words to differ: a slip that no number shows.
    pub(crate) fn slip(self, why: impl Into<String>) -> LedgerRow {
        self.end(Ground::Words, Verdict::Corrected, why.into())
    }

    /// Expects no agreement, because of what the source leaves out.
    pub(crate) fn not_reproducible(self, missing: impl Into<String>) -> LedgerRow {
        self.end(Ground::Missing, Verdict::NotReproducible, missing.into())
    }

    fn end(mut self, ground: Ground, pinned: Verdict, why: String) -> LedgerRow {
        (self.0.ground, self.0.pinned, self.0.why) = (ground, pinned, why);
        self.0.verdict = self.0.judge();
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Source = Source { name: "A paper", package: "a-crate" };

    fn row() -> Row {
        SOURCE.row("Table 1, \"range\"", "paper::range").printed("0.04 m").ours("0.0418 m")
    }

    fn range(ours: f64) -> Check {
        Check::new("range (m)", ours).prints(0.04, 0.005)
    }

    #[test]
    fn the_verdict_follows_from_the_numbers() {
        let verdict = |row: LedgerRow| row.verdict;
        assert_eq!(verdict(row().check(range(0.0418)).reproduced()), Verdict::Reproduced);
        let known = |ours: f64| range(ours).known("a table", 0.08, 1e-3);
        assert_eq!(verdict(row().check(known(0.08)).corrected("half")), Verdict::Corrected);
        // Ours is neither printed nor known, or nothing tells which of two is right.
        assert_eq!(verdict(row().check(known(0.09)).corrected("half")), Verdict::Unconfirmed);
        assert_eq!(verdict(row().check(range(0.08)).corrected("half")), Verdict::Unconfirmed);
        assert_eq!(verdict(row().check(range(f64::NAN)).reproduced()), Verdict::Unconfirmed);
        assert_eq!(verdict(row().reproduced()), Verdict::Unconfirmed);
        // A number that is said to lack its inputs must not agree all the same.
        assert_eq!(verdict(row().check(range(0.08)).not_reproducible("no data")), Verdict::NotReproducible);
        assert_eq!(verdict(row().check(range(0.04)).not_reproducible("no data")), Verdict::Reproduced);
        assert_eq!(verdict(row().not_reproducible("no data")), Verdict::NotReproducible);
        assert_eq!(verdict(row().slip("digits")), Verdict::Corrected);
        assert_eq!(verdict(row().ours("0.04 m").slip("digits")), Verdict::Reproduced);
    }

    #[test]
    fn a_row_reads_back_from_json() {
        let known = range(0.08).known("a table", 0.08, 1e-3);
        for row in
            [row().check(known).corrected("half"), row().slip("digits"), row().not_reproducible("data")]
        {
            let text = serde_json::to_string(&row).unwrap();
            assert_eq!(serde_json::from_str::<LedgerRow>(&text).unwrap(), row);
            assert!(text.contains(&format!("\"verdict\":\"{}\"", row.verdict)), "{text}");
        }
        assert_eq!(row().check(range(0.04)).reproduced().cells()[4], "0.005");
        assert_eq!(row().reproduced().test, "a-crate::paper::range");
    }
}
