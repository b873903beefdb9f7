//! Long tables of plain lines: the top of a file by the reader for all, the rest in blocks straight to where
//! it stays. The blocks stay in the cache and all other memory is written once.

use super::decode::{decode, places};
use super::file::Touchstone;
use super::numbers::{HIGHEST, ONES, number, short_decimal};
use super::options::Options;
use super::reader::Reader;
use super::source::Source;
use super::words::{MatrixFormat, Parameter};
use mmw_core::ndarray::Array3;
use mmw_core::simd::Level;
use mmw_core::{C64, by_level};
use std::io::Read;

/// Bytes that are read at once.
pub(super) const BLOCK: u64 = 1 << 18;
/// Records that are decoded at once: enough for vectors, few enough for the first cache.
const TOGETHER: usize = 32;

/// Reads a file of `len` bytes that is longer than a block, with nothing but whole records of S-parameters
/// with rising frequencies behind its first block. `None` for all else, of which the reader for all tells
/// what it is.
pub(super) fn read(mut source: impl Read, len: u64, name: &str) -> std::io::Result<Option<Touchstone>> {
    if len <= BLOCK {
        return Ok(None);
    }
    let mut block = Vec::with_capacity(BLOCK as usize);
    let mut fill = |block: &mut Vec<u8>| {
        let free = BLOCK - block.len() as u64;
        source.by_ref().take(free).read_to_end(block).map(|_| (block.len() as u64) < BLOCK)
    };
    fill(&mut block)?;
    let Some((mut rows, top)) = Rows::below_top(&block, len, name) else { return Ok(None) };
    block.drain(..top);
    loop {
        let is_last = fill(&mut block)?;
        if is_last && block.last().is_some_and(|byte| *byte != b'\n') {
            block.push(b'\n');
        }
        match rows.take(&block) {
            Some(taken) if taken > 0 => drop(block.drain(..taken)),
            _ => return Ok(None),
        }
        if is_last {
            return Ok(if block.is_empty() { rows.finish() } else { None });
        }
    }
}

/// The byte of the last line with an odd number of words, where a record begins: those behind its first line
/// are pairs.
fn last_record(block: &[u8]) -> Option<usize> {
    let mut end = block.iter().rposition(|byte| *byte == b'\n')?;
    loop {
        let start = block[..end].iter().rposition(|byte| *byte == b'\n')? + 1;
        let words = block[start..end].split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        if words.count() % 2 == 1 {
            return Some(start);
        }
        end = start - 1;
    }
}

/// The records of a file so far.
struct Rows {
    file: Touchstone,
    unit_hz: f64,
    frequencies_hz: Vec<f64>,
    entries: Vec<C64>,
    /// Where in a record the entries of a matrix stand, and whether one may take several lines.
    order: Vec<usize>,
    wraps: bool,
    /// Where the words of a block begin.
    starts: Vec<u32>,
    /// The numbers of a record, and the pairs of those that wait to be decoded.
    numbers: Vec<f64>,
    pairs: Vec<[f64; 2]>,
}

impl Rows {
    /// The records at the top, and the byte where the next one begins.
    fn below_top(block: &[u8], len: u64, name: &str) -> Option<(Self, usize)> {
        let top = last_record(block)?;
        let source = Source::new(&block[..top], name).ok()?;
        let mut reader = Reader::new(&source);
        reader.scan().ok()?;
        if reader.header.has_keywords() || reader.remarks.has_blocks() {
            return None;
        }
        let unit_hz =
            reader.options.as_ref().map_or(Options::default_at(0).unit_hz, |options| options.unit_hz);
        let file = reader.finish().ok()?;
        let (points, ports) = (file.frequencies_hz.len(), file.ports());
        let rises = file.frequencies_hz.is_sorted_by(|a, b| a < b);
        if file.parameter != Parameter::S || !file.noise.is_empty() || points < 2 || !rises {
            return None;
        }
        // What is reserved and not needed is never touched.
        let expected = (len / (top / points) as u64) as usize * 9 / 8;
        let mut frequencies_hz = Vec::with_capacity(expected);
        frequencies_hz.extend_from_slice(&file.frequencies_hz);
        let mut entries = Vec::with_capacity(expected * ports * ports);
        entries.extend(&file.matrices);
        let mut order = vec![0; ports * ports];
        for (from, (to, _)) in places(ports, MatrixFormat::Full, ports != 2).into_iter().enumerate() {
            order[to] = from;
        }
        let numbers = vec![0.0; 1 + 2 * ports * ports];
        let pairs = Vec::with_capacity(TOGETHER * ports * ports);
        // Two bytes per word at least, and what is written too much.
        let starts = vec![0; BLOCK as usize / 2 + 80];
        let rows =
            Self { file, unit_hz, frequencies_hz, entries, order, wraps: ports > 2, starts, numbers, pairs };
        Some((rows, top))
    }

