//! Known symbols.

use super::samples::contiguous;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::method::Method;
use crate::record::PowerSums;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Error, Real, Result, check};

/// Least squares with known symbols: a preamble, a pilot, a re-encoded frame.
///
/// ```text
/// S = |mean a x|,   σ² = mean x² − S²,   a = ±1
/// ```
/// Equation (15) of the paper with the symbols given: the maximum of the likelihood, which reaches
/// [`crate::bound::data_aided_crlb_db2`]. A channel that turns all signs is no error, hence the magnitude.
///
/// # Examples
/// ```
/// use snr_quantile::{DataAided, Estimator};
/// use mmw_core::ndarray::array;
///
/// let aided = DataAided::new(&[1, -1, 1, -1])?;
/// let estimate = aided.estimate(&array![1.5, -1.0, 0.5, -1.0])?;
/// // S = 1, mean square 1.125: σ² = 0.125, SNR = 8.
/// assert!((estimate.snr().map_or(0.0, |snr| snr.linear()) - 8.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataAided {
    symbols: Vec<i8>,
}

impl DataAided {
    /// The symbols, each 1 or −1, one per sample.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two, [`Error::Domain`] for any other number.
    pub fn new(symbols: &[i8]) -> Result<Self> {
        check::at_least("symbols", symbols.len(), 2)?;
        match symbols.iter().find(|a| a.unsigned_abs() != 1) {
            Some(a) => Err(Error::domain("symbols", f64::from(*a), "1 or −1")),
            None => Ok(Self { symbols: symbols.to_vec() }),
        }
    }
}

impl<T: Real> Estimator<T> for DataAided {
    fn method(&self) -> Method {
        Method::DataAided
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        check::same_len("samples", self.symbols.len(), samples.len())?;
        let means = PowerSums::of_record(&samples)?.means_with_any_spread()?;
        let scale = means.scale() / means.rms;
        let pairs = || samples.iter().zip(&self.symbols).map(|(x, a)| x.as_f64() * scale * f64::from(*a));
        let s = pairs().sum::<f64>() / means.count as f64;
        // About the mean, which does not cancel at high SNR.
        let noise = pairs().map(|r| (r - s) * (r - s)).sum::<f64>() / means.count as f64;
        if noise < 1e-28 {
            return Err(Error::invalid(
                "samples",
                "follow the symbols exactly: there is no noise to measure",
            ));
        }
        let signal = s * s;
        if signal == 0.0 {
            return Ok(Estimate::not_identifiable(Method::DataAided, means.count, None, 0.0));
        }
        Estimate::from_fractions(Method::DataAided, means.count, [signal, noise], means.rms_in_samples())
    }
}
