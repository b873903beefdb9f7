//! JSON files, with errors that name file and byte.

use mmw_core::{Error, Result};
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Most bytes of a file that describes a set.
const LARGEST: u64 = 1 << 28;

/// The text of a file of at most 256 MiB.
///
/// # Errors
/// [`Error::Io`] when reading fails, [`Error::Format`] for a larger file or one that is no UTF-8.
pub(super) fn read_limited(path: &Path) -> Result<String> {
    let file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| Error::io(path, "read", &e))?;
    let format = |offset: usize, expected: &str, found: &str| Error::Format {
        path: path.display().to_string(),
        offset: offset as u64,
        expected: expected.into(),
        found: found.into(),
    };
    if bytes.len() as u64 > LARGEST {
        return Err(format(bytes.len(), "a file of at most 256 MiB", "more"));
    }
    String::from_utf8(bytes).map_err(|error| format(error.utf8_error().valid_up_to(), "UTF-8", "other bytes"))
}

/// A value from JSON that begins at byte `start` of a file.
///
/// # Errors
/// [`Error::Format`] with the byte and what serde says.
pub(super) fn parse<T: DeserializeOwned>(path: &Path, start: usize, text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let before: usize =
            text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        Error::Format {
            path: path.display().to_string(),
            offset: (start + before + error.column().saturating_sub(1)) as u64,
            expected: what.into(),
            found: error.to_string(),
        }
    })
}

/// A value from a JSON file.
///
/// # Errors
/// [`Error::Io`] when reading fails, [`Error::Format`] for another file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T> {
    parse(path, 0, &read_limited(path)?, what)
}
