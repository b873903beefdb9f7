//! Gauss-Legendre quadrature.

use std::f64::consts::PI;

/// Nodes and weights of the rule of `n` points on [0, 1], in ascending order, symmetric to the last bit.
///
/// ```text
/// ∫₀¹ f(x) dx = Σ wᵢ f(xᵢ) for polynomials of degree 2n − 1,   Pₙ(1 − 2xᵢ) = 0
/// ```
/// Equations 25.4.29 and 25.4.30 of Abramowitz and Stegun, moved to [0, 1]. Newton's iteration on the
/// Legendre recurrence from Tricomi's start; good to rounding for `n` up to some hundreds, empty for 0.
///
/// # Examples
/// ```
/// use mmw_core::quadrature::gauss_legendre;
/// let cubic: f64 = gauss_legendre(2).iter().map(|(x, w)| w * x.powi(3)).sum();
/// assert!((cubic - 0.25).abs() < 1e-15);
/// ```
#[must_use]
pub fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let mut rule = vec![(0.5, 0.0); n];
    for i in 0..n.div_ceil(2) {
        let mut x = (PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        for _ in 0..8 {
            let (value, slope) = legendre(n, x);
            x -= value / slope;
        }
        let (_, slope) = legendre(n, x);
        let weight = 1.0 / ((1.0 - x * x) * slope * slope);
        // 1 − x is taken once, so that node i and its mirror image add up to 1.
        rule[i] = (0.5 * (1.0 - x), weight);
        rule[n - 1 - i] = (0.5 * (1.0 + x), weight);
    }
    rule
}

/// The Legendre polynomial of degree `n` and its derivative at `x` within (−1, 1).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, n as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_n_points_integrates_degree_2n_minus_1() {
        for n in [5, 16, 48] {
            let rule = gauss_legendre(n);
            for degree in 0..2 * n as i32 {
                let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(degree)).sum();
                // Rounding of n products of numbers up to 1.
                assert!((sum * f64::from(degree + 1) - 1.0).abs() < 1e-13, "{n} {degree}");
            }
        }
    }
}
