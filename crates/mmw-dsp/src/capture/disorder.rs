//! Packets that stand in another's place: a program that writes them as they come does not put them in order.
//!
//! Echoes change little from one turn of the transmitters to the next, so that the words of a packet are near
//! those a turn before and after them. Where they are not, but those of another packet close by would be, the
//! two were exchanged, or one came late. Where all moves, or noise is as strong as the echoes, nothing tells.

use super::bytes::{ByteOptions, ByteSource};
use super::packets::PAYLOAD_BYTES;
use mmw_core::Result;
use mmw_core::stats::upper_median;
use std::ops::Range;

/// Packets after a frame that are looked at, and how far from its place one is looked for.
const BEYOND_BYTES: usize = 8 * PAYLOAD_BYTES;
const NEAR: usize = 4;

/// Words between those of a packet by which it is judged at first, and the square of the difference from the
/// turn around, over the median of all, from which on it is looked at closely.
const THINNED: usize = 17;
const SUSPICIOUS: f64 = 1.5;

/// By how much another packet must be nearer, as a ratio of squares, and least mean square of what is far:
/// rounding makes less. A turn must be like the one before it, within this share of the power of the words:
/// in published recordings it is so within 0.03 to 1.5 %, where a lone mover has any packet near any other by
/// chance.
const NEARER: f64 = 2.0;
const LEAST: f64 = 4.0;
const ALIKE: f64 = 0.125;

/// The stretches of a frame, which begins at byte `start` of the stream and has turns of `turn` bytes, whose
/// packets stand in other places than their own; `before` goes before it. Words of another coding than usual
/// are not looked at.
pub(super) fn disordered(
    source: &mut ByteSource,
    options: &ByteOptions,
    [before, frame]: [&[u8]; 2],
    start: u64,
    turn: usize,
) -> Result<Vec<Range<usize>>> {
    if options.offset_binary || options.big_endian {
        return Ok(Vec::new());
    }
    let end = start + frame.len() as u64;
    let mut after = vec![0; (source.len() - end).min(BEYOND_BYTES as u64) as usize];
    source.read_at(end, &mut after)?;
    Ok(disordered_within([before, frame, &after], start + options.skip_bytes, turn))
}

/// As [`disordered`], of a frame that begins `start` bytes after a packet did, with what stands before and
/// after it.
pub(super) fn disordered_within(
    [before, frame, after]: [&[u8]; 3],
    start: u64,
    turn: usize,
) -> Vec<Range<usize>> {
    let into_packet = start.saturating_sub(before.len() as u64) % PAYLOAD_BYTES as u64;
    let first = (PAYLOAD_BYTES - into_packet as usize) % PAYLOAD_BYTES;
    Around { before, frame, after, first, turn }.disordered()
}

/// A frame with what goes before and after it.
#[derive(Debug, Clone, Copy)]
struct Around<'a> {
    before: &'a [u8],
    frame: &'a [u8],
    after: &'a [u8],
    /// Where the first whole packet begins.
    first: usize,
    /// From a turn of the transmitters to the next.
    turn: usize,
}

