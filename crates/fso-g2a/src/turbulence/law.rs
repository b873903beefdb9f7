//! What every law of the irradiance offers.

use mmw_core::math::crossing;
use mmw_core::{Error, Result};

/// A law of the normalised irradiance `h ≥ 0` with mean 1.
///
/// A law states three things in terms of `v = ln h`; the rest follows. Its density in `v` must be
/// log-concave, which makes the quantile's iteration certain.
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{GammaGamma, Turbulence};
/// let law = GammaGamma::new(4.0, 1.7)?;
/// assert!((law.cdf(0.1)? - 0.049_866_672_697).abs() < 1e-12);
/// assert!((law.cdf(law.quantile(1e-9)?)? / 1e-9 - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub trait Turbulence {
    /// `ln P(h ≤ exp v)` and `ln P(h > exp v)` for a number `v`.
    fn ln_tails_at_log(&self, v: f64) -> (f64, f64);

    /// Logarithm of the density of `ln h` at the number `v`.
    fn ln_density_at_log(&self, v: f64) -> f64;

    /// `P(h ≤ exp v)`.
    fn cdf_at_log(&self, v: f64) -> f64 {
        self.ln_tails_at_log(v).0.exp()
    }

    /// Where the density of `ln h` has its bulk: a centre and a width of about one standard deviation.
    fn log_scale(&self) -> (f64, f64);

    /// A `v` below which `P(ln H ≤ v)` is under exp(−70), and one beyond which `P(ln H > v)` is under 1e-16;
    /// infinite where none is known.
    #[doc(hidden)]
    fn log_support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    /// Logarithm of the density at `h`.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `h` is finite and above 0.
    fn ln_pdf(&self, h: f64) -> Result<f64> {
        let v = mmw_core::check::positive("h", h)?.ln();
        Ok(self.ln_density_at_log(v) - v)
    }

    /// The density at `h`, 0 for negative numbers.
    ///
    /// # Errors
    /// [`Error::Domain`] for NaN and infinities, and where the density has no value in the range of `f64`
    /// (it diverges at 0 for some laws).
    fn pdf(&self, h: f64) -> Result<f64> {
        if mmw_core::check::finite("h", h)? < 0.0 {
            return Ok(0.0);
        }
        let density = if h == 0.0 { self.pdf_at_zero() } else { self.ln_pdf(h)?.exp() };
        if density.is_finite() {
            Ok(density)
        } else {
            Err(Error::domain("h", h, "a number where the density is finite"))
        }
    }

    /// Limit of the density for `h` towards 0; infinite where it diverges.
    fn pdf_at_zero(&self) -> f64 {
        0.0
    }

    /// `P(H ≤ h)`: 0 up to 0, 1 at infinity.
    ///
    /// # Errors
    /// [`Error::Domain`] for NaN.
    fn cdf(&self, h: f64) -> Result<f64> {
        Ok(self.ln_tails(h)?.0.exp())
    }

    /// `P(H > h)`, to full relative precision in the upper tail.
    ///
    /// # Errors
    /// [`Error::Domain`] for NaN.
    fn sf(&self, h: f64) -> Result<f64> {
        Ok(self.ln_tails(h)?.1.exp())
    }

    /// `ln P(H ≤ h)` and `ln P(H > h)`, finite wherever they are: nothing flushes.
    ///
    /// At and below 0 the first, and at infinity the second, is −∞.
    ///
    /// # Errors
    /// [`Error::Domain`] for NaN.
    fn ln_tails(&self, h: f64) -> Result<(f64, f64)> {
        if h.is_nan() {
            return Err(Error::domain("h", h, "a number"));
        }
        if h <= 0.0 {
            return Ok((f64::NEG_INFINITY, 0.0));
        }
        if h.is_infinite() {
            return Ok((0.0, f64::NEG_INFINITY));
        }
        Ok(self.ln_tails_at_log(ln(h)))
    }

    /// The `h` with `P(H ≤ h) = probability`; 0 for a probability of 0.
    ///
    /// Newton's method on the logarithm of the smaller tail in `ln h`: that function is concave, so the
    /// iteration approaches from one side after its first step.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `0 ≤ probability < 1`.
    fn quantile(&self, probability: f64) -> Result<f64> {
        if !(0.0..1.0).contains(&probability) {
            return Err(Error::domain("probability", probability, "a number from 0 up to but not 1"));
        }
        if probability == 0.0 {
            return Ok(0.0);
        }
        if probability > 0.5 {
            return self.upper_quantile(1.0 - probability);
        }
        if self.underflows(probability, |(lower, _)| lower >= probability.ln()) {
            return Ok(0.0);
        }
        newton(self.log_scale().0, probability.ln(), |v| {
            let lower = self.ln_tails_at_log(v).0;
            (lower, (self.ln_density_at_log(v) - lower).exp())
        })
        .map(f64::exp)
    }

    /// The `h` with `P(H > h) = probability`, for tails below the resolution of `1 − probability`.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `0 < probability ≤ 1`.
    fn upper_quantile(&self, probability: f64) -> Result<f64> {
        if !(probability > 0.0 && probability <= 1.0) {
            return Err(Error::domain("probability", probability, "a number above 0 and up to 1"));
        }
        if probability > 0.5 {
            return self.quantile(1.0 - probability);
        }
        if self.underflows(probability, |(_, upper)| upper <= probability.ln()) {
            return Ok(0.0);
        }
        newton(self.log_scale().0, probability.ln(), |v| {
            let upper = self.ln_tails_at_log(v).1;
            (upper, -(self.ln_density_at_log(v) - upper).exp())
        })
        .map(f64::exp)
    }

    /// Whether the tails at the least number of `f64` already satisfy `past`: only laws as wide as those of
    /// tiny shapes have quantiles there, and narrower ones those of probabilities below exp(−745/15).
    #[doc(hidden)]
    fn underflows(&self, probability: f64, past: impl Fn((f64, f64)) -> bool) -> bool {
        (self.log_scale().1 > 15.0 || probability < 1e-20) && past(self.ln_tails_at_log(-745.2))
    }
}

