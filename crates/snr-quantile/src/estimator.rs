//! The one trait of the estimators.

use crate::estimate::Estimate;
use crate::method::Method;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result};

/// An estimator of the SNR of BPSK in white noise from real samples, one per symbol.
///
/// The samples are `x = S a + w`, in any unit: no estimate depends on their scale, none but
/// [`crate::Svr`] on their order, none on their signs (data-aided apart).
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, Method};
/// use mmw_core::ndarray::array;
///
/// let x = array![1.2_f32, -0.9, 0.8, -1.1, -1.0, 1.3, 0.7, -1.2];
/// for method in [Method::Ml, Method::M2m4, Method::M1m2] {
///     let estimate = method.estimator()?.estimate(&x)?;
///     assert!(estimate.snr_db_or(0.0) > 10.0);
/// }
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub trait Estimator<T: Real>: Send + Sync {
    /// Which one it is.
    fn method(&self) -> Method;

    /// The SNR of a record.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] for fewer samples than the estimator needs (at least two),
    /// [`mmw_core::Error::NotFinite`] for NaN or an infinity, [`mmw_core::Error::Invalid`] when all samples
    /// are zero or of the same magnitude. A record that tells no SNR is not an error: see
    /// [`crate::Outcome::NotIdentifiable`].
    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate>;
}

impl<T: Real, E: Estimator<T> + ?Sized> Estimator<T> for &E {
    fn method(&self) -> Method {
        (**self).method()
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        (**self).estimate(samples)
    }
}

impl<T: Real, E: Estimator<T> + ?Sized> Estimator<T> for Box<E> {
    fn method(&self) -> Method {
        (**self).method()
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        (**self).estimate(samples)
    }
}
