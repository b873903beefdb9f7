//! From the amplitude of greatest likelihood to an estimate.

use super::samples::kurtosis_limit;
use crate::contrast::noise_contrast;
use crate::estimate::Estimate;
use crate::likelihood::{self, Magnitudes};
use crate::method::Method;
use mmw_core::Result;

/// The estimate of a record whose likelihood is greatest at `amplitude`; none is greater than that of
/// noise alone.
pub(super) fn from_amplitude(
    method: Method,
    magnitudes: &impl Magnitudes,
    amplitude: Option<f64>,
) -> Result<Estimate> {
    let means = magnitudes.means();
    match amplitude {
        None => {
            let contrast = noise_contrast(means.above_1);
            Ok(Estimate::not_identifiable(method, means.count, kurtosis_limit(means.count), contrast))
        }
        Some(s) => {
            let fractions = likelihood::fractions(magnitudes, s);
            Estimate::from_fractions(method, means.count, fractions, means.rms_in_samples())
        }
    }
}
