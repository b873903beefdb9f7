//! Gauss-Legendre panels and orthonormal Laguerre functions: what the eigenvalues of a Wishart matrix need.

use super::basics::ln_factorial;
use mmw_core::C64;
use mmw_core::num_traits::Zero;
use mmw_core::quadrature::gauss_legendre;

/// Points of the rule on each panel.
const POINTS: usize = 24;

/// Nodes and weights on `(0, top)`: panels that grow geometrically from `smallest` to `widest`.
pub(super) fn panels(smallest: f64, growth: f64, widest: f64, top: f64) -> Vec<(f64, f64)> {
    let rule = gauss_legendre(POINTS);
    let mut nodes = Vec::new();
    let (mut low, mut high) = (0.0, smallest.min(top));
    while low < top {
        let length = high - low;
        nodes.extend(rule.iter().map(|&(x, w)| (low + length * x, length * w)));
        let width = ((growth - 1.0) * high).min(widest);
        (low, high) = (high, (high + width).min(top));
    }
    nodes
}

/// `x` beyond which the density of the eigenvalues of an `m` by `n` Wishart matrix is below 1e-17.
pub(super) fn eigenvalue_end(m: usize, n: usize) -> f64 {
    let edge = (m as f64).sqrt() + (n as f64).sqrt();
    // Past the edge the tail falls like that of a gamma variable of order n.
    edge * edge + 45.0 + 10.0 * edge
}

/// The orthonormal functions `φₖ(x) = √(k!/(k+d)!) x^{d/2} e^{−x/2} Lₖᵈ(x)`, `k < out.len()`, at a complex
/// `x` with positive real part.
///
/// The three-term recurrence runs on numbers that carry their exponent apart, since `φ₀` underflows where
/// later ones do not.
pub(super) fn laguerre_functions(d: usize, x: C64, out: &mut [C64]) {
    let order = d as f64;
    let mut exponent = 0.5 * (order * x.ln() - x - ln_factorial(d));
    let (mut before, mut value) = (C64::zero(), C64::new(1.0, 0.0));
    for (k, place) in out.iter_mut().enumerate() {
        *place = value * exponent.exp();
        let k = k as f64;
        let next = ((2.0 * k + 1.0 + order - x) * value - (k * (k + order)).sqrt() * before)
            / ((k + 1.0) * (k + 1.0 + order)).sqrt();
        (before, value) = (value, next);
        let size = value.norm();
        if size > 1e100 {
            (before, value) = (before / size, value / size);
            exponent += size.ln();
        }
    }
}

/// `Σₖ φₖ(x)²` over `k < m` at a real `x`: the density of the eigenvalues times `m`.
pub(super) fn eigenvalue_density(m: usize, d: usize, ln_factorial_d: f64, x: f64) -> f64 {
    let order = d as f64;
    let mut exponent = order * x.ln() - x - ln_factorial_d;
    let (mut before, mut value, mut sum) = (0.0, 1.0, 0.0);
    for k in 0..m {
        sum += value * value;
        let k = k as f64;
        let next = ((2.0 * k + 1.0 + order - x) * value - (k * (k + order)).sqrt() * before)
            / ((k + 1.0) * (k + 1.0 + order)).sqrt();
        (before, value) = (value, next);
        let size: f64 = value.abs();
        if size > 1e100 {
            (before, value, sum) = (before / size, value / size, sum / (size * size));
            exponent += 2.0 * size.ln();
        }
    }
    sum * exponent.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_of_the_eigenvalues_counts_them() {
        for (m, n) in [(1, 1), (2, 5), (8, 8), (64, 64), (300, 512)] {
            let (d, lf) = (n - m, ln_factorial(n - m));
            let nodes = panels(1e-3, 2.0, 4.0, eigenvalue_end(m, n));
            let count: f64 = nodes.iter().map(|&(x, w)| w * eigenvalue_density(m, d, lf, x)).sum();
            assert!((count / m as f64 - 1.0).abs() < 1e-12, "{m} {n}: {count}");
        }
    }

    #[test]
    fn the_functions_are_orthonormal_on_a_turned_path_too() {
        let turn = C64::from_polar(1.0, 0.2);
        let mut phi = vec![C64::zero(); 6];
        let mut gram = [[C64::zero(); 6]; 6];
        for (t, w) in panels(1e-3, 1.3, 2.0, 90.0) {
            laguerre_functions(2, turn * t, &mut phi);
            for (i, row) in gram.iter_mut().enumerate() {
                row.iter_mut().zip(&phi).for_each(|(g, b)| *g += turn * w * phi[i] * b);
            }
        }
        for (i, row) in gram.iter().enumerate() {
            for (j, g) in row.iter().enumerate() {
                let exact = if i == j { 1.0 } else { 0.0 };
                assert!((g - exact).norm() < 1e-12, "{i} {j} {g}");
            }
        }
    }
}
