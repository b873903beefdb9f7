//! Files that are no stream of samples, told by their first bytes.

use mmw_core::{Error, Result};
use std::path::Path;

/// First bytes that are looked at.
pub(super) const HEAD_BYTES: usize = 4096;

/// A kind of file, its first bytes, and what to do with it.
struct Kind {
    /// Where the bytes stand.
    at: usize,
    magic: &'static [u8],
    name: &'static str,
    advice: &'static str,
}

/// Published signatures: `mmw_output.h` of TI's mmWave SDK (frame header of the UART stream), NEP 1, the
/// MATLAB MAT-File format, the HDF5 file format specification, the ROS bag 2.0 format, the `SQLite` file
/// format, the MCAP specification, RFC 1952, and PKWARE's APPNOTE.
const KINDS: [Kind; 15] = [
    Kind {
        at: 0,
        magic: &[2, 1, 4, 3, 6, 5, 8, 7],
        name: "a log of a TI demo's UART (TLV frames: points that the device found, not samples)",
        advice: "record the samples themselves, with a DCA1000 or `mmw radar record`",
    },
    Kind {
        at: 0,
        magic: b"\x93NUMPY",
        name: "a NumPy array",
        advice: "name it .npy and its axes with `axes`",
    },
    Kind {
        at: 0,
        magic: b"MATLAB 7.3 MAT-file",
        name: "a MATLAB 7.3 file (HDF5)",
        advice: "save the array of samples as .npy and name its axes with `axes`",
    },
    Kind {
        at: 0,
        magic: b"MATLAB 5.0 MAT-file",
        name: "a MATLAB 5 file",
        advice: "save the array of samples as .npy and name its axes with `axes`",
    },
    Kind {
        at: 0,
        magic: b"\x89HDF\r\n\x1a\n",
        name: "an HDF5 file",
        advice: "save the array of samples as .npy and name its axes with `axes`",
    },
    Kind {
        at: 0,
        magic: b"#ROSBAG V",
        name: "a ROS bag",
        advice: "write the data of its raw-sample messages to a .bin file",
    },
    Kind {
        at: 0,
        magic: b"SQLite format 3\0",
        name: "an SQLite database (a ROS 2 bag, if named .db3)",
        advice: "write the data of its raw-sample messages to a .bin file",
    },
    Kind {
        at: 0,
        magic: b"\x89MCAP0\r\n",
        name: "an MCAP recording (ROS 2)",
        advice: "write the data of its raw-sample messages to a .bin file",
    },
    Kind { at: 0, magic: &[0x1f, 0x8b, 8], name: "a gzip file", advice: "unpack it with gunzip first" },
    Kind { at: 0, magic: b"PK\x03\x04", name: "a zip archive", advice: "unpack it first" },
    Kind { at: 0, magic: b"\xfd7zXZ\0", name: "an xz file", advice: "unpack it with unxz first" },
    Kind { at: 0, magic: b"BZh", name: "a bzip2 file", advice: "unpack it with bunzip2 first" },
    Kind {
        at: 0,
        magic: &[0x28, 0xb5, 0x2f, 0xfd],
        name: "a Zstandard file",
        advice: "unpack it with unzstd first",
    },
    Kind { at: 257, magic: b"ustar", name: "a tar archive", advice: "unpack it first" },
    Kind {
        at: 512,
        magic: b"\x89HDF\r\n\x1a\n",
        name: "an HDF5 file (MATLAB 7.3, if named .mat)",
        advice: "save the array of samples as .npy and name its axes with `axes`",
    },
];

/// That the first bytes of a file are not those of a known foreign kind; `head` holds up to
/// [`HEAD_BYTES`] of them.
///
/// # Errors
/// [`Error::Format`] that names the kind and what to do.
pub(super) fn refuse_foreign(path: &Path, head: &[u8]) -> Result<()> {
    let known =
        KINDS.iter().find(|kind| head.get(kind.at..).is_some_and(|rest| rest.starts_with(kind.magic)));
    let (at, found) = match known {
        Some(kind) => (kind.at, format!("{}: {}", kind.name, kind.advice)),
        None if is_uart_log(head) => (0, format!("{}, cut into: {}", KINDS[0].name, KINDS[0].advice)),
        None if is_text(head) => (
            0,
            "text (a CSV file, a log?): name the raw capture itself, or save the numbers as .npy".to_owned(),
        ),
        None => return Ok(()),
    };
    Err(Error::Format {
        path: path.display().to_string(),
        offset: at as u64,
        expected: "the samples of a DCA1000 capture".to_owned(),
        found,
    })
}

/// The magic word of the UART stream somewhere in the head: eight given bytes come about by chance once in
/// 2⁶⁴ places, so one in 4096 is no accident.
fn is_uart_log(head: &[u8]) -> bool {
    head.windows(8).any(|bytes| bytes == KINDS[0].magic)
}

/// Bytes that are all printable or white space, in number at least 64: for samples, whose low bytes are
/// close to uniform, that has a chance of (98/256)³² = 4e-14 at most.
fn is_text(head: &[u8]) -> bool {
    head.len() >= 64 && head.iter().all(|&byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_signature_is_named_with_what_to_do() {
        for kind in &KINDS {
            let mut head = vec![0x80; 1024];
            head[kind.at..kind.at + kind.magic.len()].copy_from_slice(kind.magic);
            let message = refuse_foreign("x.bin".as_ref(), &head).unwrap_err().to_string();
            assert!(message.contains(kind.name) && message.contains(kind.advice), "{message}");
        }
        assert!(refuse_foreign("x.bin".as_ref(), "frame,x,y\n".repeat(20).as_bytes()).is_err());
    }

    #[test]
    fn samples_silence_and_short_files_are_not_taken_for_another_kind() {
        for head in [vec![], vec![0; 4096], vec![b'a'; 20], (0..=255).collect::<Vec<u8>>()] {
            assert_eq!(refuse_foreign("x.bin".as_ref(), &head), Ok(()));
        }
    }
}
