//! WAV: RIFF, and RF64 or BW64 for more than 4 GB, of one channel (real) or two (I and Q).
//!
//! Chunks and fields as in Microsoft's "Multiple channel audio data and WAVE files" and EBU Tech 3306 (RF64).

use super::binary::{Binary, skip};
use super::block::wrong;
use super::layout::{Layout, Number};
use crate::error::{Error, Result};
use std::io::{ErrorKind, Read};
use std::path::Path;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// A size that stands elsewhere.
const ELSEWHERE: u32 = u32::MAX;

/// What the chunk `fmt ` says.
struct Format {
    number: Number,
    zero: f64,
    channels: usize,
}

/// Reads up to the samples, and leaves the reader there.
pub(super) fn header(reader: &mut impl Read, channel: Option<usize>, path: &Path) -> Result<Binary> {
    let mut at = 0;
    let [kind, _, wave] = words(reader, &mut at, path)?;
    let is_long = matches!(&kind, b"RF64" | b"BW64");
    if !(is_long || &kind == b"RIFF") || &wave != b"WAVE" {
        return Err(wrong(path, "is no WAV file: it does not begin with RIFF or RF64, and WAVE"));
    }
    let (mut format, mut long_size) = (None, None);
    loop {
        let [id, size] = words(reader, &mut at, path)?;
        let size = u32::from_le_bytes(size);
        if &id == b"data" {
            let format = format
                .ok_or_else(|| wrong(path, format_args!("at byte {at}: samples before their format")))?;
            let size = match (size, long_size) {
                (ELSEWHERE, Some(size)) if is_long => size,
                (ELSEWHERE | 0, _) => {
                    let what = "the data chunk does not say how long it is, as a recording that was cut off";
                    return Err(wrong(path, format_args!("at byte {at}: {what}")));
                }
                (size, _) => u64::from(size),
            };
            return binary(&format, channel, at, size, path);
        }
        let mut chunk = vec![0; size.min(64) as usize];
        exact(reader, &mut chunk, &mut at, path)?;
        match &id {
            b"fmt " => format = Some(parse(&chunk, path)?),
            b"ds64" => {
                long_size =
                    chunk.get(8..16).and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)))
            }
            _ => {}
        }
        // Chunks begin at even places.
        let rest = u64::from(size) - chunk.len() as u64 + u64::from(size % 2);
        let skipped = skip(reader, rest, path)?;
        at += skipped;
        if skipped < rest {
            return Err(early(path, at));
        }
    }
}

fn binary(format: &Format, channel: Option<usize>, start: u64, size: u64, path: &Path) -> Result<Binary> {
    let Format { number, zero, channels } = *format;
    let is_complex = channels == 2 && channel.is_none();
    if channels > 2 && channel.is_none() {
        let what = "samples are real (one channel) or I and Q (two)";
        return Err(wrong(
            path,
            format_args!("has {channels} channels: {what}; --channel takes one of them"),
        ));
    }
    if channel.is_some_and(|channel| channel >= channels) {
        return Err(wrong(path, format_args!("has {channels} channels, counted from 0: see --channel")));
    }
    let layout = Layout { zero, ..Layout::plain(number, is_complex, false) };
    let channels = if is_complex { 1 } else { channels };
    let frame = (layout.bytes() * channels) as u64;
    if !size.is_multiple_of(frame) {
        let what = format_args!("at byte {start}: {size} bytes of data are no whole number of {frame}");
        return Err(wrong(path, what));
    }
    let count = Some(size / frame);
    Ok(Binary { start, channels, channel: channel.unwrap_or(0), count, ..Binary::to_the_end(layout) })
}

fn parse(chunk: &[u8], path: &Path) -> Result<Format> {
    let half = |at: usize| Some(u16::from_le_bytes(chunk.get(at..at + 2)?.try_into().ok()?));
    let fields = (|| Some([half(0)?, half(2)?, half(12)?, half(14)?]))();
    let Some([tag, channels, align, bits]) = fields else {
        return Err(wrong(path, "its chunk fmt is shorter than 16 bytes"));
    };
    let tag = if tag == EXTENSIBLE { half(24).unwrap_or(tag) } else { tag };
    let (number, zero) = match (tag, bits) {
        (PCM, 8) => (Number::U8, 128.0),
        (PCM, 16) => (Number::I16, 0.0),
        (PCM, 24) => (Number::I24, 0.0),
        (PCM, 32) => (Number::I32, 0.0),
        (FLOAT, 32) => (Number::F32, 0.0),
        (FLOAT, 64) => (Number::F64, 0.0),
        _ => return Err(wrong(path, format_args!("format {tag} of {bits} bits is neither PCM nor float"))),
    };
    if channels == 0 || usize::from(align) != number.bytes() * usize::from(channels) {
        let what = format_args!("{channels} channels of {bits} bits do not fill {align} bytes per sample");
        return Err(wrong(path, what));
    }
    Ok(Format { number, zero, channels: channels.into() })
}

fn words<const N: usize>(reader: &mut impl Read, at: &mut u64, path: &Path) -> Result<[[u8; 4]; N]> {
    let mut words = [[0; 4]; N];
    words.iter_mut().try_for_each(|word| exact(reader, word, at, path))?;
    Ok(words)
}

