//! Reads the reference tables of `tests/data`, which `generate.py` beside them writes.

/// The rows of a table, split at commas; lines that start with `#` are comments.
pub(crate) fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect()).collect()
}

pub(crate) fn number(text: &str) -> f64 {
    text.parse().unwrap()
}
