//! The Gaussian beam of Farid and Hranilovic.

use crate::channel::Outage;
use crate::pointing::PointingConfig;
use crate::special::adaptive;
use crate::turbulence::{Turbulence, ln};
use mmw_core::stats::normal_cdf;
use mmw_core::{Error, Result, check};
use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

/// Pointing of a Gaussian beam of waist `w` (where the intensity falls to 1/e²), collected by an aperture of
/// radius `r`, under jitter `σ` in each direction.
///
/// ```text
/// v = √π r/(√2 w),   A₀ = erf²(v),   w_eq² = w² √π erf(v)/(2 v exp(−v²)),   γ² = w_eq²/4σ²
/// P(h_p ≤ x) = (x/A₀)^γ²,   0 ≤ x ≤ A₀
/// ```
/// Equations (9) to (11) of [^farid]. Its law has no atom: a Gaussian beam always reaches the aperture. On
/// axis it collects about twice what an even beam of the same radius does, because 1/e² is not an edge.
///
/// # Examples
/// ```
/// use fso_g2a::{GammaGamma, PointingConfig, rivals::GaussianBeam};
/// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
/// let rival = GaussianBeam::new(pointing)?;
/// assert!((rival.peak_over_disc() - 1.9987).abs() < 1e-4);
/// assert!((rival.outage(&GammaGamma::new(4.0, 1.7)?, 0.1)?.outage - 0.0202).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^farid]: A. A. Farid, S. Hranilovic, "Outage capacity optimization for free-space optical links with
///     pointing errors", Journal of Lightwave Technology 25 (2007).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianBeam {
    peak: f64,
    exponent: f64,
    disc: f64,
}

impl GaussianBeam {
    /// The beam's radius is that at 1/e² of its irradiance.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the radii are from 1e-60 to 1e60 and the jitter is 0 or from 1e-60 to 1e60.
    pub fn new(config: PointingConfig) -> Result<Self> {
        let PointingConfig { beam_radius_m, aperture_radius_m, jitter_m } = config;
        let w = check::in_range("beam_radius_m", beam_radius_m, 1e-60, 1e60)?;
        let r = check::in_range("aperture_radius_m", aperture_radius_m, 1e-60, 1e60)?;
        let least = if jitter_m == 0.0 { 0.0 } else { 1e-60 };
        let sigma = check::in_range("jitter_m", jitter_m, least, 1e60)?;
        let v = FRAC_PI_2.sqrt() * (r / w);
        // erf(v) = 2 Φ(√2 v) − 1, by its series where that cancels.
        let erf = if v < 1e-2 {
            let square = v * v;
            2.0 / PI.sqrt() * v * (1.0 - square * (1.0 / 3.0 - square * (0.1 - square / 42.0)))
        } else {
            1.0 - 2.0 * normal_cdf(-SQRT_2 * v)
        };
        let equivalent = PI.sqrt() * erf / (2.0 * v) * (v * v).exp();
        // Infinite without jitter, and for an aperture beyond 21 beam radii: both always collect A₀.
        let exponent = 0.25 * (w / sigma).powi(2) * equivalent;
        Ok(Self { peak: erf * erf, exponent, disc: (r / w).powi(2).min(1.0) })
    }

