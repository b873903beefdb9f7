//! The exact law of the magnitude and of the square of a BPSK sample in white noise.

use mmw_core::math::newton_within;
use mmw_core::quadrature::gauss_legendre;
use mmw_core::stats::normal_quantile;
use mmw_core::{Error, Result, check};
use std::convert::Infallible;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// The law of `y = x²` for `x = S a + w`, with `a = ±1` and `w` normal of standard deviation σ.
///
/// ```text
/// F(y)   = Φ((√y − S)/σ) − Φ((−√y − S)/σ)
/// f_y(y) = [φ((√y − S)/σ) + φ((√y + S)/σ)] / (2 σ √y)
/// ```
/// This is what equations (27), (28) and (30) of [^moazzeni] look for.
///
/// # Erratum
/// The paper adds a normal `S² ± 2 S w` and a chi-square `w²` as if they were independent. They are not: see
/// [`crate::paper::convolution_cdf`] for how far that is off.
///
/// # Examples
/// ```
/// use snr_quantile::theory::SquaredBpsk;
///
/// let law = SquaredBpsk::normalised(0.5)?;
/// let median = law.quantile(0.5)?;
/// assert!((median - 0.751).abs() < 1e-3); // not the mean, which is 1
/// assert!((law.cdf(median) - 0.5).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^moazzeni]: T. Moazzeni, A. Amei, J. Ma, Y. Jiang, "On a new approach to SNR estimation of BPSK signals".
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct SquaredBpsk {
    signal_amplitude: f64,
    noise_std: f64,
}

mmw_core::checked_serde!(SquaredBpsk, |law| {
    SquaredBpsk::new(law.signal_amplitude, law.noise_std).map(|_| ())
});

impl SquaredBpsk {
    /// The law for amplitude `S` (0 and up) and noise deviation `σ` (above 0), in the unit of the samples.
    ///
    /// # Errors
    /// [`Error::Domain`] for a negative or non-finite amplitude, a noise deviation that is not positive and
    /// finite, or numbers whose squares leave the range of `f64` (outside 1e-140 to 1e140).
    pub fn new(signal_amplitude: f64, noise_std: f64) -> Result<Self> {
        check::in_range("signal_amplitude", signal_amplitude, 0.0, 1e140)?;
        check::in_range("noise_std", noise_std, 1e-140, 1e140)?;
        Ok(Self { signal_amplitude, noise_std })
    }

    /// The law of samples scaled to unit power, `S² + σ² = 1`. Equation (2).
    ///
    /// # Errors
    /// [`Error::Domain`] unless `0 < sigma <= 1`.
    pub fn normalised(sigma: f64) -> Result<Self> {
        if !(1e-140..=1.0).contains(&sigma) {
            return Err(Error::domain("sigma", sigma, "a number above 0 and at most 1"));
        }
        Ok(Self::normalised_unchecked(sigma))
    }

    /// [`SquaredBpsk::normalised`] for a σ that is known to lie in (0, 1].
    pub(crate) fn normalised_unchecked(sigma: f64) -> Self {
        Self { signal_amplitude: ((1.0 - sigma) * (1.0 + sigma)).sqrt(), noise_std: sigma }
    }

    /// The amplitude `S`.
    #[must_use]
    pub fn signal_amplitude(&self) -> f64 {
        self.signal_amplitude
    }

    /// The noise deviation `σ`.
    #[must_use]
    pub fn noise_std(&self) -> f64 {
        self.noise_std
    }

