//! What draws of a channel have in common: correlation, spread, rank, fading.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`sample_matrices`] | draws of a model as an array `[draw, rx, tx]` |
//! | [`receive_correlation`], [`transmit_correlation`], [`full_correlation`] | normalised correlation matrices |
//! | [`DelaySpread`], [`azimuth_spread`] | moments of the path list |
//! | [`eigenvalues`], [`rank`], [`effective_rank`], [`mean_eigenvalues`] | what the matrices can carry |
//! | [`kurtosis`], [`rice_factor`], [`KeyholeMetrics`] | how the entries fade |
//!
//! Rice factors that follow from a scenario are methods of [`crate::scenario::Scenario`].

mod sample;

mod correlation;
mod eigen;
mod spread;

mod fading;

pub use correlation::{full_correlation, receive_correlation, transmit_correlation};
pub use eigen::{effective_rank, eigenvalues, mean_eigenvalues, rank};
pub use fading::{KeyholeMetrics, kurtosis, rice_factor};
pub use sample::sample_matrices;
pub use spread::{DelaySpread, LinkEnd, azimuth_spread};
