//! Text files, plain or packed by gzip.

use flate2::read::MultiGzDecoder;
use mmw_core::{Error, Result};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Most bytes that a text may have when it is unpacked.
const LARGEST: u64 = 1 << 30;

/// The text of a file, unpacked where it begins as gzip does. What is no UTF-8 becomes U+FFFD.
///
/// # Errors
/// [`Error::Io`] when reading fails, [`Error::Format`] for a gzip stream that is damaged or cut off and for
/// a text of more than 1 GiB.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
    let mut start = Vec::new();
    file.by_ref().take(2).read_to_end(&mut start).map_err(|e| Error::io(path, "read", &e))?;
    let packed = start == [0x1f, 0x8b];
    let whole = start.as_slice().chain(file);
    let mut bytes = Vec::new();
    let read = match packed {
        true => MultiGzDecoder::new(whole).take(LARGEST + 1).read_to_end(&mut bytes),
        false => whole.take(LARGEST + 1).read_to_end(&mut bytes),
    };
    let format = |expected: &str, found: String| Error::Format {
        path: path.display().to_string(),
        offset: bytes.len() as u64,
        expected: expected.into(),
        found,
    };
    match read {
        Err(error)
            if packed
                && matches!(
                    error.kind(),
                    ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof
                ) =>
        {
            Err(format("an undamaged gzip stream, at this byte of its text", error.to_string()))
        }
        Err(error) => Err(Error::io(path, "read", &error)),
        Ok(_) if bytes.len() as u64 > LARGEST => Err(format("a text of at most 1 GiB", "more".into())),
        Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
