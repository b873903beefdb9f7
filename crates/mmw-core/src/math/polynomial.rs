//! The value of a polynomial, and all of its roots at once.

use crate::{C64, Error, Result};
use std::f64::consts::TAU;

/// A double root takes 20 sweeps, one of higher order some hundred.
const MAX_SWEEPS: usize = 500;

/// By how much of its size a polynomial is lifted that rounding took below zero: a double root moves by the
/// square root of that.
const LIFTS: [f64; 4] = [1e-16, 1e-15, 1e-14, 1e-13];

/// `Σ c_k x^k` by Horner's rule; 0 without coefficients.
///
/// # Examples
/// ```
/// // 1 − 3 x + 2 x²
/// assert_eq!(mmw_core::math::polynomial_value(&[1.0, -3.0, 2.0], 2.0), 3.0);
/// ```
#[inline]
#[must_use]
pub fn polynomial_value(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// The roots of `Σ c_k z^k`, each as often as it counts, in no order.
///
/// Aberth's iteration [^aberth]: Newton's steps, each root repelled by the others. A root is settled where
/// the polynomial is no more than its own rounding, so a root of order `m` is known to the `m`-th part of the
/// digits.
///
/// [^aberth]: O. Aberth, "Iteration methods for finding all zeros of a polynomial simultaneously", Math.
/// Comp., vol. 27, no. 122, pp. 339-344, 1973.
///
/// # Errors
/// [`Error::NotFinite`], [`Error::Invalid`] where the coefficient of the highest power is zero or missing,
/// [`Error::NoConvergence`] after 500 sweeps.
///
/// # Examples
/// ```
/// use mmw_core::{C64, math::polynomial_roots};
/// // z² + 1
/// let roots = polynomial_roots(&[1.0, 0.0, 1.0].map(C64::from))?;
/// assert!(roots.iter().all(|z| (z * z + 1.0).norm() < 1e-15));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn polynomial_roots(c: &[C64]) -> Result<Vec<C64>> {
    check_finite(c)?;
    if c.last().is_none_or(|last| *last == C64::default()) {
        return Err(Error::invalid("c", "the coefficient of the highest power is zero or missing"));
    }
    let at_zero = c.iter().take_while(|a| **a == C64::default()).count();
    let c = &c[at_zero..];
    let degree = c.len() - 1;
    let radius = (c[0].norm() / c[degree].norm()).powf(1.0 / degree.max(1) as f64);
    // Off the axes, so that no symmetry of the coefficients holds the iteration back.
    let start = |j: usize| C64::from_polar(radius, 0.4 + TAU * j as f64 / degree as f64);
    let mut roots = aberth(c, (0..degree).map(start).collect(), |_| None)?;
    roots.resize(degree + at_zero, C64::default());
    Ok(roots)
}

/// The roots inside the unit circle of `Σ_{l=-m}^{m} c_l z^l` with `c_{-l} = c_l*`, from `c_0` to `c_m`: a
/// polynomial that is real and not negative on the circle.
///
/// Roots come in pairs `z` and `1/z*`, and those on the circle twice; where rounding has taken it below zero
/// there, it is lifted. Aberth's iteration [^aberth] runs on the `m` roots inside, with their mirror images
/// in the sums: a pair on the circle, of which rounding leaves half the digits, is then split along its
/// radius rather than along the circle, where the angle is read. High coefficients may be zero; their roots
/// are at zero.
///
/// [^aberth]: See [`polynomial_roots`].
///
/// # Errors
/// [`Error::NotFinite`], [`Error::NoConvergence`] after 500 sweeps.
///
/// # Examples
/// ```
/// use mmw_core::{C64, math::roots_within_unit_circle};
/// // |1 - 0.5 / z|² on the circle.
/// let roots = roots_within_unit_circle(&[1.25, -0.5].map(C64::from))?;
/// assert!((roots[0] - 0.5).norm() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn roots_within_unit_circle(c: &[C64]) -> Result<Vec<C64>> {
    check_finite(c)?;
    let m = c.len().saturating_sub(1);
    let tail = c.get(1..).unwrap_or_default();
    let mut q: Vec<C64> = tail.iter().rev().map(C64::conj).chain(c.iter().copied()).collect();
    let size: f64 = q.iter().map(|a| a.norm()).sum();
    let start = |j: usize| C64::from_polar(0.8, TAU * (j as f64 + 0.3) / m as f64);
    let mut result = aberth(&q, (0..m).map(start).collect(), across_unit_circle);
    for lift in LIFTS {
        if !matches!(result, Err(Error::NoConvergence { .. })) {
            break;
        }
        q[m] = c[0] + lift * size;
        result = aberth(&q, (0..m).map(start).collect(), across_unit_circle);
    }
    result
}

