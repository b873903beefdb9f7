//! Singular values of complex matrices.

use super::scale::{binary_scale, components};
use crate::{C64, Error, Result, check};
use nalgebra::DMatrix;
use ndarray::{Array1, ArrayRef2};

/// The singular values of `a`, `[row, column]`, in descending order: `min(rows, columns)` of them.
///
/// ```text
/// A = U Σ Vᴴ
/// ```
/// Theorem 2.4.1 of [^golub]. Absolute error: a few 1e-16 of the greatest value. Empty for an empty matrix.
///
/// # Errors
/// [`Error::NotFinite`] for an entry that is NaN or infinite, [`Error::NoConvergence`] when the QR iteration
/// does not settle, [`Error::Invalid`] when the greatest value exceeds the range of `f64`.
///
/// # Examples
/// ```
/// use mmw_core::{C64, linalg::singular_values};
/// use ndarray::array;
///
/// let a = array![[C64::new(3.0, 0.0), C64::new(0.0, 0.0)], [C64::new(0.0, 0.0), C64::new(0.0, -5.0)]];
/// let s = singular_values(&a)?;
/// assert!((s[0] - 5.0).abs() < 1e-14 && (s[1] - 3.0).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^golub]: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition (2013).
pub fn singular_values(a: &ArrayRef2<C64>) -> Result<Array1<f64>> {
    check::all_finite_complex("a", a)?;
    let scale = binary_scale(components(a.iter()));
    let values = scaled_singular_values(a, scale)? * scale;
    match values.iter().all(|s| s.is_finite()) {
        true => Ok(values),
        false => Err(Error::invalid("a", "its greatest singular value exceeds the range of f64")),
    }
}

/// The singular values of `a / scale`, for a finite `a`.
pub(super) fn scaled_singular_values(a: &ArrayRef2<C64>, scale: f64) -> Result<Array1<f64>> {
    let (rows, columns) = a.dim();
    if rows == 0 || columns == 0 {
        return Ok(Array1::zeros(0));
    }
    let iterations = 100 + 50 * rows.min(columns);
    let matrix = DMatrix::from_fn(rows, columns, |i, j| a[[i, j]] / scale);
    let svd = matrix
        .try_svd_unordered(false, false, f64::EPSILON, iterations)
        .ok_or(Error::NoConvergence { what: "singular values".into(), iterations })?;
    let mut values: Vec<f64> = svd.singular_values.iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    Ok(values.into())
}
