//! Roots of polynomials that are real and not negative on the unit circle.

use mmw_core::{C64, Error, Result};
use std::f64::consts::TAU;

/// The roots inside the unit circle of `Σ_{l=-m}^{m} c_l z^l` with `c_{-l} = c_l*`, from `c_0` to `c_m`.
///
/// Roots come in pairs `z` and `1/z*`, and those on the circle twice. Aberth's iteration [^aberth] runs on
/// the `m` roots inside, with their mirror images in the sums: a pair on the circle, of which rounding leaves
/// half the digits, is then split along its radius rather than along the circle, where the angle is read.
///
/// [^aberth]: O. Aberth, "Iteration methods for finding all zeros of a polynomial simultaneously", Math.
/// Comp., vol. 27, no. 122, pp. 339-344, 1973.
pub(super) fn roots_inside(c: &[C64]) -> Result<Vec<C64>> {
    /// A double root takes 20 steps, one of higher order some hundred.
    const MAX_SWEEPS: usize = 500;
    let m = c.len().saturating_sub(1);
    let q: Vec<C64> = c[1..].iter().rev().map(C64::conj).chain(c.iter().copied()).collect();
    // Off the axes, so that no symmetry of the coefficients holds the iteration back.
    let start = |j: usize| C64::from_polar(0.8, TAU * (j as f64 + 0.3) / m as f64);
    let mut roots: Vec<C64> = (0..m).map(start).collect();
    let mut settled = vec![false; m];
    for _ in 0..MAX_SWEEPS {
        for i in 0..m {
            if settled[i] {
                continue;
            }
            let z = roots[i];
            let (value, slope, rounding) = horner(&q, z);
            if value.norm() <= rounding {
                settled[i] = true;
                continue;
            }
            let newton = value / slope;
            let others = roots.iter().enumerate().map(|(j, &other)| {
                let direct = if j == i { C64::default() } else { reciprocal(z - other) };
                direct
                    + if other.norm() > 1e-100 {
                        reciprocal(z - other / other.norm_sqr())
                    } else {
                        C64::default()
                    }
            });
            let step = newton / (C64::from(1.0) - newton * others.sum::<C64>());
            let step = if step.re.is_finite() && step.im.is_finite() { step } else { 0.1 * z * C64::i() };
            let next = z - step;
            roots[i] = if next.norm_sqr() > 1.0 { next / next.norm_sqr() } else { next };
            settled[i] = step.norm() <= 4.0 * f64::EPSILON * z.norm();
        }
        if settled.iter().all(|&done| done) {
            return Ok(roots);
        }
    }
    Err(Error::NoConvergence { what: "roots of a polynomial".into(), iterations: MAX_SWEEPS })
}

fn reciprocal(z: C64) -> C64 {
    if z == C64::default() { z } else { z.inv() }
}

/// The polynomial, its derivative and how much of its value may be rounding, by Horner's rule.
fn horner(q: &[C64], z: C64) -> (C64, C64, f64) {
    let radius = z.norm();
    let (mut value, mut slope, mut most) = (C64::default(), C64::default(), 0.0);
    for &a in q.iter().rev() {
        slope = slope * z + value;
        value = value * z + a;
        most = most * radius + a.norm();
    }
    (value, slope, f64::EPSILON * most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The coefficients of `Π |1 - r_k e^{j φ_k} / z|²`.
    fn with_roots(roots: &[C64]) -> Vec<C64> {
        let mut p = vec![C64::from(1.0)];
        for root in roots {
            let mut next = vec![C64::default(); p.len() + 1];
            for (i, &a) in p.iter().enumerate() {
                next[i] -= a * root;
                next[i + 1] += a;
            }
            p = next;
        }
        (0..p.len()).map(|l| (l..p.len()).map(|i| p[i] * p[i - l].conj()).sum()).collect()
    }

    fn found(wanted: &[C64]) -> Vec<C64> {
        let roots = roots_inside(&with_roots(wanted)).unwrap();
        let near = |z: &C64| {
            let apart = |r: &&C64| (*r - z).norm();
            roots.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).copied()
        };
        wanted.iter().filter_map(near).collect()
    }

    #[test]
    fn roots_of_a_product_are_found_again() {
        let wanted: Vec<C64> =
            (0..7).map(|k| C64::from_polar(0.5 + 0.07 * k as f64, 1.1 * k as f64)).collect();
        for (found, wanted) in found(&wanted).iter().zip(&wanted) {
            // Simple roots at least 0.3 apart: 15 coefficients of rounding 1e-16, divided by their slopes.
            assert!((found - wanted).norm() < 1e-12, "{found} {wanted}");
        }
    }

    #[test]
    fn double_roots_on_the_circle_are_known_to_half_the_digits() {
        let on = |angle: f64| C64::cis(angle);
        let wanted = [on(-1.0), on(0.4), on(0.5), C64::from_polar(0.6, 2.0), C64::from_polar(0.3, -2.5)];
        for (found, wanted) in found(&wanted).iter().zip(&wanted) {
            assert!((found - wanted).norm() < 1e-6, "{found} {wanted}");
        }
    }

    #[test]
    fn missing_powers_are_roots_at_zero() {
        let (one, zero) = (C64::from(1.0), C64::default());
        assert_eq!(roots_inside(&[one, zero, zero]).unwrap().iter().filter(|z| z.norm() < 1e-6).count(), 2);
        assert!(roots_inside(&[one]).unwrap().is_empty());
        let double = roots_inside(&[C64::from(2.0), -one, zero]).unwrap();
        assert!(double.iter().any(|z| (z - one).norm() < 1e-6) && double.iter().any(|z| z.norm() < 1e-6));
    }
}
