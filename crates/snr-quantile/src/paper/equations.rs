//! Equations (9), (10), (27) and (28), as printed and as repaired.

use super::tables::{PolynomialFit, inverse_fit};
use crate::theory::SquaredBpsk;
use crate::theory::distribution::{lower_tail, normal_pdf};
use mmw_core::math::polynomial_value;
use mmw_core::quadrature::gauss_legendre;
use mmw_core::{Error, Result, check};
use std::f64::consts::PI;
use std::sync::{LazyLock, OnceLock};

/// Coefficients of equation (9) as printed, ascending powers of σ.
pub const EQUATION_9: [f64; 10] =
    [15_626.0, -66_990.0, 117_600.0, -109_660.0, 58_071.0, -17_638.0, 2_956.9, -218.8, 8.5, -0.06];

/// Coefficients of equation (10) as printed, ascending powers of `C4`.
pub const EQUATION_10: [f64; 10] =
    [0.0342, 0.2481, -0.1488, 0.0699, -0.0203, 0.0036, -4e-4, 2.6563e-5, -9.7237e-7, 1.5037e-8];

/// The coefficient of σ⁷ in the repaired equation (9); 117600 is printed.
pub const REPAIRED_SEVENTH: f64 = 117_860.0;

/// `C4(σ)` by equation (9), as printed.
///
/// ```text
/// C4(σ) = 15626 − 66990 σ + 117600 σ² − 109660 σ³ + 58071 σ⁴ − 17638 σ⁵ + 2956.9 σ⁶ − 218.8 σ⁷ + 8.5 σ⁸ − 0.06 σ⁹
/// ```
/// Equation (9).
///
/// # Erratum
/// 15626 at σ = 0, where `C4` is 0; it descends where the paper calls it "strictly ascending". The
/// coefficients stand in reverse order, and one of them is wrong: see [`leading_coefficient_repaired`].
///
/// # Errors
/// [`Error::Domain`] unless `0 <= sigma <= 1`.
///
/// # Examples
/// ```
/// assert_eq!(snr_quantile::paper::leading_coefficient_printed(0.0)?, 15_626.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn leading_coefficient_printed(sigma: f64) -> Result<f64> {
    Ok(polynomial_value(&EQUATION_9, check::in_range("sigma", sigma, 0.0, 1.0)?))
}

/// `C4(σ)` by equation (9) with the order of its coefficients reversed and nothing else repaired.
///
/// ```text
/// C4(σ) = −0.06 + 8.5 σ − 218.8 σ² + 2956.9 σ³ − 17638 σ⁴ + 58071 σ⁵ − 109660 σ⁶ + 117600 σ⁷ − 66990 σ⁸ + 15626 σ⁹
/// ```
/// Equation (9), reversed.
///
/// # Erratum
/// −244 at σ = 1, where `C4` is 15.26, and not monotone: what is missing is 260 σ⁷.
///
/// # Errors
/// [`Error::Domain`] unless `0 <= sigma <= 1`.
///
/// # Examples
/// ```
/// let c4 = snr_quantile::paper::leading_coefficient_reversed(1.0)?;
/// assert!((c4 + 244.0).abs() < 1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn leading_coefficient_reversed(sigma: f64) -> Result<f64> {
    let mut coefficients = EQUATION_9;
    coefficients.reverse();
    Ok(polynomial_value(&coefficients, check::in_range("sigma", sigma, 0.0, 1.0)?))
}

/// `C4(σ)` by equation (9) with both repairs: reversed order, and 117860 for 117600.
///
/// Within 0.13 rms of the exact [`crate::theory::leading_coefficient`], and monotone: what the authors have
/// used. Equation (9), repaired.
///
/// # Errors
/// [`Error::Domain`] unless `0 <= sigma <= 1`.
///
/// # Examples
/// ```
/// use snr_quantile::{paper, theory};
/// let difference = paper::leading_coefficient_repaired(0.5)? - theory::leading_coefficient(0.5)?;
/// assert!(difference.abs() < 0.2);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn leading_coefficient_repaired(sigma: f64) -> Result<f64> {
    let reversed = leading_coefficient_reversed(sigma)?;
    Ok(reversed + (REPAIRED_SEVENTH - EQUATION_9[2]) * sigma.powi(7))
}

