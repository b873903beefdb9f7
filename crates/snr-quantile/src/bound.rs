//! The Cramér-Rao bound for SNR estimates of BPSK, and the error measures set beside it.

use crate::snr::Snr;
use mmw_core::{Error, Result, check};
use std::f64::consts::{LN_10, PI};

/// The least variance, in dB², that an unbiased estimate of the SNR in dB can have from `samples` real
/// samples with unknown symbols.
///
/// ```text
/// CRLB = 200 (1/α − f(α) + 1) / (N ln²10 (1 − f(α) − 4 α f(α)))
/// ```
/// Equation (19) of the paper, after [^alagha], with `α = Es/N0 = SNR/2`: at high SNR it falls to
/// `200/(N ln²10) = 37.72/N`, at low SNR it grows as the fourth power of 1/SNR.
///
/// # Erratum
/// The paper does not say what `α` is. Read as the SNR of its equation (16) the bound comes out 3.4 times too
/// small at 0 dB and 10.8 times at −10 dB.
///
/// # Errors
/// [`Error::TooFew`] for no samples; [`Error::Domain`] for an SNR outside −60 to 200 dB.
///
/// # Examples
/// ```
/// use snr_quantile::{Snr, bound};
/// let crlb_db2 = bound::crlb_db2(Snr::from_db(0.0)?, 200)?;
/// assert!((crlb_db2 / 2.556_064_520_688_012 - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^alagha]: N. S. Alagha, "Cramer-Rao bounds of SNR estimates for BPSK and QPSK modulated signals", IEEE
///     Communications Letters 5 (2001).
pub fn crlb_db2(snr: Snr, samples: usize) -> Result<f64> {
    check::at_least("samples", samples, 1)?;
    check::in_range("snr_db", snr.db(), -60.0, 200.0)?;
    Ok(crlb_unchecked_db2(snr) / samples as f64)
}

/// The bound of one sample, for any SNR.
pub(crate) fn crlb_unchecked_db2(snr: Snr) -> f64 {
    let c = snr.linear().sqrt();
    // From c = 10 (20 dB) on, 1 − tanh(c u) is below 1e-20 where the density is not.
    if c >= 10.0 {
        return 100.0 * (4.0 / snr.linear() + 2.0) / (LN_10 * LN_10);
    }
    let slope_db = 20.0 / (LN_10 * c);
    slope_db * slope_db / efficient_information(c)
}

/// The same bound when the symbols are known: the data-aided bound.
///
/// ```text
/// CRLB = (10/ln 10)² (4/SNR + 2) / N
/// ```
/// From the Fisher information of `S` (`N/σ²`) and `σ²` (`N/(2 σ⁴)`), equation (17) of the paper with known
/// symbols.
///
/// # Errors
/// [`Error::TooFew`] for no samples.
///
/// # Examples
/// ```
/// use snr_quantile::{Snr, bound};
/// let snr = Snr::from_db(30.0)?;
/// // Above 20 dB or so the symbols are known anyway.
/// assert!((bound::data_aided_crlb_db2(snr, 100)? / bound::crlb_db2(snr, 100)? - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn data_aided_crlb_db2(snr: Snr, samples: usize) -> Result<f64> {
    check::at_least("samples", samples, 1)?;
    Ok(100.0 * (4.0 / snr.linear() + 2.0) / (LN_10 * LN_10 * samples as f64))
}

/// The integral of the bound.
///
/// ```text
/// f(α) = exp(−α)/√(2π) ∫ u² exp(−u²/2) / cosh(u √(2α)) du
/// ```
/// Equation (20). It falls from 1 at `α = 0` to 0.
///
/// # Errors
/// [`Error::Domain`] unless `alpha` is finite and not below 0.
///
/// # Examples
/// ```
/// let f = snr_quantile::bound::f_alpha(0.005)?;
/// assert!((f / 0.980_389_691_245_282_8 - 1.0).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn f_alpha(alpha: f64) -> Result<f64> {
    /// From here on `exp(−α)` is 0.
    const NOTHING: f64 = 746.0;
    if check::non_negative("alpha", alpha)? > NOTHING {
        return Ok(0.0);
    }
    let c = (2.0 * alpha).sqrt();
    let mut sum = 0.0;
    trapezoid(c, 0.0, |u| {
        let weight = 4.0 / (2.0 * PI).sqrt() * (-alpha - 0.5 * u * u - c * u).exp();
        sum += u * u * weight / (1.0 + (-2.0 * c * u).exp());
    });
    Ok(sum * trapezoid_step(c))
}

/// A step at which the trapezoidal rule is exact to rounding for integrands with the poles of `tanh(c u)`,
/// `π/(2 c)` off the real axis: the error is of order `exp(−π²/(c h))`.
fn trapezoid_step(c: f64) -> f64 {
    0.25 / c.max(1.0)
}

/// Visits the nodes of the trapezoidal rule from 0 to ten deviations above `centre`, with the first node
/// half a step from 0 (an even integrand makes that rule as good as the one with a node at 0).
fn trapezoid(c: f64, centre: f64, mut visit: impl FnMut(f64)) {
    let step = trapezoid_step(c);
    let nodes = ((centre + 10.0) / step) as usize;
    (0..nodes).for_each(|k| visit((k as f64 + 0.5) * step));
}

