//! From a byte of a frame to its place in the cube.

use super::{FrameCodec, LvdsLanes};

/// Place of a word in the cube of its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SamplePlace {
    /// Chirp of its transmitter, from 0.
    pub chirp: usize,
    /// Channel, from 0: `transmitter * receivers + receiver`. With four lanes the samples of all receivers stand
    /// side by side, and this is the first of them.
    pub channel: usize,
    /// Sample, from 0.
    pub sample: usize,
}

impl FrameCodec {
    /// The pieces of a frame that can be silent on their own, as `(unit, bytes)` in file order: the rows of a
    /// channel with two lanes, the chirps of a transmitter with four.
    pub(in crate::capture) fn unit_rows(&self) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> + '_ {
        let rows = self.rows_per_chirp();
        let bytes = self.chirp_bytes() / rows;
        (0..self.frame_bytes / bytes).map(move |row| (row % self.units(), row * bytes..(row + 1) * bytes))
    }

    /// The number of units of [`FrameCodec::unit_rows`].
    pub(in crate::capture) fn units(&self) -> usize {
        self.transmitters * self.rows_per_chirp()
    }

    /// Where a byte of a frame goes.
    pub(in crate::capture) fn place(&self, byte: usize) -> SamplePlace {
        let rows = self.rows_per_chirp();
        let row_bytes = self.chirp_bytes() / rows;
        let (row, within) = (byte / row_bytes, byte % row_bytes);
        let unit = row % self.units();
        let sample = match (self.layout.lanes, self.complex) {
            // Two samples share a group of eight bytes; the words of the first stand at 0 and 4.
            (LvdsLanes::Two, true) => within / 8 * 2 + within / 2 % 2,
            (LvdsLanes::Two, false) => within / 2,
            (LvdsLanes::Four, true) => within / 16,
            (LvdsLanes::Four, false) => within / 8,
        };
        let channel = unit * self.receivers.len() / rows;
        SamplePlace { chirp: row / self.units(), channel, sample }
    }

    fn rows_per_chirp(&self) -> usize {
        match self.layout.lanes {
            LvdsLanes::Two => self.receivers.len(),
            LvdsLanes::Four => 1,
        }
    }
}
