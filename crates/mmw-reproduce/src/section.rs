//! What an area hands over: sections with figures, tables and rows of the ledger.

use crate::csv;
use crate::host::Setup;
use crate::ledger::LedgerRow;
use mmw_core::{Result, check};
use serde::{Deserialize, Serialize};

/// One topic of the page: a table or figure of a source, recomputed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What is shown and how it was computed; blank lines separate paragraphs.
    pub intro: String,
    /// Pictures, in order.
    pub figures: Vec<Figure>,
    /// Tables, in order, after the pictures.
    pub tables: Vec<Table>,
    /// Rows of the ledger that this section settles.
    pub ledger: Vec<LedgerRow>,
}

impl Section {
    /// A section of text, to be filled.
    pub(crate) fn new(title: impl Into<String>, intro: impl Into<String>) -> Self {
        Self { title: title.into(), intro: intro.into(), ..Self::default() }
    }
}

/// A picture in the output folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Figure {
    /// Its file name, relative to the output folder.
    pub file: String,
    /// What is to be seen.
    pub caption: String,
}

impl Figure {
    /// A picture that was written as `file`.
    pub(crate) fn new(file: impl Into<String>, caption: impl Into<String>) -> Self {
        Self { file: file.into(), caption: caption.into() }
    }
}

/// A table, formatted, with as many cells in a row as columns. It is also written as CSV, named after its
/// title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct Table {
    /// The caption.
    pub title: String,
    /// The heads of the columns, with units.
    pub columns: Vec<String>,
    /// The cells, row by row.
    pub rows: Vec<Vec<String>>,
}

mmw_core::checked_serde!(always Table, |table| {
    let mut rows = table.rows.iter();
    rows.try_for_each(|row| check::same_len("row of a table", table.columns.len(), row.len()))
});

impl Table {
    /// An empty table.
    pub(crate) fn new<const N: usize>(title: impl Into<String>, columns: [&str; N]) -> Self {
        Self { title: title.into(), columns: columns.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// Appends a row of as many cells as there are columns.
    ///
    /// # Errors
    /// Kind `shape` otherwise.
    pub(crate) fn push<const N: usize>(&mut self, cells: [String; N]) -> Result<()> {
        check::same_len("row of a table", self.columns.len(), N)?;
        self.rows.push(cells.to_vec());
        Ok(())
    }

    /// The name of its CSV file in the output folder.
    pub(crate) fn file(&self, area: &str) -> String {
        format!("{area}-{}.csv", slug(&self.title))
    }

    pub(crate) fn save(&self, setup: &Setup<'_>, area: &str) -> Result<()> {
        let text = csv::table(&self.columns, self.rows.iter().map(Vec::as_slice));
        setup.host().write(&self.file(area), text.as_bytes())
    }
}

/// Lower-case ASCII letters and digits of a text, with single hyphens between.
pub(crate) fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "untitled".to_owned() } else { slug.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_makes_a_plain_file_name() {
        assert_eq!(slug("Table 2: range & velocity (m, m/s)"), "table-2-range-velocity-m-m-s");
        assert_eq!(slug("…"), "untitled");
    }

    #[test]
    fn a_row_must_fill_the_columns() {
        let mut table = Table::new("t", ["a", "b"]);
        assert!(table.push(["1".into()]).is_err());
        assert!(table.push(["1".into(), "2".into()]).is_ok());
    }
}
