//! Memory that begins with a cache line: vectors that lie across two of them cost twice as much to move.

use mmw_core::Real;
use mmw_core::ndarray::{Array1, Array3, s};
use num_traits::Zero;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Elements of memory of which [`aligned`] leaves at least `len`.
pub(crate) fn aligned_len<T>(len: usize) -> usize {
    len + LINE / size_of::<T>()
}

/// Zeros for [`aligned`].
pub(crate) fn aligned_zeros<T: Real>(len: usize) -> Vec<T> {
    vec![T::zero(); aligned_len::<T>(len)]
}

/// The part from the beginning of a cache line on.
pub(crate) fn aligned<T>(memory: &mut [T]) -> &mut [T] {
    let first = first_aligned(memory.as_ptr());
    &mut memory[first..]
}

/// An array of zeros whose first element begins a cache line.
pub(crate) fn aligned_array<T: Clone + Zero>(shape: [usize; 3]) -> Array3<T> {
    let len = shape.iter().product::<usize>();
    let memory = Array1::<T>::zeros(len + LINE / size_of::<T>());
    let first = first_aligned(memory.as_ptr());
    let aligned = memory.slice_move(s![first..first + len]);
    aligned.into_shape_with_order(shape).unwrap_or_else(|_| Array3::zeros(shape))
}

/// The part before the beginning of a cache line, and the rest.
#[inline(always)]
pub(crate) fn split_aligned<T>(memory: &mut [T]) -> (&mut [T], &mut [T]) {
    let first = first_aligned(memory.as_ptr()).min(memory.len());
    memory.split_at_mut(first)
}

fn first_aligned<T>(memory: *const T) -> usize {
    memory.align_offset(LINE).min(LINE / size_of::<T>())
}
