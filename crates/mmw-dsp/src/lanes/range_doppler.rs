//! Both transforms of one channel in lanes: chirps x samples in, range x Doppler out.
//!
//! The Doppler transform comes first, with neighbouring samples in the lanes: it reads the cube as it lies,
//! without a transpose. The range transform then runs with neighbouring Doppler bins in the lanes, which is
//! how the output lies; between the two, squares of `WIDTH` x `WIDTH` are transposed in registers. The
//! product of both windows is applied as the samples are loaded.

use super::transform::{LaneFft, Source};
use super::{Kernel, Lanes, Z};
use mmw_core::C32;

/// What is precomputed for a shape; the same for every instruction set.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    chirps: usize,
    samples: usize,
    range_bins: usize,
    doppler_len: usize,
    range_len: usize,
    /// One weight a chirp.
    doppler_weights: Vec<f32>,
    /// One weight a sample, with zeros up to a multiple of [`Plan::MAX_WIDTH`].
    range_weights: Vec<f32>,
    doppler: LaneFft,
    range: LaneFft,
}

/// The memory that one channel needs while it is worked on.
#[derive(Debug, Clone)]
pub(crate) struct Buffers<L: Lanes> {
    /// `[block of samples][Doppler]`: the channel between the two transforms.
    between: Vec<Z<L>>,
    /// One transform in progress.
    work: Vec<Z<L>>,
}

impl Plan {
    const MAX_WIDTH: usize = 16;

    /// The plan for one weight a sample and one a chirp; `None` when a length is not supported.
    pub(crate) fn new(
        range_weights: &[f32],
        doppler_weights: &[f32],
        range_len: usize,
        doppler_len: usize,
        range_bins: usize,
    ) -> Option<Self> {
        let (samples, chirps) = (range_weights.len(), doppler_weights.len());
        if samples > range_len || chirps > doppler_len || range_bins > range_len || samples == 0 {
            return None;
        }
        let mut padded = range_weights.to_vec();
        padded.resize(samples.next_multiple_of(Self::MAX_WIDTH), 0.0);
        Some(Self {
            chirps,
            samples,
            range_bins,
            doppler_len,
            range_len,
            doppler_weights: doppler_weights.to_vec(),
            range_weights: padded,
            doppler: LaneFft::new(doppler_len)?,
            range: LaneFft::new(range_len)?,
        })
    }

    /// Whether the lanes of a set of `width` can be filled.
    pub(crate) fn fits(&self, width: usize) -> bool {
        width <= self.doppler_len && width <= self.range_len && width <= Self::MAX_WIDTH
    }

    /// Makes the buffers as long as this plan needs them; nothing when they are.
    pub(crate) fn fit<L: Lanes>(&self, lanes: L, buffers: &mut Buffers<L>) {
        let blocks = self.samples.div_ceil(L::WIDTH);
        buffers.between.resize(blocks * self.doppler_len, lanes.zero());
        buffers.work.resize(self.range_len.max(self.doppler_len), lanes.zero());
    }

    /// Transforms one channel; whether all that came out is finite.
    pub(crate) fn process<L: Lanes>(
        &self,
        lanes: L,
        channel: &[C32],
        buffers: &mut Buffers<L>,
        output: &mut [C32],
    ) -> bool {
        lanes.run(Channel { plan: self, channel, buffers, output })
    }
}

impl<L: Lanes> Buffers<L> {
    pub(crate) fn new() -> Self {
        Self { between: Vec::new(), work: Vec::new() }
    }
}

struct Channel<'a, L: Lanes> {
    plan: &'a Plan,
    channel: &'a [C32],
    buffers: &'a mut Buffers<L>,
    output: &'a mut [C32],
}

impl<L: Lanes> Kernel<L> for Channel<'_, L> {
    type Output = bool;

    #[inline(always)]
    fn run(self, lanes: L) -> bool {
        let Self { plan, channel, buffers, output } = self;
        let Buffers { between, work } = buffers;
        doppler_stage(lanes, plan, channel, &mut work[..plan.doppler_len], between);
        range_stage(lanes, plan, between, &mut work[..plan.range_len], output)
    }
}