impl Around<'_> {
    /// The stretches of the frame whose packets stand in other places than their own.
    fn disordered(&self) -> Vec<Range<usize>> {
        let places: Vec<usize> = (self.first..=self.len().saturating_sub(PAYLOAD_BYTES))
            .step_by(PAYLOAD_BYTES)
            .filter(|from| from + PAYLOAD_BYTES <= self.len())
            .collect();
        let distances: Vec<f64> =
            places.iter().map(|&place| self.distance(place, place, THINNED).unwrap_or(0.0)).collect();
        let near = ALIKE * self.power(&places);
        let Some(median) = upper_median(&mut distances.clone()).filter(|median| *median < near) else {
            return Vec::new();
        };
        let limit = (SUSPICIOUS * median).max(LEAST);
        let suspicious: Vec<usize> = (0..places.len()).filter(|&i| distances[i] > limit).collect();
        let is_moved = |place: usize| {
            let others = suspicious.iter().filter(|&&other| other != place && other.abs_diff(place) <= NEAR);
            others.copied().any(|other| self.is_nearer(places[other], places[place], near))
        };
        let moved = suspicious.iter().copied().filter(|&place| is_moved(place));
        moved.filter_map(|place| self.within_frame(places[place])).collect()
    }

    /// The median of the packets' mean squares: bursts of another radar are in few of them, and far stronger.
    fn power(&self, places: &[usize]) -> f64 {
        let power = |&place: &usize| {
            let words = (0..PAYLOAD_BYTES / 2).step_by(THINNED).filter_map(|at| self.word(place + 2 * at));
            let (sum, count) = words.fold((0.0, 0_u32), |(sum, count), word| (sum + word * word, count + 1));
            sum / f64::from(count.max(1))
        };
        let mut powers: Vec<f64> = places.iter().map(power).collect();
        upper_median(&mut powers).unwrap_or(0.0)
    }

    /// Whether the packet at `other` is near to what stands a turn around `place`, and nearer than the one
    /// there.
    fn is_nearer(&self, other: usize, place: usize, near: f64) -> bool {
        let (Some(own), Some(others)) = (self.distance(place, place, 1), self.farthest(other, place)) else {
            return false;
        };
        own > LEAST && own > NEARER * others && others < near
    }

    /// Mean square of the difference of the words of a packet from those a turn around a place: the lesser of
    /// the turns before and after.
    fn distance(&self, packet: usize, place: usize, step: usize) -> Option<f64> {
        let found = self.turns_around(place).into_iter().flatten();
        found.filter_map(|around| self.between(packet, around, step)).min_by(f64::total_cmp)
    }

    /// As [`Self::distance`], the greater.
    fn farthest(&self, packet: usize, place: usize) -> Option<f64> {
        let found = self.turns_around(place).into_iter().flatten();
        found.filter_map(|around| self.between(packet, around, 1)).max_by(f64::total_cmp)
    }

    /// Where what is compared with a packet stands: whole turns away, so far that it is none of those that
    /// may be exchanged.
    fn turns_around(&self, place: usize) -> [Option<usize>; 2] {
        let away = self.turn * ((NEAR + 1) * PAYLOAD_BYTES).div_ceil(self.turn.max(1));
        [place.checked_sub(away), Some(place + away).filter(|at| at + PAYLOAD_BYTES <= self.len())]
    }

    fn between(&self, a: usize, b: usize, step: usize) -> Option<f64> {
        let square = |a: f64, b: f64| (a - b).powi(2);
        let words = (0..PAYLOAD_BYTES / 2).step_by(step);
        let count = words.len() as f64;
        let sum = match (self.packet(a), self.packet(b)) {
            (Some(a), Some(b)) => words.map(|at| square(value(a[at]), value(b[at]))).sum::<f64>(),
            _ => words
                .map(|at| Some(square(self.word(a + 2 * at)?, self.word(b + 2 * at)?)))
                .sum::<Option<f64>>()?,
        };
        Some(sum / count)
    }

    /// The words of a packet that lies whole in the frame.
    fn packet(&self, at: usize) -> Option<&[[u8; 2]]> {
        let at = at.checked_sub(self.before.len())?;
        Some(self.frame.get(at..at + PAYLOAD_BYTES)?.as_chunks::<2>().0)
    }

    fn len(&self) -> usize {
        self.before.len() + self.frame.len() + self.after.len()
    }

    fn word(&self, at: usize) -> Option<f64> {
        let in_frame = at.checked_sub(self.before.len());
        let beyond = at.checked_sub(self.before.len() + self.frame.len());
        let bytes = match (in_frame, beyond) {
            (_, Some(at)) => self.after.get(at..at + 2),
            (Some(at), None) => self.frame.get(at..at + 2),
            (None, None) => self.before.get(at..at + 2),
        };
        Some(value(*bytes?.first_chunk::<2>()?))
    }

    /// The part of a packet that lies within the frame.
    fn within_frame(&self, place: usize) -> Option<Range<usize>> {
        let start = place.max(self.before.len()) - self.before.len();
        let end = (place + PAYLOAD_BYTES).saturating_sub(self.before.len()).min(self.frame.len());
        (start < end).then_some(start..end)
    }
}

fn value(word: [u8; 2]) -> f64 {
    f64::from(i16::from_le_bytes(word))
}