/// `ln h`, with the precision of `h − 1` around 1.
pub(crate) fn ln(h: f64) -> f64 {
    if (h - 1.0).abs() < 0.4 { (h - 1.0).ln_1p() } else { h.ln() }
}

/// Newton's steps before a quantile is sought by halving.
const STEPS: usize = 60;

/// The root of a concave function less `target`, by Newton's method from `start`.
fn newton(start: f64, target: f64, f: impl Fn(f64) -> (f64, f64)) -> Result<f64> {
    let (mut v, mut sound, mut last) = (start, start, f64::INFINITY);
    for _ in 0..STEPS {
        let (value, slope) = f(v);
        let step = (value - target) / slope;
        if !step.is_finite() || value < 50.0 * target - 1e3 {
            // The flat side of a wide law throws the first step far into the other tail, where the slope,
            // a difference of huge logarithms, is rounding.
            v = f64::midpoint(sound, v);
            continue;
        }
        sound = v;
        v -= step;
        // Convergence is quadratic: small steps that no longer shrink are rounding.
        let size = step.abs() / (1.0 + v.abs());
        if size <= 2e-16 || (size < 1e-10 && step.abs() > 0.25 * last) {
            return Ok(v);
        }
        last = step.abs();
    }
    bisect(target, f)
}

/// The root of a monotone function less `target` by halving, where rounding of huge terms leads Newton's
/// method astray: the whole range of `ln h` that `f64` has.
fn bisect(target: f64, f: impl Fn(f64) -> (f64, f64)) -> Result<f64> {
    const RANGE: [f64; 2] = [-746.0, 710.0];
    let rises = f(RANGE[0]).0 < f(RANGE[1]).0;
    let [v, _] = crossing(RANGE, |v| (f(v).0 < target) != rises);
    // A bracket that closes where the function is elsewhere is no root.
    if (f(v).0 - target).abs() <= 1e-6 * (1.0 + target.abs()) {
        Ok(v)
    } else {
        Err(Error::NoConvergence { what: "quantile".into(), iterations: STEPS })
    }
}
