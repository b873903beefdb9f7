//! Discrete Fourier transforms of a fixed length, for `f32` and `f64`.
//!
//! `rustfft` is generic over its numbers, so each crate that calls its planner compiles every kernel of it
//! anew: that was two fifths of `mmw-dsp`. Here it is called for the two types that there are, and a
//! structure that holds a
//! [`Transform`] needs no bound.
//!
//! Hidden from the documentation: [`Transform::process`] panics, as `rustfft` does, on data of other lengths.

use num_complex::Complex;
use num_traits::Zero;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner, Length};
use std::fmt;
use std::sync::Arc;

/// A type whose kernels are compiled here: `f32` and `f64`.
pub trait Planned: Sized {
    /// The plan of a length.
    fn planned(len: usize, direction: FftDirection) -> Transform<Self>;
}

impl Planned for f32 {
    fn planned(len: usize, direction: FftDirection) -> Transform<Self> {
        planned(len, direction)
    }
}

impl Planned for f64 {
    fn planned(len: usize, direction: FftDirection) -> Transform<Self> {
        planned(len, direction)
    }
}

/// A transform of a fixed length, in place, not normalised.
#[derive(Clone)]
pub struct Transform<T>(Arc<dyn InPlace<T>>);

impl<T: Planned> Transform<T> {
    /// With `exp(-j 2π i k / len)`.
    #[must_use]
    pub fn forward(len: usize) -> Self {
        T::planned(len, FftDirection::Forward)
    }

    /// With `exp(+j 2π i k / len)`.
    #[must_use]
    pub fn inverse(len: usize) -> Self {
        T::planned(len, FftDirection::Inverse)
    }
}

#[expect(clippy::len_without_is_empty, reason = "a length to transform, not a container")]
impl<T> Transform<T> {
    /// Numbers of a run.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Numbers of the memory that [`Transform::process`] works in.
    #[must_use]
    pub fn scratch_len(&self) -> usize {
        self.0.scratch_len()
    }

    /// Transforms each run of [`Transform::len`] numbers, with scratch of [`Transform::scratch_len`].
    pub fn process(&self, data: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        self.0.process(data, scratch);
    }
}

impl<T: Copy + Zero> Transform<T> {
    /// As [`Transform::process`], with scratch of its own.
    pub fn process_once(&self, data: &mut [Complex<T>]) {
        self.process(data, &mut vec![Complex::new(T::zero(), T::zero()); self.scratch_len()]);
    }
}

impl<T> fmt::Debug for Transform<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transform").field(&self.len()).finish()
    }
}

fn planned<T: FftNum>(len: usize, direction: FftDirection) -> Transform<T> {
    Transform(Arc::new(FftPlanner::new().plan_fft(len, direction)))
}

trait InPlace<T>: Send + Sync {
    fn len(&self) -> usize;
    fn scratch_len(&self) -> usize;
    fn process(&self, data: &mut [Complex<T>], scratch: &mut [Complex<T>]);
}

impl<T: FftNum> InPlace<T> for Arc<dyn Fft<T>> {
    fn len(&self) -> usize {
        Length::len(self.as_ref())
    }

    fn scratch_len(&self) -> usize {
        self.get_inplace_scratch_len()
    }

    fn process(&self, data: &mut [Complex<T>], scratch: &mut [Complex<T>]) {
        self.process_with_scratch(data, scratch);
    }
}
