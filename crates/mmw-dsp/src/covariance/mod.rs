//! Sample covariance, forward-backward averaging, spatial smoothing, loading, shrinkage, number of sources.
//!
//! Snapshots are `[channel, snapshot]`; covariances are `[channel, channel]`, f64 whatever the snapshots
//! are, and Hermitian to the bit.

mod gram;
mod sample;

mod order;

mod shrinkage;

mod config;

pub use config::CovarianceConfig;
pub(crate) use order::check_given;
pub use order::{SourceCount, source_count};
pub use sample::{
    CovarianceScratch, diagonal_loading, forward_backward, sample_covariance, sample_covariance_into,
    spatial_smoothing,
};
pub(crate) use sample::{forward_backward_in_place, spatial_smoothing_into};
pub(crate) use shrinkage::intensity;
pub use shrinkage::{Shrinkage, shrinkage_intensity, shrunk};
