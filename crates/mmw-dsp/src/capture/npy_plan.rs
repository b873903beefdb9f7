//! Where the elements of a frame stand in an array.

use super::axes::{NpyAxes, NpyAxis};
use super::config::CaptureConfig;
use super::npy_lengths::check_lengths;
use mmw_core::npy::NpyHeader;
use mmw_core::{Error, Result};
use std::path::Path;

/// Where the elements of one frame are.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) frames: u64,
    /// Pieces of a frame, each contiguous.
    pub(super) pieces: u64,
    pub(super) piece_bytes: usize,
    /// Strides within the collected frame, in elements.
    transmitter: usize,
    receiver: usize,
    receivers: usize,
    chirp: usize,
    pub(super) sample: usize,
    /// From the real to the imaginary part where they are elements of their own.
    pub(super) quadrature: Option<usize>,
}

impl Plan {
    pub(super) fn new(header: &NpyHeader, axes: &NpyAxes, config: &CaptureConfig) -> Result<Self> {
        let named = axes.as_slice();
        if named.len() != header.shape.len() {
            let reason = format!(
                "{axes} are {} names, but the array has {} axes, of shape {:?}",
                named.len(),
                header.shape.len(),
                header.shape
            );
            return Err(Error::invalid("axes", reason));
        }
        let frames = check_lengths(header, axes, config)?;
        // From the slowest axis of the file to the fastest.
        let mut order: Vec<(NpyAxis, u64)> =
            named.iter().copied().zip(header.shape.iter().copied()).collect();
        if header.fortran_order {
            order.reverse();
        }
        let at = order.iter().position(|(axis, _)| *axis == NpyAxis::Frame);
        let (slower, faster) = match at {
            Some(at) => (&order[..at], &order[at + 1..]),
            None => (&order[..0], &order[..]),
        };
        let elements = |axes: &[(NpyAxis, u64)]| axes.iter().map(|(_, n)| n).product::<u64>();
        let stride = |wanted: NpyAxis| {
            let inner = order.iter().rev().take_while(|(axis, _)| *axis != wanted);
            inner.filter(|(axis, _)| *axis != NpyAxis::Frame).map(|(_, n)| n).product::<u64>() as usize
        };
        let (receivers, receiver) = (config.fmcw.receivers, stride(NpyAxis::Rx));
        let channel = named.contains(&NpyAxis::Channel).then(|| stride(NpyAxis::Channel));
        let too_large = || Error::invalid("frame", "its bytes do not fit into the address space");
        Ok(Self {
            frames,
            pieces: elements(slower),
            piece_bytes: usize::try_from(elements(faster))
                .ok()
                .and_then(|n| n.checked_mul(header.item_bytes()))
                .ok_or_else(too_large)?,
            transmitter: channel.map_or_else(|| stride(NpyAxis::Tx), |channel| channel * receivers),
            receiver: channel.unwrap_or(receiver),
            receivers,
            chirp: stride(NpyAxis::Chirp),
            sample: stride(NpyAxis::Sample),
            quadrature: named.contains(&NpyAxis::Iq).then(|| stride(NpyAxis::Iq)),
        })
    }

    pub(super) fn frame_bytes(&self) -> usize {
        self.pieces as usize * self.piece_bytes
    }

    /// First element of a chirp of a channel in the collected frame.
    pub(super) fn row(&self, channel: usize, chirp: usize) -> usize {
        let (t, r) = (channel / self.receivers, channel % self.receivers);
        t * self.transmitter + r * self.receiver + chirp * self.chirp
    }

    /// Compares the file's length with what the header says; a file that ends early may keep the frames
    /// that are whole if `frame` varies slowest.
    pub(super) fn check_length(
        &mut self,
        path: &Path,
        header: &NpyHeader,
        len: u64,
        partial: bool,
    ) -> Result<()> {
        let data = u128::from(len.saturating_sub(header.data_offset));
        let frame = u128::from(self.pieces) * self.piece_bytes as u128;
        let expected = frame * u128::from(self.frames);
        if data == expected {
            return Ok(());
        }
        let whole = (data / frame) as u64;
        if partial && data < expected && self.pieces == 1 && whole > 0 {
            self.frames = whole;
            return Ok(());
        }
        Err(Error::Format {
            path: path.display().to_string(),
            offset: if data < expected { len } else { header.data_offset + expected as u64 },
            expected: format!("{} frames of {frame} bytes after the header", self.frames),
            found: format!("{data} bytes"),
        })
    }
}
