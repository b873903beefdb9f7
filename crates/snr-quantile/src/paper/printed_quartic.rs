//! The paper's estimator with its own calibration: equation (10), digit for digit.

use super::equations::{literal_window_factor, sigma_printed};
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::estimators::Quartic;
use crate::method::Method;
use crate::record::PowerSums;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result};

/// The abscissa of the quartic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Abscissa {
    /// `p = l/K`, which equations (9) and (10) are made for.
    #[default]
    Global,
    /// `u = l/(L + 1)`, which equations (13) and (14) print.
    Window,
}

mmw_core::named!(Abscissa, "abscissa" { Global = "global", Window = "window" });

/// The paper's estimator with equation (10) for its calibration.
///
/// ```text
/// σ̂ = 0.0342 + 0.2481 C4 − …,   SNR = (1 − σ̂²)/σ̂²
/// ```
/// Equations (10), (11) to (14) and (16). [`crate::Quartic`] is the same estimator with the exact
/// calibration.
///
/// # Erratum
/// With [`Abscissa::Window`], to the letter, the estimate from a long record is 23 dB too high at −10 dB, 8.9
/// dB at 0 dB and 4.0 dB at 10 dB. With [`Abscissa::Global`] what remains is the error of [`sigma_printed`].
/// A σ outside (0, 1) tells no SNR: of 200 samples, that is what every fourth record at 10 dB and every
/// second at −10 dB gives to the letter.
///
/// # Examples
/// ```
/// use mmw_core::random::Streams;
/// use snr_quantile::{Estimator, Snr, compare::bpsk_samples, paper::{Abscissa, PrintedQuartic}};
/// let x = bpsk_samples(Snr::from_db(10.0)?, 100_000, &mut Streams::new(1).stream(0))?;
/// let literal = PrintedQuartic { abscissa: Abscissa::Window }.estimate(&x)?;
/// assert!(literal.snr_db_or(0.0) > 12.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrintedQuartic {
    /// The abscissa of the quartic.
    pub abscissa: Abscissa,
}

impl<T: Real> Estimator<T> for PrintedQuartic {
    fn method(&self) -> Method {
        Method::Quartic
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let exact = Quartic::new().estimate(samples)?;
        let factor = match self.abscissa {
            Abscissa::Global => 1.0,
            Abscissa::Window => literal_window_factor(samples.len())?,
        };
        let leading_coefficient = exact.leading_coefficient.map(|c4| factor * c4);
        // Beyond ±100 the polynomial is far out of (0, 1).
        let sigma = leading_coefficient.and_then(|c4| sigma_printed(c4).ok());
        let estimate = match sigma.filter(|sigma| *sigma > 0.0 && *sigma < 1.0) {
            None => Estimate::not_identifiable(Method::Quartic, samples.len() as u64, None, None),
            Some(sigma) => {
                let means = PowerSums::of_record(&samples.to_vec())?.means()?;
                let fractions = [(1.0 - sigma) * (1.0 + sigma), sigma * sigma];
                Estimate::from_fractions(Method::Quartic, means.count, fractions, means.rms_in_samples())?
            }
        };
        Ok(Estimate { leading_coefficient, ..estimate })
    }
}
