//! Both transforms of one channel in lanes: chirps x samples in, range x Doppler out.
//!
//! The Doppler transform comes first, with neighbouring samples in the lanes: it reads the cube as it lies,
//! without a transpose. The range transform then runs with neighbouring Doppler bins in the lanes, which is
//! how the output lies; between the two, squares of `WIDTH` x `WIDTH` are transposed in registers. The
//! product of both windows is applied as the samples are loaded.

use super::rows::{Rows, RowsWithPowers};
use super::samples::{CubeRows, Samples};
use super::set::{Kernel, Lanes, MAX_WIDTH, Z};
use super::transform::{LaneFft, Sink, Source};
use mmw_core::C32;

/// What is precomputed for a shape; the same for every instruction set.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    chirps: usize,
    samples: usize,
    doppler_len: usize,
    range_len: usize,
    /// One weight per chirp.
    doppler_weights: Vec<f32>,
    /// One weight per sample, with zeros up to a multiple of [`MAX_WIDTH`].
    range_weights: Vec<f32>,
    doppler: LaneFft,
    range: LaneFft,
}

/// The memory that one channel needs while it is worked on.
#[derive(Debug, Clone)]
pub(crate) struct Buffers<L: Lanes> {
    /// One transform in progress, and `[block of samples][Doppler]`, the channel between the two transforms.
    /// Apart they may lie so that the one pushes the other out of the first cache.
    memory: Vec<Z<L>>,
}

impl Plan {
    /// The plan for one weight per sample and one per chirp; `None` when a length is not supported.
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
        padded.resize(samples.next_multiple_of(MAX_WIDTH), 0.0);
        Some(Self {
            chirps,
            samples,
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
        width <= self.doppler_len && width <= self.range_len && width <= MAX_WIDTH
    }

    /// A channel of a cube, `[chirp, sample]`.
    pub(crate) fn rows<'a>(&self, channel: &'a [C32]) -> CubeRows<'a> {
        CubeRows { channel, samples: self.samples }
    }

    /// Makes the buffers as long as this plan needs them; nothing when they are.
    pub(crate) fn fit<L: Lanes>(&self, lanes: L, buffers: &mut Buffers<L>) {
        let between = self.samples.div_ceil(L::WIDTH) * self.doppler_len;
        buffers.memory.resize(self.work_len() + between, lanes.zero());
    }

    fn work_len(&self) -> usize {
        self.range_len.max(self.doppler_len)
    }

    /// Transforms one channel, and adds its powers to `power` where they are asked for; without them, whether
    /// all that came out is finite.
    pub(crate) fn process<L: Lanes>(
        &self,
        lanes: L,
        samples: impl Samples<L>,
        buffers: &mut Buffers<L>,
        output: &mut [C32],
        power: Option<&mut [f32]>,
    ) -> bool {
        let (work, between) = buffers.memory.split_at_mut(self.work_len());
        let full = if self.chirps == self.doppler_len { self.samples / L::WIDTH } else { 0 };
        let (whole, part) = between.split_at_mut(full * self.doppler_len);
        let columns = &mut work[..self.doppler_len];
        lanes.run(WholeColumns { plan: self, samples, work: columns, between: whole });
        if !part.is_empty() {
            let (work, first) = (&mut work[..self.doppler_len], full);
            lanes.run(PartlyFilledColumns { plan: self, samples, work, between: part, first });
        }
        let (work, range, line) = (&mut work[..self.range_len], &self.range, self.doppler_len);
        match power {
            Some(power) => lanes.run(RowsWithPowers { range, line, between, work, output, power }),
            None => lanes.run(Rows { range, line, between, work, output }),
        }
    }
}

impl<L: Lanes> Buffers<L> {
    pub(crate) fn new() -> Self {
        Self { memory: Vec::new() }
    }
}

// Each transform is a kernel of its own: all of it is compiled into one function, whose frame on the stack
// has place for all variables of all steps where nothing is optimised, and threads have two megabytes.

/// Doppler spectra of samples whose chirps fill the lanes and the transform.
struct WholeColumns<'a, L: Lanes, S> {
    plan: &'a Plan,
    samples: S,
    work: &'a mut [Z<L>],
    between: &'a mut [Z<L>],
}

