//! A planned transform that asks nothing of its numbers: a structure that holds one needs no bound, and the
//! planner's trait stays with the constructors.

use mmw_core::num_complex::Complex;
use rustfft::{Fft, FftNum, FftPlanner};
use std::sync::Arc;

/// A transform of a fixed length, in place, not normalised.
#[derive(Clone)]
pub(crate) struct Planned<T>(Arc<dyn InPlace<T>>);

impl<T: FftNum> Planned<T> {
    pub(crate) fn forward(planner: &mut FftPlanner<T>, len: usize) -> Self {
        Self(Arc::new(planner.plan_fft_forward(len)))
    }

    pub(crate) fn inverse(planner: &mut FftPlanner<T>, len: usize) -> Self {
        Self(Arc::new(planner.plan_fft_inverse(len)))
    }
}

impl<T> Planned<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn scratch_len(&self) -> usize {
        self.0.scratch_len()
    }

    /// Transforms each run of [`Planned::len`] numbers.
    pub(crate) fn process(&self, data: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        self.0.process(data, scratch);
    }
}

trait InPlace<T>: Send + Sync {
    fn len(&self) -> usize;
    fn scratch_len(&self) -> usize;
    fn process(&self, data: &mut [Complex<T>], scratch: &mut [Complex<T>]);
}

impl<T: FftNum> InPlace<T> for Arc<dyn Fft<T>> {
    fn len(&self) -> usize {
        rustfft::Length::len(self.as_ref())
    }

    fn scratch_len(&self) -> usize {
        self.get_inplace_scratch_len()
    }

    fn process(&self, data: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        self.process_with_scratch(data, scratch);
    }
}
