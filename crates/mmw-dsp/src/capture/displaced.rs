//! Recordings that lose their place: bytes of a packet are missing and nothing stands for them, or too many
//! are there, and all behind them is displaced.
//!
//! Rows of samples then begin within those of the configuration, which their prediction shows. A loss of
//! whole rows escapes: of two lanes the receivers are exchanged then, of four lanes chirps. Behind a loss
//! among the first chirps all are alike; the first ones show it, of which a prediction needs six rows.

use super::bytes::{ByteOptions, ByteSource};
use super::layout::{
    BORDER_CHIRPS, Border, FRAMES_OF_PAUSES, FrameCodec, LayoutEvidence, begins, border, borders,
    fewest_chirps, frame_start, is_displaced, zero_bytes,
};
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
        if let Some(lost) = window.lost_early(last)? {
            return Ok(Place::LostFrom(lost * chirp));
        }
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

/// Most bytes that are looked at for the pauses between frames.
const MOST_BYTES: u64 = 1 << 26;

/// Adds to what the rows say where frames begin, if that is in question: if bytes are left over or left
/// out, or rows begin elsewhere than told.
pub(super) fn with_frames(
    evidence: LayoutEvidence,
    source: &mut ByteSource,
    codec: &FrameCodec,
    options: &ByteOptions,
) -> Result<LayoutEvidence> {
    let LayoutEvidence { lanes, iq_pairs, turns, parts, real, shift, .. } = evidence;
    let (frame_bytes, row_bytes) = (codec.frame_bytes() as u64, codec.row_bytes() as u64);
    let rest = source.len() % frame_bytes;
    let is_read = lanes.is_none_or(|lanes| lanes == codec.lanes())
        && iq_pairs.or(real).is_none()
        && turns.or(parts).is_none();
    if !is_read || (shift.is_none() && rest == 0 && options.skip_bytes == 0) {
        return Ok(evidence);
    }
    let first = shift.unwrap_or(0).rem_euclid(row_bytes as isize) as u64;
    let frame_by_size = shift.filter(|_| rest % row_bytes == first).map(|_| rest);
    let by_pauses = frame_by_pauses(source, codec, options, first)?;
    let fits_size = |start: u64| start >= row_bytes && start.abs_diff(rest) < row_bytes;
    let found = LayoutEvidence { frame_by_size, ..evidence };
    Ok(match by_pauses {
        Some(start) if rows_begin(source, codec, options, first)? => {
            LayoutEvidence { frame_by_pauses: Some(start), ..found }
        }
        Some(start) if fits_size(start) => LayoutEvidence { frame_by_pauses: Some(rest), ..found },
        start => LayoutEvidence { frame_near: start.filter(|start| *start >= row_bytes), ..found },
    })
}

/// Whether rows are seen to begin at byte `first`: no samples break off within them, but half a row further
/// they do in the middle.
fn rows_begin(
    source: &mut ByteSource,
    codec: &FrameCodec,
    options: &ByteOptions,
    first: u64,
) -> Result<bool> {
    let mut window =
        Window { bytes: zero_bytes(BORDER_CHIRPS * codec.chirp_bytes())?, source, codec, options };
    let middle = codec.shape()[2] / 4 * 2;
    let Some(half) = codec.bytes_of(middle) else { return Ok(false) };
    let (Some(told), Some(moved)) = (window.borders(first)?, window.borders(first + half as u64)?) else {
        return Ok(false);
    };
    Ok(begins(&told, &moved, middle))
}

