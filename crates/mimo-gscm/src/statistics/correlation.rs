//! Correlation matrices.

use super::sample::check_sample;
use mmw_core::ndarray::{Array2, ArrayRef3};
use mmw_core::{C64, Error, Result};

/// Correlation of the receive antennas, `[rx, rx]`, from a sample `[draw, rx, tx]`.
///
/// ```text
/// R_R = E[H Hᴴ] / (E‖H‖²/Nr)
/// ```
/// Equation (4) of [^weichselberger], scaled to a mean diagonal of 1.
///
/// # Errors
/// [`Error::TooFew`] for an empty sample, [`Error::NotFinite`], [`Error::Invalid`] for a sample
/// without power.
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::receive_correlation;
/// use mmw_core::{C64, ndarray::Array3};
/// let h = Array3::from_shape_fn((5, 2, 3), |(_, r, _)| C64::i().powi(r as i32));
/// let correlation = receive_correlation(&h)?;
/// assert!((correlation[[1, 0]] - C64::i()).norm() < 1e-15); // fully correlated, a quarter turn apart
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^weichselberger]: W. Weichselberger, M. Herdin, H. Özcelik, E. Bonek, "A stochastic MIMO channel model
///     with joint correlation of both link ends", IEEE Transactions on Wireless Communications 5 (2006).
pub fn receive_correlation(h: &ArrayRef3<C64>) -> Result<Array2<C64>> {
    check_sample(h)?;
    let (_, rows, columns) = h.dim();
    correlate(h, rows, |[a, b], draw| (0..columns).map(|t| h[[draw, a, t]] * h[[draw, b, t]].conj()).sum())
}

/// Correlation of the transmit antennas, `[tx, tx]`, from a sample `[draw, rx, tx]`.
///
/// ```text
/// R_T = E[Hᵀ H*] / (E‖H‖²/Nt)
/// ```
/// Equation (5) of the same paper as [`receive_correlation`].
///
/// # Errors
/// As [`receive_correlation`].
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::transmit_correlation;
/// use mmw_core::{C64, ndarray::Array3};
/// let h = Array3::from_elem((5, 2, 3), C64::new(2.0, 0.0));
/// assert!(transmit_correlation(&h)?.iter().all(|z| (z - 1.0).norm() < 1e-15));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn transmit_correlation(h: &ArrayRef3<C64>) -> Result<Array2<C64>> {
    check_sample(h)?;
    let (_, rows, columns) = h.dim();
    correlate(h, columns, |[a, b], draw| (0..rows).map(|r| h[[draw, r, a]] * h[[draw, r, b]].conj()).sum())
}

/// Correlation of all entries, `[rx · Nt + tx, rx · Nt + tx]`.
///
/// ```text
/// R = E[h hᴴ] / (E‖H‖²/(Nr Nt)),   h = the rows of H one after the other
/// ```
/// The matrix whose number of entries "increases quadratically with the number of antenna elements" of
/// section II-A of [^molisch].
///
/// # Errors
/// As [`receive_correlation`].
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::full_correlation;
/// use mmw_core::{C64, ndarray::Array3};
/// let h = Array3::from_elem((5, 2, 3), C64::new(2.0, 0.0));
/// assert_eq!(full_correlation(&h)?.dim(), (6, 6));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
pub fn full_correlation(h: &ArrayRef3<C64>) -> Result<Array2<C64>> {
    check_sample(h)?;
    let (_, rows, columns) = h.dim();
    let entry = |draw: usize, i: usize| h[[draw, i / columns, i % columns]];
    correlate(h, rows * columns, |[a, b], draw| entry(draw, a) * entry(draw, b).conj())
}

fn correlate(
    h: &ArrayRef3<C64>,
    n: usize,
    product: impl Fn([usize; 2], usize) -> C64,
) -> Result<Array2<C64>> {
    let draws = h.dim().0;
    let sum =
        Array2::from_shape_fn((n, n), |(a, b)| (0..draws).map(|draw| product([a, b], draw)).sum::<C64>());
    let mean = sum.diag().iter().map(|z| z.re).sum::<f64>() / n as f64;
    if !(mean.is_finite() && mean > 0.0) {
        return Err(Error::invalid("h", "its power is zero or beyond the range of f64"));
    }
    Ok(sum.mapv(|z| z / mean))
}
