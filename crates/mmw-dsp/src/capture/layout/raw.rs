//! A frame that is still in the words of its capture.

use super::{FrameCodec, LvdsLanes};
#[cfg(target_arch = "x86_64")]
use crate::lanes::samples::PairRows;
use crate::wide::{Work, widest};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{Real, Result, check};

/// The bytes of one frame and how its samples stand in them.
///
/// Whoever only wants what is made of the cube saves its memory and its traffic:
/// [`crate::Processor::process_raw`], [`crate::range_doppler::RangeDoppler::process_raw_into`].
#[derive(Debug, Clone, Copy)]
pub struct RawFrame<'a> {
    codec: &'a FrameCodec,
    bytes: &'a [u8],
}

impl FrameCodec {
    /// One frame as it is.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] unless `bytes` is [`FrameCodec::frame_bytes`] long.
    pub fn frame<'a>(&'a self, bytes: &'a [u8]) -> Result<RawFrame<'a>> {
        check::same_len("bytes of one frame", self.frame_bytes, bytes.len())?;
        Ok(RawFrame { codec: self, bytes })
    }

    /// Which chirp of the file is that of a transmitter.
    fn chirp_index(&self, transmitter: usize, chirp: usize) -> usize {
        if self.blocks {
            transmitter * self.shape[1] + chirp
        } else {
            chirp * self.transmitters + transmitter
        }
    }
}

impl<'a> RawFrame<'a> {
    /// Shape of its cube, `[channel, chirp, sample]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.codec.shape()
    }

    /// Writes its cube.
    ///
    /// # Errors
    /// As [`FrameCodec::decode_into`].
    pub fn decode_into<T: Real>(&self, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        self.codec.decode_into(self.bytes, cube)
    }

    /// One channel of its cube, `[chirp, sample]`.
    pub(crate) fn decode_channel<T: Real>(&self, channel: usize, to: &mut Vec<Complex<T>>) {
        let [_, chirps, samples] = self.codec.shape;
        to.resize(chirps * samples, Complex::new(T::zero(), T::zero()));
        widest(DecodeChannel { frame: *self, channel, to });
    }

    /// One channel, where its samples stand in pairs and nothing between them.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn pair_rows(&self, channel: usize) -> Option<PairRows<'a>> {
        let Self { codec, bytes } = *self;
        if codec.layout.lanes != LvdsLanes::Two || !codec.complex {
            return None;
        }
        let receivers = codec.receivers.len();
        let (transmitter, receiver) = (channel / receivers, channel % receivers);
        let start = |chirp| {
            (codec.chirp_index(transmitter, chirp) * receivers + receiver) * (codec.chirp_bytes() / receivers)
        };
        Some(PairRows {
            bytes: bytes.get(start(0)..)?,
            step: start(1) - start(0),
            samples: codec.shape[2],
            iq_swap: codec.layout.iq_swap,
        })
    }
}

struct DecodeChannel<'a, T> {
    frame: RawFrame<'a>,
    channel: usize,
    to: &'a mut [Complex<T>],
}

impl<T: Real> Work for DecodeChannel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let RawFrame { codec, bytes } = self.frame;
        let (transmitter, receiver) =
            (self.channel / codec.receivers.len(), self.channel % codec.receivers.len());
        for (chirp, row) in self.to.chunks_exact_mut(codec.shape[2]).enumerate() {
            let start = codec.chirp_index(transmitter, chirp) * codec.chirp_bytes();
            codec.decode_one(&bytes[start..start + codec.chirp_bytes()], receiver, row);
        }
    }
}
