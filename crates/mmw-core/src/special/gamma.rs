//! Gamma functions: logarithm, Stirling's remainder, and the regularised incomplete pair.

use super::exponential::exp_beyond_linear;
use crate::math::polynomial_value;
use crate::{Error, Result, check};
use std::f64::consts::TAU;
use std::ops::{Add, Mul};

/// From here on the eight terms of Stirling's series leave an error below 2e-17.
const STIRLING_START: f64 = 10.0;

/// `B_2k / (2k (2k − 1))`, the coefficients of Stirling's series.
const STIRLING: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// `ln Γ(x)` for `x` above 0.
///
/// ```text
/// Γ(x) = ∫₀^∞ t^{x−1} exp(−t) dt
/// ```
/// Equation 5.2.1 of [^dlmf], by the crate `libm`. The relative error is below 1e-15, also next to the
/// zeros at 1 and 2.
///
/// # Errors
/// [`Error::Domain`] unless `x` is finite and above 0, and where the value is above the range of `f64`.
///
/// # Examples
/// ```
/// use mmw_core::special::ln_gamma;
/// assert!((ln_gamma(0.5)? - 0.5 * std::f64::consts::PI.ln()).abs() < 5e-15);
/// assert!((ln_gamma(11.0)? / 3_628_800_f64.ln() - 1.0).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^dlmf]: NIST Digital Library of Mathematical Functions, chapter 5.
pub fn ln_gamma(x: f64) -> Result<f64> {
    let value = ln_gamma_of(check::positive("x", x)?);
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::domain("x", x, "a number above 0 and below 2.5e305"))
    }
}

/// [`ln_gamma`] for a finite number above 0; NaN for others.
#[inline]
#[must_use]
pub fn ln_gamma_of(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    libm::lgamma(x)
}

/// `Γ(x)` for a number that is not 0 or a negative integer; infinite or NaN for those and above 171.6.
#[inline]
#[must_use]
pub fn gamma_of(x: f64) -> f64 {
    libm::tgamma(x)
}

/// `δ(x) = ln Γ(x) − (x − ½) ln x + x − ½ ln 2π`, without the cancellation of its definition,
/// for a finite number above 0; NaN for others.
#[inline]
#[must_use]
pub fn stirling_remainder(x: f64) -> f64 {
    if x >= STIRLING_START {
        return stirling_series(1.0 / x);
    }
    ln_gamma_of(x) - (x - 0.5) * x.ln() + x - 0.5 * TAU.ln()
}

/// `ψ(x)`, the derivative of `ln Γ`, for a finite number above 0 (5.11.2 of the DLMF); NaN for
/// others.
#[inline]
#[must_use]
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    const TERMS: [f64; 7] =
        [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32_760.0, 1.0 / 12.0];
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < STIRLING_START {
        sum += 1.0 / shifted;
        shifted += 1.0;
    }
    let square = 1.0 / (shifted * shifted);
    let series = TERMS.iter().rev().fold(0.0, |sum, c| (sum + c) * square);
    shifted.ln() - 0.5 / shifted - series - sum
}

/// Eight terms of Stirling's series (5.11.1 of the DLMF) for [`stirling_remainder`], from `1/x`, real or
/// complex: below 2e-17 off for `|x|` from 10 on in the right half-plane.
#[inline]
#[must_use]
pub fn stirling_series<T: Copy + From<f64> + Mul<Output = T> + Add<f64, Output = T>>(inverse: T) -> T {
    let square = inverse * inverse;
    STIRLING.iter().rev().fold(T::from(0.0), |sum, &c| sum * square + c) * inverse
}

/// `P(a, x)`, the regularised lower incomplete gamma function: the distribution of a gamma variable of
/// shape `a` and scale 1.
///
/// ```text
/// P(a, x) = 1/Γ(a) ∫₀^x t^{a−1} exp(−t) dt
/// ```
/// Equation 8.2.4 of [^dlmf]; the series 8.7.1 below `a + 1`, one minus the continued fraction above, Temme's
/// expansion 8.12.3 for shapes from 1e6 on.
///
/// # Errors
/// [`Error::Domain`] unless `a` is finite and above 0 and `x` is finite and not below 0.
///
/// # Examples
/// ```
/// use mmw_core::special::{gamma_p, gamma_q};
/// assert!((gamma_p(1.0, 0.5)? - (1.0 - (-0.5_f64).exp())).abs() < 1e-15);
/// assert!((gamma_q(1.0, 300.0)? / (-300.0_f64).exp() - 1.0).abs() < 1e-13);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^dlmf]: NIST Digital Library of Mathematical Functions, chapter 8.
pub fn gamma_p(a: f64, x: f64) -> Result<f64> {
    let (lower, _) = incomplete_gamma(check::positive("a", a)?, check::non_negative("x", x)?)?;
    Ok(lower)
}

