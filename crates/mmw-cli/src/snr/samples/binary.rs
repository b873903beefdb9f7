//! Samples one after another, in blocks that fit the cache.

use super::block::{Block, Take};
use super::layout::{Layout, Numbers};
use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Samples read at once.
const BLOCK: usize = 8192;
/// Numbers decoded at once: with what is made of them they stay in the cache next to the processor.
const NUMBERS: usize = 2048;

/// What a file says about its samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Binary {
    /// Where they begin, bytes.
    pub(super) start: u64,
    pub(super) layout: Layout,
    /// Samples that stand side by side, one per channel, and which of them is read.
    pub(super) channels: usize,
    pub(super) channel: usize,
    /// How many of each channel there are; to the end of the file where nothing says.
    pub(super) count: Option<u64>,
    /// Bytes between samples: before which one, how many.
    pub(super) gaps: Vec<(u64, u64)>,
}

impl Binary {
    pub(super) fn to_the_end(layout: Layout) -> Self {
        Self { start: 0, layout, channels: 1, channel: 0, count: None, gaps: Vec::new() }
    }

    /// Hands on all samples that follow in `reader`, which is at the first.
    pub(super) fn read(&self, mut reader: impl Read, path: &Path, take: Take<'_>) -> Result<()> {
        let frame = self.layout.bytes() * self.channels;
        let mut bytes = vec![0; BLOCK * frame];
        let part = if self.layout.is_complex { NUMBERS / 2 } else { NUMBERS };
        let mut numbers = Numbers::new(self.layout.is_complex, part);
        let progress = Progress::new(self.count.unwrap_or(0), Unit::Count("samples"));
        let (mut done, mut offset) = (0_u64, self.start);
        let mut gaps = self.gaps.iter().peekable();
        loop {
            Interrupt::check()?;
            while let Some((_, gap)) = gaps.next_if(|(at, _)| *at <= done) {
                offset += skip(&mut reader, *gap, path)?;
            }
            let left = self.count.map_or(u64::MAX, |count| count - done);
            let ahead = gaps.peek().map_or(u64::MAX, |(at, _)| at - done);
            let wanted = left.min(ahead).min(BLOCK as u64) as usize;
            let buffer = bytes.get_mut(..wanted * frame).unwrap_or_default();
            let got = fill(&mut reader, buffer, path)?;
            let whole = got / frame;
            for piece in buffer.get(..whole * frame).unwrap_or_default().chunks(part * frame) {
                self.hand_on(piece, &mut numbers, [done, offset], path, take)?;
                done += (piece.len() / frame) as u64;
                offset += piece.len() as u64;
            }
            progress.advance(whole as u64);
            if got < wanted * frame {
                return self.ended(done, offset, got % frame, frame, path);
            }
            if wanted == 0 || self.count == Some(done) {
                return self.ended(done, offset, 0, frame, path);
            }
        }
    }

    /// Decodes whole frames; `done` samples and `offset` bytes stand before them.
    fn hand_on(
        &self,
        bytes: &[u8],
        numbers: &mut Numbers,
        [done, offset]: [u64; 2],
        path: &Path,
        take: Take<'_>,
    ) -> Result<()> {
        let (sample, frame) = (self.layout.bytes(), self.layout.bytes() * self.channels);
        let count = bytes.len() / frame;
        let a_sample = if self.layout.is_complex { 2 } else { 1 };
        let flat = numbers.flat().get_mut(..count * a_sample).unwrap_or_default();
        if self.channels == 1 {
            self.layout.decode(bytes, flat);
        } else {
            for (frame, out) in bytes.chunks_exact(frame).zip(flat.chunks_exact_mut(a_sample)) {
                self.layout.decode(frame.get(self.channel * sample..).unwrap_or_default(), out);
            }
        }
        // Without an early end, which would cost more than it saves.
        if !flat.iter().fold(true, |all, x| all & x.is_finite()) {
            let index = flat.iter().position(|x| !x.is_finite()).unwrap_or_default() / a_sample;
            let at = offset + (index * frame + self.channel * sample) as u64;
            let name = format!("{}: at byte {at}: samples", path.display());
            return Err(mmw_core::Error::NotFinite { name: name.into(), index: done as usize + index }.into());
        }
        match numbers {
            _ if count == 0 => Ok(()),
            Numbers::Real(x) => take(Block::Real(x.get(..count).unwrap_or_default())),
            Numbers::Complex(y) => take(Block::Complex(y.get(..count).unwrap_or_default())),
        }
    }

    /// Whether the end of the samples is where it should be.
    fn ended(&self, done: u64, offset: u64, rest: usize, frame: usize, path: &Path) -> Result<()> {
        let wrong = |expected: String, found: String| {
            Err(mmw_core::Error::Format { path: path.display().to_string(), offset, expected, found }.into())
        };
        match self.count {
            Some(count) if done < count => {
                wrong(format!("{count} samples, as announced"), format!("the end of the file after {done}"))
            }
            _ if rest > 0 => {
                wrong(format!("a sample of {frame} bytes"), format!("{rest} bytes and the end of the file"))
            }
            _ if done == 0 => wrong("samples".to_owned(), "none".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Reads until the buffer is full or the file ends; how much came.
fn fill(reader: &mut impl Read, buffer: &mut [u8], path: &Path) -> Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io(path, "read", &error)),
        }
    }
    Ok(got)
}

/// Passes over bytes; how many there were.
pub(super) fn skip(reader: &mut impl Read, bytes: u64, path: &Path) -> Result<u64> {
    std::io::copy(&mut reader.take(bytes), &mut std::io::sink())
        .map_err(|error| Error::io(path, "read", &error))
}
