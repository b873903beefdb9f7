//! Numbers in a column of text.

use super::block::{Block, Take, wrong};
use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use std::io::{BufRead, Read};
use std::path::Path;

/// Samples handed on at once.
const BLOCK: usize = 8192;

/// Text that a terminal shows as it is.
pub(super) fn printable(text: &str) -> String {
    let plain = |c: char| if c.is_control() || c == '\u{fffd}' { '?' } else { c };
    text.chars().map(plain).collect()
}

/// One number per line. Lines that begin with `#` are passed over, as are blank ones and a comma at the end;
/// so is the first line if it holds nothing that begins as a number does.
pub(super) fn read(mut reader: impl BufRead, path: &Path, take: Take<'_>) -> Result<()> {
    let mut blocks = Blocks::new(take);
    let mut line = Vec::new();
    let mut first = true;
    for number in 1_usize.. {
        line.clear();
        let read = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| Error::io(path, "read", &error))? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let whole = mmw_core::text::without_mark(&text).trim();
        if whole.is_empty() || whole.starts_with('#') {
            continue;
        }
        let text = whole.trim_end_matches(',').trim_end();
        if text.is_empty() {
            return Err(wrong(path, format_args!("line {number}: `{}` holds no number", printable(whole))));
        }
        match text.trim_matches('"').parse::<f64>() {
            Ok(value) => blocks.push(value)?,
            Err(_) if columns(text) > 1 => {
                let columns = columns(text);
                return Err(wrong(
                    path,
                    format_args!("line {number} has {columns} columns: one sample per line is expected"),
                ));
            }
            Err(_) if first && !has_number(text) => {}
            Err(_) => {
                let shown = printable(&text.chars().take(40).collect::<String>());
                return Err(wrong(path, format_args!("line {number}: `{shown}` is not one number")));
            }
        }
        first = false;
    }
    blocks.flush()
}

/// Numbers that stand in one line, between commas, semicolons or blanks; 0 if anything there is not a number.
fn columns(text: &str) -> usize {
    let cells = text.split([',', ';', '\t', ' ']).map(|cell| cell.trim().trim_matches('"'));
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
    if cells.iter().all(|cell| cell.parse::<f64>().is_ok()) { cells.len() } else { 0 }
}

/// Whether any of its words begins as a number does.
fn has_number(text: &str) -> bool {
    text.split([',', ';', '\t', ' ', '"']).any(|word| {
        word.trim_start_matches(['+', '-']).trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Longer than any number, and short enough to be refused at once.
const LONGEST_LINE: u64 = 4096;

/// Samples on their way, counted.
struct Blocks<'a> {
    block: Vec<f64>,
    done: usize,
    take: Take<'a>,
    progress: Progress,
}

impl<'a> Blocks<'a> {
    fn new(take: Take<'a>) -> Self {
        let progress = Progress::new(0, Unit::Count("samples"));
        Self { block: Vec::with_capacity(BLOCK), done: 0, take, progress }
    }

    fn push(&mut self, value: f64) -> Result<()> {
        if !value.is_finite() {
            let index = self.done + self.block.len();
            return Err(Error::Core(mmw_core::Error::NotFinite { name: "samples".into(), index }));
        }
        self.block.push(value);
        if self.block.len() == BLOCK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        Interrupt::check()?;
        (self.take)(Block::Real(&self.block))?;
        self.done += self.block.len();
        self.progress.advance(self.block.len() as u64);
        self.block.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &[u8]) -> Result<Vec<f64>> {
        let mut all = Vec::new();
        read(text, Path::new("x.csv"), &mut |block| {
            if let Block::Real(x) = block {
                all.extend_from_slice(x);
            }
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn a_column_is_read_with_or_without_a_header() {
        for text in [
            "# 2 V\n1.5\n-2e-3\n# rest\n4",
            "x (V)\n1.5\n-2e-3\n\n4",
            "1.5\r\n-2e-3\r\n4\r\n",
            "\u{feff}1.5,\n-2e-3,\n\"4\",\n",
        ] {
            assert_eq!(csv(text.as_bytes()).unwrap(), [1.5, -2e-3, 4.0], "{text:?}");
        }
        assert!(csv(b"").unwrap().is_empty());
    }

    #[test]
    fn more_samples_than_a_block_keep_their_order() {
        let text: String = (0..100_000).map(|i| format!("{i}\n")).collect();
        assert!(csv(text.as_bytes()).unwrap().iter().enumerate().all(|(i, x)| *x == i as f64));
    }

    #[test]
    fn what_is_no_column_of_numbers_is_told_by_its_line() {
        let said = |text: &[u8]| csv(text).unwrap_err().to_string();
        // A first line with a broken number is no header.
        assert_eq!(said(b"1.0.3\n-0.9\n"), "x.csv: line 1: `1.0.3` is not one number");
        assert_eq!(said(b"i,q\n1,2\n"), "x.csv: line 2 has 2 columns: one sample per line is expected");
        for row in ["1,2,3,-1", "1;2;3", "1 2\n", "1\t2\n3\t4\n"] {
            assert!(said(row.as_bytes()).contains("line 1 has"), "{row}");
        }
        assert_eq!(said(b"1\n\x00\xff\x1b\n"), "x.csv: line 2: `???` is not one number");
        assert!(said(b"1\nx\n").contains("line 2") && said(b"1\n\xff\n").contains("line 2"));
        assert!(said(b"1\nnan\n").contains("index 1") && said(b"inf\n").contains("index 0"));
        assert!(said(&[b"1\n", vec![b'1'; 100_000].as_slice()].concat()).contains("index 1"));
    }
}
