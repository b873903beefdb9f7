//! The transform of a frame, channel after channel, from wherever its samples stand.

use super::{Engine, PortableBuffers, RangeDoppler, RangeDopplerScratch, Worker};
use crate::capture::RawFrame;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{
    self, Lanes,
    range_doppler::{Buffers, Plan},
    same::{same, same_mut},
};
use crate::wide::{Work, widest};
use mmw_core::ndarray::{Array3, ArrayRef3, Axis};
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result, check};

/// The samples of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'a, T> {
    /// `[channel, chirp, sample]`.
    Cube(&'a ArrayRef3<Complex<T>>),
    /// In the words of a capture.
    Raw(RawFrame<'a>),
}

impl<T: Real> Input<'_, T> {
    pub(crate) fn check_shape(&self, shape: &[usize]) -> Result<()> {
        match self {
            Self::Cube(cube) => check::same_shape("cube", shape, cube.shape()),
            Self::Raw(frame) => check::same_shape("cube", shape, &frame.shape()),
        }
    }

    pub(crate) fn write_into(&self, cube: &mut Array3<Complex<T>>) -> Result<()> {
        match self {
            Self::Cube(from) => {
                cube.assign(from);
                Ok(())
            }
            Self::Raw(frame) => frame.decode_into(cube),
        }
    }

    fn check_finite(&self) -> Result<()> {
        match self {
            Self::Cube(cube) => check::all_finite_complex("cube", cube),
            Self::Raw(_) => Ok(()),
        }
    }

    /// One channel, `[chirp, sample]`, from memory that is lent where it does not lie in one piece.
    fn channel<'b>(&'b self, channel: usize, memory: &'b mut Vec<Complex<T>>) -> &'b [Complex<T>] {
        match self {
            Self::Raw(frame) => frame.decode_channel(channel, memory),
            Self::Cube(cube) => {
                let channel = cube.index_axis(Axis(0), channel);
                if let Some(slice) = channel.to_slice() {
                    return slice;
                }
                memory.clear();
                memory.extend(channel.iter());
            }
        }
        memory
    }
}

impl<T: Real> RangeDoppler<T> {
    /// Transforms a frame, and sums the powers of its channels into `power`, `[range, doppler]`, where that
    /// costs no pass of its own; whether it did and all of them are finite.
    pub(crate) fn process_input(
        &self,
        input: Input<'_, T>,
        scratch: &mut RangeDopplerScratch<T>,
        output: &mut ArrayRef3<Complex<T>>,
        power: Option<&mut [T]>,
    ) -> Result<bool> {
        input.check_shape(&self.config.input_shape())?;
        check::same_shape("output", &self.config.output_shape(), output.shape())?;
        if let Some(slice) = output.as_slice_mut() {
            return self.process_slice(input, scratch, slice, power);
        }
        let mut packed = vec![Complex::new(T::zero(), T::zero()); output.len()];
        let summed = self.process_slice(input, scratch, &mut packed, power)?;
        output.iter_mut().zip(packed).for_each(|(to, z)| *to = z);
        Ok(summed)
    }

    fn process_slice(
        &self,
        input: Input<'_, T>,
        scratch: &mut RangeDopplerScratch<T>,
        output: &mut [Complex<T>],
        power: Option<&mut [T]>,
    ) -> Result<bool> {
        let channel_len = self.config.range_bins * self.config.doppler_fft;
        let share = self.config.channels.div_ceil(scratch.workers.len().max(1));
        let run =
            |index: usize, worker: &mut Worker<T>, output: &mut [Complex<T>], mut power: Option<&mut [T]>| {
                self.fit(worker);
                worker.finite = true;
                for (i, output) in output.chunks_exact_mut(channel_len).enumerate() {
                    let power = power.as_deref_mut();
                    worker.finite &= self.process_channel(&input, index * share + i, worker, output, power);
                }
            };
        let alone = share == self.config.channels;
        match (&mut scratch.workers[..], power) {
            ([worker, ..], Some(power)) if alone => {
                power.fill(T::zero());
                run(0, worker, output, Some(power));
                // They are finite only where the spectrum is.
                if widest(Finite(power)) {
                    return Ok(true);
                }
                worker.finite &= output.iter().all(|z| z.re.is_finite() && z.im.is_finite());
            }
            ([worker, ..], None) if alone => run(0, worker, output, None),
            #[cfg(feature = "rayon")]
            (workers, _) => {
                use rayon::prelude::*;
                let outputs = output.par_chunks_mut(share * channel_len);
                let workers = workers.par_iter_mut().zip(outputs).enumerate();
                workers.for_each(|(index, (worker, output))| run(index, worker, output, None));
            }
            #[cfg(not(feature = "rayon"))]
            (workers, _) => {
                let workers = workers.iter_mut().zip(output.chunks_mut(share * channel_len)).enumerate();
                workers.for_each(|(index, (worker, output))| run(index, worker, output, None));
            }
        }
        let used = self.config.channels.div_ceil(share);
        if scratch.workers.iter().take(used).all(|worker| worker.finite) {
            return Ok(false);
        }
        input.check_finite()?;
        Err(Error::invalid("cube", "its values are so large that the transform overflows"))
    }

