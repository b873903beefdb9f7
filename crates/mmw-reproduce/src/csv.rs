//! Tables of texts as CSV (RFC 4180, line feeds).

use mmw_core::text::csv_field;
use std::borrow::Cow;

/// A header and rows.
pub(crate) fn table<'a>(columns: &[impl AsRef<str>], rows: impl IntoIterator<Item = &'a [String]>) -> String {
    let line = |fields: Vec<Cow<'_, str>>| fields.join(",") + "\n";
    let mut text = line(columns.iter().map(|column| csv_field(column.as_ref())).collect());
    text.extend(rows.into_iter().map(|row| line(row.iter().map(|cell| csv_field(cell)).collect())));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_separators_are_quoted() {
        let rows = [vec!["a, b".to_owned(), "says \"no\"".to_owned()]];
        let text = table(&["item", "why"], rows.iter().map(Vec::as_slice));
        assert_eq!(text, "item,why\n\"a, b\",\"says \"\"no\"\"\"\n");
    }
}
