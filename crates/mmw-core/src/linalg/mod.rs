//! Small dense linear algebra: Hermitian eigenvalues, singular values, log-determinants, least squares.

mod hermitian;
