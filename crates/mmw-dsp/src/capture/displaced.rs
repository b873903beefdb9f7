//! Recordings that lose their place: bytes of a packet are missing and nothing stands for them, or too many
//! are there, and all behind them is displaced.
//!
//! Rows of samples then begin within those that are told, which their prediction shows. A loss of whole rows
//! escapes: of two lanes the receivers are exchanged then, of four lanes chirps.

use super::bytes::{ByteOptions, ByteSource};
use super::layout::{BORDER_CHIRPS, FrameCodec, borders, is_displaced, zero_bytes};
use super::runs::is_constant;
use super::word_code::to_twos_complement;
use mmw_core::Result;

/// What the rows say of the place of the last frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    /// Their borders are not seen, or there are too few.
    #[default]
    Unknown,
    /// They begin where those of the first frame do.
    Kept,
    /// From that byte of the stream on, if not from up to 16 chirps behind it, they begin elsewhere.
    LostFrom(u64),
}

/// Compares the last chirps of the frames, which have so many bytes, with the first ones.
pub(super) fn place(
    source: &mut ByteSource,
    codec: &FrameCodec,
    options: &ByteOptions,
    frames_bytes: u64,
) -> Result<Place> {
    let chirp = codec.chirp_bytes() as u64;
    let mut window =
        Window { bytes: zero_bytes(BORDER_CHIRPS * codec.chirp_bytes())?, source, codec, options };
    let Some(last) = window.last(frames_bytes / chirp)? else { return Ok(Place::Unknown) };
    let (Some(reference), Some(found)) = (window.borders(0)?, window.borders(last * chirp)?) else {
        return Ok(Place::Unknown);
    };
    if !is_displaced(&found, &reference) {
        // Whether it would be seen.
        let within = codec.row_bytes() as u64 / 2 / 16 * 16;
        let displaced = window.borders(last * chirp - within)?;
        let seen = within > 0 && displaced.is_some_and(|displaced| is_displaced(&displaced, &reference));
        return Ok(if seen { Place::Kept } else { Place::Unknown });
    }
    let lost = first_lost(last, |at| {
        Ok(window.borders(at * chirp)?.is_some_and(|found| is_displaced(&found, &reference)))
    })?;
    Ok(Place::LostFrom(lost * chirp))
}

/// The first window that is displaced, of which 0 is not and `last` is.
fn first_lost(last: u64, mut is_lost: impl FnMut(u64) -> Result<bool>) -> Result<u64> {
    let (mut kept, mut lost) = (0, last);
    while lost - kept > 1 {
        let middle = kept.midpoint(lost);
        match is_lost(middle)? {
            true => lost = middle,
            false => kept = middle,
        }
    }
    Ok(lost)
}

/// Follows the place of frames that come one after the other, by the chirps of one receiver.
#[derive(Debug, Default)]
pub(super) struct PlaceKeeper {
    /// The borders of the first chirps of the first frame.
    reference: Option<Vec<f64>>,
    begun: bool,
}

impl PlaceKeeper {
    /// From which byte on a frame is displaced, its words in two's complement.
    pub(super) fn lost_from(&mut self, codec: &FrameCodec, frame: &[u8], pairs: bool) -> Option<usize> {
        let chirp = codec.chirp_bytes();
        let chirps = (frame.len() / chirp).min(BORDER_CHIRPS);
        let at = |first: usize| borders(codec, &frame[first * chirp..(first + chirps) * chirp], pairs, 1);
        if !self.begun {
            self.begun = true;
            self.reference = at(0);
        }
        let reference = self.reference.as_ref()?;
        let is_lost = |first: usize| at(first).is_some_and(|found| is_displaced(&found, reference));
        let last = frame.len() / chirp - chirps;
        if !is_lost(last) {
            return None;
        }
        if last == 0 || is_lost(0) {
            return Some(0);
        }
        let lost = first_lost(last as u64, |first| Ok(is_lost(first as usize))).ok()?;
        Some(lost as usize * chirp)
    }
}

/// Chirps that are read at any byte.
struct Window<'a> {
    source: &'a mut ByteSource,
    codec: &'a FrameCodec,
    options: &'a ByteOptions,
    bytes: Vec<u8>,
}

impl Window<'_> {
    fn borders(&mut self, start: u64) -> Result<Option<Vec<f64>>> {
        self.source.read_at(start, &mut self.bytes)?;
        to_twos_complement(&mut self.bytes, self.options);
        Ok(borders(self.codec, &self.bytes, self.options.iq_pairs, usize::MAX))
    }

    /// The last chirp at which a window does not reach into what fills up the end of the file, if that is not
    /// within the first ones.
    fn last(&mut self, chirps: u64) -> Result<Option<u64>> {
        let chirp = self.codec.chirp_bytes();
        let mut end = chirps;
        while end > 2 * BORDER_CHIRPS as u64 {
            let block = &mut self.bytes[..chirp];
            self.source.read_at((end - 1) * chirp as u64, block)?;
            if !is_constant(block) {
                return Ok(Some(end - BORDER_CHIRPS as u64));
            }
            end -= 1;
        }
        Ok(None)
    }
}
