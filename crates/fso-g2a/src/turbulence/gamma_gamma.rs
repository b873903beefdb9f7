//! The Gamma-Gamma law.

use super::Turbulence;
use super::product::LogProduct;
use mmw_core::rand::Rng;
use mmw_core::special::unchecked::ln_gamma_of;
use mmw_core::{Error, Result, check};
use rand_distr::{Distribution, Gamma};

/// Gamma-Gamma irradiance of mean 1: the product of two independent gamma variables of mean 1 and shapes
/// `alpha` (large eddies) and `beta` (small eddies).
///
/// ```text
/// f(h) = 2 (αβ)^((α+β)/2) / (Γ(α) Γ(β)) · h^((α+β)/2 − 1) K_{α−β}(2 √(αβh))
/// ```
/// Equation (6) of [^safi]. Any two shapes above 0 serve, integer differences and equal ones included. The
/// distribution is not the pair of `₁F₂` of the literature, whose terms cancel and which has no value at
/// integer differences, but a sum of positive terms; density, distribution and survival hold a relative error
/// of 1e-12, the quantile 1e-11; shapes below 1e-2 or so leave the smaller tail fewer digits. Methods are
/// those of [`Turbulence`].
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{GammaGamma, Turbulence};
///
/// let law = GammaGamma::new(1.0, 1.0)?; // f(h) = 2 K₀(2√h)
/// assert!((law.pdf(1.0)? - 2.0 * 0.113_893_872_749_533_4).abs() < 1e-15);
/// assert!((law.sf(1.0)? - 2.0 * 0.139_865_881_816_522_4).abs() < 1e-15); // 2√h K₁(2√h)
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    alpha: f64,
    beta: f64,
    law: LogProduct,
    large: Gamma<f64>,
    small: Gamma<f64>,
}

impl GammaGamma {
    /// The law of those shapes.
    ///
    /// # Errors
    /// [`Error::Domain`] unless both are from 1e-8 to 1e12.
    pub fn new(alpha: f64, beta: f64) -> Result<Self> {
        let sampler = |name, shape: f64| {
            check::in_range(name, shape, 1e-8, 1e12)?;
            Gamma::new(shape, 1.0 / shape).map_err(|_| Error::domain(name, shape, "a number above 0"))
        };
        let (large, small) = (sampler("alpha", alpha)?, sampler("beta", beta)?);
        Ok(Self { alpha, beta, law: LogProduct::new(alpha, beta), large, small })
    }

    /// Shape of the factor of the large eddies.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Shape of the factor of the small eddies.
    #[must_use]
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// Variance of the irradiance over the square of its mean.
    ///
    /// ```text
    /// σ_I² = 1/α + 1/β + 1/(αβ)
    /// ```
    /// The second moment of equation (6) of [^safi], less 1.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::turbulence::GammaGamma;
    /// assert!((GammaGamma::new(4.0, 1.7)?.scintillation_index() - 0.985_294_117_647).abs() < 1e-12);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    #[must_use]
    pub fn scintillation_index(&self) -> f64 {
        1.0 / self.alpha + 1.0 / self.beta + 1.0 / (self.alpha * self.beta)
    }

    /// `E[h^order]`, also for orders that are fractions or negative.
    ///
    /// ```text
    /// E[h^s] = Γ(α + s) Γ(β + s) / (Γ(α) Γ(β) (αβ)^s)
    /// ```
    /// The Mellin transform of equation (6) of [^safi].
    ///
    /// # Errors
    /// [`Error::Domain`] unless `order` is finite and above `−min(α, β)`, and where the moment is above the
    /// range of `f64`.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::turbulence::GammaGamma;
    /// let law = GammaGamma::new(4.0, 1.7)?;
    /// assert!((law.moment(1.0)? - 1.0).abs() < 1e-14);
    /// assert!((law.moment(2.0)? - 1.0 - law.scintillation_index()).abs() < 1e-13);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn moment(&self, order: f64) -> Result<f64> {
        let least = -self.law.b;
        if !(order.is_finite() && order > least) {
            return Err(Error::domain("order", order, format!("a finite number above {least}")));
        }
        let part = |shape: f64| ln_gamma_of(shape + order) - ln_gamma_of(shape) - order * shape.ln();
        let moment = (part(self.alpha) + part(self.beta)).exp();
        if moment.is_finite() {
            Ok(moment)
        } else {
            Err(Error::domain("order", order, "an order whose moment is finite"))
        }
    }
}

impl Turbulence for GammaGamma {
    fn ln_tails_at_log(&self, v: f64) -> (f64, f64) {
        self.law.ln_tails(v)
    }

    fn ln_density_at_log(&self, v: f64) -> f64 {
        self.law.density(v).ln_p
    }

    fn cdf_at_log(&self, v: f64) -> f64 {
        self.law.cdf(v)
    }

    fn log_support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, self.law.settled)
    }

    fn log_scale(&self) -> (f64, f64) {
        let spread = |shape: f64| if shape > 0.5 { 1.0 / shape } else { 1.0 / (shape * shape) };
        (
            -0.5 * (1.0 / self.alpha + 1.0 / self.beta).min(4.0),
            (spread(self.alpha) + spread(self.beta)).sqrt(),
        )
    }

    fn pdf_at_zero(&self) -> f64 {
        let (a, b) = (self.law.a, self.law.b);
        if b > 1.0 {
            0.0
        } else if b == 1.0 && a > 1.0 {
            a / (a - 1.0)
        } else {
            f64::INFINITY
        }
    }
}

/// The product of two gamma samples.
impl Distribution<f64> for GammaGamma {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.large.sample(rng) * self.small.sample(rng)
    }
}
