//! A ladder from its polynomials: poles of immittances taken out one after the other.

use super::Branch;
use mmw_core::{C64, Error, Result};

/// Coefficients, lowest power first.
type Polynomial = Vec<f64>;

/// The polynomial with the roots of the upper half plane, their conjugates, and real ones where the imaginary
/// part vanishes.
pub(super) fn of_roots(roots: &[C64]) -> Polynomial {
    let mut product = vec![1.0];
    for root in roots {
        let factor =
            if root.im == 0.0 { vec![-root.re, 1.0] } else { vec![root.norm_sqr(), -2.0 * root.re, 1.0] };
        product = multiply(&product, &factor);
    }
    product
}

fn multiply(a: &[f64], b: &[f64]) -> Polynomial {
    let mut product = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (slot, y) in product[i..].iter_mut().zip(b) {
            *slot += x * y;
        }
    }
    product
}

pub(super) fn at(polynomial: &[f64], s: C64) -> C64 {
    polynomial.iter().rev().fold(C64::new(0.0, 0.0), |sum, &c| sum * s + c)
}

/// `a − factor s b`.
fn less(a: &[f64], factor: f64, b: &[f64]) -> Polynomial {
    let mut difference = a.to_vec();
    for (slot, y) in difference[1..].iter_mut().zip(b) {
        *slot -= factor * y;
    }
    difference
}

/// The quotient by `s² + w²`, which divides it.
fn without_pair(polynomial: &[f64], w: f64) -> Polynomial {
    let mut rest = polynomial.to_vec();
    let mut quotient = vec![0.0; polynomial.len() - 2];
    for i in (0..quotient.len()).rev() {
        quotient[i] = rest[i + 2];
        rest[i] -= w * w * quotient[i];
    }
    quotient
}

/// The branches of `immittance = numerator / denominator`, the numerator one degree higher, by the order in
/// which the zeros of transmission are taken.
///
/// Before each zero `w` as much of the pole at infinity as leaves a root there, then the resonator of that
/// root; in the end the rest of the pole at infinity. Without zeros this is the continued fraction of Cauer.
pub(super) fn branches(
    mut numerator: Polynomial,
    mut denominator: Polynomial,
    zeros: &[f64],
) -> Result<Vec<Branch>> {
    let mut found = Vec::with_capacity(numerator.len());
    for &w in zeros {
        let s = C64::new(0.0, w);
        let whole = at(&numerator, s) / at(&denominator, s) / s;
        found.push(Branch::Single(whole.re));
        numerator = without_pair(&less(&numerator, whole.re, &denominator), w);
        let across = (s * at(&numerator, s) / at(&denominator, s)).re;
        found.push(Branch::Resonator { main: 1.0 / (w * w * across), other: across });
        denominator = without_pair(&less(&denominator, 1.0 / across, &numerator), w);
    }
    while denominator.len() > 1 {
        let value = top(&numerator)? / top(&denominator)?;
        found.push(Branch::Single(value));
        let mut rest = less(&numerator, value, &denominator);
        // What is left has a pole at infinity again: two degrees are gone.
        rest.truncate(denominator.len() - 1);
        (numerator, denominator) = (denominator, rest);
    }
    let value = top(&numerator)? / top(&denominator)?;
    found.push(Branch::Single(value));
    Ok(found)
}

fn top(polynomial: &[f64]) -> Result<f64> {
    polynomial
        .last()
        .copied()
        .filter(|x| *x != 0.0)
        .ok_or(Error::Singular { name: "ladder polynomials".into() })
}