fn check_finite(c: &[C64]) -> Result<()> {
    match c.iter().position(|a| !a.is_finite()) {
        Some(index) => Err(Error::NotFinite { name: "c".into(), index }),
        None => Ok(()),
    }
}

/// The mirror image of a point in the unit circle, none where that is out of range.
fn across_unit_circle(z: C64) -> Option<C64> {
    (z.norm() > 1e-100).then(|| z / z.norm_sqr())
}

/// Moves `roots` onto roots of `Σ q_k z^k`. Where roots have an image, that is a root too, and the nearer to
/// zero of both is kept.
fn aberth(q: &[C64], mut roots: Vec<C64>, image: impl Fn(C64) -> Option<C64>) -> Result<Vec<C64>> {
    let mut settled = vec![false; roots.len()];
    for _ in 0..MAX_SWEEPS {
        for i in 0..roots.len() {
            if settled[i] {
                continue;
            }
            let z = roots[i];
            let (value, slope, rounding) = horner(q, z);
            if value.norm() <= rounding {
                settled[i] = true;
                continue;
            }
            let newton = value / slope;
            let others = roots.iter().enumerate().map(|(j, &other)| {
                let direct = if j == i { C64::default() } else { reciprocal(z - other) };
                direct + image(other).map_or(C64::default(), |other| reciprocal(z - other))
            });
            let step = newton / (C64::from(1.0) - newton * others.sum::<C64>());
            let step = if step.is_finite() { step } else { 0.1 * z * C64::i() };
            let next = z - step;
            roots[i] = image(next).filter(|image| image.norm_sqr() < next.norm_sqr()).unwrap_or(next);
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
        let roots = roots_within_unit_circle(&with_roots(wanted)).unwrap();
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
    fn where_rounding_takes_the_polynomial_below_zero_the_roots_are_found_as_well() {
        let on = |angle: f64| C64::cis(angle);
        let wanted = [on(-0.42), on(0.113), on(0.25), C64::from_polar(0.7, 1.0), C64::from_polar(0.6, -2.0)];
        for lowered in [1e-16, 1e-15, 3e-15, 1e-14] {
            let mut c = with_roots(&wanted);
            c[0] *= 1.0 - lowered;
            let roots = roots_within_unit_circle(&c).unwrap();
            for wanted in &wanted[..3] {
                // A double root moves by the root of what the coefficients are off, over the curvature.
                let apart = roots.iter().map(|z| (z - wanted).norm()).fold(1.0, f64::min);
                assert!(apart < 3e-5, "{lowered} {wanted}: {apart}");
            }
        }
    }

    #[test]
    fn missing_powers_are_roots_at_zero() {
        let (one, zero) = (C64::from(1.0), C64::default());
        assert_eq!(
            roots_within_unit_circle(&[one, zero, zero]).unwrap().iter().filter(|z| z.norm() < 1e-6).count(),
            2
        );
        assert!(roots_within_unit_circle(&[one]).unwrap().is_empty());
        let double = roots_within_unit_circle(&[C64::from(2.0), -one, zero]).unwrap();
        assert!(double.iter().any(|z| (z - one).norm() < 1e-6) && double.iter().any(|z| z.norm() < 1e-6));
    }

    #[test]
    fn wilkinsons_roots_are_found_within_their_condition() {
        // Π (z - k), k = 1 … 10: its worst root moves by 5e5 times a relative change of a coefficient.
        let mut c = vec![C64::from(1.0)];
        for k in 1..=10 {
            let mut next = vec![C64::default(); c.len() + 1];
            for (i, &a) in c.iter().enumerate() {
                next[i] -= a * f64::from(k);
                next[i + 1] += a;
            }
            c = next;
        }
        let mut roots = polynomial_roots(&c).unwrap();
        roots.sort_by(|a, b| a.re.total_cmp(&b.re));
        for (k, root) in (1..=10).zip(&roots) {
            assert!((root - f64::from(k)).norm() < 1e-8, "{root}");
        }
    }

    #[test]
    fn lowest_coefficients_of_zero_are_roots_at_zero_and_a_constant_has_none() {
        let c = [0.0, 0.0, -2.0, 1.0].map(C64::from);
        let roots = polynomial_roots(&c).unwrap();
        assert_eq!(roots.iter().filter(|z| **z == C64::default()).count(), 2);
        assert!(roots.iter().any(|z| (z - 2.0).norm() < 1e-15));
        assert!(polynomial_roots(&[C64::from(3.0)]).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_polynomial_is_refused() {
        let (one, nan) = (C64::from(1.0), C64::from(f64::NAN));
        for c in [vec![], vec![C64::default()], vec![one, C64::default()], vec![one, nan]] {
            assert!(polynomial_roots(&c).is_err(), "{c:?}");
        }
        assert!(roots_within_unit_circle(&[one, nan]).is_err());
        assert!(roots_within_unit_circle(&[]).unwrap().is_empty());
    }
}