    /// The density of `y`, in 1/unit²; 0 below 0. It is unbounded at 0: `y` of 0 gives the largest finite
    /// number; NaN gives 0.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::theory::SquaredBpsk;
    /// // The density at the mean; equation (30) gives 0.385 there only with the exact law.
    /// assert!((SquaredBpsk::normalised(0.5)?.pdf(1.0) - 0.385).abs() < 5e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn pdf(&self, y: f64) -> f64 {
        if y.is_nan() || y < 0.0 {
            return 0.0;
        }
        // Of -0 as of 0.
        let r = y.sqrt().abs();
        (self.magnitude_pdf(r) / (2.0 * r)).min(f64::MAX)
    }

    /// The probability that `y` stays at or below the argument; NaN counts as 0.
    #[must_use]
    pub fn cdf(&self, y: f64) -> f64 {
        if y.is_nan() || y <= 0.0 { 0.0 } else { self.magnitude_cdf(y.sqrt()) }
    }

    /// The `y` that is exceeded with probability `1 − p`: relative error a few 1e-14.
    ///
    /// ```text
    /// p = F(y_p)
    /// ```
    /// Equation (22).
    ///
    /// # Errors
    /// [`Error::Domain`] unless `0 < p < 1`.
    pub fn quantile(&self, p: f64) -> Result<f64> {
        let p = check::open_unit("p", p)?;
        let t = if p <= 0.5 { self.lower_offset(p) } else { self.upper_offset(1.0 - p) };
        let r = self.signal_amplitude + self.noise_std * t;
        Ok(r * r)
    }

    /// The density of `r = |x|`.
    pub(crate) fn magnitude_pdf(&self, r: f64) -> f64 {
        (normal_pdf((r - self.signal_amplitude) / self.noise_std)
            + normal_pdf((r + self.signal_amplitude) / self.noise_std))
            / self.noise_std
    }

    /// The probability that `|x| <= r`, for `r` of 0 and up.
    ///
    /// Below one noise deviation the two normal probabilities nearly cancel; there the density is integrated
    /// instead, to a rule that is exact to rounding.
    pub(crate) fn magnitude_cdf(&self, r: f64) -> f64 {
        if r < self.noise_std {
            return r * SHORT_RULE.iter().map(|&(x, w)| w * self.magnitude_pdf(x * r)).sum::<f64>();
        }
        lower_tail((r - self.signal_amplitude) / self.noise_std)
            - lower_tail((-r - self.signal_amplitude) / self.noise_std)
    }

    /// The probability that `|x| > r`.
    pub(crate) fn magnitude_survival(&self, r: f64) -> f64 {
        lower_tail((self.signal_amplitude - r) / self.noise_std)
            + lower_tail((-r - self.signal_amplitude) / self.noise_std)
    }

    /// `(r − S)/σ` at the magnitude `r` below which the probability is `p`.
    pub(crate) fn lower_offset(&self, p: f64) -> f64 {
        let low = quantile_of(p).max(-self.signal_amplitude / self.noise_std);
        let high = -quantile_of(0.5 * (1.0 - p));
        self.solve(low, high, |r| self.magnitude_cdf(r) - p)
    }

    /// `(r − S)/σ` at the magnitude `r` that is exceeded with probability `q`.
    pub(crate) fn upper_offset(&self, q: f64) -> f64 {
        let low = (-quantile_of(q)).max(-self.signal_amplitude / self.noise_std);
        self.solve(low, -quantile_of(0.5 * q), |r| q - self.magnitude_survival(r))
    }

    /// Where a residual that ascends in `r` with slope `f(r)` is zero.
    fn solve(&self, low: f64, high: f64, residual: impl Fn(f64) -> f64) -> f64 {
        // With the folded part negligible the lower end is the solution; without a signal the upper end is.
        let start = if self.signal_amplitude > self.noise_std { low } else { high };
        let Ok(t) = newton_within::<Infallible>([low, high], start, [1e-16, 4e-16], |t| {
            let r = (self.signal_amplitude + self.noise_std * t).max(0.0);
            let excess = residual(r);
            Ok((excess <= 0.0, excess / (self.magnitude_pdf(r) * self.noise_std)))
        });
        t
    }
}

/// Twenty points integrate a normal density over two deviations to the last bit.
static SHORT_RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(20));

