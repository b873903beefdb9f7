//! Samples from a file, block by block: `.npy` of one axis, or CSV of one column.

use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use npyz::{Deserialize, NpyFile};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Samples handed on at once.
const BLOCK: usize = 1 << 16;

/// Hands the samples of a file to `take`, in order; `-` is CSV on standard input.
///
/// # Errors
/// Kind `io` for a file that cannot be read, `parse` for one that holds something else, `not_finite` for NaN
/// or an infinity, and what `take` returns.
pub(super) fn read(path: &Path, mut take: impl FnMut(&[f64]) -> Result<()>) -> Result<()> {
    if path == Path::new("-") {
        return read_csv(std::io::stdin().lock(), Path::new("standard input"), &mut take);
    }
    let file = File::open(path).map_err(|error| Error::io(path, "open", &error))?;
    let reader = BufReader::with_capacity(1 << 16, file);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
        read_npy(reader, path, &mut take)
    } else {
        read_csv(reader, path, &mut take)
    }
}

type Take<'a> = &'a mut dyn FnMut(&[f64]) -> Result<()>;

fn wrong(path: &Path, what: impl std::fmt::Display) -> Error {
    Error::Parse(format!("{}: {what}", path.display()))
}

fn read_npy(reader: impl Read, path: &Path, take: Take<'_>) -> Result<()> {
    let npy = NpyFile::new(reader).map_err(|error| wrong(path, header_fault(&error)))?;
    if npy.shape().len() != 1 {
        let shape = format!("{:?}", npy.shape());
        return Err(wrong(path, format_args!("samples have one axis, this array has shape {shape}")));
    }
    if npy.len() > MOST_SAMPLES {
        return Err(wrong(
            path,
            format_args!("its header announces {} samples, more than a file holds", npy.len()),
        ));
    }
    let descr = npy.dtype().descr();
    match npy.try_data::<f64>() {
        Ok(data) => npy_blocks(data, path, take),
        Err(npy) => match npy.try_data::<f32>() {
            Ok(data) => npy_blocks(data, path, take),
            Err(_) => Err(wrong(path, format_args!("samples are real floats (f4 or f8), not {descr}"))),
        },
    }
}

/// 9 PB of f8.
const MOST_SAMPLES: u64 = 1 << 50;

/// What the reader of the header says, in plain words.
fn header_fault(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        return "ends within its header: no complete .npy file".to_owned();
    }
    let said = error.to_string();
    if said.contains("u64") || said.contains("overflow") {
        return "the shape in its header is larger than any file".to_owned();
    }
    printable(&said)
}

/// Text that a terminal shows as it is.
fn printable(text: &str) -> String {
    let plain = |c: char| if c.is_control() || c == '\u{fffd}' { '?' } else { c };
    text.chars().map(plain).collect()
}

fn npy_blocks<T: Deserialize + Into<f64>, R: Read>(
    data: npyz::NpyReader<T, R>,
    path: &Path,
    take: Take<'_>,
) -> Result<()> {
    let total = data.total_len();
    let mut blocks = Blocks::new(total, take);
    for value in data {
        let ended = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                wrong(path, format_args!("ends early: its header announces {total} samples"))
            }
            _ => Error::io(path, "read", &error),
        };
        blocks.push(value.map_err(ended)?.into())?;
    }
    blocks.flush()
}

