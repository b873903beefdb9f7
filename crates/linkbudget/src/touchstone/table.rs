//! The numbers of the data lines, and which of them belong together.

use super::numbers::{number, short_decimal};
use super::source::{Source, content, words};
use mmw_core::Result;
use std::ops::Range;

/// Numbers, and where each line of them begins.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) numbers: Vec<f64>,
    pub(super) rows: Vec<Row>,
    /// Where a comma stands behind a number.
    pub(super) comma: Option<usize>,
}

/// A line of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Index of its first number.
    pub(super) first: usize,
    /// Byte where it begins.
    pub(super) offset: usize,
}

impl Table {
    /// Reads the line of numbers that begins at `start`; where it ends.
    pub(super) fn take(&mut self, source: &Source<'_>, start: usize) -> Result<usize> {
        let bytes: &[u8] = &source.bytes;
        let first = self.numbers.len();
        if first == 0 {
            // Ten bytes for a number: what is reserved and not needed is never touched.
            self.numbers.reserve((bytes.len() - start) / 10);
            self.rows.reserve((bytes.len() - start) / 100);
        }
        let mut at = start;
        loop {
            match bytes.get(at) {
                None | Some(b'\n' | b'\r') => break,
                Some(b' ' | b'\t' | 0x0b | 0x0c) => at += 1,
                Some(b'!') => {
                    at = source.line_end(at);
                    break;
                }
                Some(_) => {
                    let rest = &bytes[at..];
                    if let Some((value, len)) = short_decimal(rest) {
                        self.numbers.push(value);
                        at += len;
                        continue;
                    }
                    let len =
                        rest.iter().position(|byte| *byte <= b' ' || *byte == b'!').unwrap_or(rest.len());
                    let word = &rest[..len];
                    let Some(value) = number(word) else {
                        self.numbers.truncate(first);
                        return self.take_slowly(source, start);
                    };
                    if word[len - 1] == b',' {
                        self.comma.get_or_insert(at);
                    }
                    self.numbers.push(value);
                    at += len;
                }
            }
        }
        if self.numbers.len() > first {
            self.rows.push(Row { first, offset: start });
        }
        Ok(at)
    }

    /// The same for lines with blanks that are not of ASCII, and for those that are wrong.
    fn take_slowly(&mut self, source: &Source<'_>, start: usize) -> Result<usize> {
        let end = source.line_end(start);
        let first = self.numbers.len();
        for (at, word) in words(content(&source.bytes[start..end]), start) {
            let Some(value) = number(word.as_bytes()) else {
                let expected = match word.as_bytes() {
                    [.., b'0'..=b'9'] if word.contains(',') => {
                        "numbers with a decimal point, separated by blanks"
                    }
                    _ => "a finite number (correct the line, or take it out)",
                };
                return Err(source.trouble(at, expected, &word));
            };
            self.numbers.push(value);
        }
        if self.numbers.len() > first {
            self.rows.push(Row { first, offset: start });
        }
        Ok(end)
    }

    /// How many numbers a row has.
    pub(super) fn len(&self, row: usize) -> Option<usize> {
        let first = self.rows.get(row)?.first;
        Some(self.rows.get(row + 1).map_or(self.numbers.len(), |next| next.first) - first)
    }

    /// The byte of the row that a number stands in.
    pub(super) fn offset(&self, index: usize) -> usize {
        let after = self.rows.partition_point(|row| row.first <= index);
        self.rows.get(after.saturating_sub(1)).map_or(0, |row| row.offset)
    }

    /// Index of the first number of each record of `size` numbers; records begin and end with a line, and
    /// may have to break behind pairs, or all alike. Stops at the row where `ends` says so, and returns that.
    pub(super) fn records(
        &self,
        source: &Source<'_>,
        size: usize,
        what: &str,
        behind_pairs: bool,
        ends: impl Fn(usize, &[usize]) -> bool,
    ) -> Result<(Vec<usize>, usize)> {
        if let Some(ports) = self.rows_of_other(size) {
            let expected = format!("{size} numbers for {what}");
            let found = format!("lines of a network of {ports} port{}", if ports == 1 { "" } else { "s" });
            return Err(source.trouble(self.offset(0), &expected, &found));
        }
        let mut starts = Vec::with_capacity(self.numbers.len() / size);
        let mut row = 0;
        while let Some(begin) = self.rows.get(row) {
            if ends(row, &starts) {
                break;
            }
            let (mut held, mut next) = (0, row);
            while let (true, Some(len)) = (held < size, self.len(next)) {
                held += len;
                next += 1;
            }
            if held != size {
                let expected = format!("{size} numbers for {what}");
                return Err(source.trouble(begin.offset, &expected, &self.mismatch(row, next, held)));
            }
            if behind_pairs
                && !self.breaks_behind_pairs(row, next)
                && !self.breaks_as_before(row..next, &starts)
            {
                let expected = format!(
                    "{size} numbers for {what}, in lines that break behind a pair (or is this noise or a line \
                     that is cut off?)"
                );
                return Err(source.trouble(begin.offset, &expected, &self.lengths(row, next)));
            }
            starts.push(begin.first);
            row = next;
        }
        Ok((starts, row))
    }

    /// Whether a record's first line is a frequency with pairs, and each other one pairs.
    fn breaks_behind_pairs(&self, first: usize, end: usize) -> bool {
        (first..end).all(|row| self.len(row).is_some_and(|len| (len % 2 == 1) == (row == first)))
    }

    /// Whether a record breaks as those before it do, and the first as the one behind it: lines that are cut
    /// off do not do so.
    fn breaks_as_before(&self, rows: Range<usize>, starts: &[usize]) -> bool {
        let lengths = |from: usize| (from..from + rows.len()).map(|row| self.len(row));
        let other = if starts.is_empty() { rows.end } else { 0 };
        lengths(rows.start).eq(lengths(other))
    }

    fn lengths(&self, first: usize, end: usize) -> String {
        let lengths: Vec<_> =
            (first..end).filter_map(|row| self.len(row)).map(|len| len.to_string()).collect();
        format!("lines of {}, the first", lengths.join(" and "))
    }

    fn mismatch(&self, row: usize, next: usize, held: usize) -> String {
        if next == self.rows.len() && next - row <= 1 && self.len(row) == Some(5) {
            // What five numbers could be.
            return format!("{held} (a line cut off, or noise above the last frequency?)");
        }
        match next - row {
            1 => held.to_string(),
            lines => format!("{held} from {lines} lines, the first"),
        }
    }

    /// The ports of another network of which every line would be a whole record.
    fn rows_of_other(&self, size: usize) -> Option<usize> {
        let len = self.len(0).filter(|len| *len != size && len % 2 == 1)?;
        let ports = ((len - 1) / 2).isqrt();
        let whole = ports > 0 && 2 * ports * ports + 1 == len;
        (whole && (0..self.rows.len()).all(|row| self.len(row) == Some(len))).then_some(ports)
    }
}
