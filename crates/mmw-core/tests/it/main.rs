//! Integration tests of `mmw-core`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod antenna;
mod arrays;
mod cholesky;
mod doors;
mod eigenvalues;
mod geometry;
mod hermitian;
mod hostile;
mod least_squares;
mod log_det;
mod monte_carlo;
mod one_detection;
mod random;
mod reference;
mod roots;
mod singular;
mod stats;
mod study;
