//! The one door to standard output. `println!` panics when the reader has gone; this does not.

use crate::error::{Error, Result};
use crate::hints::with_options;
use crate::json;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Writes one line and flushes it, so that a program that talks through a pipe gets it at once.
///
/// # Errors
/// [`Error::ClosedPipe`] when the reader went away; otherwise the operating system's refusal.
pub(crate) fn print_line(line: &str) -> Result<()> {
    write_line(&mut std::io::stdout().lock(), line)
}

/// Writes `value` as one JSON object on one line.
///
/// # Errors
/// As [`json::to_line`] and [`print_line`].
pub(crate) fn print_json<T: Serialize>(value: &T) -> Result<()> {
    print_line(&json::to_line(value)?)
}

/// A line on standard error that is no failure: `mmw: …`, with options for the fields that it names.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(std::io::stderr(), "mmw: {}", with_options(message));
}

/// [`print_line`] to any writer.
pub(crate) fn write_line(writer: &mut impl Write, line: &str) -> Result<()> {
    let written = writer
        .write_all(line.as_bytes())
        .and_then(|()| writer.write_all(b"\n"))
        .and_then(|()| writer.flush());
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Error::ClosedPipe,
        _ => Error::io(Path::new("standard output"), "write", &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_told_apart_from_a_failure() {
        assert_eq!(write_line(&mut Closed, "x"), Err(Error::ClosedPipe));
    }
}
