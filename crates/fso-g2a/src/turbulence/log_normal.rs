//! The log-normal law of weak turbulence, and no turbulence at all.

use super::Turbulence;
use mmw_core::rand::Rng;
use mmw_core::random::standard_normal;
use mmw_core::stats::normal_cdf;
use mmw_core::{Error, Result, check};
use rand_distr::Distribution;
use std::f64::consts::TAU;

/// Log-normal irradiance of mean 1.
///
/// ```text
/// ln h ~ N(−σ²/2, σ²),   σ² = ln(1 + σ_I²)
/// ```
/// Chapter 9 of [^andrews]. It is the limit of weak turbulence; for a scintillation index near 1 its lower
/// tail is too light by orders of magnitude.
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{GammaGamma, LogNormal, Turbulence};
/// let exact = GammaGamma::new(4.0, 1.7)?;
/// let rival = LogNormal::new(exact.scintillation_index())?;
/// assert!((rival.log_variance() - 0.685_767).abs() < 1e-6);
/// assert!(exact.cdf(1e-3)? > 1e8 * rival.cdf(1e-3)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogNormal {
    sigma: f64,
}

impl LogNormal {
    /// The law of that scintillation index.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the index is from 1e-20 to 1e20.
    pub fn new(scintillation_index: f64) -> Result<Self> {
        let index = check::in_range("scintillation_index", scintillation_index, 1e-20, 1e20)?;
        Ok(Self { sigma: index.ln_1p().sqrt() })
    }

    /// `σ²`, the variance of `ln h`.
    #[must_use]
    pub fn log_variance(&self) -> f64 {
        self.sigma * self.sigma
    }

    fn standardised(&self, v: f64) -> f64 {
        v / self.sigma + 0.5 * self.sigma
    }
}

/// `ln Φ(z)`; below the range of the function by its asymptotic series (7.12.1 of the DLMF).
fn ln_normal_cdf(z: f64) -> f64 {
    if z > -30.0 {
        return if z > 5.0 { (-normal_cdf(-z)).ln_1p() } else { normal_cdf(z).ln() };
    }
    let inverse = 1.0 / (z * z);
    let series = -inverse * (1.0 - 3.0 * inverse * (1.0 - 5.0 * inverse * (1.0 - 7.0 * inverse)));
    -0.5 * z * z - (-z).ln() - 0.5 * TAU.ln() + series.ln_1p()
}

impl Turbulence for LogNormal {
    fn ln_tails_at_log(&self, v: f64) -> (f64, f64) {
        let z = self.standardised(v);
        (ln_normal_cdf(z), ln_normal_cdf(-z))
    }

    fn ln_density_at_log(&self, v: f64) -> f64 {
        let z = self.standardised(v);
        -0.5 * z * z - self.sigma.ln() - 0.5 * TAU.ln()
    }

    fn log_scale(&self) -> (f64, f64) {
        (-0.5 * self.sigma * self.sigma, self.sigma)
    }
}

impl Distribution<f64> for LogNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        (self.sigma * standard_normal(rng) - 0.5 * self.sigma * self.sigma).exp()
    }
}

/// No turbulence: `h = 1`.
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{Calm, Turbulence};
/// assert_eq!((Calm.cdf(0.999)?, Calm.cdf(1.0)?, Calm.quantile(0.3)?), (0.0, 1.0, 1.0));
/// assert!(Calm.pdf(1.0).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calm;

impl Turbulence for Calm {
    fn ln_tails_at_log(&self, v: f64) -> (f64, f64) {
        if v < 0.0 { (f64::NEG_INFINITY, 0.0) } else { (0.0, f64::NEG_INFINITY) }
    }

    fn ln_density_at_log(&self, v: f64) -> f64 {
        if v == 0.0 { f64::INFINITY } else { f64::NEG_INFINITY }
    }

    fn log_scale(&self) -> (f64, f64) {
        (0.0, 0.0)
    }

    fn upper_quantile(&self, probability: f64) -> Result<f64> {
        if probability > 0.0 && probability <= 1.0 {
            return Ok(1.0);
        }
        Err(Error::domain("probability", probability, "a number above 0 and up to 1"))
    }

    fn quantile(&self, probability: f64) -> Result<f64> {
        if !(0.0..1.0).contains(&probability) {
            return Err(Error::domain("probability", probability, "a number from 0 up to but not 1"));
        }
        Ok(if probability == 0.0 { 0.0 } else { 1.0 })
    }
}

impl Distribution<f64> for Calm {
    fn sample<R: Rng + ?Sized>(&self, _: &mut R) -> f64 {
        1.0
    }
}