fn exact(reader: &mut impl Read, buffer: &mut [u8], at: &mut u64, path: &Path) -> Result<()> {
    reader.read_exact(buffer).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => early(path, *at),
        _ => Error::io(path, "read", &error),
    })?;
    *at += buffer.len() as u64;
    Ok(())
}

fn early(path: &Path, at: u64) -> Error {
    wrong(path, format_args!("at byte {at}: ends before its samples"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snr::samples::Block;

    fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let pad = if body.len() % 2 == 1 { &[0_u8][..] } else { &[] };
        [id, &(body.len() as u32).to_le_bytes()[..], body, pad].concat()
    }

    fn format(tag: u16, channels: u16, bits: u16) -> Vec<u8> {
        let align = channels * bits / 8;
        let fields = [tag, channels, 0, 0, 0, 0, align, bits];
        chunk(b"fmt ", &fields.iter().flat_map(|field| field.to_le_bytes()).collect::<Vec<u8>>())
    }

    fn file(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
        [kind, &[0; 4][..], b"WAVE", &chunks.concat()].concat()
    }

    fn read(mut bytes: &[u8], channel: Option<usize>) -> Result<(bool, Vec<f64>)> {
        let path = Path::new("x.wav");
        let (mut all, mut is_complex) = (Vec::new(), false);
        header(&mut bytes, channel, path)?.read(bytes, path, &mut |block| {
            match block {
                Block::Real(x) => all.extend_from_slice(x),
                Block::Complex(y) => {
                    is_complex = true;
                    all.extend(y.iter().flat_map(|y| [y.re, y.im]));
                }
            }
            Ok(())
        })?;
        Ok((is_complex, all))
    }

    #[test]
    fn one_channel_is_real_and_two_are_i_and_q() {
        let data = chunk(b"data", &[1, 0, 2, 0, 0xff, 0xff, 0xfe, 0xff]);
        let list = chunk(b"LIST", b"odd");
        let one = file(b"RIFF", &[list.clone(), format(PCM, 1, 16), data.clone(), list]);
        assert_eq!(read(&one, None).unwrap(), (false, vec![1.0, 2.0, -1.0, -2.0]));
        let two = file(b"RIFF", &[format(PCM, 2, 16), data]);
        assert_eq!(read(&two, None).unwrap(), (true, vec![1.0, 2.0, -1.0, -2.0]));
        assert_eq!(read(&two, Some(1)).unwrap(), (false, vec![2.0, -2.0]));
        assert!(read(&two, Some(2)).is_err());
    }

    #[test]
    fn every_width_is_read() {
        let of = |tag, bits, data: &[u8]| {
            read(&file(b"RIFF", &[format(tag, 1, bits), chunk(b"data", data)]), None)
        };
        assert_eq!(of(PCM, 8, &[0, 128, 255, 128]).unwrap().1, [-128.0, 0.0, 127.0, 0.0]);
        assert_eq!(of(PCM, 24, &[0xff, 0xff, 0xff]).unwrap().1, [-1.0]);
        assert_eq!(of(PCM, 32, &[5, 0, 0, 0]).unwrap().1, [5.0]);
        assert_eq!(of(FLOAT, 32, &1.5_f32.to_le_bytes()).unwrap().1, [1.5]);
        assert_eq!(of(FLOAT, 64, &1.5_f64.to_le_bytes()).unwrap().1, [1.5]);
        assert!(of(2, 4, &[0]).unwrap_err().to_string().contains("format 2 of 4 bits"));
    }

    #[test]
    fn extensible_and_long_files_are_read() {
        let mut extensible = format(EXTENSIBLE, 1, 32);
        extensible.extend([
            22, 0, 32, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        ]);
        extensible[4] = 40;
        let data = chunk(b"data", &1.5_f32.to_le_bytes());
        assert_eq!(read(&file(b"RIFF", &[extensible.clone(), data]), None).unwrap().1, [1.5]);
        let ds64 = chunk(b"ds64", &[[0; 8], 4_u64.to_le_bytes(), 1_u64.to_le_bytes()].concat());
        let data = [b"data", &[0xff; 4][..], &1.5_f32.to_le_bytes()].concat();
        assert_eq!(read(&file(b"RF64", &[ds64, extensible, data.clone()]), None).unwrap().1, [1.5]);
        let cut = read(&file(b"RIFF", &[format(FLOAT, 1, 32), data]), None).unwrap_err().to_string();
        assert!(cut.contains("at byte 44") && cut.contains("cut off"), "{cut}");
    }

    #[test]
    fn what_is_short_is_told_with_its_place() {
        let said = |bytes: &[u8]| read(bytes, None).unwrap_err().to_string();
        let whole = file(b"RIFF", &[format(PCM, 1, 16), chunk(b"data", &[1, 0, 2, 0])]);
        let short = said(&whole[..46]);
        assert!(short.contains("at byte 46") && short.contains("2 samples, as announced"), "{short}");
        assert!(said(&whole[..30]).contains("ends before its samples"));
        assert!(said(b"RIFX\0\0\0\0WAVE").contains("no WAV file"));
        assert!(said(&file(b"RIFF", &[chunk(b"data", &[1, 0])])).contains("before their format"));
    }
}
