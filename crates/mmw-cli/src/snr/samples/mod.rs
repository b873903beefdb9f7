//! Samples from files, block by block, in memory that does not grow with the file.
//!
//! The format is what the option says, or what the ending says and the first bytes do not deny.

mod block;

mod layout;

mod binary;

mod csv;

mod npy;

mod wav;

mod sigmf;

pub(super) use block::Block;

use crate::error::{Error, Result};
use binary::Binary;
use block::wrong;
use layout::Layout;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Csv,
    Npy,
    Wav,
    Sigmf,
    /// Numbers without a header.
    Raw(Layout),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "csv" => Ok(Self::Csv),
            "npy" => Ok(Self::Npy),
            "wav" => Ok(Self::Wav),
            "sigmf" => Ok(Self::Sigmf),
            word => Layout::from_word(word).map(Self::Raw).ok_or_else(|| {
                "must be csv, npy, wav, sigmf, or c (I and Q) or r (real) with f32, f64, s8, s16, s32, u8, u16 or \
                 u32, as in cf32; _be after it for the other byte order"
                    .to_owned()
            }),
        }
    }
}

impl Format {
    fn of_ending(path: &Path) -> Result<Self> {
        let ending =
            path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "csv" | "txt" => Ok(Self::Csv),
            "npy" => Ok(Self::Npy),
            "wav" => Ok(Self::Wav),
            "sigmf-meta" | "sigmf-data" => Ok(Self::Sigmf),
            "fc32" | "cfile" => Self::from_str("cf32").map_err(Error::Usage),
            "sc8" => Self::from_str("cs8").map_err(Error::Usage),
            "sc16" => Self::from_str("cs16").map_err(Error::Usage),
            "sigmf" => Err(wrong(path, "is a SigMF archive: unpack it (tar -xf) and name the .sigmf-meta")),
            "npz" => Err(wrong(path, "is an archive of arrays: save the array by itself, as .npy")),
            "" => Err(wrong(
                path,
                "has no ending that tells its format: say it by --format, as in --format cf32",
            )),
            ending => Self::from_str(ending).map_err(|_| {
                wrong(
                    path,
                    format_args!(
                        "the ending .{ending} tells no format: say it by --format, as in --format cf32"
                    ),
                )
            }),
        }
    }

    /// What the first bytes say that the ending does not.
    fn denied(self, start: &[u8]) -> Option<&'static str> {
        let is_wav = [&b"RIFF"[..], b"RF64", b"BW64"].iter().any(|magic| start.starts_with(magic));
        match self {
            Self::Npy | Self::Wav => None,
            _ if start.starts_with(b"\x93NUMPY") => {
                Some("is an array of NumPy: name it .npy, or say --format npy")
            }
            Self::Csv if start.starts_with(b"PK\x03\x04") => {
                Some("is a zip archive (.npz?): save the array by itself, as .npy")
            }
            _ if is_wav => Some("begins as a WAV file does: name it .wav, or say --format"),
            _ => None,
        }
    }
}

/// A file of samples, opened, and its header read.
pub(super) struct Samples {
    path: PathBuf,
    reader: Box<dyn BufRead>,
    /// None for text.
    binary: Option<Binary>,
}

impl Samples {
    /// Opens a file; `-` is standard input, as CSV if no format is given.
    ///
    /// # Errors
    /// Kind `io` for a file that cannot be read, `parse` for one whose format is not known or whose header is
    /// wrong.
    pub(super) fn open(path: &Path, format: Option<Format>, channel: Option<usize>) -> Result<Self> {
        let is_standard_input = path == Path::new("-");
        let format_of = || if is_standard_input { Ok(Format::Csv) } else { Format::of_ending(path) };
        let said = format.map_or_else(format_of, Ok)?;
        if channel.is_some() && !matches!(said, Format::Wav | Format::Sigmf) {
            return Err(wrong(path, "holds one channel: --channel is for WAV and SigMF"));
        }
        if said == Format::Sigmf {
            let (data, binary) = sigmf::open(path, channel)?;
            return Ok(Self { reader: open(&data)?, path: data, binary: Some(binary) });
        }
        let (path, mut reader): (&Path, Box<dyn BufRead>) = match is_standard_input {
            true => (Path::new("standard input"), Box::new(BufReader::new(std::io::stdin()))),
            false => (path, open(path)?),
        };
        if format.is_none() {
            let start = reader.fill_buf().map_err(|error| Error::io(path, "read", &error))?;
            if let Some(what) = said.denied(start) {
                return Err(wrong(path, what));
            }
        }
        let binary = match said {
            Format::Csv | Format::Sigmf => None,
            Format::Npy => Some(npy::header(&mut reader, path)?),
            Format::Wav => Some(wav::header(&mut reader, channel, path)?),
            Format::Raw(layout) => Some(Binary::to_the_end(layout)),
        };
        Ok(Self { path: path.to_owned(), reader, binary })
    }

    /// Whether the samples are pairs, I and Q.
    pub(super) fn is_complex(&self) -> bool {
        self.binary.as_ref().is_some_and(|binary| binary.layout.is_complex)
    }

    /// Hands all samples to `take`, in order.
    ///
    /// # Errors
    /// Kind `io` for a file that cannot be read, `parse` or `format` for one that holds something else or
    /// ends within a sample, `not_finite` for NaN or an infinity, and what `take` returns.
    pub(super) fn read(self, mut take: impl FnMut(Block<'_>) -> Result<()>) -> Result<()> {
        match &self.binary {
            Some(binary) => binary.read(self.reader, &self.path, &mut take),
            None => csv::read(self.reader, &self.path, &mut take),
        }
    }
}

fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    let file = File::open(path).map_err(|error| Error::io(path, "open", &error))?;
    Ok(Box::new(BufReader::with_capacity(1 << 14, file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_tells_the_format_or_an_option_is_asked_for() {
        let of = |name: &str| Format::of_ending(Path::new(name));
        for (name, word) in [
            ("a.cf32", "cf32"),
            ("a.CS16", "cs16"),
            ("a.cu8", "cu8"),
            ("a.sc16", "cs16"),
            ("a.cfile", "cf32"),
        ] {
            assert_eq!(of(name).unwrap(), word.parse().unwrap());
        }
        assert_eq!(of("x.sigmf-meta").unwrap(), Format::Sigmf);
        for name in ["a.iq", "a.bin", "a.raw", "a.dat", "a"] {
            assert!(of(name).unwrap_err().to_string().contains("--format"), "{name}");
        }
        assert!(of("a.sigmf").unwrap_err().to_string().contains("archive"));
    }

    #[test]
    fn first_bytes_deny_an_ending() {
        let raw: Format = "cf32".parse().unwrap();
        assert!(raw.denied(b"RIFF....WAVE").is_some() && raw.denied(b"\x93NUMPY").is_some());
        assert!(Format::Csv.denied(b"PK\x03\x04\x14\x00").is_some());
        assert!(raw.denied(b"PK\x03\x04").is_none() && Format::Wav.denied(b"RIFF").is_none());
    }
}