    /// Takes the whole records at the beginning of a text, and says where the next one begins.
    fn take(&mut self, text: &[u8]) -> Option<usize> {
        let text = &text[..=text.iter().rposition(|byte| *byte == b'\n')?];
        let mut starts = std::mem::take(&mut self.starts);
        let words = word_starts(Level::current(), text, &mut starts);
        starts[words] = text.len() as u32;
        let size = self.numbers.len();
        if !is_blank(&text[..starts[0] as usize], true) {
            return None;
        }
        let mut at = 0;
        while at + size <= words {
            self.record(text, &starts[at..=at + size])?;
            at += size;
        }
        let taken = starts[at] as usize;
        self.starts = starts;
        Some(taken)
    }

    /// Takes the record whose words begin at the bytes given; the last of them is where the next one does.
    #[inline]
    fn record(&mut self, text: &[u8], starts: &[u32]) -> Option<()> {
        let last = self.numbers.len() - 1;
        for (i, (slot, pair)) in self.numbers.iter_mut().zip(starts.windows(2)).enumerate() {
            let (start, next) = (pair[0] as usize, pair[1] as usize);
            let (value, len) = decimal(text.get(start..)?)?;
            *slot = value;
            let gap = text.get(start + len..next)?;
            let fits = match gap {
                b" " => i < last,
                b"\n" => i == last || self.wraps,
                _ => is_blank(gap, i == last || self.wraps) && (i < last || gap.contains(&b'\n')),
            };
            if !fits {
                return None;
            }
        }
        let [given, rest @ ..] = self.numbers.as_slice() else { return None };
        let frequency_hz = given * self.unit_hz;
        // Refuses what is not finite, too.
        let rises = self.frequencies_hz.last().is_some_and(|last| *last < frequency_hz);
        if !rises || frequency_hz == f64::INFINITY {
            return None;
        }
        self.frequencies_hz.push(frequency_hz);
        self.pairs.extend_from_slice(rest.as_chunks().0);
        if self.pairs.len() >= TOGETHER * self.order.len() {
            self.flush()?;
        }
        Some(())
    }

    /// Decodes the pairs that wait.
    fn flush(&mut self) -> Option<()> {
        decode(&mut self.pairs, self.file.format);
        if !self.pairs.as_flattened().iter().fold(true, |all, x| all & x.is_finite()) {
            return None;
        }
        for pairs in self.pairs.chunks_exact(self.order.len()) {
            self.entries.extend(self.order.iter().map(|&from| C64::new(pairs[from][0], pairs[from][1])));
        }
        self.pairs.clear();
        Some(())
    }

    fn finish(mut self) -> Option<Touchstone> {
        self.flush()?;
        self.frequencies_hz.shrink_to_fit();
        self.entries.shrink_to_fit();
        let ports = self.file.ports();
        let shape = (self.frequencies_hz.len(), ports, ports);
        let matrices = Array3::from_shape_vec(shape, self.entries).ok()?;
        Some(Touchstone { frequencies_hz: self.frequencies_hz, matrices, ..self.file })
    }
}

/// Whether there is nothing but blanks, and ends of lines where those may be.
fn is_blank(gap: &[u8], may_break: bool) -> bool {
    gap.iter().all(|byte| matches!(byte, b' ' | b'\t') || may_break && matches!(byte, b'\n' | b'\r'))
}

