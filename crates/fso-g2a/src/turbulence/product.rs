//! The density of the logarithm of a Gamma-Gamma variable, and the closed forms of both its tails.
//!
//! With `v = ln h` and `z = αβh` everything here is written for the larger shape `a`, the smaller `b`:
//!
//! ```text
//! p(v) = h f(h) = 2 z^{(a+b)/2} K_{a−b}(2√z) / (Γ(a) Γ(b))
//! ```
//! is log-concave, so that Newton's method on its tails cannot fail.

use crate::special::{KPair, beyond_linear_pair, gauss_20};
use mmw_core::special::unchecked::{exp_beyond_linear, ln_gamma_of, stirling_remainder};
use std::f64::consts::{LN_2, TAU};

/// Above this shape the terms of `ln p` grow so large that their rounding shows, and the mixture integral,
/// in which nothing cancels, takes over.
const BESSEL_END: f64 = 60.0;
/// Above this smaller shape the series of the distribution is slower than quadrature of the density.
const SERIES_END: f64 = 1e7;
/// The same above the mode, where the series is longer.
const QUICK_SERIES_END: f64 = 3e5;
/// What the probability beyond [`LogProduct::settled`] is below twice of, as a negative logarithm.
const SETTLED: f64 = 37.6;

/// The law of `v = ln h` for unit-mean Gamma-Gamma `h`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogProduct {
    /// The larger shape.
    pub(crate) a: f64,
    /// The smaller shape.
    pub(crate) b: f64,
    ln_ab: f64,
    root_ab: f64,
    ln_norm: f64,
    /// A `v` beyond which `P(ln H > v)` is under 1e-16.
    pub(crate) settled: f64,
}

/// Logarithm of what a gamma variable of mean 1 exceeds with a probability of exp(−37.6) at most.
///
/// A gamma variable of shape `a` and scale 1 exceeds `a + √(2at) + t` with probability `exp(−t)` at most
/// (Laurent and Massart), and a product exceeds the product of two such bounds only if a factor does.
fn ln_bound(shape: f64) -> f64 {
    let t = SETTLED / shape;
    (1.0 + (2.0 * t).sqrt() + t).ln()
}

/// `ln p(v)` and `√z K_{ν+1}/K_ν`, which is the mean of `a X` given the product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogDensity {
    pub(crate) ln_p: f64,
    pub(crate) mean: f64,
}

impl LogProduct {
    pub(crate) fn new(alpha: f64, beta: f64) -> Self {
        let (a, b) = (alpha.max(beta), alpha.min(beta));
        let ln_ab = a.ln() + b.ln();
        let ln_norm = if a <= BESSEL_END {
            LN_2 + 0.5 * (a + b) * ln_ab - ln_gamma_of(a) - ln_gamma_of(b)
        } else {
            // a^a exp(−a)/Γ(a) is √(a/2π) exp(−δ(a)).
            0.5 * (a / TAU).ln() - stirling_remainder(a) + 0.5 * (b / TAU).ln() - stirling_remainder(b)
        };
        Self { a, b, ln_ab, root_ab: a.sqrt() * b.sqrt(), ln_norm, settled: ln_bound(a) + ln_bound(b) }
    }

    /// `ln p` and the conditional mean at `v`.
    pub(crate) fn density(&self, v: f64) -> LogDensity {
        if self.a <= BESSEL_END { self.by_bessel(v) } else { self.by_mixture(v) }
    }

    fn by_bessel(&self, v: f64) -> LogDensity {
        let root_z = self.root_ab * (0.5 * v).exp();
        if root_z < f64::MIN_POSITIVE || !root_z.is_finite() {
            return self.by_mixture_limit(v);
        }
        let x = 2.0 * root_z;
        let pair = KPair::new(self.a - self.b, x);
        LogDensity {
            ln_p: self.ln_norm + 0.5 * (self.a + self.b) * v + pair.ln(x),
            mean: root_z * pair.ratio,
        }
    }

