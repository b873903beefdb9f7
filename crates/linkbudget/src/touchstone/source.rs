//! The bytes of a file: its encoding, its lines, and errors that say where.

use mmw_core::{Error, Result};
use std::borrow::Cow;

/// The text of a file in an encoding whose ASCII is ASCII, and its name for errors.
pub(super) struct Source<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) name: &'a str,
}

impl<'a> Source<'a> {
    /// Takes off byte order marks and decodes UTF-16.
    pub(super) fn new(bytes: &'a [u8], name: &'a str) -> Result<Self> {
        let plain = |bytes| Self { bytes: Cow::Borrowed(bytes), name };
        // The end of a text file of DOS.
        let bytes = bytes.strip_suffix(b"\x1a").unwrap_or(bytes);
        let source = match bytes {
            [0xef, 0xbb, 0xbf, rest @ ..] => plain(rest),
            [0xff, 0xfe, rest @ ..] => {
                Self { bytes: Cow::Owned(utf16(rest, u16::from_le_bytes, name)?), name }
            }
            [0xfe, 0xff, rest @ ..] => {
                Self { bytes: Cow::Owned(utf16(rest, u16::from_be_bytes, name)?), name }
            }
            _ => plain(bytes),
        };
        // Without a mark, UTF-16 shows itself by its zeros.
        if !source.bytes.contains(&0) {
            return Ok(source);
        }
        let at = source.bytes.iter().position(|byte| *byte == 0).unwrap_or_default();
        Err(source.trouble(at, "text (save it as UTF-8, or as UTF-16 with a byte order mark)", "a zero byte"))
    }

    /// The ports that the name says: `x.s2p`, `x.z4p`.
    pub(super) fn ports(&self) -> Option<usize> {
        let ending = self.name.rsplit('.').next()?.to_ascii_lowercase();
        let digits = ending.strip_prefix(['s', 'y', 'z', 'h', 'g'])?.strip_suffix('p')?;
        digits.parse().ok().filter(|ports| *ports > 0)
    }

    /// An error at a byte: what should stand there, and what does.
    pub(super) fn trouble(&self, offset: usize, expected: &str, found: &str) -> Error {
        let found: String = found.chars().take(60).collect();
        let offset = offset.min(self.bytes.len());
        Error::Format {
            path: self.name.to_string(),
            offset: offset as u64,
            expected: expected.to_string(),
            found: format!("{found} in line {}", self.line_at(offset)),
        }
    }

    /// The line of a byte, from 1.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        let before = &self.bytes[..offset.min(self.bytes.len())];
        let ends = before.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
        ends - before.windows(2).filter(|pair| pair == b"\r\n").count() + 1
    }

    /// The end of the line that a byte is in, without its end of line.
    pub(super) fn line_end(&self, from: usize) -> usize {
        let rest = &self.bytes[from..];
        from + rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, name: &str) -> Result<Vec<u8>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: std::result::Result<String, _> =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match (text, rest) {
        (Ok(text), []) => Ok(text.into_bytes()),
        _ => Err(Error::Format {
            path: name.to_string(),
            offset: bytes.len() as u64 + 2,
            expected: "whole characters of UTF-16, as the byte order mark says".to_string(),
            found: "others".to_string(),
        }),
    }
}

/// Bytes as text: UTF-8, or else Latin-1.
pub(super) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// What stands before a comment.
pub(super) fn content(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b'!').next().unwrap_or_default()
}

/// The words of a line with the bytes where they begin; every kind of blank separates.
pub(super) fn words(line: &[u8], start: usize) -> Vec<(usize, String)> {
    let line = text(line);
    let mut found = Vec::new();
    let mut offset = start;
    for word in line.split(char::is_whitespace) {
        if !word.is_empty() {
            found.push((offset, word.to_string()));
        }
        // Of a Latin-1 line the places are near.
        offset += word.len() + 1;
    }
    found
}
