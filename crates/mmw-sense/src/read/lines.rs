//! Lines of a text with the place where each begins, and what all readers of text share.

use mmw_core::{Error, Result};

/// A line without its end, and the byte at which it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) file: &'a str,
    pub(super) offset: usize,
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    /// The error that something else is expected here.
    pub(super) fn unlike(&self, expected: impl Into<String>, found: &str) -> Error {
        format_error(self.file, self.offset, expected, found)
    }

    /// A field of the line as a finite number.
    pub(super) fn number(&self, name: &str, field: &str) -> Result<f64> {
        match field.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.unlike(format!("a finite number as {name}"), field)),
        }
    }

    /// An error of a constructor as one of this line.
    pub(super) fn explain<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.unlike("a point of a cloud", &error.to_string()))
    }
}

/// What stands in the way at a byte of a file, cut to what a message holds.
pub(super) fn format_error(file: &str, offset: usize, expected: impl Into<String>, found: &str) -> Error {
    let found = format!("{:?}", found.chars().take(60).collect::<String>());
    Error::Format { path: file.to_owned(), offset: offset as u64, expected: expected.into(), found }
}

/// The lines of a text that are not blank; a byte order mark is no part of the first.
pub(super) fn lines<'a>(file: &'a str, text: &'a str) -> impl Iterator<Item = Line<'a>> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut offset = start;
    text[start..].split_inclusive('\n').filter_map(move |whole| {
        let line = Line { file, offset, text: whole.trim_end() };
        offset += whole.len();
        (!line.text.is_empty()).then_some(line)
    })
}
