//! Where the samples of one channel stand: in a cube, or still in the words of a capture.

use super::{Lanes, Z};
use mmw_core::C32;

/// The most lanes that there are.
const MAX_WIDTH: usize = 16;

/// The samples of one channel. Implementations mark both methods `#[inline(always)]`.
pub(crate) trait Samples<L: Lanes>: Copy {
    /// `WIDTH` samples of a chirp from `start` on.
    fn whole(&self, lanes: L, chirp: usize, start: usize) -> Z<L>;
    /// Those from `start` on, fewer than `WIDTH`, and zeros.
    fn rest(&self, lanes: L, chirp: usize, start: usize) -> Z<L>;
}

/// A channel of a cube, `[chirp, sample]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CubeRows<'a> {
    pub(crate) channel: &'a [C32],
    /// Samples of a chirp.
    pub(crate) samples: usize,
}

impl<L: Lanes> Samples<L> for CubeRows<'_> {
    #[inline(always)]
    fn whole(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        lanes.load_complex(&self.channel[chirp * self.samples + start..])
    }

    #[inline(always)]
    fn rest(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        let row = &self.channel[chirp * self.samples + start..(chirp + 1) * self.samples];
        let mut padded = [C32::new(0.0, 0.0); MAX_WIDTH];
        padded[..row.len()].copy_from_slice(row);
        lanes.load_complex(&padded)
    }
}

/// A channel in the words of a capture: groups `I₀ I₁ Q₀ Q₁`, chirps `step` bytes apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PairRows<'a> {
    /// From the first byte of the channel on.
    pub(crate) bytes: &'a [u8],
    pub(crate) step: usize,
    /// Samples of a chirp.
    pub(crate) samples: usize,
    /// Whether Q stands where I is expected.
    pub(crate) iq_swap: bool,
}

/// Bytes of a sample.
const SAMPLE: usize = 4;

impl PairRows<'_> {
    #[inline(always)]
    fn load<L: Lanes>(&self, lanes: L, from: &[u8]) -> Z<L> {
        let z = lanes.load_pairs(from);
        if self.iq_swap { Z { re: z.im, im: z.re } } else { z }
    }
}

impl<L: Lanes> Samples<L> for PairRows<'_> {
    #[inline(always)]
    fn whole(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        self.load(lanes, &self.bytes[chirp * self.step + SAMPLE * start..])
    }

    #[inline(always)]
    fn rest(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        let row = chirp * self.step;
        let row = &self.bytes[row + SAMPLE * start..row + SAMPLE * self.samples];
        let mut padded = [0; SAMPLE * MAX_WIDTH];
        padded[..row.len()].copy_from_slice(row);
        self.load(lanes, &padded)
    }
}
