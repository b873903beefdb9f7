//! `--batch`: one JSON object of options per line in, one JSON object per line out.

use crate::error::{Error, Result};
use crate::fields::{Fields, Object};
use crate::json;
use crate::output::Interrupt;
use crate::stdout::write_line;
use clap::Args;
use serde::Serialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

/// Longest line that is kept, bytes: a cloud of a million points has some 50 MB.
const LONGEST_LINE: u64 = 64 << 20;

/// What stands in the answer to a line that failed.
#[derive(Debug, Serialize)]
struct Failure {
    error: Reason,
}

#[derive(Debug, Serialize)]
struct Reason {
    kind: &'static str,
    message: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { error: Reason { kind: error.kind(), message: error.to_string() } }
    }
}

/// Answers every line of `source` (`-` is standard input) on standard output, in order.
///
/// A bad line is answered with `{"error":{"kind":…,"message":…}}` and never stops the others; blank lines
/// are skipped, so that a file may be grouped. Each answer is flushed before the next line is read.
///
/// # Errors
/// Kind `partial` when a line failed, `io` when `source` cannot be read, `closed_pipe` when nobody reads on.
pub(crate) fn run_batch<P, R>(source: &Path, answer: impl FnMut(P) -> Result<R>) -> Result<()>
where
    P: Args,
    R: Serialize,
{
    let out = &mut std::io::stdout().lock();
    if source == Path::new("-") {
        return run(std::io::stdin().lock(), Path::new("standard input"), out, answer);
    }
    let file = File::open(source).map_err(|error| Error::io(source, "open", &error))?;
    run(BufReader::new(file), source, out, answer)
}

fn run<P, R>(
    mut reader: impl BufRead,
    source: &Path,
    writer: &mut impl Write,
    mut answer: impl FnMut(P) -> Result<R>,
) -> Result<()>
where
    P: Args,
    R: Serialize,
{
    let (mut failed, mut total) = (0, 0);
    let mut fields = Fields::new();
    let mut line = Vec::new();
    for number in 1_usize.. {
        line.clear();
        let unread = |error: std::io::Error| Error::io(source, "read", &error);
        if (&mut reader).take(LONGEST_LINE + 1).read_until(b'\n', &mut line).map_err(unread)? == 0 {
            break;
        }
        let is_too_long = line.len() as u64 > LONGEST_LINE;
        if is_too_long && line.last() != Some(&b'\n') {
            skip_line(&mut reader).map_err(unread)?;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        Interrupt::check()?;
        let object = if is_too_long {
            Err(Error::Parse(format!("line {number}: is longer than 64 MiB")))
        } else {
            parse(&line, number)
        };
        let parameters = object.and_then(|object| {
            fields.read(&object).map_err(|error| match error {
                Error::Parse(what) => Error::Parse(format!("line {number}: {what}")),
                error => error,
            })
        });
        let result = parameters.and_then(&mut answer).and_then(|result| json::to_line(&result));
        total += 1;
        match result {
            Ok(text) => write_line(writer, &text)?,
            Err(error) => {
                failed += 1;
                write_line(writer, &json::to_line(&Failure::from(&error))?)?;
            }
        }
    }
    if failed > 0 { Err(Error::Partial { failed, total, unit: "lines" }) } else { Ok(()) }
}

/// Passes over the rest of a line without keeping it.
fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let part = reader.fill_buf()?;
        let end = part.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(part.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() || used == 0 {
            return Ok(());
        }
    }
}

/// The object of one line.
fn parse(line: &[u8], number: usize) -> Result<Object> {
    let line = line.trim_ascii();
    if line.first() != Some(&b'{') {
        return Err(Error::Parse(format!("line {number}: expected a JSON object")));
    }
    serde_json::from_slice(line).map_err(|error| {
        let message = error.to_string();
        let position = format!(" at line {} column {}", error.line(), error.column());
        let what = message.strip_suffix(&position).unwrap_or(&message);
        Error::Parse(format!("line {number}, column {}: {what}", error.column()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Args)]
    struct Root {
        #[arg(long)]
        x: f64,
    }

    #[derive(Serialize)]
    struct Answer {
        root: f64,
    }

    fn root(parameters: Root) -> Result<Answer> {
        if parameters.x > 1e300 {
            return Ok(Answer { root: f64::NAN });
        }
        Ok(Answer { root: mmw_core::check::non_negative("x", parameters.x)?.sqrt() })
    }

    fn answers(input: &[u8]) -> (Vec<String>, Result<()>) {
        let mut out = Vec::new();
        let result = run(input, Path::new("test"), &mut out, root);
        (String::from_utf8(out).unwrap().lines().map(str::to_owned).collect(), result)
    }

    #[test]
    fn every_line_is_answered_in_order_and_a_bad_one_stops_nothing() {
        let input = b"{\"x\": 4}\n\n{\"x\": -1}\r\n{\"y\": 1}\nnonsense\n{\"x\": 1e301}\n\xff\n{\"x\": 9}";
        let (lines, result) = answers(input);
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[0], r#"{"root":2.0}"#);
        assert_eq!(
            lines[1],
            r#"{"error":{"kind":"domain","message":"x is -1, but must be a finite number not below 0"}}"#
        );
        assert_eq!(
            lines[2],
            r#"{"error":{"kind":"parse","message":"line 4: unknown field `y`, expected one of x"}}"#
        );
        assert_eq!(lines[3], r#"{"error":{"kind":"parse","message":"line 5: expected a JSON object"}}"#);
        assert!(lines[4].contains(r#""kind":"domain""#) && lines[4].contains("result.root"), "{}", lines[4]);
        assert!(lines[5].contains(r#""kind":"parse""#));
        assert_eq!(lines[6], r#"{"root":3.0}"#);
        assert_eq!(result, Err(Error::Partial { failed: 5, total: 7, unit: "lines" }));
    }

    #[test]
    fn arrays_and_trailing_text_are_not_taken_for_an_object() {
        let (lines, _) = answers(b"[4]\n{\"x\": 4} {\"x\": 9}\n{}\n");
        assert!(lines[..2].iter().all(|line| line.contains(r#""kind":"parse""#)), "{lines:?}");
        assert!(lines[2].contains(r#""kind":"missing","message":"x is not given"#), "{lines:?}");
    }

    #[test]
    fn a_line_without_end_is_answered_and_the_next_is_read() {
        let long = b"{\"x\": 4".chain(std::io::repeat(b' ').take(2 * LONGEST_LINE));
        let input = BufReader::new(long.chain(&b"}\n{\"x\": 9}"[..]));
        let mut out = Vec::new();
        run(input, Path::new("test"), &mut out, root).unwrap_err();
        let expected =
            [r#"{"error":{"kind":"parse","message":"line 1: is longer than 64 MiB"}}"#, r#"{"root":3.0}"#];
        assert!(String::from_utf8(out).unwrap().lines().eq(expected));
    }

    #[test]
    fn nothing_in_is_nothing_out() {
        let (lines, result) = answers(b"\n \n");
        assert!(lines.is_empty());
        assert_eq!(result, Ok(()));
    }
}
