//! What an area hands over: sections with figures, tables and rows of the ledger.

use super::ledger::LedgerRow;
use crate::error::Result;
use crate::export::save_table_csv;
use mmw_core::check;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// One topic of the page: a table or figure of a source, recomputed.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct Section {
    /// The heading.
    pub(crate) title: String,
    /// What is shown and how it was computed; blank lines separate paragraphs.
    pub(crate) intro: String,
    /// Pictures, in order.
    pub(crate) figures: Vec<Figure>,
    /// Tables, in order, after the pictures.
    pub(crate) tables: Vec<Table>,
    /// Rows of the ledger that this section settles.
    pub(crate) ledger: Vec<LedgerRow>,
}

impl Section {
    /// A section of text, to be filled.
    pub(crate) fn new(title: impl Into<String>, intro: impl Into<String>) -> Self {
        Self { title: title.into(), intro: intro.into(), ..Self::default() }
    }
}

/// A picture in the output folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figure {
    /// Its file name, relative to the output folder.
    pub(crate) file: PathBuf,
    /// What is to be seen.
    pub(crate) caption: String,
}

impl Figure {
    /// A picture that was written to the output folder as `file`.
    pub(crate) fn new(file: impl Into<PathBuf>, caption: impl Into<String>) -> Self {
        Self { file: file.into(), caption: caption.into() }
    }
}

/// A table, formatted. It is also written as CSV, named after its title.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Table {
    /// The caption.
    pub(crate) title: String,
    /// The heads of the columns, with units.
    pub(crate) columns: Vec<String>,
    /// The cells, row by row.
    pub(crate) rows: Vec<Vec<String>>,
}

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
    pub(super) fn file(&self, area: &str) -> String {
        format!("{area}-{}.csv", slug(&self.title))
    }

    pub(super) fn save(&self, folder: &Path, area: &str) -> Result<()> {
        save_table_csv(&folder.join(self.file(area)), &self.columns, &self.rows)
    }
}

/// Lower-case ASCII letters and digits of a text, with single hyphens between.
pub(super) fn slug(text: &str) -> String {
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
