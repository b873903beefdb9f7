//! A complex slice seen as a real slice.
//!
//! Sound because `num_complex::Complex<T>` is `repr(C)` with exactly the fields `re: T, im: T`: it has the
//! alignment of `T`, the size of two `T` and no padding, so `n` complex numbers are `2n` valid `T` in a row,
//! and every bit pattern of two `T` is a valid complex number. The lifetimes are those of the argument.
#![allow(unsafe_code)]

use crate::Real;
use num_complex::Complex;

pub(crate) fn as_real<T: Real>(z: &[Complex<T>]) -> &[T] {
    // SAFETY: see the module's header.
    unsafe { std::slice::from_raw_parts(z.as_ptr().cast::<T>(), 2 * z.len()) }
}

pub(crate) fn as_real_mut<T: Real>(z: &mut [Complex<T>]) -> &mut [T] {
    // SAFETY: see the module's header.
    unsafe { std::slice::from_raw_parts_mut(z.as_mut_ptr().cast::<T>(), 2 * z.len()) }
}