/// φ(x).
pub(crate) fn normal_pdf(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Φ(x), with full relative accuracy in the lower tail.
///
/// ```text
/// Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …)               near 0
/// Φ(−x) = φ(x) / (x + 1/(x + 2/(x + 3/(x + …))))          in the tail
/// ```
/// Equations (26.2.11) and (26.2.14) of Abramowitz and Stegun, as in `mmw_core::stats::normal_cdf`, with the
/// border at 1.8, where the series has lost a factor 14 and no more, and as many levels of the fraction as
/// the argument needs: `C4` asks for some 1e5 values in its table.
pub(crate) fn lower_tail(x: f64) -> f64 {
    let z = x.abs();
    let tail = if z < 1.8 {
        let (mut term, mut sum, mut odd) = (z, z, 1.0);
        while term > 1e-18 * sum {
            odd += 2.0;
            term *= z * z / odd;
            sum += term;
        }
        0.5 - normal_pdf(z) * sum
    } else if z < 40.0 {
        let levels = 20 + (400.0 / (z * z)) as u32;
        normal_pdf(z) / (1..=levels).rev().fold(z, |fraction, level| z + f64::from(level) / fraction)
    } else {
        0.0
    };
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// Φ⁻¹(p), pulled into the range of the table at the ends.
fn quantile_of(p: f64) -> f64 {
    normal_quantile(p.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_keeps_its_relative_accuracy() {
        // mpmath.ncdf at 30 digits.
        for (x, p) in [
            (-1.0, 0.158_655_253_931_457_05),
            (-1.79, 0.036_726_955_698_726_3),
            (-1.81, 0.035_147_893_584_038_8),
            (-2.5, 0.006_209_665_325_776_132),
            (-6.0, 9.865_876_450_376_98e-10),
            (-10.0, 7.619_853_024_160_527e-24),
        ] {
            assert!((lower_tail(x) / p - 1.0).abs() < 5e-15, "{x}: {}", lower_tail(x) / p - 1.0);
        }
        assert!((lower_tail(1.0) - 0.841_344_746_068_542_9).abs() < 2e-16);
    }

    #[test]
    fn without_a_signal_the_quantile_is_that_of_a_chi_square() {
        let law = SquaredBpsk::normalised(1.0).unwrap();
        for p in [1e-12, 1e-3, 0.3, 0.5, 0.9, 0.999_999] {
            let z = normal_quantile(0.5 * (1.0 + p)).unwrap();
            // 1 + p and 1 − p round to half a unit of 1e-16, which the tails divide by p and 1 − p.
            let tolerance = 1e-14 + 1e-15 / p.min(1.0 - p);
            assert!((law.quantile(p).unwrap() / (z * z) - 1.0).abs() < tolerance, "{p}");
        }
    }

    #[test]
    fn quantile_and_probability_are_inverse_from_tail_to_tail() {
        for sigma in [1e-6, 0.05, 0.3, 0.7, 0.99, 1.0] {
            let law = SquaredBpsk::normalised(sigma).unwrap();
            for p in [1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999, 1.0 - 1e-9] {
                let y = law.quantile(p).unwrap();
                // y carries 1e-16 of S², which the density turns into 1e-16 / (2 σ) of probability.
                let tolerance = 1e-14 + 1e-15 / sigma;
                assert!((law.cdf(y) - p).abs() < tolerance, "{sigma} {p}: {}", law.cdf(y) - p);
            }
        }
    }

    #[test]
    fn what_lies_outside_the_domain_is_an_error() {
        assert!(SquaredBpsk::normalised(0.0).is_err() && SquaredBpsk::normalised(f64::NAN).is_err());
        assert!(SquaredBpsk::new(-1.0, 1.0).is_err() && SquaredBpsk::new(1.0, f64::INFINITY).is_err());
        let law = SquaredBpsk::new(3.0, 2.0).unwrap();
        assert!(law.quantile(0.0).is_err() && law.quantile(1.0).is_err() && law.quantile(f64::NAN).is_err());
        assert_eq!((law.cdf(-1.0), law.cdf(f64::NAN), law.pdf(-1.0)), (0.0, 0.0, 0.0));
        assert!(law.pdf(0.0).is_finite() && law.cdf(f64::INFINITY) == 1.0);
    }
}
