//! Real linear systems by QR with column pivoting: overdetermined and square.

use super::scale::binary_scale;
use crate::{Error, Result, check};
use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, ArrayRef1, ArrayRef2};

/// The `x` that minimises `|A x − b|`, for `a` of shape `[equation, unknown]` and `b` of length `[equation]`.
///
/// ```text
/// x = argmin ‖A x − b‖₂,   A P = Q R
/// ```
/// Section 5.3 of [^golub], solved by QR with column pivoting (its section 5.4). Columns are brought to one
/// scale first, so the units of the unknowns do not matter for the test of rank: a column counts as dependent
/// when less than 2e-16 times the number of equations remains of it.
///
/// # Errors
/// [`Error::TooFew`] for no unknowns or fewer equations than unknowns, [`Error::Shape`] when `b` does not
/// fit, [`Error::NotFinite`] for NaN and infinities, [`Error::Singular`] when the columns are linearly
/// dependent, [`Error::Invalid`] when the solution exceeds the range of `f64`.
///
/// # Examples
/// ```
/// use mmw_core::linalg::least_squares;
/// use ndarray::array;
///
/// // A line through (0, 1), (1, 3), (2, 5): offset 1, slope 2.
/// let x = least_squares(&array![[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], &array![1.0, 3.0, 5.0])?;
/// assert!((x[0] - 1.0).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^golub]: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition (2013).
pub fn least_squares(a: &ArrayRef2<f64>, b: &ArrayRef1<f64>) -> Result<Array1<f64>> {
    let (equations, unknowns) = a.dim();
    check::at_least("unknowns", unknowns, 1)?;
    check::at_least("equations", equations, unknowns)?;
    check::same_len("b", equations, b.len())?;
    check::all_finite("a", a)?;
    check::all_finite("b", b)?;

    let column_scales: Vec<f64> = a.columns().into_iter().map(|c| binary_scale(c.iter().copied())).collect();
    let right_scale = binary_scale(b.iter().copied());
    let qr = DMatrix::from_fn(equations, unknowns, |i, j| a[[i, j]] / column_scales[j]).col_piv_qr();
    let triangle = qr.r();
    let smallest_pivot = f64::EPSILON * equations as f64 * triangle[(0, 0)].abs();
    if (0..unknowns).any(|i| triangle[(i, i)].abs() <= smallest_pivot) {
        return Err(Error::Singular { name: "a".into() });
    }
    let mut rotated = DVector::from_fn(equations, |i, _| b[i] / right_scale);
    qr.q_tr_mul(&mut rotated);
    let mut x = triangle
        .solve_upper_triangular(&rotated.rows(0, unknowns))
        .ok_or(Error::Singular { name: "a".into() })?;
    qr.p().inv_permute_rows(&mut x);
    let x: Array1<f64> = x.iter().zip(&column_scales).map(|(&x, &scale)| x * (right_scale / scale)).collect();
    match x.iter().all(|x| x.is_finite()) {
        true => Ok(x),
        false => Err(Error::invalid("solution", "exceeds the range of f64")),
    }
}

/// The `x` with `A x = b`, for a square `a` of shape `[equation, unknown]`.
///
/// # Errors
/// [`Error::Shape`] unless `a` is square, and as [`least_squares`].
///
/// # Examples
/// ```
/// use mmw_core::{Error, linalg::solve};
/// use ndarray::array;
///
/// let x = solve(&array![[2.0, 1.0], [1.0, 3.0]], &array![3.0, 4.0])?;
/// assert!((x[0] - 1.0).abs() < 1e-15 && (x[1] - 1.0).abs() < 1e-15);
/// let singular = solve(&array![[1.0, 2.0], [2.0, 4.0]], &array![1.0, 2.0]);
/// assert!(matches!(singular, Err(Error::Singular { .. })));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn solve(a: &ArrayRef2<f64>, b: &ArrayRef1<f64>) -> Result<Array1<f64>> {
    let (rows, columns) = a.dim();
    check::same_shape("a", &[rows, rows], &[rows, columns])?;
    least_squares(a, b)
}