    /// `p = exp(ln_norm) ∫ exp(−a φ(v − u) − b φ(u)) du` over the logarithm `u` of the factor of shape `b`.
    ///
    /// The trapezoidal rule around the maximum of the integrand converges exponentially: the integrand is
    /// analytic for `|Im u| < π/2` and falls doubly exponentially.
    fn by_mixture(&self, v: f64) -> LogDensity {
        let (a, b) = (self.a, self.b);
        let difference = a - b;
        // The maximum: b y² + (a − b) y − a exp(v) = 0 for y = exp(u).
        let growth = v.exp();
        let root = (difference * difference + 4.0 * a * b * growth).sqrt();
        let y = 2.0 * a * growth / (difference + root);
        if y < f64::MIN_POSITIVE || !y.is_finite() || !root.is_finite() {
            return self.by_mixture_limit(v);
        }
        let u = y.ln();
        let (of_a, of_b) = (0.5 * (difference + root), b * y);
        let height = -a * exp_beyond_linear(v - u) - b * exp_beyond_linear(u);
        let curvature = of_a + of_b;
        let step = (0.6 / curvature.sqrt()).min(0.17);
        let (mut sum, mut weighted) = (1.0, 0.0);
        for k in 1..4000 {
            let t = f64::from(k) * step;
            let (up, down) = beyond_linear_pair(t);
            let left = (-(of_a * up + of_b * down)).exp();
            let right = (-(of_a * down + of_b * up)).exp();
            sum += left + right;
            weighted += left * (up + t) + right * (down - t);
            if left + right < 1e-18 * sum {
                break;
            }
        }
        LogDensity { ln_p: self.ln_norm + height + (step * sum).ln(), mean: of_a * (1.0 + weighted / sum) }
    }

    /// Where `exp(v)` leaves the range of `f64`: the leading terms of `K` at both ends.
    fn by_mixture_limit(&self, v: f64) -> LogDensity {
        let (a, b, difference) = (self.a, self.b, self.a - self.b);
        let ln_z = self.ln_ab + v;
        let front = 0.5 * (a + b) * ln_z - ln_gamma_of(a) - ln_gamma_of(b);
        if ln_z > 0.0 {
            let root_z = (0.5 * ln_z).exp().min(f64::MAX);
            let ln_p = (front - 2.0 * root_z).max(-f64::MAX);
            return LogDensity { ln_p, mean: root_z };
        }
        // 2 K_ν(x) ~ [Γ(1 + ν) exp(νL) − Γ(1 − ν) exp(−νL)]/ν for L = ln(2/x), 2(L − γ) for ν = 0.
        const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
        let l = -0.5 * ln_z;
        let reach = difference * l;
        if reach > 20.0 {
            // Γ(a − b)/Γ(a) by Stirling's formula where the two logarithms would cancel.
            let ratio = if difference > 10.0 {
                (a - 0.5) * (-b / a).ln_1p() - b * difference.ln() + b + stirling_remainder(difference)
                    - stirling_remainder(a)
            } else {
                ln_gamma_of(difference) - ln_gamma_of(a)
            };
            return LogDensity { ln_p: b * ln_z + ratio - ln_gamma_of(b), mean: difference };
        }
        let ln_k = if reach > 1e-3 {
            let other = ln_gamma_of(1.0 - difference) - ln_gamma_of(1.0 + difference) - 2.0 * reach;
            ln_gamma_of(1.0 + difference) + reach + (-other.exp_m1()).ln() - difference.ln()
        } else {
            (2.0 * (l - EULER_GAMMA)).ln()
        };
        LogDensity { ln_p: front + ln_k, mean: difference }
    }

    /// `ln P(ln H ≤ v)` and `ln P(ln H > v)`.
    ///
    /// ```text
    /// F(a, b; z) = p/a · [S(a + 1, b) + (√z K_{ν+1}/K_ν)/b · S(a + 1, b + 1)],   S(c, d) = ₁F₂(1; c, d; z)
    /// ```
    /// This is `F(a, b) = E[P(a, aX)]` with the recurrence `P(a, x) = x^a exp(−x)/Γ(a + 1) + P(a + 1, x)`
    /// applied in turn to both shapes: all terms are positive, the order of `K` never changes, and integer
    /// differences of the shapes are nothing special. The upper tail is Gauss quadrature of `p`.
    pub(crate) fn ln_tails(&self, v: f64) -> (f64, f64) {
        let density = self.density(v);
        let root_z = self.root_ab * (0.5 * v).exp();
        // Above the mode, where the slope of ln p is zero, the upper tail is computed directly; for large
        // shapes that is quicker than the series.
        let above_mode = density.mean > self.a;
        let series = if above_mode { self.a <= BESSEL_END } else { self.b < SERIES_END };
        if series && root_z < 2.0 * self.a + 60.0 {
            let lower = (density.ln_p + self.ln_ratio(density.mean, v)).min(0.0);
            // Below the mode the upper tail is never small against the density: no digits are lost.
            if lower < -0.1 || !above_mode {
                return (lower, (-lower.exp_m1()).ln());
            }
        } else if !above_mode {
            let lower = self.ln_outer(v, density, -1.0).min(-f64::EPSILON);
            return (lower, (-lower.exp_m1()).ln());
        }
        let upper = self.ln_outer(v, density, 1.0).min(0.0);
        ((-upper.exp()).ln_1p(), upper)
    }