/// Where a frame begins behind the first byte of the stream; from byte `first` on there are rows.
fn frame_by_pauses(
    source: &mut ByteSource,
    codec: &FrameCodec,
    options: &ByteOptions,
    first: u64,
) -> Result<Option<u64>> {
    let frame_bytes = codec.frame_bytes() as u64;
    let whole = source.len().saturating_sub(first) / frame_bytes;
    let frames = whole.min(MOST_BYTES / frame_bytes).min(*FRAMES_OF_PAUSES.end());
    if frames < *FRAMES_OF_PAUSES.start() {
        return Ok(None);
    }
    let mut bytes = zero_bytes((frames * frame_bytes) as usize)?;
    source.read_at(first, &mut bytes)?;
    to_twos_complement(&mut bytes, options);
    let found = frame_start(codec, &bytes, options.iq_pairs)?;
    Ok(found.map(|found| (first + found as u64) % frame_bytes))
}

/// Follows the place of frames that come one after the other, by the chirps of one receiver.
#[derive(Debug, Default)]
pub(super) struct PlaceKeeper {
    /// The borders of the first chirps of the first frame.
    reference: Option<Vec<f64>>,
    begun: bool,
    /// All chirps are displaced since the first ones.
    lost: bool,
}

impl PlaceKeeper {
    /// From which byte on a frame is displaced, its words in two's complement.
    pub(super) fn lost_from(&mut self, codec: &FrameCodec, frame: &[u8], pairs: bool) -> Option<usize> {
        let chirp = codec.chirp_bytes();
        let chirps = (frame.len() / chirp).min(BORDER_CHIRPS);
        let at = |first: usize| borders(codec, &frame[first * chirp..(first + chirps) * chirp], pairs, 1);
        if self.lost {
            return Some(0);
        }
        if !self.begun {
            self.begun = true;
            self.reference = at(0);
            let lost = lost_early_in(codec, frame, pairs);
            self.lost = lost.is_some();
            if lost.is_some() {
                return lost;
            }
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

/// The byte of the first frame from which on it is displaced, its first chirps apart.
fn lost_early_in(codec: &FrameCodec, frame: &[u8], pairs: bool) -> Option<usize> {
    let (chirp, few) = (codec.chirp_bytes(), fewest_chirps(codec));
    let chirps = (frame.len() / chirp).min(BORDER_CHIRPS);
    let border = border(codec, &frame[frame.len() / chirp * chirp - chirps * chirp..], pairs)?;
    let breaks = |border: Border, first: usize| {
        let bytes = frame.get(first * chirp..(first + few) * chirp);
        Ok(bytes.is_some_and(|bytes| border.breaks(codec, bytes, pairs)))
    };
    early(border, chirps, breaks).ok().flatten().map(|first| first * chirp)
}

/// Chirps that are read at any byte.
struct Window<'a> {
    source: &'a mut ByteSource,
    codec: &'a FrameCodec,
    options: &'a ByteOptions,
    bytes: Vec<u8>,
}

/// The first chirp of `chirps` from which on rows begin at `border`, if they do, and the first ones do not.
fn early(
    border: Border,
    chirps: usize,
    mut breaks: impl FnMut(Border, usize) -> Result<bool>,
) -> Result<Option<usize>> {
    if breaks(border, 0)? {
        return Ok(None);
    }
    for first in 1..chirps {
        if breaks(border, first)? {
            return Ok(Some(first));
        }
    }
    Ok(None)
}

impl Window<'_> {
    /// The first chirp that is displaced as the last ones are, where that is behind the first.
    fn lost_early(&mut self, last: u64) -> Result<Option<u64>> {
        let chirp = self.codec.chirp_bytes() as u64;
        self.source.read_at((last - 1) * chirp, &mut self.bytes)?;
        to_twos_complement(&mut self.bytes, self.options);
        let Some(border) = border(self.codec, &self.bytes, self.options.iq_pairs) else { return Ok(None) };
        let few = fewest_chirps(self.codec);
        let found = early(border, BORDER_CHIRPS, |border, first| {
            let bytes = &mut self.bytes[..few * chirp as usize];
            self.source.read_at(first as u64 * chirp, bytes)?;
            to_twos_complement(bytes, self.options);
            Ok(border.breaks(self.codec, bytes, self.options.iq_pairs))
        })?;
        Ok(found.map(|first| first as u64))
    }

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
