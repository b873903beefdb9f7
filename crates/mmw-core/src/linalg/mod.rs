//! Small dense linear algebra: Hermitian eigenvalues, singular values, log-determinants, least squares.

mod hermitian;

pub use hermitian::{HermitianEigen, HermitianSolver, hermitian_eigen};