/// σ for a leading coefficient by equation (10), as printed.
///
/// ```text
/// σ = 0.0342 + 0.2481 C4 − 0.1488 C4² + 0.0699 C4³ − 0.0203 C4⁴ + 0.0036 C4⁵ − 4e-4 C4⁶ + 2.6563e-5 C4⁷
///     − 9.7237e-7 C4⁸ + 1.5037e-8 C4⁹
/// ```
/// Equation (10). The result is what the polynomial gives, which may be negative or far above 1.
///
/// # Erratum
/// Good to 0.01 for `C4` up to 3.55 (σ up to 0.35), useless above: −21 at `C4(1)`, where σ is 1. The printed
/// digits cannot be repaired: with every coefficient free within its rounding the error is 0.029 at the
/// least, because "4e-4" has one digit and multiplies numbers up to 1.3e7. The exact inverse is
/// [`crate::theory::sigma_from_leading_coefficient`].
///
/// # Errors
/// [`Error::Domain`] unless `c4` is within −100 and 100.
///
/// # Examples
/// ```
/// let sigma = snr_quantile::paper::sigma_printed(15.261_35)?;
/// assert!((sigma + 21.0).abs() < 0.5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn sigma_printed(c4: f64) -> Result<f64> {
    Ok(polynomial_value(&EQUATION_10, check::in_range("c4", c4, -100.0, 100.0)?))
}

/// σ for a leading coefficient by a polynomial of degree 9 fitted to the exact function: equation (10),
/// repaired as far as its form allows.
///
/// ```text
/// σ ≈ Σ_k s_k T_k(2 C4/C4(1) − 1),   k = 0, …, 9
/// ```
/// Equation (10) in Chebyshev polynomials, which need no more than six digits: [`inverse_fit`] of degree 9.
/// Its error is 0.0044 rms; no digits make a polynomial of this degree exact.
///
/// # Errors
/// [`Error::Domain`] unless `c4` is above 0 and at most `C4(1)`; [`Error::Singular`] never in practice.
///
/// # Examples
/// ```
/// use snr_quantile::{paper, theory};
/// let sigma = paper::sigma_repaired(theory::leading_coefficient(0.8)?)?;
/// assert!((sigma - 0.8).abs() < 0.02);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn sigma_repaired(c4: f64) -> Result<f64> {
    static FIT: OnceLock<Result<PolynomialFit>> = OnceLock::new();
    let top = crate::theory::leading_coefficient(1.0)?;
    if !(c4 > 0.0 && c4 <= top) {
        return Err(Error::domain("c4", c4, format!("a number above 0 and at most {top}")));
    }
    match FIT.get_or_init(|| inverse_fit(9)) {
        Ok(fit) => Ok(fit.value(c4)),
        Err(error) => Err(error.clone()),
    }
}

/// `C4` with the abscissa `l/(L + 1)` of equations (13) and (14) over `C4` with the abscissa `l/K` of
/// equations (9) and (10).
///
/// ```text
/// C4_u / C4_p = ((L + 1)/K)⁴
/// ```
/// Equations (13) and (14) as printed against equation (9): 0.4096 for long records, 0.41992 at K = 200.
///
/// # Erratum
/// Followed to the letter, steps 1 to 4 give this fraction of the coefficient that equation (10) expects, and
/// the SNR of long records comes out 23 dB too high at −10 dB, 8.9 dB at 0 dB, 4.0 dB at 10 dB.
///
/// # Errors
/// [`Error::TooFew`] for fewer than 7 samples.
///
/// # Examples
/// ```
/// let factor = snr_quantile::paper::literal_window_factor(200)?;
/// assert!((1.0 / factor - 2.3814).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn literal_window_factor(samples: usize) -> Result<f64> {
    check::at_least("samples", samples, 7)?;
    let first = (0.1 * samples as f64).round().max(1.0);
    Ok(((samples as f64 + 1.0 - 2.0 * first) / samples as f64).powi(4))
}