    /// Makes the memory as large as this plan needs it; nothing when it is.
    pub(super) fn fit(&self, worker: &mut Worker<T>) {
        match &self.engine {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(lanes, plan) => plan.fit(*lanes, &mut worker.avx512),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(lanes, plan) => plan.fit(*lanes, &mut worker.avx2),
            Engine::Portable(plan) => plan.fit(&mut worker.portable),
        }
    }

    /// Transforms one channel and adds its powers where they are asked for; without them, whether all that
    /// came out is finite.
    fn process_channel(
        &self,
        input: &Input<'_, T>,
        channel: usize,
        worker: &mut Worker<T>,
        output: &mut [Complex<T>],
        power: Option<&mut [T]>,
    ) -> bool {
        match &self.engine {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(lanes, plan) => {
                let Worker { avx512, words, packed, .. } = worker;
                Channel { input, channel, words, packed }.process(*lanes, plan, avx512, output, power)
            }
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(lanes, plan) => {
                let Worker { avx2, words, packed, .. } = worker;
                Channel { input, channel, words, packed }.process(*lanes, plan, avx2, output, power)
            }
            Engine::Portable(plan) => {
                let channel = input.channel(channel, &mut worker.packed);
                let finite = plan.process(channel, &mut worker.portable, output);
                power.into_iter().for_each(|power| widest(AddPower { spectrum: output, power }));
                finite
            }
        }
    }
}

/// A channel of the input, with memory to bring it into the order of the lanes.
#[cfg(target_arch = "x86_64")]
struct Channel<'a, T> {
    input: &'a Input<'a, T>,
    channel: usize,
    words: &'a mut Vec<lanes::samples::Line>,
    packed: &'a mut Vec<Complex<T>>,
}

#[cfg(target_arch = "x86_64")]
impl<T: Real> Channel<'_, T> {
    fn process<L: Lanes>(
        self,
        lanes: L,
        plan: &Plan,
        buffers: &mut Buffers<L>,
        output: &mut [Complex<T>],
        power: Option<&mut [T]>,
    ) -> bool {
        let Some(output) = same_mut(output) else { return false };
        let power = power.and_then(same_mut);
        if let Input::Raw(frame) = self.input
            && let Some(rows) = frame.pair_rows(self.channel)
        {
            let lines = rows.gather(lanes, frame.shape()[1], self.words);
            return plan.process(lanes, lines, buffers, output, power);
        }
        let channel = self.input.channel(self.channel, self.packed);
        let Some(channel) = same(channel) else { return false };
        plan.process(lanes, plan.rows(channel), buffers, output, power)
    }
}

/// Whether all numbers are finite.
struct Finite<'a, T>(&'a [T]);

impl<T: Real> Work for Finite<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // Without an early exit, so that it vectorises.
        self.0.iter().fold(true, |fine, p| fine & p.is_finite())
    }
}

/// Adds the powers of one channel. Nothing is fused, so that they are those of any other loop over
/// the channels.
struct AddPower<'a, T> {
    spectrum: &'a [Complex<T>],
    power: &'a mut [T],
}

impl<T: Real> Work for AddPower<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.power.iter_mut().zip(self.spectrum).for_each(|(power, z)| *power += z.re * z.re + z.im * z.im);
    }
}

impl<T: Real> Worker<T> {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            avx512: Buffers::new(),
            #[cfg(target_arch = "x86_64")]
            avx2: Buffers::new(),
            #[cfg(target_arch = "x86_64")]
            words: Vec::new(),
            portable: PortableBuffers::new(),
            packed: Vec::new(),
            finite: true,
        }
    }
}
