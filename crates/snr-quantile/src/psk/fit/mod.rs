//! Does a record of complex samples fit its constellation? Six tests of what an estimate takes for granted,
//! and the likely cause where one fails.
//!
//! The tests compare the record with the law `y = S exp(jθ) s + w` of greatest likelihood. Five are held to a
//! fifth of [`FALSE_ALARM`] each, that of a line in the spectrum to a fiftieth: the laws of large records are
//! known, and what short ones add was measured.
//!
//! ```
//! use snr_quantile::mmw_core::{C64, random::Streams};
//! use snr_quantile::{Snr, fit::Cause, psk::{self, Modulation}};
//! let y = psk::samples(Modulation::Qpsk, Snr::from_es_n0(10.0)?, 1000, &mut Streams::new(1).stream(0))?;
//! assert_eq!(psk::fit::check(Modulation::Qpsk, &y)?.cause, None);
//! let offset = y.mapv(|y| y + 0.3);
//! assert_eq!(psk::fit::check(Modulation::Qpsk, &offset)?.cause, Some(Cause::Offset));
//! # Ok::<(), snr_quantile::Error>(())
//! ```

mod partition;

mod statistics;

mod causes;

use super::modulation::Modulation;
use crate::fit::{Cause, Reading};
use mmw_core::ndarray::ArrayRef1;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Real, Result, check as require};
use statistics::TESTS;

pub use crate::fit::FALSE_ALARM;

/// Whether a record of complex samples fits its constellation.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PskFit {
    /// What is likely to be wrong; none for a record that fits.
    pub cause: Option<Cause>,
    /// The tests.
    pub readings: [Reading; TESTS],
}

impl PskFit {
    /// Whether no test fails.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.cause.is_none()
    }
}

/// Tests a record, in the order in which it was taken.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for fewer than 50 samples, and those of
/// [`Record::likelihood`](super::Record::likelihood).
pub fn check<T: Real>(modulation: Modulation, samples: &ArrayRef1<Complex<T>>) -> Result<PskFit> {
    /// The shortest records that were measured.
    const FEWEST: usize = 50;
    require::at_least("samples", samples.len(), FEWEST)?;
    let y: Vec<C64> = samples.iter().map(|y| C64::new(y.re.as_f64(), y.im.as_f64())).collect();
    let readings = statistics::read(modulation, &y)?;
    let cause = match readings.iter().any(Reading::fails) {
        true => Some(causes::likely(modulation, &y, &readings)),
        false => None,
    };
    Ok(PskFit { cause, readings })
}