/// The distribution of `y` that the appendix means: a normal of mean `S²` and deviation `2 S σ` plus `w²`, as
/// if the two were independent; equations (27) and (28) with the slips in their exponents repaired.
///
/// ```text
/// F(y) = ∫ Φ((y − S² − w²)/(2 S σ)) φ(w/σ)/σ dw
/// ```
/// Equation (28).
///
/// # Erratum
/// `2 S w` and `w²` come from the same `w`: they are uncorrelated and not independent. At σ = 0.7 the result
/// is off by 0.19 and gives 20 % of the probability to negative `y`. The exact distribution is
/// [`SquaredBpsk::cdf`].
///
/// # Errors
/// [`Error::Domain`] unless `0 < sigma < 1` and `y` is finite.
///
/// # Examples
/// ```
/// let below_zero = snr_quantile::paper::convolution_cdf(0.0, 0.7)?;
/// assert!((below_zero - 0.20).abs() < 0.005);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn convolution_cdf(y: f64, sigma: f64) -> Result<f64> {
    convolve(y, sigma, lower_tail)
}

/// The density of [`convolution_cdf`].
///
/// ```text
/// f(y) = ∫ φ((y − S² − w²)/(2 S σ))/(2 S σ) φ(w/σ)/σ dw
/// ```
/// Equation (28); at `y = 1` it is what equation (30) means.
///
/// # Erratum
/// 0.434 at `y = 1`, σ = 0.5, where the density is 0.385; 0.344 against 0.244 at σ = 0.9. As printed,
/// equation (30) takes the root of negative numbers, and (31), (32) integrate `z^(−3/2)` and `z^(−5/2)` from
/// 0: they diverge. The exact density is [`SquaredBpsk::pdf`].
///
/// # Errors
/// As [`convolution_cdf`].
///
/// # Examples
/// ```
/// let density = snr_quantile::paper::convolution_pdf(1.0, 0.5)?;
/// assert!((density - 0.434).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn convolution_pdf(y: f64, sigma: f64) -> Result<f64> {
    let deviation = 2.0 * sigma * SquaredBpsk::normalised(sigma)?.signal_amplitude();
    Ok((convolve(y, sigma, normal_pdf)? / deviation).min(f64::MAX))
}

/// The mean of a function of the normal part over the chi-square part.
fn convolve(y: f64, sigma: f64, normal: impl Fn(f64) -> f64) -> Result<f64> {
    check::finite("y", y)?;
    let law = SquaredBpsk::normalised(sigma)?;
    let s = law.signal_amplitude();
    if s == 0.0 {
        return Err(Error::domain("sigma", sigma, "a number above 0 and below 1"));
    }
    let inside = |z: f64| normal((y - s * s - (sigma * z).powi(2)) / (2.0 * s * sigma));
    static RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(200));
    Ok(RULE.iter().map(|(x, w)| 18.0 * w * normal_pdf(9.0 * x) * inside(9.0 * x)).sum())
}

/// The density of `z = w²` by equation (27), as printed.
///
/// ```text
/// f_z(z) = √(z/σ) exp(−z/(2σ)) / (√2 Γ(½))
/// ```
/// Equation (27).
///
/// # Erratum
/// It integrates to σ and not to 1: the root belongs into the denominator and σ should be σ². Right:
/// `exp(−z/(2σ²))/√(2π σ² z)`.
///
/// # Errors
/// [`Error::Domain`] unless `z >= 0` and `sigma > 0`, both finite.
///
/// # Examples
/// ```
/// let f = snr_quantile::paper::noise_square_pdf_printed(0.5, 0.5)?;
/// assert!((f - (-0.5_f64).exp() / (2.0 * std::f64::consts::PI).sqrt()).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn noise_square_pdf_printed(z: f64, sigma: f64) -> Result<f64> {
    let ratio = check::non_negative("z", z)? / check::positive("sigma", sigma)?;
    let value = ratio.sqrt() * (-0.5 * ratio).exp() / (2.0 * PI).sqrt();
    // An infinite ratio makes 0 times infinity of what tends to 0.
    Ok(if value.is_finite() { value } else { 0.0 })
}
