//! Eigenvalues of general complex matrices.

use super::scale::{binary_scale, components};
use crate::{C64, Error, Result, check};
use nalgebra::DMatrix;
use ndarray::{Array1, ArrayRef2};

/// The eigenvalues of a square complex matrix `a`, in no order, as often as they are multiple.
///
/// ```text
/// A = U T Uᴴ,   λ_k = T_kk
/// ```
/// Schur's form by the shifted QR iteration, section 7.5 of [^golub]. The eigenvalues are those of a matrix
/// within a few `n · 2.2e-16` of `‖A‖`; one of multiplicity `m` is exact to the `m`-th root of that.
///
/// # Errors
/// [`Error::TooFew`] for an empty matrix, [`Error::Shape`] unless it is square, [`Error::NotFinite`] for NaN
/// and infinities, [`Error::NoConvergence`] when the iteration does not settle, [`Error::Invalid`] when an
/// eigenvalue exceeds the range of `f64`.
///
/// # Examples
/// ```
/// use mmw_core::{C64, linalg::eigenvalues};
/// use ndarray::array;
///
/// // A quarter turn has the eigenvalues ±j.
/// let (zero, one) = (C64::from(0.0), C64::from(1.0));
/// let mut found = eigenvalues(&array![[zero, -one], [one, zero]])?.to_vec();
/// found.sort_by(|a, b| a.im.total_cmp(&b.im));
/// assert!((found[0] + C64::i()).norm() < 1e-15 && (found[1] - C64::i()).norm() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^golub]: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition (2013).
pub fn eigenvalues(a: &ArrayRef2<C64>) -> Result<Array1<C64>> {
    let n = check::at_least("a", a.nrows(), 1)?;
    check::same_shape("a", &[n, n], a.shape())?;
    check::all_finite_complex("a", a)?;
    let scale = binary_scale(components(a.iter()));
    let iterations = 100 + 50 * n;
    let schur = DMatrix::from_fn(n, n, |i, j| a[[i, j]] / scale)
        .try_schur(f64::EPSILON, iterations)
        .ok_or(Error::NoConvergence { what: "eigenvalues".into(), iterations })?;
    let (_, triangle) = schur.unpack();
    let values: Array1<C64> = triangle.diagonal().iter().map(|value| value * scale).collect();
    match values.iter().all(|z| z.re.is_finite() && z.im.is_finite()) {
        true => Ok(values),
        false => Err(Error::invalid("a", "an eigenvalue exceeds the range of f64")),
    }
}