    /// `P(ln H ≤ v)`, for which the upper tail need not be known to full relative precision.
    ///
    /// The series serves above the mode too: its terms are positive, and only the density and the sum itself
    /// round. It takes some `√b` terms, which a quadrature of the density beats for very large shapes only.
    pub(crate) fn cdf(&self, v: f64) -> f64 {
        if v >= self.settled {
            return 1.0;
        }
        if self.b > QUICK_SERIES_END {
            return self.ln_tails(v).0.exp();
        }
        let density = self.density(v);
        (density.ln_p + self.ln_ratio(density.mean, v)).exp().min(1.0)
    }

    /// `ln (F/p)`.
    fn ln_ratio(&self, mean: f64, v: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        // Not exp(ln ab + v): the error of z counts as often as there are terms.
        let z = a * b * v.exp();
        let (mut first, mut second) = (1.0, mean / b);
        let (mut sum_first, mut sum_second) = (first, second);
        let mut n = 0.0;
        while (first > 1e-17 * sum_first || second > 1e-17 * sum_second) && n < 1e7 {
            let inverse = z / ((a + n + 1.0) * (b + n) * (b + n + 1.0));
            first *= (b + n + 1.0) * inverse;
            second *= (b + n) * inverse;
            sum_first += first;
            sum_second += second;
            n += 1.0;
        }
        ((sum_first + sum_second) / a).ln()
    }

    /// `ln ∫ p` from `v` outwards (`sign` +1: up, −1: down), for `v` beyond the mode on that side.
    ///
    /// `p` is log-concave, so it falls at least as fast as at `v`: the length over which it falls by
    /// exp(−42) is found first, then two Gauss rules of 20 points each cover it.
    fn ln_outer(&self, v: f64, density: LogDensity, sign: f64) -> f64 {
        const FALL: f64 = 42.0;
        let slope = (sign * (density.mean - self.a)).max(0.0);
        let fall = |t: f64| density.ln_p - self.density(v + sign * t).ln_p;
        // The curvature of ln p is near that of a normal approximation, 1/(1/aX + 1/bY).
        let of_b = (density.mean - self.a + self.b).max(1e-300);
        let gaussian = (2.0 * FALL * (1.0 / density.mean.max(1e-300) + 1.0 / of_b)).sqrt();
        let mut length = (FALL / slope.max(1e-300)).min(1.2 * gaussian);
        for _ in 0..200 {
            let reached = fall(length);
            if reached < 0.95 * FALL {
                length *= 1.3;
            } else if reached > 1.4 * FALL {
                length *= (1.15 * FALL / reached).max(0.3);
            } else {
                break;
            }
        }
        let integrand = |t: f64| (-fall(t)).exp();
        let ends = [0.0, 0.12, 0.4, 1.0].map(|share| share * length);
        let total: f64 = ends.windows(2).map(|ends| gauss_20(ends[0], ends[1], integrand)).sum();
        density.ln_p + total.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_the_mode_the_series_is_one_less_the_quadrature_of_the_density() {
        for (a, b) in
            [(60.0, 1.7), (62.0, 2.0), (65.0, 50.0), (500.0, 480.0), (1e4, 0.3), (1e4, 1e4), (1e5, 1e5)]
        {
            let law = LogProduct::new(a, b);
            for share in [0.02, 0.1, 0.3, 0.6, 0.9, 0.999] {
                let v = share * law.settled;
                let upper = law.ln_tails(v).1.exp();
                assert!(
                    (law.cdf(v) + upper - 1.0).abs() < 2e-13,
                    "{a} {b} {v} {:e}",
                    law.cdf(v) + upper - 1.0
                );
            }
            assert_eq!(law.cdf(law.settled), 1.0);
        }
    }
}
