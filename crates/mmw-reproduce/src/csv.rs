//! Tables of texts as CSV (RFC 4180, line feeds).

/// A field, quoted when a separator, a quote or a line break stands in it.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A header and rows.
pub(crate) fn table<'a>(columns: &[impl AsRef<str>], rows: impl IntoIterator<Item = &'a [String]>) -> String {
    let line = |fields: Vec<String>| fields.join(",") + "\n";
    let mut text = line(columns.iter().map(|column| field(column.as_ref())).collect());
    text.extend(rows.into_iter().map(|row| line(row.iter().map(|cell| field(cell)).collect())));
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
