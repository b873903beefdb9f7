//! Range transforms out of the channel between both, and where they put the spectrum: rows of Doppler bins,
//! one for each range bin.

use super::set::{Kernel, Lanes, MAX_WIDTH, Z};
use super::transform::{LaneFft, Sink};
use mmw_core::C32;

/// Bytes of a channel from which on its spectrum is written past the caches: it comes with others, and none
/// of them is still there when it is read.
const STREAMED: usize = 1 << 17;

/// Doppler bins before the first that begins a cache line. Memory of large arrays begins 16 bytes after
/// one; a store across two lines costs more than two.
fn bins_ahead(output: &[C32]) -> usize {
    const LINE: usize = 64;
    let ahead = output.as_ptr().align_offset(LINE);
    if ahead < LINE / size_of::<C32>() { ahead } else { 0 }
}

/// Rows of Doppler bins, `line` from one to the next, for as many range bins as are kept; in the lanes those
/// from `start` on, the first bin following the last.
struct Checked<'a, L: Lanes> {
    output: &'a mut [C32],
    check: &'a mut Z<L>,
    line: usize,
    start: usize,
    streams: bool,
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
struct Summed<'a> {
    output: &'a mut [C32],
    power: &'a mut [f32],
    line: usize,
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

/// Range spectra by rows; whether all of them are finite.
pub(super) struct Rows<'a, L: Lanes> {
    pub(super) range: &'a LaneFft,
    /// Doppler bins.
    pub(super) line: usize,
    pub(super) between: &'a [Z<L>],
    pub(super) work: &'a mut [Z<L>],
    pub(super) output: &'a mut [C32],
}

impl<L: Lanes> Kernel<L> for Rows<'_, L> {
    type Output = bool;

    #[inline(always)]
    fn run(self, lanes: L) -> bool {
        let Self { range, line, between, work, output } = self;
        let mut check = lanes.zero();
        let ahead = bins_ahead(output);
        for start in (ahead..ahead + line).step_by(L::WIDTH) {
            gather(lanes, line, between, start, work);
            let streams = size_of_val(output) >= STREAMED;
            let mut sink = Checked { output, check: &mut check, line, start, streams };
            range.run_from(lanes, work, &mut sink);
        }
        lanes.sum(lanes.add(check.re, check.im)).is_finite()
    }
}

/// The same with their powers, which tell whether all is finite.
pub(super) struct RowsWithPowers<'a, L: Lanes> {
    pub(super) range: &'a LaneFft,
    pub(super) line: usize,
    pub(super) between: &'a [Z<L>],
    pub(super) work: &'a mut [Z<L>],
    pub(super) output: &'a mut [C32],
    pub(super) power: &'a mut [f32],
}

impl<L: Lanes> Kernel<L> for RowsWithPowers<'_, L> {
    type Output = bool;

    #[inline(always)]
    fn run(self, lanes: L) -> bool {
        let Self { range, line, between, work, output, power } = self;
        for start in (0..line).step_by(L::WIDTH) {
            gather(lanes, line, between, start, work);
            let (output, power) = (&mut output[start..], &mut power[start..]);
            range.run_from(lanes, work, &mut Summed { output, power, line });
        }
        true
    }
}

/// The `WIDTH` Doppler bins from `start` on of all samples, with zeros up to the length of the transform.
#[inline(always)]
fn gather<L: Lanes>(lanes: L, line: usize, between: &[Z<L>], start: usize, work: &mut [Z<L>]) {
    let mut filled = 0;
    for spectrum in between.chunks_exact(line) {
        transpose_turned(lanes, spectrum, start, &mut work[filled..]);
        filled += L::WIDTH;
    }
    work[filled..].fill(lanes.zero());
}

/// Transposes the `WIDTH` bins from `start` on, the first bin following the last.
#[inline(always)]
fn transpose_turned<L: Lanes>(lanes: L, spectrum: &[Z<L>], start: usize, to: &mut [Z<L>]) {
    if start + L::WIDTH <= spectrum.len() {
        return lanes.transpose(&spectrum[start..], to);
    }
    let mut turned = [lanes.zero(); MAX_WIDTH];
    let (head, tail) = spectrum.split_at(start);
    let bins = tail.iter().chain(head);
    turned[..L::WIDTH].iter_mut().zip(bins).for_each(|(to, z)| *to = *z);
    lanes.transpose(&turned, to);
}
