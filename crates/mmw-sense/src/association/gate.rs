//! How far a measurement may be off.

use crate::matrix::Cholesky;
use mmw_core::math::crossing;
use mmw_core::special::gamma_p;
use mmw_core::{Error, Result, check};
use std::f64::consts::PI;

/// The squared distance, in units of its covariance, within which a measurement of `dimensions` numbers lies
/// with `probability`: the quantile of chi-square.
///
/// # Errors
/// A probability that is not above 0 and below 1, a dimension that is not from 1 to 100.
///
/// # Examples
/// ```
/// use mmw_sense::association::gate;
///
/// assert!((gate(0.99, 3)? - 11.345).abs() < 1e-3);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn gate(probability: f64, dimensions: usize) -> Result<f64> {
    let p = check::open_unit("probability", probability)?;
    let half = 0.5 * check::in_range("dimensions", dimensions as f64, 1.0, 100.0)?;
    let [low, high] = crossing([0.0, 1e4], |x| gamma_p(half, 0.5 * x).is_ok_and(|share| share >= p));
    Ok(0.5 * (low + high))
}

/// The squared distance of a measurement that is off by `difference`, in units of `covariance`, and its
/// density there.
///
/// # Errors
/// A difference that is not finite, a covariance that is not positive definite.
///
/// # Examples
/// ```
/// use mmw_sense::association::likelihood;
///
/// let (squared, density) = likelihood(&[0.2, 0.0], &[[0.04, 0.0], [0.0, 0.01]])?;
/// assert!((squared - 1.0).abs() < 1e-15 && (density - 4.826_617_6).abs() < 1e-6);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn likelihood<const N: usize>(difference: &[f64; N], covariance: &[[f64; N]; N]) -> Result<(f64, f64)> {
    difference.iter().try_for_each(|&d| check::in_range("difference", d, -1e9, 1e9).map(|_| ()))?;
    let singular = || Error::Singular { name: "covariance".into() };
    let root = Cholesky::new(covariance).ok_or_else(singular)?;
    let squared = root.distance_squared(difference);
    let density = (-0.5 * (squared + root.ln_determinant() + N as f64 * (2.0 * PI).ln())).exp();
    if !squared.is_finite() || !density.is_finite() {
        return Err(singular());
    }
    Ok((squared, density))
}