    /// `A₀`, the share collected on axis.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.peak
    }

    /// `A₀` over `min((r/w)², 1)`, what an even disc of radius `w` gives.
    #[must_use]
    pub fn peak_over_disc(&self) -> f64 {
        self.peak / self.disc
    }

    /// `γ²`, the exponent of the law; the greatest `f64` where it is infinite, without jitter.
    #[must_use]
    pub fn exponent(&self) -> f64 {
        self.exponent.min(f64::MAX)
    }

    /// `P(h ≤ h_th)` with `h_th = normalised_threshold · h_a · min((r/w)², 1)`: the same gain as for the
    /// exact model, so that the two can be compared. All of it is in `transition`. Without jitter, and
    /// for an aperture so wide that it hardly matters, it is `F(τ)`.
    ///
    /// ```text
    /// P = F(τ) + ∫_τ^∞ f(h) (τ/h)^γ² dh,   τ = h_th/(h_a A₀)
    /// ```
    /// What equation (15) of [^farid] gives, done for any law.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the threshold is 0 or above.
    ///
    /// [^farid]: A. A. Farid, S. Hranilovic, "Outage capacity optimization for free-space optical links with
    ///     pointing errors", Journal of Lightwave Technology 25 (2007).
    pub fn outage<L: Turbulence>(&self, turbulence: &L, normalised_threshold: f64) -> Result<Outage> {
        if normalised_threshold.is_nan() || normalised_threshold < 0.0 {
            return Err(Error::domain("normalised_threshold", normalised_threshold, "a number not below 0"));
        }
        let tau = normalised_threshold / self.peak_over_disc();
        let of = |p: f64| Outage { outage: p, atom_at_zero: 0.0, fully_inside: 0.0, transition: p };
        if tau == 0.0 || tau.is_infinite() {
            return Ok(of(if tau == 0.0 { 0.0 } else { 1.0 }));
        }
        let low = ln(tau);
        let below = turbulence.cdf_at_log(low);
        if turbulence.log_scale().1 == 0.0 {
            return Ok(of(if low < 0.0 { (self.exponent * low).exp() } else { 1.0 }));
        }
        let above = self.tail(turbulence, low, below);
        Ok(of((below + above).min(1.0)))
    }

    /// Density of `h` over `h_a · min((r/w)², 1)`, in the units of [`GaussianBeam::outage`]'s threshold.
    ///
    /// ```text
    /// f(x) = (γ²/x) ∫_τ^∞ f(h) (τ/h)^γ² dh
    /// ```
    /// What equation (12) of [^farid] gives, done for any law: the derivative of [`GaussianBeam::outage`].
    ///
    /// # Errors
    /// [`Error::Domain`] unless the gain is finite and above 0, and where the density has no finite value.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{GammaGamma, PointingConfig, rivals::GaussianBeam};
    /// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.05, jitter_m: 0.5 };
    /// let (rival, law) = (GaussianBeam::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
    /// let outage = |x: f64| rival.outage(&law, x).map(|outage| outage.outage);
    /// let slope = (outage(0.5 + 1e-5)? - outage(0.5 - 1e-5)?) / 2e-5;
    /// assert!((rival.pdf(&law, 0.5)? / slope - 1.0).abs() < 1e-7);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^farid]: A. A. Farid, S. Hranilovic, "Outage capacity optimization for free-space optical links with
    ///     pointing errors", Journal of Lightwave Technology 25 (2007).
    pub fn pdf<L: Turbulence>(&self, turbulence: &L, normalised_gain: f64) -> Result<f64> {
        let x = check::positive("normalised_gain", normalised_gain)?;
        let low = ln(x / self.peak_over_disc());
        let tail = match turbulence.log_scale().1 {
            0.0 if low < 0.0 => (self.exponent * low).exp(),
            0.0 => 0.0,
            _ => self.tail(turbulence, low, 0.0),
        };
        let density = if self.still(turbulence) {
            turbulence.ln_density_at_log(low).exp() / x
        } else {
            self.exponent.min(f64::MAX) * tail / x
        };
        if density.is_finite() {
            Ok(density)
        } else {
            Err(Error::domain("normalised_gain", x, "a gain of finite density"))
        }
    }

    /// Whether the exponential is narrower than any law of that spread can tell.
    fn still<L: Turbulence>(&self, turbulence: &L) -> bool {
        let spread = turbulence.log_scale().1;
        spread > 0.0 && self.exponent * spread.min(1.0) > 1e14
    }

    /// `∫ p(v) exp(−γ² (v − low)) dv` from `low` on, `p` the density of `ln h_t`, to the precision of its
    /// sum with `below`.
    fn tail<L: Turbulence>(&self, turbulence: &L, low: f64, below: f64) -> f64 {
        let (centre, spread) = turbulence.log_scale();
        if self.still(turbulence) {
            // The leading term of Laplace's method; the next is smaller by the slope of ln p over γ².
            return turbulence.ln_density_at_log(low).exp() / self.exponent;
        }
        // Both factors are log-concave: the peak lies between their ends, and the product dies beyond.
        let mut ends = vec![low];
        let mut step = (0.25 * spread).min(8.0 / self.exponent);
        while ends.len() < 200 {
            let next = ends.last().copied().unwrap_or(low) + step;
            ends.push(next);
            let gone = turbulence.ln_density_at_log(next) - self.exponent * (next - low)
                < -60.0 + below.ln().max(-600.0);
            if next > centre && gone {
                break;
            }
            step *= 1.4;
            if next < centre + 4.0 * spread {
                step = step.min(1.5 * spread.max(0.05));
            }
        }
        let integrand = |v: f64| (turbulence.ln_density_at_log(v) - self.exponent * (v - low)).exp();
        adaptive(&ends, 1e-12, below, integrand)
    }
}
