//! Functions as polynomials.

use std::f64::consts::PI;

/// Coefficients, from the constant on, of the polynomial of degree `N − 1` through a function at the
/// Chebyshev points from −1 to 1.
///
/// # Examples
/// ```
/// use mmw_core::math::chebyshev_polynomial;
///
/// let [a, b, c] = chebyshev_polynomial(|t| 1.0 - 3.0 * t + 2.0 * t * t);
/// assert!((a - 1.0).abs() < 1e-14 && (b + 3.0).abs() < 1e-14 && (c - 2.0).abs() < 1e-14);
/// ```
#[must_use]
pub fn chebyshev_polynomial<const N: usize>(f: impl Fn(f64) -> f64) -> [f64; N] {
    let angle = |j: usize| PI * (j as f64 + 0.5) / N as f64;
    let values: [f64; N] = std::array::from_fn(|j| f(angle(j).cos()));
    let mut chebyshev: [f64; N] = std::array::from_fn(|k| {
        let sum: f64 = values.iter().enumerate().map(|(j, y)| y * (k as f64 * angle(j)).cos()).sum();
        2.0 * sum / N as f64
    });
    if let Some(constant) = chebyshev.first_mut() {
        *constant *= 0.5;
    }
    // T_k by their recurrence, gathered into powers.
    let (mut powers, mut before, mut current) = ([0.0; N], [0.0; N], [0.0; N]);
    if let Some(constant) = current.first_mut() {
        *constant = 1.0;
    }
    for (k, c) in chebyshev.into_iter().enumerate() {
        for (power, t) in powers.iter_mut().zip(&current) {
            *power += c * t;
        }
        // T₁ = t T₀, and T_{k+1} = 2t T_k − T_{k−1}.
        let factor = if k == 0 { 1.0 } else { 2.0 };
        let next = std::array::from_fn(|i| if i > 0 { factor * current[i - 1] } else { 0.0 } - before[i]);
        (before, current) = (current, next);
    }
    powers
}
