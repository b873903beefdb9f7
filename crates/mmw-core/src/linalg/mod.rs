//! Small dense linear algebra: Hermitian eigenvalues, singular values, log-determinants, least squares.
//!
//! | function | what it does |
//! | --- | --- |
//! | [`hermitian_eigen`], [`HermitianSolver`] | eigenvalues and eigenvectors of a Hermitian matrix |
//! | [`singular_values`] | all singular values of a complex matrix |
//! | [`log2_det_i_plus`], [`log2_det_i_plus_batch`] | `log2 det(I + ρ H Hᴴ)` of one matrix or of many |
//! | [`least_squares`], [`solve`] | overdetermined and square real systems |
//!
//! Matrices are `[row, column]`; everything is `f64`, because a covariance or a determinant needs the digits.

mod lanes;

mod deal;

mod hermitian;
mod least_squares;
mod log_det;
mod singular;
mod tridiagonal;

pub use hermitian::{HermitianEigen, HermitianSolver, hermitian_eigen};
pub use least_squares::{least_squares, solve};
pub use log_det::{log2_det_i_plus, log2_det_i_plus_batch};
pub use singular::singular_values;

use crate::math::power_of_two_below;
use num_complex::Complex;

/// The power of two at or below the greatest component of a matrix; 1 for a matrix of zeros.
fn binary_scale(components: impl Iterator<Item = f64>) -> f64 {
    power_of_two_below(components.fold(0.0_f64, |greatest, x| greatest.max(x.abs())))
}

fn components<'a>(z: impl Iterator<Item = &'a Complex<f64>>) -> impl Iterator<Item = f64> {
    z.flat_map(|z| [z.re, z.im])
}
