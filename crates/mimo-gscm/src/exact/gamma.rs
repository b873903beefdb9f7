//! The regularised incomplete gamma function of whole order: the distribution of a sum of exponentials.

/// `P(n, x) = 1 − e⁻ˣ Σₖ₌₀..ₙ₋₁ xᵏ/k!` for `n ≥ 1`, to a relative error of some 1e-14 on both sides.
///
/// Below the mean the ascending series is summed, above it the finite sum: neither cancels.
/// Equations 6.5.13 and 6.5.29 of Abramowitz and Stegun.
pub(super) fn gamma_p(n: usize, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x < n as f64 + 1.0 { lower(n, x) } else { 1.0 - upper(n, x) }
}

/// `e⁻ˣ xⁿ/n! · (1 + x/(n+1) + x²/((n+1)(n+2)) + …)`; the terms fall since `x < n + 1`.
fn lower(n: usize, x: f64) -> f64 {
    let (mut term, mut sum, mut order) = (1.0, 1.0, n as f64);
    while term > 1e-17 * sum {
        order += 1.0;
        term *= x / order;
        sum += term;
    }
    sum * (n as f64 * x.ln() - x - ln_factorial(n)).exp()
}

/// `e⁻ˣ xⁿ⁻¹/(n−1)! · (1 + (n−1)/x + (n−1)(n−2)/x² + …)`, finite.
fn upper(n: usize, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in (1..n).rev() {
        term *= k as f64 / x;
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum * ((n - 1) as f64 * x.ln() - x - ln_factorial(n - 1)).exp()
}

/// `ln n!`.
pub(super) fn ln_factorial(n: usize) -> f64 {
    (2..=n).map(|k| (k as f64).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_one_is_the_exponential_distribution() {
        for x in [1e-9_f64, 0.1, 1.0, 1.9, 2.1, 10.0, 50.0] {
            let exact = -(-x).exp_m1();
            assert!((gamma_p(1, x) - exact).abs() <= 1e-14 * exact, "{x}");
        }
    }

    #[test]
    fn the_two_branches_agree_where_they_meet() {
        for n in 1..60 {
            let x = n as f64 + 1.0;
            assert!((lower(n, x) + upper(n, x) - 1.0).abs() < 1e-13, "{n}");
        }
    }
}