impl<L: Lanes, S: Samples<L>> Kernel<L> for WholeColumns<'_, L, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: L) {
        let Self { plan, samples, work, between } = self;
        for (block, spectrum) in between.chunks_exact_mut(plan.doppler_len).enumerate() {
            let columns = Columns::new(lanes, plan, samples, block * L::WIDTH);
            plan.doppler.run(lanes, &columns, work, &mut InOrder(spectrum));
        }
    }
}

/// The same where they do not, from a block on.
struct PartlyFilledColumns<'a, L: Lanes, S> {
    plan: &'a Plan,
    samples: S,
    work: &'a mut [Z<L>],
    between: &'a mut [Z<L>],
    first: usize,
}

impl<L: Lanes, S: Samples<L>> Kernel<L> for PartlyFilledColumns<'_, L, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: L) {
        let Self { plan, samples, work, between, first } = self;
        for (block, spectrum) in (first..).zip(between.chunks_exact_mut(plan.doppler_len)) {
            let columns = PartlyFilled(Columns::new(lanes, plan, samples, block * L::WIDTH));
            plan.doppler.run(lanes, &columns, work, &mut InOrder(spectrum));
        }
    }
}

/// A spectrum, each frequency in its place.
struct InOrder<'a, L: Lanes>(&'a mut [Z<L>]);

impl<L: Lanes> Sink<L> for InOrder<'_, L> {
    #[inline(always)]
    fn put(&mut self, _: L, k: usize, z: Z<L>) {
        self.0[k] = z;
    }
}

/// `WIDTH` neighbouring samples of each chirp, windowed.
struct Columns<'a, L: Lanes, S> {
    plan: &'a Plan,
    samples: S,
    start: usize,
    weights: L::Vector,
}

impl<'a, L: Lanes, S: Samples<L>> Columns<'a, L, S> {
    #[inline(always)]
    fn new(lanes: L, plan: &'a Plan, samples: S, start: usize) -> Self {
        let weights = lanes.mul(lanes.load(&plan.range_weights[start..]), lanes.splat(S::UNIT));
        Self { plan, samples, start, weights }
    }

    #[inline(always)]
    fn windowed(&self, lanes: L, chirp: usize, z: Z<L>) -> Z<L> {
        let weights = lanes.mul(lanes.splat(self.plan.doppler_weights[chirp]), self.weights);
        Z { re: lanes.mul(z.re, weights), im: lanes.mul(z.im, weights) }
    }
}

impl<L: Lanes, S: Samples<L>> Source<L> for Columns<'_, L, S> {
    #[inline(always)]
    fn element(&self, lanes: L, chirp: usize) -> Z<L> {
        self.windowed(lanes, chirp, self.samples.whole(lanes, chirp, self.start))
    }
}

/// The same where chirps or samples may be missing, and are taken as zero.
struct PartlyFilled<'a, L: Lanes, S>(Columns<'a, L, S>);

