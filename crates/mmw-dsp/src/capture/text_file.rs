//! Reading a configuration file whole, within limits.

use mmw_core::text::without_mark;
use mmw_core::{Error, Result};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Longest configuration file that is read, bytes. Those of TI's tools have a few thousand.
const MAX_BYTES: u64 = 4 << 20;

/// The text of a file, without a byte order mark.
pub(super) fn read(path: &Path) -> Result<String> {
    let file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| Error::io(path, "read", &e))?;
    if bytes.len() as u64 > MAX_BYTES {
        let expected = format!("a configuration of at most {MAX_BYTES} bytes");
        return Err(format_error(path, MAX_BYTES as usize, expected, "more"));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let found = "bytes that are no UTF-8";
        format_error(path, e.utf8_error().valid_up_to(), "text", found)
    })?;
    let text = without_mark(&text);
    // Some of TI's own configurations end their lines by a carriage return alone.
    Ok(if text.contains('\n') { text.to_owned() } else { text.replace('\r', "\n") })
}

/// A number of a file that counts something, from 0 to 2^32.
pub(super) fn whole(value: f64) -> Option<u64> {
    (value >= 0.0 && value.fract() == 0.0 && value <= 4_294_967_296.0).then_some(value as u64)
}

pub(super) fn format_error(
    path: &Path,
    offset: usize,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Error {
    Error::Format {
        path: path.display().to_string(),
        offset: offset as u64,
        expected: expected.into(),
        found: found.into(),
    }
}
