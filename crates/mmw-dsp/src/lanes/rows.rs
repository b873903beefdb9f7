//! Where the lanes put a spectrum: rows of Doppler bins, one for each range bin.

use super::set::{Lanes, Z};
use super::transform::Sink;
use mmw_core::C32;

/// Bytes of a channel from which on its spectrum is written past the caches: it comes with others, and none
/// of them is still there when it is read.
pub(super) const STREAMED: usize = 1 << 17;

/// Doppler bins before the first that begins a cache line. Memory of large arrays begins 16 bytes after
/// one; a store across two lines costs more than two.
pub(super) fn bins_ahead(output: &[C32]) -> usize {
    const LINE: usize = 64;
    let ahead = output.as_ptr().align_offset(LINE);
    if ahead < LINE / size_of::<C32>() { ahead } else { 0 }
}

/// Rows of Doppler bins, `line` from one to the next, for as many range bins as are kept; in the lanes those
/// from `start` on, the first bin following the last.
pub(super) struct Checked<'a, L: Lanes> {
    pub(super) output: &'a mut [C32],
    pub(super) check: &'a mut Z<L>,
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) streams: bool,
}

impl<L: Lanes> Sink<L> for Checked<'_, L> {
    #[inline(always)]
    fn put(&mut self, lanes: L, k: usize, z: Z<L>) {
        let Some(row) = self.output.get_mut(k * self.line..(k + 1) * self.line) else { return };
        match row.split_at_mut(self.start) {
            (_, tail) if tail.len() >= L::WIDTH && self.streams => lanes.stream_complex(z, tail),
            (_, tail) if tail.len() >= L::WIDTH => lanes.store_complex(z, tail),
            (head, tail) => lanes.store_complex_parted(z, tail, head),
        }
        // `check::zero_if_finite` by lanes. A single bad sample reaches every bin of its channel.
        let zero = lanes.splat(0.0);
        self.check.re = lanes.mul_add(z.re, zero, self.check.re);
        self.check.im = lanes.mul_add(z.im, zero, self.check.im);
    }
}

/// Rows from their first bin on with their powers added up, in rows as long.
pub(super) struct Summed<'a> {
    pub(super) output: &'a mut [C32],
    pub(super) power: &'a mut [f32],
    pub(super) line: usize,
}

impl<L: Lanes> Sink<L> for Summed<'_> {
    #[inline(always)]
    fn put(&mut self, lanes: L, k: usize, z: Z<L>) {
        let at = k * self.line..;
        let (Some(row), Some(power)) = (self.output.get_mut(at.clone()), self.power.get_mut(at)) else {
            return;
        };
        lanes.store_complex(z, row);
        // Nothing is fused, so that the powers are those of any other loop over the channels.
        let own = lanes.add(lanes.mul(z.re, z.re), lanes.mul(z.im, z.im));
        lanes.store(lanes.add(lanes.load(power), own), power);
    }
}