impl<L: Lanes, S: Samples<L>> Source<L> for PartlyFilled<'_, L, S> {
    #[inline(always)]
    fn element(&self, lanes: L, chirp: usize) -> Z<L> {
        let Columns { plan, samples, start, .. } = self.0;
        if chirp >= plan.chirps {
            return lanes.zero();
        }
        let z = if start + L::WIDTH <= plan.samples {
            samples.whole(lanes, chirp, start)
        } else {
            samples.rest(lanes, chirp, start)
        };
        self.0.windowed(lanes, chirp, z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::portable::Portable;
    use mmw_core::C64;
    use std::f64::consts::TAU;

    fn transformed<L: Lanes>(lanes: L, plan: &Plan, channel: &[C32]) -> Vec<C32> {
        let mut buffers = Buffers::new();
        plan.fit(lanes, &mut buffers);
        let mut output = vec![C32::new(0.0, 0.0); plan.range_len * plan.doppler_len];
        let samples = plan.rows(channel);
        assert!(plan.process(lanes, samples, &mut buffers, &mut output, None));
        output
    }

    fn weights(n: usize) -> Vec<f32> {
        (0..n).map(|i| 0.3 + (i as f32).sin().abs()).collect()
    }

    fn element(i: usize) -> C32 {
        C32::new((i as f32 * 0.37).sin(), (i as f32 * 1.13).cos())
    }

    #[test]
    fn the_kernels_compute_the_sum_that_defines_them() {
        let (chirps, doppler_len, samples, range_len) = (13, 16, 21, 32);
        let (range_weights, doppler_weights) = (weights(samples), weights(chirps));
        let plan = Plan::new(&range_weights, &doppler_weights, range_len, doppler_len, range_len).unwrap();
        let channel: Vec<C32> = (0..chirps * samples).map(element).collect();
        let output = transformed(Portable, &plan, &channel);
        for (i, got) in output.iter().enumerate() {
            let (r, d) = (i / doppler_len, i % doppler_len);
            let expected: C64 = (0..chirps * samples)
                .map(|at| {
                    let (m, n) = (at / samples, at % samples);
                    let turns = (n * r) as f64 / range_len as f64 + (m * d) as f64 / doppler_len as f64;
                    let weight = f64::from(doppler_weights[m]) * f64::from(range_weights[n]);
                    C64::new(channel[at].re.into(), channel[at].im.into())
                        * C64::from_polar(weight, -TAU * turns)
                })
                .sum();
            // The sums are at most 273 · 1.3² · √2; a dozen roundings of 6e-8 each stay below 1e-6 of that.
            assert!((C64::new(got.re.into(), got.im.into()) - expected).norm() < 6e-4, "{r} {d}");
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn vector_instructions_agree_with_plain_rust_to_the_bit() {
        use crate::lanes::{avx2::Avx2, avx512::Avx512};
        for (chirps, doppler_len, samples, range_len) in [
            (16, 16, 16, 16),
            (13, 16, 21, 64),
            (100, 128, 256, 256),
            (20, 32, 500, 512),
            (600, 1024, 30, 32),
        ] {
            let plan =
                Plan::new(&weights(samples), &weights(chirps), range_len, doppler_len, range_len).unwrap();
            let channel: Vec<C32> = (0..chirps * samples).map(element).collect();
            // The same operations in the same order, each rounded once: nothing may differ.
            let expected = transformed(Portable, &plan, &channel);
            if let Some(lanes) = Avx512::detect() {
                assert_eq!(transformed(lanes, &plan, &channel), expected);
            }
            if let Some(lanes) = Avx2::detect() {
                assert_eq!(transformed(lanes, &plan, &channel), expected);
            }
        }
    }

    #[test]
    fn the_bits_do_not_depend_on_where_the_output_lies() {
        // Large enough to be written past the caches, and small.
        for (chirps, samples) in [(128, 128), (16, 32)] {
            let plan = Plan::new(&weights(samples), &weights(chirps), samples, chirps, samples).unwrap();
            let channel: Vec<C32> = (0..chirps * samples).map(element).collect();
            let expected = transformed(Portable, &plan, &channel);
            assert_placed_anywhere(Portable, &plan, &channel, &expected);
            #[cfg(target_arch = "x86_64")]
            if let Some(lanes) = crate::lanes::avx512::Avx512::detect() {
                assert_placed_anywhere(lanes, &plan, &channel, &expected);
            }
            #[cfg(target_arch = "x86_64")]
            if let Some(lanes) = crate::lanes::avx2::Avx2::detect() {
                assert_placed_anywhere(lanes, &plan, &channel, &expected);
            }
        }
    }

    fn assert_placed_anywhere<L: Lanes>(lanes: L, plan: &Plan, channel: &[C32], expected: &[C32]) {
        let mut buffers = Buffers::new();
        plan.fit(lanes, &mut buffers);
        for place in 0..9 {
            let outside = C32::new(7.0, 7.0);
            let mut output = vec![outside; expected.len() + 10];
            let samples = plan.rows(channel);
            let within = &mut output[place..place + expected.len()];
            assert!(plan.process(lanes, samples, &mut buffers, within, None));
            assert_eq!(*within, *expected, "{place}");
            assert!(output[..place].iter().chain(&output[place + expected.len()..]).all(|z| *z == outside));
        }
    }

    #[test]
    fn lengths_outside_the_kernels_have_no_plan() {
        for (range_len, doppler_len) in [(4, 16), (16, 4), (8192, 16), (16, 8192), (48, 16), (0, 16)] {
            assert!(Plan::new(&[1.0; 3], &[1.0; 3], range_len, doppler_len, 1).is_none());
        }
        assert!(Plan::new(&[1.0; 17], &[1.0; 3], 16, 16, 1).is_none());
        assert!(Plan::new(&[], &[1.0; 3], 16, 16, 1).is_none());
        assert!(!Plan::new(&[1.0; 3], &[1.0; 3], 16, 8, 1).unwrap().fits(16));
    }
}
