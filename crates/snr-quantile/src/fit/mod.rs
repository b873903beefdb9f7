//! Does a record fit the model? Seven tests of what an estimate takes for granted, and the likely cause
//! where one fails.
//!
//! An offset, a residual carrier, several samples per symbol or another modulation give a narrow interval
//! about a wrong SNR. The tests compare the record with the law `x = S a + w` that maximum likelihood fits to
//! it. Each has a threshold for the record's length and SNR, and together they fail 1 % of the records of the
//! model ([`FALSE_ALARM`]): thresholds are quantiles of one level for six of them, and the level is set by
//! simulated records, joint law included (`thresholds.txt`). The seventh, of a line in the spectrum, has a
//! fiftieth of it on top.
//!
//! ```
//! use mmw_core::random::Streams;
//! use snr_quantile::{Snr, compare::bpsk_samples, fit};
//! # use snr_quantile::mmw_core;
//! let x = bpsk_samples(Snr::from_db(10.0)?, 1000, &mut Streams::new(1).stream(0))?;
//! assert_eq!(fit::check(&x)?.cause, None);
//! let offset = x.mapv(|x| x + 0.5);
//! assert_eq!(fit::check(&offset)?.cause, Some(fit::Cause::Offset));
//! # Ok::<(), mmw_core::Error>(())
//! ```

mod statistics;

mod thresholds;

pub(crate) mod tone;

mod readings;

mod causes;

pub use readings::{Cause, Reading, Test};

use crate::bound::crlb_unchecked_db2;
use crate::estimate::{Estimate, Outcome};
use crate::estimator::Estimator;
use crate::estimators::MlBinned;
use crate::method::Method;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result, check as require};
use readings::{READINGS, read};
use std::f64::consts::LN_10;

pub(crate) use readings::of_line;
pub(crate) use statistics::normal_deviate;

/// The probability that a record of the model fails.
pub const FALSE_ALARM: f64 = 0.01;

/// Whether a record fits the model.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fit {
    /// What is likely to be wrong; none for a record that fits.
    pub cause: Option<Cause>,
    /// The tests.
    pub readings: [Reading; READINGS],
}

impl Fit {
    /// Whether no test fails.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.cause.is_none()
    }
}

/// Tests a record for an estimator: as [`check`], and where it takes quantised samples for numbers, whether
/// rounding moves it by more than a fifth of its deviation ([`Cause::CoarseSteps`]).
///
/// [`crate::Ml`], [`crate::MlBinned`] and [`crate::Robust`] take them for intervals.
///
/// # Errors
/// As [`check`].
pub fn check_for<T: Real>(method: Method, samples: &ArrayRef1<T>) -> Result<Fit> {
    let fit = check(samples)?;
    let takes_intervals = matches!(method, Method::Ml | Method::MlBinned | Method::Robust);
    if takes_intervals || !rounding_moves(&MlBinned.estimate(samples)?) {
        return Ok(fit);
    }
    Ok(Fit { cause: fit.cause.or(Some(Cause::CoarseSteps)), ..fit })
}

/// Rounding adds `step²/12` to the noise.
fn rounding_moves(estimate: &Estimate) -> bool {
    const SHARE: f64 = 0.2;
    let (Outcome::Identifiable { snr, noise_std, .. }, Some(step)) = (estimate.outcome, estimate.step) else {
        return false;
    };
    let shift_db = 10.0 / LN_10 * (step / noise_std).powi(2) / 12.0;
    shift_db > SHARE * (crlb_unchecked_db2(snr) / estimate.samples as f64).sqrt()
}

/// Tests a record, in the order in which it was taken.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for fewer than 50 samples, and those of [`Estimator::estimate`].
pub fn check<T: Real>(samples: &ArrayRef1<T>) -> Result<Fit> {
    /// The least length of the table.
    const FEWEST: usize = 50;
    require::at_least("samples", samples.len(), FEWEST)?;
    let estimate = MlBinned.estimate(samples)?;
    let samples = samples.as_slice().map_or_else(|| samples.to_vec().into(), std::borrow::Cow::Borrowed);
    let readings = read(&samples, &estimate)?;
    if estimate.step.is_some() && estimate.effective_samples.is_none() {
        return Ok(Fit { cause: Some(Cause::CoarseSteps), readings });
    }
    let cause = match readings.iter().any(Reading::fails) {
        true => Some(causes::likely(&samples, &estimate, &readings)?),
        false => None,
    };
    Ok(Fit { cause, readings })
}
