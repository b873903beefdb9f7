//! The size of a matrix as a power of two, which scales without rounding.

use crate::math::power_of_two_below;
use num_complex::Complex;

/// The power of two at or below the greatest component of a matrix; 1 for a matrix of zeros.
pub(super) fn binary_scale(components: impl Iterator<Item = f64>) -> f64 {
    power_of_two_below(components.fold(0.0_f64, |greatest, x| greatest.max(x.abs())))
}

pub(super) fn components<'a>(z: impl Iterator<Item = &'a Complex<f64>>) -> impl Iterator<Item = f64> {
    z.flat_map(|z| [z.re, z.im])
}