/// One number per line. The first line may be a header; blank lines and a comma at the end are passed over.
fn read_csv(mut reader: impl BufRead, path: &Path, take: Take<'_>) -> Result<()> {
    let start = reader.fill_buf().map_err(|error| Error::io(path, "read", &error))?;
    if start.starts_with(b"PK\x03\x04") {
        return Err(wrong(path, "is a zip archive (.npz?): save the array by itself, as .npy"));
    }
    if start.starts_with(b"\x93NUMPY") {
        return Err(wrong(path, "is an array of numpy: name it .npy"));
    }
    let mut blocks = Blocks::new(0, take);
    let mut line = Vec::new();
    let mut first = true;
    for number in 1_usize.. {
        line.clear();
        let read = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| Error::io(path, "read", &error))? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim().trim_end_matches(',').trim_end();
        if text.is_empty() {
            continue;
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
            Err(_) if first => {}
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
    fn new(total: u64, take: Take<'a>) -> Self {
        let progress = Progress::new(total, Unit::Count("samples"));
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
        (self.take)(&self.block)?;
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
        read_csv(text, Path::new("x.csv"), &mut |block| {
            all.extend_from_slice(block);
            Ok(())
        })?;
        Ok(all)
    }

    fn npy(bytes: &[u8]) -> Result<Vec<f64>> {
        let mut all = Vec::new();
        read_npy(bytes, Path::new("x.npy"), &mut |block| {
            all.extend_from_slice(block);
            Ok(())
        })?;
        Ok(all)
    }

    fn array(dict: &str, data: &[u8]) -> Vec<u8> {
        let text = format!("{dict}\n");
        [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat()
    }

    #[test]
    fn a_column_is_read_with_or_without_a_header() {
        for text in ["x (V)\n1.5\n-2e-3\n\n4", "1.5\r\n-2e-3\r\n4\r\n", "\u{feff}1.5,\n-2e-3,\n\"4\",\n"] {
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
        assert_eq!(said(b"i,q\n1,2\n"), "x.csv: line 2 has 2 columns: one sample per line is expected");
        for row in ["1,2,3,-1", "1;2;3", "1 2\n", "1\t2\n3\t4\n"] {
            assert!(said(row.as_bytes()).contains("line 1 has"), "{row}");
        }
        assert!(said(b"PK\x03\x04\x14\x00").contains("zip archive"));
        assert_eq!(said(b"1\n\x00\xff\x1b\n"), "x.csv: line 2: `???` is not one number");
        assert!(said(b"1\nx\n").contains("line 2") && said(b"1\n\xff\n").contains("line 2"));
        assert!(said(b"1\nnan\n").contains("index 1") && said(b"inf\n").contains("index 0"));
        assert!(said(&[b"1\n", vec![b'1'; 100_000].as_slice()].concat()).contains("index 1"));
    }

    #[test]
    fn arrays_of_one_axis_are_read_in_either_width_and_byte_order() {
        let dict = |descr: &str| format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,)}}");
        let wide = [1.5_f64.to_le_bytes(), (-2.0_f64).to_le_bytes()].concat();
        assert_eq!(npy(&array(&dict("<f8"), &wide)).unwrap(), [1.5, -2.0]);
        let narrow = [1.5_f32.to_be_bytes(), (-2.0_f32).to_be_bytes()].concat();
        assert_eq!(npy(&array(&dict(">f4"), &narrow)).unwrap(), [1.5, -2.0]);
        assert!(
            npy(&array(&dict("<f8"), &wide[..12])).unwrap_err().to_string().contains("announces 2 samples")
        );
        assert!(npy(&array(&dict("<c8"), &wide)).unwrap_err().to_string().contains("not '<c8'"));
    }

    #[test]
    fn what_is_no_such_array_is_told() {
        let matrix = array("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}", &[0; 16]);
        assert!(npy(&matrix).unwrap_err().to_string().contains("shape [1, 2]"));
        let vast =
            array("{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}", &[0; 16]);
        assert!(npy(&vast).unwrap_err().to_string().contains("more than a file holds"));
        let cut = &array("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", &[])[..40];
        assert!(npy(cut).unwrap_err().to_string().contains("within its header"));
        for bytes in [&b""[..], b"1\n2\n", b"\x93NUMPY\x01\x00\xff\xff{", &array("{}", &[]), &array("[", &[])]
        {
            assert_eq!(npy(bytes).unwrap_err().kind(), "parse", "{bytes:?}");
        }
    }
}
