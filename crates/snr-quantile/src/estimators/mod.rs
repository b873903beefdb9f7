//! The estimators, one a file.

mod data_aided;
mod l_statistic;
mod maximum_likelihood;
mod moments;
mod quartic;
mod streaming;
mod svr;

pub use data_aided::DataAided;
pub use l_statistic::LStatistic;
pub use maximum_likelihood::{Ml, MlBinned};
pub use moments::{DecisionDirected, M1m2, M2m4};
pub use quartic::Quartic;
pub use streaming::Streaming;
pub use svr::Svr;

use crate::Snr;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result, check};
use std::borrow::Cow;

/// The samples as a slice, copied only when they do not lie side by side; at least two.
fn contiguous<T: Real>(samples: &ArrayRef1<T>) -> Result<Cow<'_, [T]>> {
    check::at_least("samples", samples.len(), 2)?;
    Ok(samples.as_slice().map_or_else(|| Cow::Owned(samples.to_vec()), Cow::Borrowed))
}

/// The SNR that yields a solution with a probability of 95 %, for estimators that need a kurtosis below 3.
///
/// The kurtosis is `3 − 2 S⁴` in the mean, with a variance of `24/N` where there is hardly a signal.
fn kurtosis_limit(samples: u64) -> Option<Snr> {
    const ONE_SIDED_95: f64 = 1.644_853_626_951_472_7;
    snr_of_square(0.5 * ONE_SIDED_95 * (24.0 / samples as f64).sqrt())
}

/// The SNR for a given `S⁴` at unit power; none unless `0 < S⁴ < 1`.
pub(crate) fn snr_of_square(s4: f64) -> Option<Snr> {
    let s2 = s4.sqrt();
    Snr::from_linear(s2 / (1.0 - s2)).ok()
}