/// `Q(a, x) = 1 − P(a, x)`, the regularised upper incomplete gamma function, to full relative precision.
///
/// # Errors
/// As [`gamma_p`].
pub fn gamma_q(a: f64, x: f64) -> Result<f64> {
    let (_, upper) = incomplete_gamma(check::positive("a", a)?, check::non_negative("x", x)?)?;
    Ok(upper)
}

/// Terms that the series and the fraction may take; shapes up to [`LARGE`] take some 6,000.
const MOST_TERMS: u32 = 100_000;

/// Shapes from here on have Temme's expansion.
const LARGE: f64 = 1e6;

/// `x^a exp(−x)/Γ(a)`, the density of the logarithm of a gamma variable, for numbers above 0.
///
/// It is `√(a/2π) exp(−a φ(ln(x/a)) − δ(a))`, which has no large terms that cancel.
#[inline]
#[must_use]
pub fn incomplete_gamma_kernel(a: f64, x: f64) -> f64 {
    let t = ln_ratio(a, x);
    (0.5 * (a / TAU).ln() - a * exp_beyond_linear(t) - stirling_remainder(a)).exp()
}

/// `ln(x/a)`.
fn ln_ratio(a: f64, x: f64) -> f64 {
    if (x - a).abs() < 0.5 * a { ((x - a) / a).ln_1p() } else { x.ln() - a.ln() }
}

/// `P(a, x)` and `Q(a, x)` for shapes from [`LARGE`] on (8.12.3 to 8.12.11 of the DLMF):
///
/// ```text
/// Q = ½ erfc(η √(a/2)) + exp(−a η²/2)/√(2π a) (c₀(η) + c₁(η)/a + …),   η²/2 = x/a − 1 − ln(x/a)
/// ```
/// `c₀` and `c₁` by their power series: where the exponential is not 0, `η` is below 0.04.
fn incomplete_gamma_of_large(a: f64, x: f64) -> (f64, f64) {
    /// Beyond this `exp` is 0.
    const NOTHING: f64 = 746.0;
    const C0: [f64; 6] =
        [-1.0 / 3.0, 1.0 / 12.0, -2.0 / 135.0, 1.0 / 864.0, 1.0 / 2835.0, -139.0 / 777_600.0];
    const C1: [f64; 3] = [-1.0 / 540.0, -1.0 / 288.0, 1.0 / 378.0];
    let t = ln_ratio(a, x);
    let half_square = exp_beyond_linear(t);
    let exponent = a * half_square;
    if exponent > NOTHING {
        return if t < 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    let eta = (2.0 * half_square).sqrt().copysign(t);
    let rest =
        (-exponent).exp() / (TAU * a).sqrt() * (polynomial_value(&C0, eta) + polynomial_value(&C1, eta) / a);
    let z = exponent.sqrt().copysign(t);
    (0.5 * libm::erfc(-z) - rest, 0.5 * libm::erfc(z) + rest)
}

/// `P(a, x)` and `Q(a, x)` for finite numbers, `a` above 0 and `x` not below.
///
/// # Errors
/// [`Error::NoConvergence`] after 100,000 terms (not seen).
pub fn incomplete_gamma(a: f64, x: f64) -> Result<(f64, f64)> {
    if x == 0.0 {
        return Ok((0.0, 1.0));
    }
    if a >= LARGE {
        return Ok(incomplete_gamma_of_large(a, x));
    }
    let front = incomplete_gamma_kernel(a, x);
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        for n in 1..MOST_TERMS {
            term *= x / (a + f64::from(n));
            sum += term;
            if term < 1e-17 * sum {
                let lower = (front * sum).min(1.0);
                return Ok((lower, 1.0 - lower));
            }
        }
    } else {
        // Equation 8.9.2 of the DLMF by Lentz' method.
        let mut b = x + 1.0 - a;
        let (mut c, mut d) = (1e300, 1.0 / b);
        let mut fraction = d;
        for n in 1..MOST_TERMS {
            let n = f64::from(n);
            let coefficient = -n * (n - a);
            b += 2.0;
            d = 1.0 / nonzero(coefficient * d + b);
            c = nonzero(b + coefficient / c);
            let factor = c * d;
            fraction *= factor;
            if (factor - 1.0).abs() < 2e-16 {
                let upper = (front * fraction).clamp(0.0, 1.0);
                return Ok((1.0 - upper, upper));
            }
        }
    }
    Err(Error::NoConvergence { what: "incomplete gamma function".into(), iterations: MOST_TERMS as usize })
}

