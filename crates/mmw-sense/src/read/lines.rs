//! Lines of a text with the place where each begins, and what all readers of text share.

use mmw_core::text::without_mark;
use mmw_core::{Error, Result};

/// A line without its end, and the byte at which it begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) file: &'a str,
    pub(crate) offset: usize,
    pub(crate) text: &'a str,
}

impl<'a> Line<'a> {
    /// The error that something else is expected here.
    pub(crate) fn unlike(&self, expected: impl Into<String>, found: &str) -> Error {
        format_error(self.file, self.offset, expected, found)
    }

    /// A field of the line as a finite number.
    pub(crate) fn number(&self, name: &str, field: &str) -> Result<f64> {
        match field.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.unlike(format!("a finite number as {name}"), field)),
        }
    }

    /// An error of a constructor as one of this line.
    pub(crate) fn explain<T>(&self, result: Result<T>) -> Result<T> {
        self.explain_as("a point of a cloud", result)
    }

    /// The same for something else than a point.
    pub(crate) fn explain_as<T>(&self, what: &str, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.unlike(what, &error.to_string()))
    }
}

/// What stands in the way at a byte of a file, cut to what a message holds.
pub(crate) fn format_error(file: &str, offset: usize, expected: impl Into<String>, found: &str) -> Error {
    let found = format!("{:?}", found.chars().take(60).collect::<String>());
    Error::Format { path: file.to_owned(), offset: offset as u64, expected: expected.into(), found }
}

/// The lines of a text that are not blank; a byte order mark is no part of the first.
pub(crate) fn lines<'a>(file: &'a str, text: &'a str) -> impl Iterator<Item = Line<'a>> {
    let marked = without_mark(text);
    let mut offset = text.len() - marked.len();
    marked.split_inclusive('\n').filter_map(move |whole| {
        let line = Line { file, offset, text: whole.trim_end() };
        offset += whole.len();
        (!line.text.is_empty()).then_some(line)
    })
}