/// Fisher information of `c = S/σ` in one sample when σ is unknown, for `c` below 10 or so.
///
/// With `u = |x|/σ` and `t = tanh(c u)` the scores of `c` and `ln σ` are `a = u t − c` and `b = u² − 1 − c u
/// t`; the information is `E a² − (E a b)²/E b²`. At low SNR the two scores are nearly proportional, so `a`
/// is replaced by `a − c b = u (t − c u) + c² u t`, which has the same residual and is of order c³ without
/// cancelling.
fn efficient_information(c: f64) -> f64 {
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    trapezoid(c, c, |u| {
        let density = (-0.5 * (u - c) * (u - c)).exp() + (-0.5 * (u + c) * (u + c)).exp();
        let z = c * u;
        let t = z.tanh();
        let a = if c < 1.0 { u * tanh_minus_argument(z, t) + c * c * u * t } else { u * t - c };
        let b = u * u - 1.0 - z * t;
        aa += density * a * a;
        ab += density * a * b;
        bb += density * b * b;
    });
    (aa - ab * ab / bb) * trapezoid_step(c) / (2.0 * PI).sqrt()
}

/// `tanh z − z`, by its Taylor series where the difference cancels.
fn tanh_minus_argument(z: f64, tanh_z: f64) -> f64 {
    if z > 0.3 {
        return tanh_z - z;
    }
    const SERIES: [f64; 9] = [
        -1.0 / 3.0,
        2.0 / 15.0,
        -17.0 / 315.0,
        62.0 / 2835.0,
        -1382.0 / 155_925.0,
        21844.0 / 6_081_075.0,
        -929_569.0 / 638_512_875.0,
        6_404_582.0 / 10_854_718_875.0,
        -443_861_162.0 / 1_856_156_927_625.0,
    ];
    z * z * z * SERIES.iter().rev().fold(0.0, |sum, c| sum * z * z + c)
}

/// The mean square of relative errors of linear SNR.
///
/// ```text
/// NMSE = (1/M) Σ ((SNR − SNR̂_i)/SNR)²
/// ```
/// Equation (21).
///
/// # Errors
/// [`Error::TooFew`] for no estimates, [`Error::NotFinite`] if one is not finite, [`Error::Invalid`] if the
/// result exceeds the range of `f64`.
///
/// # Examples
/// ```
/// use snr_quantile::{Snr, bound};
/// assert_eq!(bound::nmse(Snr::from_linear(2.0)?, &[1.0, 3.0])?, 0.25);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn nmse(truth: Snr, estimates: &[f64]) -> Result<f64> {
    check::at_least("estimates", estimates.len(), 1)?;
    if let Some(index) = estimates.iter().position(|x| !x.is_finite()) {
        return Err(Error::NotFinite { name: "estimates".into(), index });
    }
    let sum: f64 = estimates.iter().map(|x| (x / truth.linear() - 1.0).powi(2)).sum();
    match sum.is_finite() {
        true => Ok(sum / estimates.len() as f64),
        false => Err(Error::invalid("estimates", "the mean square error exceeds the range of f64")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_information_is_that_of_equation_19() {
        for snr_db in [-10.0, -3.0, 0.0, 2.5, 7.0, 13.0, 19.9, 20.1, 40.0] {
            let snr = Snr::from_db(snr_db).unwrap();
            let (alpha, f) = (snr.es_n0(), f_alpha(snr.es_n0()).unwrap());
            let printed = 200.0 * (1.0 / alpha - f + 1.0) / (LN_10 * LN_10 * (1.0 - f - 4.0 * alpha * f));
            // The printed form cancels as 1/α².
            let tolerance = 1e-14 * (4.0 + 1.0 / (alpha * alpha));
            assert!((crlb_db2(snr, 1).unwrap() / printed - 1.0).abs() < tolerance, "{snr_db}");
        }
    }

    #[test]
    fn at_low_snr_the_bound_grows_as_the_fourth_power() {
        // I = 8/3 c⁶ for small c, so that the bound is (20/ln 10)² · 3/(8 c⁸).
        let bound = crlb_db2(Snr::from_db(-50.0).unwrap(), 1).unwrap();
        let law = (20.0 / LN_10).powi(2) * 0.375 * 1e20;
        assert!((bound / law - 1.0).abs() < 1e-4, "{}", bound / law);
    }

    #[test]
    fn nonsense_is_an_error() {
        let snr = Snr::from_linear(1.0).unwrap();
        assert!(crlb_db2(snr, 0).is_err() && data_aided_crlb_db2(snr, 0).is_err());
        assert!(crlb_db2(Snr::from_db(-61.0).unwrap(), 10).is_err());
        assert!(f_alpha(-1.0).is_err() && f_alpha(f64::NAN).is_err());
        assert_eq!(f_alpha(1e9).unwrap(), 0.0);
        assert!(nmse(snr, &[]).is_err() && nmse(snr, &[1e300]).is_err() && nmse(snr, &[f64::NAN]).is_err());
    }
}
