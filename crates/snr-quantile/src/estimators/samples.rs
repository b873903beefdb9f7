//! What the estimators ask of a record, and what a record without a solution still tells.

use crate::snr::{Snr, snr_of_square};
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result, check};
use std::borrow::Cow;

/// The samples as a slice, copied only when they do not lie side by side; at least two.
pub(super) fn contiguous<T: Real>(samples: &ArrayRef1<T>) -> Result<Cow<'_, [T]>> {
    check::at_least("samples", samples.len(), 2)?;
    Ok(samples.as_slice().map_or_else(|| Cow::Owned(samples.to_vec()), Cow::Borrowed))
}

/// The SNR that yields a solution with a probability of 95 %, for estimators that need a kurtosis below 3.
///
/// The kurtosis is `3 − 2 S⁴` on average, with a variance of `24/N` where there is hardly a signal.
pub(super) fn kurtosis_limit(samples: u64) -> Option<Snr> {
    const ONE_SIDED_95: f64 = 1.644_853_626_951_472_7;
    snr_of_square(0.5 * ONE_SIDED_95 * (24.0 / samples as f64).sqrt())
}
