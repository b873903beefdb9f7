//! Maximum likelihood without outliers.

use super::maximum_likelihood::MlBinned;
use super::samples::contiguous;
use crate::estimate::{Estimate, Outcome};
use crate::estimator::Estimator;
use crate::method::Method;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::stats::{normal_quantile, upper_median};
use mmw_core::{Error, Real, Result};

/// [`MlBinned`] on the samples that can belong to the law: for records with clicks, bursts or glitches.
///
/// Samples above `S + z σ` are left out, where so many samples of the law exceed that once in twenty records:
/// `N · 2 (1 − Φ(z)) = 0.05`. Amplitude and noise are estimated from what is left, and so on until the same
/// samples stay; the first bound is five times the median magnitude. What is left out of a record without
/// outliers is too little to show in the estimate. [`Estimate::samples`] counts those that were used.
///
/// # Examples
/// ```
/// use mmw_core::random::Streams;
/// use snr_quantile::{Estimator, Robust, Snr, compare::bpsk_samples};
/// # use snr_quantile::mmw_core;
/// let mut x = bpsk_samples(Snr::from_db(10.0)?, 1000, &mut Streams::new(1).stream(0))?;
/// (x[10], x[500], x[777]) = (40.0, -35.0, 9.0);
/// let estimate = Robust.estimate(&x)?;
/// assert_eq!(estimate.samples, 997);
/// assert!(estimate.interval_db(0.95)?.contains(10.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Robust;

impl Robust {
    /// The estimate, and the samples that it is taken from.
    pub(crate) fn keep<T: Real>(samples: &[T]) -> Result<(Estimate, Vec<f64>)> {
        const ROUNDS: usize = 20;
        if let Some(index) = samples.iter().position(|x| !x.is_finite()) {
            return Err(Error::NotFinite { name: "samples".into(), index });
        }
        let mut magnitudes: Vec<f64> = samples.iter().map(|x| x.as_f64().abs()).collect();
        let median = upper_median(&mut magnitudes).unwrap_or_default();
        let mut bound = if median > 0.0 { 5.0 * median } else { f64::INFINITY };
        let z = normal_quantile(1.0 - 0.025 / samples.len() as f64)?;
        let mut before = usize::MAX;
        for _ in 0..ROUNDS {
            let kept: Vec<f64> = samples.iter().map(|x| x.as_f64()).filter(|x| x.abs() <= bound).collect();
            let estimate =
                Estimate { method: Method::Robust, ..MlBinned.estimate(&Array1::from_vec(kept.clone()))? };
            if kept.len() == before {
                return Ok((estimate, kept));
            }
            before = kept.len();
            bound = match estimate.outcome {
                Outcome::Identifiable { signal_amplitude, noise_std, .. } => signal_amplitude + z * noise_std,
                Outcome::NotIdentifiable { .. } => {
                    let power = kept.iter().map(|x| x * x).sum::<f64>() / kept.len() as f64;
                    z * power.sqrt()
                }
            };
        }
        let kept: Vec<f64> = samples.iter().map(|x| x.as_f64()).filter(|x| x.abs() <= bound).collect();
        let estimate = MlBinned.estimate(&Array1::from_vec(kept.clone()))?;
        Ok((Estimate { method: Method::Robust, ..estimate }, kept))
    }
}

impl<T: Real> Estimator<T> for Robust {
    fn method(&self) -> Method {
        Method::Robust
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        Ok(Self::keep(&samples)?.0)
    }
}