/// A bit for each byte that is no blank and no control character.
#[inline(always)]
fn inked(bytes: &[u8; 64]) -> u64 {
    let mut bits = 0;
    for (i, eight) in bytes.as_chunks().0.iter().enumerate() {
        let x = u64::from_le_bytes(*eight);
        // From 0x21 on the sum reaches the highest bit, and no sum carries.
        let high = (((x & !HIGHEST) + 0x5f * ONES) | x) & HIGHEST;
        // The product gathers bit 8 i + 7 in bit 56 + i.
        bits |= ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    bits
}

by_level! {
    /// The bytes at which words begin, and how many there are. All of them first: numbers are then read
    /// without each waiting for the end of the one before.
    fn word_starts(level: Level, text: &[u8], starts: &mut [u32]) -> usize {
        let (mut count, mut before) = (0, 0);
        let (chunks, rest) = text.as_chunks();
        let mut end = [b' '; 64];
        end[..rest.len()].copy_from_slice(rest);
        for (at, chunk) in (0..).step_by(64).zip(chunks.iter().chain([&end])) {
            let ink = inked(chunk);
            let mut begins = ink & !(ink << 1 | before);
            before = ink >> 63;
            let room = &mut starts[count..];
            count += begins.count_ones() as usize;
            // Eight at once, so that there is little to foresee: what is too much is overwritten.
            for slots in room.chunks_exact_mut(8) {
                if begins == 0 {
                    break;
                }
                for slot in slots {
                    *slot = at + begins.trailing_zeros();
                    begins &= begins.wrapping_sub(1);
                }
            }
        }
        count
    }
}

/// The number that a text begins with, and its length.
#[inline]
fn decimal(text: &[u8]) -> Option<(f64, usize)> {
    short_decimal(text).or_else(|| {
        let len = text.iter().position(|byte| *byte <= b' ' || *byte == b'!').unwrap_or(text.len());
        // What stands before a comma is reported by the reader of any file.
        let word = Some(&text[..len]).filter(|word| word.last() != Some(&b','))?;
        Some((number(word)?, len))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// A sweep that is longer than two blocks, `per_line` pairs a line.
    fn sweep(ports: usize, format: &str, per_line: usize, gap: &str, end: &str) -> String {
        let mut text = format!("! a sweep{end}# MHz S {format} R 75{end}! 2 3{end}");
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        for line in 0.. {
            if text.len() as u64 > 2 * BLOCK + 1000 {
                break;
            }
            write!(text, "{}", 10 + 3 * line).unwrap();
            for pair in 0..ports * ports {
                if pair > 0 && pair % per_line == 0 {
                    text += end;
                }
                let (x, y) = (next(), 180.0 * next());
                match pair % 3 {
                    0 => write!(text, "{gap}{x:.6e}{gap}{y:.4}").unwrap(),
                    1 => write!(text, "{gap}{x}{gap}{y:e}").unwrap(),
                    _ => write!(text, "{gap}{x:.3}{gap}{y:.0}").unwrap(),
                }
            }
            text += end;
        }
        text
    }

    fn quickly(text: &str, name: &str) -> Option<Touchstone> {
        read(text.as_bytes(), text.len() as u64, name).unwrap()
    }

    #[test]
    fn a_long_table_is_what_the_reader_for_all_makes_of_it() {
        let cases = [
            ("x.s1p", 1, "RI", 1, " ", "\n"),
            ("x.s2p", 2, "RI", 4, " ", "\n"),
            ("x.s2p", 2, "MA", 4, "\t ", "\r\n"),
            ("x.s2p", 2, "DB", 4, "  ", " \n\n"),
            ("x.s3p", 3, "MA", 3, " ", "\n"),
            ("x.s4p", 4, "DB", 4, " ", "\r\n"),
            ("x.s4p", 4, "RI", 3, "   ", "\n"),
            ("x.s9p", 9, "MA", 81, " ", "\n"),
        ];
        for (name, ports, format, per_line, gap, end) in cases {
            let text = sweep(ports, format, per_line, gap, end);
            let expected = Touchstone::whole(text.as_bytes(), name).unwrap();
            assert_eq!(quickly(&text, name), Some(expected.clone()), "{name} {format}");
            let open = text.trim_end();
            assert_eq!(quickly(open, name), Some(expected), "{name} {format} without an end of line");
        }
    }

    #[test]
    fn what_is_odd_in_a_long_table_is_left_to_the_reader_for_all() {
        let plain = sweep(2, "MA", 4, " ", "\n");
        let (start, last) = plain.trim_end().rsplit_once('\n').unwrap();
        let (frequency, numbers) = last.split_once(' ').unwrap();
        let ends = [
            format!("{last}\n! a comment\n"),
            format!("{last} ! a comment\n"),
            format!("5 {numbers}\n"),
            format!("1e400 {numbers}\n"),
            format!("{frequency}, {numbers}\n"),
            format!("{frequency} {numbers} 1\n"),
            format!("{frequency} {}\n", numbers.replacen('e', "d", 1)),
            format!("{frequency} {}\n", numbers.replacen('.', ",", 1)),
            format!("{frequency}\n{numbers}\n"),
            format!("{frequency}\u{b}{numbers}\n"),
            format!("{frequency}\u{a0}{numbers}\n"),
            format!("{last}\n1 2 0.5 10 0.3\n"),
            format!("{last}\n{frequency} 2 0.5 10\n"),
            format!("{last}\n# MHz S MA R 50\n"),
            format!("{last}\n[End]\n"),
            format!("{last}\n\0"),
            format!("{last}\n\u{1}\n"),
        ];
        for end in ends {
            let text = format!("{start}\n{end}");
            let said = |read: mmw_core::Result<Touchstone>| read.map_err(|error| error.to_string());
            let expected = said(Touchstone::whole(text.as_bytes(), "x.s2p"));
            assert_eq!(said(Touchstone::parse(&text, "x.s2p")), expected, "{end:?}");
            // Fortran's exponents change nothing else.
            assert_eq!(quickly(&text, "x.s2p").is_some(), end.contains("d-"), "{end:?}");
        }
        for head in ["# MHz Z MA R 50\n", "[Version] 2.1\n# MHz S MA R 50\n[Number of Ports] 2\n"] {
            let text = format!("{head}{}", plain.split_once("! 2 3\n").unwrap().1);
            assert_eq!(quickly(&text, "x.s2p"), None, "{head}");
        }
    }
}
