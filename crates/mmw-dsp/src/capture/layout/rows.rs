//! From a byte of a frame to its place in the cube.

use super::{FrameCodec, LvdsLanes};
use crate::missing::MissingSamples;
use std::ops::Range;

/// Place of a word in the cube of its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SamplePlace {
    /// Chirp of its transmitter, from 0.
    pub chirp: usize,
    /// Channel, from 0: `transmitter * receivers + receiver`. With four lanes the samples of all receivers
    /// stand side by side, and this is the first of them.
    pub channel: usize,
    /// Sample, from 0.
    pub sample: usize,
}

impl FrameCodec {
    /// The pieces of a frame that can be silent on their own, as `(unit, bytes)` in file order: the rows of a
    /// channel with two lanes, the chirps of a transmitter with four.
    pub(in crate::capture) fn unit_rows(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let bytes = self.row_bytes();
        (0..self.frame_bytes / bytes).map(move |row| (self.unit(row).1, row * bytes..(row + 1) * bytes))
    }

    /// The chirp of its transmitter that a row is, and its unit.
    fn unit(&self, row: usize) -> (usize, usize) {
        let rows = self.rows_per_chirp();
        let (chirp, transmitter) = self.chirp_of(row / rows);
        (chirp, transmitter * rows + row % rows)
    }

    /// The number of units of [`FrameCodec::unit_rows`].
    pub(in crate::capture) fn units(&self) -> usize {
        self.transmitters * self.rows_per_chirp()
    }

    /// Where a byte of a frame goes.
    pub(in crate::capture) fn place(&self, byte: usize) -> SamplePlace {
        let (row, within) = (byte / self.row_bytes(), byte % self.row_bytes());
        let (chirp, unit) = self.unit(row);
        let sample = match (self.layout.lanes, self.complex) {
            // Two samples share a group of eight bytes; the words of the first are at 0 and 4.
            (LvdsLanes::Two, true) => within / 8 * 2 + within / 2 % 2,
            (LvdsLanes::Two, false) => within / 2,
            (LvdsLanes::Four, true) => within / 16,
            (LvdsLanes::Four, false) => within / 8,
        };
        let channel = unit * self.receivers.len() / self.rows_per_chirp();
        SamplePlace { chirp, channel, sample }
    }

    /// The samples of which at least one part lies within `bytes` of a frame.
    pub(in crate::capture) fn samples_within(&self, bytes: &Range<usize>) -> Vec<MissingSamples> {
        let row_bytes = self.row_bytes();
        let (group, together) = self.group();
        let receivers = self.receivers.len() / self.rows_per_chirp();
        (bytes.start / row_bytes..bytes.end.div_ceil(row_bytes))
            .flat_map(|row| {
                let first = bytes.start.saturating_sub(row * row_bytes) / group * together;
                let end = (bytes.end - row * row_bytes).min(row_bytes).div_ceil(group) * together;
                let (chirp, unit) = self.unit(row);
                let place = move |receiver| MissingSamples {
                    channel: unit * receivers + receiver,
                    chirp,
                    samples: first..end,
                };
                (0..receivers).map(place)
            })
            .collect()
    }

    /// Where a sample of a row begins, if it begins a group.
    pub(in crate::capture) fn bytes_of(&self, sample: usize) -> Option<usize> {
        let (group, together) = self.group();
        sample.is_multiple_of(together).then_some(sample / together * group)
    }

    /// Bytes of a group, and the samples that it holds.
    fn group(&self) -> (usize, usize) {
        match (self.layout.lanes, self.complex) {
            (LvdsLanes::Two, true) => (8, 2),
            (LvdsLanes::Two, false) => (2, 1),
            (LvdsLanes::Four, true) => (16, 1),
            (LvdsLanes::Four, false) => (8, 1),
        }
    }

    /// The lanes that carry the samples.
    pub(in crate::capture) fn lanes(&self) -> LvdsLanes {
        self.layout.lanes
    }

    pub(in crate::capture) fn row_bytes(&self) -> usize {
        self.chirp_bytes() / self.rows_per_chirp()
    }

    fn rows_per_chirp(&self) -> usize {
        match self.layout.lanes {
            LvdsLanes::Two => self.receivers.len(),
            LvdsLanes::Four => 1,
        }
    }
}