fn nonzero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recurrence_of_the_gamma_function_holds_from_tiny_to_large_arguments() {
        for x in [1e-300, 1e-8, 0.3, 0.999_999, 1.0, 2.5, 9.99, 10.0, 57.0, 1e5] {
            let step = ln_gamma_of(x + 1.0) - ln_gamma_of(x) - x.ln();
            // Small arguments are shifted to 10, where the terms are as large as 16.
            assert!(step.abs() < 4e-16 * (16.0 + ln_gamma_of(x).abs() + x.ln().abs()), "{x} {step:e}");
        }
        assert!(ln_gamma_of(1.0).abs() < 5e-15 && ln_gamma_of(2.0).abs() < 5e-15);
    }

    #[test]
    fn the_incomplete_pair_matches_closed_forms() {
        for x in [1e-9, 0.1, 0.5, 2.0, 7.0, 40.0_f64] {
            // P(1, x) and Q(3, x) = exp(−x)(1 + x + x²/2)
            assert!((gamma_p(1.0, x).unwrap() / -(-x).exp_m1() - 1.0).abs() < 1e-14, "{x}");
            let q = (-x).exp() * (1.0 + x + 0.5 * x * x);
            assert!((gamma_q(3.0, x).unwrap() / q - 1.0).abs() < 1e-14, "{x}");
        }
        assert!((gamma_p(1e6, 1e6).unwrap() - 0.500_132_980_760_872_6).abs() < 1e-15);
        assert!(gamma_p(-1.0, 1.0).is_err() && gamma_q(1.0, f64::NAN).is_err());
    }

    #[test]
    fn large_shapes_have_the_values_of_the_integral() {
        // By quadrature in 60 digits (mpmath): a, x, and the smaller of P and Q. Up to shapes of 1e8 the
        // series and the continued fraction give the same.
        for (a, x, lower, expected) in [
            (1e6, 1_005_000.0, false, 2.987_490_140_114_635e-7),
            (1e6, 1_030_000.0, false, 3.262_430_144_876_734e-194),
            (1e6, 970_000.0, true, 4.920_908_778_591_162e-202),
            (1e8, 100_020_000.0, false, 0.022_755_530_774_855_203),
            (1e8, 99_700_000.0, true, 1.990_882_289_646_706e-198),
            (1e12, 1e12, false, 0.499_999_867_019_239_9),
            (1e12, 1_000_003_000_000.0, false, 0.001_349_909_849_916_901_5),
            (1e16, 1e16, false, 0.499_999_998_670_192_4),
        ] {
            let found = if lower { gamma_p(a, x) } else { gamma_q(a, x) }.unwrap();
            // The exponent, up to 460, is known to 2e-16 of itself.
            assert!((found / expected - 1.0).abs() < 2e-13, "{a} {x}: {found:e} for {expected:e}");
        }
        for (a, x, expected) in [(1e308, 5.0, 0.0), (1e308, 1.7e308, 1.0), (1e16, 1e-300, 0.0)] {
            assert_eq!(gamma_p(a, x).unwrap(), expected, "{a} {x}");
        }
        // Both sides of the seam.
        let [below, above] = [999_999.999_999, LARGE].map(|a| gamma_q(a, a + 1500.0).unwrap());
        assert!((above / below - 1.0).abs() < 1e-8, "{below} {above}");
    }
}
