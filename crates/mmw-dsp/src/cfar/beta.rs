//! The regularised incomplete beta function to nearly full precision.

use mmw_core::special::unchecked::{
    exp_beyond_linear, incomplete_gamma, incomplete_gamma_kernel, stirling_remainder,
};
use mmw_core::{Error, Result};
use std::f64::consts::TAU;

/// `x^a y^b / B(a, b)` for `y = 1 − x` and numbers above 0: the density of the logit of a beta variable.
///
/// ```text
/// √(ab / 2π(a+b)) exp(−a φ(ln(1 + d/a)) − b φ(ln(1 − d/b)) + δ(a+b) − δ(a) − δ(b)),   d = xb − ya
/// ```
/// with `φ(t) = exp(t) − 1 − t` and Stirling's remainder `δ`: no large terms that cancel.
pub(super) fn beta_kernel(a: f64, b: f64, [x, y]: [f64; 2]) -> f64 {
    let (all, d) = (a + b, x * b - y * a);
    let excess = |share: f64, shape: f64, d: f64| {
        let relative = d / shape;
        let t = if relative.abs() < 0.5 { relative.ln_1p() } else { (share * (all / shape)).ln() };
        shape * exp_beyond_linear(t)
    };
    let exponent = excess(x, a, d) + excess(y, b, -d);
    let remainders = stirling_remainder(all) - stirling_remainder(a) - stirling_remainder(b);
    (a / all * (b / TAU)).sqrt() * (remainders - exponent).exp()
}

/// `I_x(a, b)` and `1 − I_x(a, b) = I_y(b, a)`, each to its own relative precision where it is the smaller.
///
/// The continued fraction 8.17.22 of [^dlmf], by Lentz' method, on the side where it converges fast.
///
/// # Errors
/// [`Error::NoConvergence`] for arguments beyond 1e13.
///
/// [^dlmf]: NIST Digital Library of Mathematical Functions, chapter 8.
pub(super) fn incomplete_beta(a: f64, b: f64, [x, y]: [f64; 2]) -> Result<[f64; 2]> {
    if x <= 0.0 || y <= 0.0 {
        return Ok(if x <= 0.0 { [0.0, 1.0] } else { [1.0, 0.0] });
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        let [upper, lower] = incomplete_beta(b, a, [y, x])?;
        return Ok([lower, upper]);
    }
    let lower = (beta_kernel(a, b, [x, y]) / a * fraction(a, b, x)?).min(1.0);
    Ok([lower, 1.0 - lower])
}

fn fraction(a: f64, b: f64, x: f64) -> Result<f64> {
    const MOST: u32 = 10_000_000;
    let nonzero = |z: f64| if z.abs() < 1e-300 { 1e-300 } else { z };
    let (mut c, mut d, mut value) = (1.0, 1.0 / nonzero(1.0 - (a + b) / (a + 1.0) * x), 1.0);
    value *= d;
    for m in 1..MOST {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / nonzero(1.0 + coefficient * d);
            c = nonzero(1.0 + coefficient / c);
            factor *= c * d;
            value *= c * d;
        }
        if (factor - 1.0).abs() < 4e-16 {
            return Ok(value);
        }
    }
    Err(Error::NoConvergence { what: "incomplete beta function".into(), iterations: MOST as usize })
}

/// The number that a gamma variable of shape `a` stays below with `probability`, from 0 to 1, by Newton's
/// method; `start` is near it.
///
/// # Errors
/// [`Error::NoConvergence`] for shapes beyond 1e12.
pub(super) fn gamma_quantile(a: f64, probability: f64, start: f64) -> Result<f64> {
    let most = a + 40.0 * a.sqrt() + 800.0;
    mmw_core::math::newton_within([0.0, most], start.min(most), [0.0, 1e-12], |x| {
        let (lower, _) = incomplete_gamma(a, x)?;
        let excess = lower - probability;
        Ok((excess < 0.0, excess * x / incomplete_gamma_kernel(a, x)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::beta::beta_reg;

    #[test]
    fn the_incomplete_beta_function_is_its_binomial_sum() {
        // 8.17.5 of the DLMF: I_x(m, n − m + 1) = Σ_{j≥m} C(n, j) x^j (1 − x)^{n−j}.
        for (m, n, x) in [(1, 1, 0.3), (3, 10, 0.2), (10, 10, 0.9), (7, 60, 0.5), (40, 60, 0.01)] {
            let (mut term, mut tail) = ((1.0_f64 - x).powi(n), 0.0);
            let mut below = 0.0;
            for j in 0..=n {
                if j >= m {
                    tail += term;
                } else {
                    below += term;
                }
                term *= x / (1.0 - x) * f64::from(n - j) / f64::from(j + 1);
            }
            let (a, b) = (f64::from(m), f64::from(n - m + 1));
            let [lower, upper] = incomplete_beta(a, b, [x, 1.0 - x]).unwrap();
            // Some sixty products, and a hundred terms of a power.
            let smaller = if lower < upper { lower / tail } else { upper / below };
            assert!((smaller - 1.0).abs() < 3e-14, "{m} {n} {x}: {lower:e} {upper:e} {tail:e} {below:e}");
            assert!((lower + upper - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn the_incomplete_beta_function_is_that_of_statrs() {
        for (a, b) in [(0.5, 0.5), (3000.0, 3264.0), (12.0, 6528.0), (544.0, 1.0)] {
            for x in [0.001, 0.3, 0.48, 0.52, 0.9] {
                let [lower, _] = incomplete_beta(a, b, [x, 1.0 - x]).unwrap();
                let other = beta_reg(a, b, x);
                // statrs subtracts logarithms of gamma functions of up to 5e4.
                assert!((lower - other).abs() <= 5e-11 * other + 1e-300, "{a} {b} {x}: {lower:e} {other:e}");
            }
        }
    }

    #[test]
    fn quantiles_of_a_gamma_variable_have_their_probability() {
        for a in [1.0, 4.0, 12.0, 1000.0] {
            for p in [1e-3, 0.1, 0.5, 0.9, 0.999] {
                let x = gamma_quantile(a, p, a).unwrap();
                assert!((incomplete_gamma(a, x).unwrap().0 - p).abs() < 1e-12, "{a} {p}");
            }
        }
    }
}
