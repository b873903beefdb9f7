//! Where the samples of one channel stand: in a cube, or still in the words of a capture.

use super::scale::PAIRS_SCALE;
use super::set::{Kernel, Lanes, MAX_WIDTH, Z};
use mmw_core::C32;

/// The samples of one channel. Implementations mark both methods `#[inline(always)]`.
pub(crate) trait Samples<L: Lanes>: Copy {
    /// What samples are multiplied by to be in the unit of the cube.
    const UNIT: f32;

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
    const UNIT: f32 = 1.0;

    #[inline(always)]
    fn whole(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        let from = &self.channel[chirp * self.samples + start..];
        // The samples behind them, or the first of the next channel: chirps stand too far apart for the
        // processor to see what comes next.
        let behind = if start + 2 * L::WIDTH <= self.samples { L::WIDTH } else { self.channel.len() - start };
        lanes.prefetch(from.as_ptr().wrapping_add(behind));
        lanes.load_complex(from)
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
/// Bytes of the samples of the most lanes.
const LINE: usize = SAMPLE * MAX_WIDTH;

/// The words of one chirp that the most lanes take at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Line([u8; LINE]);

/// The words of a channel in the order in which the Doppler transform asks for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PairLines<'a> {
    /// `[block of samples][chirp]`, zeros beyond the last sample.
    lines: &'a [Line],
    chirps: usize,
    iq_swap: bool,
}

impl PairRows<'_> {
    /// Copies the words to memory that is lent. Chirps stand pages apart in a capture; read in the order of
    /// the file they come as fast as memory gives them, whereas the transform, which takes a line of each in
    /// turn, would wait for every one.
    pub(crate) fn gather<'a, L: Lanes>(
        &self,
        lanes: L,
        chirps: usize,
        memory: &'a mut Vec<Line>,
    ) -> PairLines<'a> {
        memory.resize(self.samples.div_ceil(MAX_WIDTH) * chirps, Line([0; LINE]));
        lanes.run(Gather { rows: *self, chirps, lines: memory });
        PairLines { lines: memory, chirps, iq_swap: self.iq_swap }
    }
}

struct Gather<'a> {
    rows: PairRows<'a>,
    chirps: usize,
    lines: &'a mut [Line],
}

impl<L: Lanes> Kernel<L> for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: L) {
        let Self { rows, chirps, lines } = self;
        for chirp in 0..chirps {
            let row = &rows.bytes[chirp * rows.step..][..SAMPLE * rows.samples];
            let (whole, rest) = row.as_chunks::<LINE>();
            let mut column = lines[chirp..].iter_mut().step_by(chirps);
            for (words, line) in whole.iter().zip(&mut column) {
                line.0 = *words;
            }
            if let (false, Some(last)) = (rest.is_empty(), column.next()) {
                last.0 = [0; LINE];
                last.0[..rest.len()].copy_from_slice(rest);
            }
        }
    }
}

impl<L: Lanes> Samples<L> for PairLines<'_> {
    const UNIT: f32 = PAIRS_SCALE.recip();

    #[inline(always)]
    fn whole(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        let Line(line) = &self.lines[start / MAX_WIDTH * self.chirps + chirp];
        let z = lanes.load_pairs(&line[start % MAX_WIDTH * SAMPLE..]);
        if self.iq_swap { Z { re: z.im, im: z.re } } else { z }
    }

    #[inline(always)]
    fn rest(&self, lanes: L, chirp: usize, start: usize) -> Z<L> {
        self.whole(lanes, chirp, start)
    }
}
