//! Small dense linear algebra: Hermitian eigenvalues, singular values, log-determinants, least squares.
//!
//! | function | what it does |
//! | --- | --- |
//! | [`hermitian_eigen`], [`HermitianSolver`] | eigenvalues and eigenvectors of a Hermitian matrix |
//! | [`eigenvalues`] | eigenvalues of a general complex matrix |
//! | [`singular_values`] | all singular values of a complex matrix |
//! | [`log2_det_i_plus`], [`log2_det_i_plus_batch`] | `log2 det(I + ρ H Hᴴ)` of one matrix or of many |
//! | [`least_squares`], [`solve`] | overdetermined and square real systems |
//! | [`solve_definite`] | positive definite systems, real or complex, in place |
//!
//! Matrices are `[row, column]`; everything is `f64`, because a covariance or a determinant needs the digits.

mod lanes;

mod deal;

mod scale;

mod tridiagonal;

mod cholesky;
mod eigenvalues;
mod hermitian;
mod least_squares;
mod singular;

mod log_det;

pub use cholesky::solve_definite;
pub use eigenvalues::eigenvalues;
pub use hermitian::{HermitianEigen, HermitianSolver, hermitian_eigen};
pub use least_squares::{least_squares, solve};
pub use log_det::{log2_det_i_plus, log2_det_i_plus_batch};
pub use singular::singular_values;