#[inline(always)]
fn doppler_stage<L: Lanes>(lanes: L, plan: &Plan, channel: &[C32], work: &mut [Z<L>], between: &mut [Z<L>]) {
    let chirps_fill_the_transform = plan.chirps == plan.doppler_len;
    for (block, spectrum) in between.chunks_exact_mut(plan.doppler_len).enumerate() {
        let start = block * L::WIDTH;
        let weights = lanes.load(&plan.range_weights[start..]);
        let columns = Columns { plan, channel, start, weights };
        if chirps_fill_the_transform && start + L::WIDTH <= plan.samples {
            plan.doppler.run(lanes, &columns, work);
        } else {
            plan.doppler.run(lanes, &PartlyFilled(columns), work);
        }
        for (z, &place) in spectrum.iter_mut().zip(plan.doppler.order()) {
            *z = work[place];
        }
    }
}

/// `WIDTH` neighbouring samples of each chirp, windowed.
struct Columns<'a, L: Lanes> {
    plan: &'a Plan,
    channel: &'a [C32],
    start: usize,
    weights: L::Vector,
}

impl<L: Lanes> Columns<'_, L> {
    #[inline(always)]
    fn windowed(&self, lanes: L, chirp: usize, z: Z<L>) -> Z<L> {
        let weights = lanes.mul(lanes.splat(self.plan.doppler_weights[chirp]), self.weights);
        Z { re: lanes.mul(z.re, weights), im: lanes.mul(z.im, weights) }
    }
}

impl<L: Lanes> Source<L> for Columns<'_, L> {
    #[inline(always)]
    fn element(&self, lanes: L, chirp: usize) -> Z<L> {
        let row = &self.channel[chirp * self.plan.samples + self.start..];
        self.windowed(lanes, chirp, lanes.load_complex(row))
    }
}

/// The same where chirps or samples may be missing, and are taken as zero.
struct PartlyFilled<'a, L: Lanes>(Columns<'a, L>);

impl<L: Lanes> Source<L> for PartlyFilled<'_, L> {
    #[inline(always)]
    fn element(&self, lanes: L, chirp: usize) -> Z<L> {
        let Columns { plan, channel, start, .. } = self.0;
        if chirp >= plan.chirps {
            return lanes.zero();
        }
        let row = &channel[chirp * plan.samples + start..(chirp + 1) * plan.samples];
        if row.len() >= L::WIDTH {
            return self.0.windowed(lanes, chirp, lanes.load_complex(row));
        }
        let mut padded = [C32::new(0.0, 0.0); Plan::MAX_WIDTH];
        padded[..row.len()].copy_from_slice(row);
        self.0.windowed(lanes, chirp, lanes.load_complex(&padded))
    }
}

#[inline(always)]
fn range_stage<L: Lanes>(
    lanes: L,
    plan: &Plan,
    between: &[Z<L>],
    work: &mut [Z<L>],
    output: &mut [C32],
) -> bool {
    // Zero times a finite number is zero and zero times NaN or infinity is NaN: the sum stays zero only
    // while all results are finite. A single bad sample reaches every bin of its channel.
    let zero = lanes.splat(0.0);
    let mut check = lanes.zero();
    for start in (0..plan.doppler_len).step_by(L::WIDTH) {
        let mut filled = 0;
        for spectrum in between.chunks_exact(plan.doppler_len) {
            lanes.transpose(&spectrum[start..], &mut work[filled..]);
            filled += L::WIDTH;
        }
        work[filled..].fill(lanes.zero());
        plan.range.run_in_place(lanes, work);
        let rows = output.chunks_exact_mut(plan.doppler_len).take(plan.range_bins);
        for (row, &place) in rows.zip(plan.range.order()) {
            let z = work[place];
            lanes.store_complex(z, &mut row[start..]);
            check.re = lanes.mul_add(z.re, zero, check.re);
            check.im = lanes.mul_add(z.im, zero, check.im);
        }
    }
    lanes.sum(lanes.add(check.re, check.im)).is_finite()
}
