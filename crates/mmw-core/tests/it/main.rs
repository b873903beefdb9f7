//! Integration tests of `mmw-core`.

mod hermitian;
//! The tests of `mmw-core`: references, identities, statistics, stability of random numbers, bad input.

mod antenna;
mod arrays;
mod geometry;
mod hostile;
mod least_squares;
mod log_det;
mod monte_carlo;
mod random;
mod reference;
mod singular;
mod stats;
