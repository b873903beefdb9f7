//! Positive definite systems by Cholesky's factors, in the caller's memory: for fits that solve one a step.

use crate::{Error, Result, check};
use num_complex::ComplexFloat;
use std::iter::Sum;
use std::ops::Div;

/// Replaces `b` by the `x` with `A x = b`, for a Hermitian (symmetric, if real) positive definite `A` whose
/// lower half `a` holds row by row; what stands above its diagonal is not read.
///
/// ```text
/// A = L Lᴴ,   L y = b,   Lᴴ x = y
/// ```
/// Section 4.2 of [^golub]. `a` holds `L` afterwards. `least_pivot` is the share of a diagonal entry that
/// must be left of it when the columns before it are taken out: 0 for a test of definiteness alone, a
/// multiple of the rounding error of `A` where its columns may depend on each other.
///
/// # Errors
/// [`Error::TooFew`] for an empty `b`, [`Error::Shape`] unless `a` has the square of its length,
/// [`Error::Singular`] for a pivot at or below `least_pivot` of its entry, [`Error::Invalid`] for a solution
/// that is not finite. After an error `a` and `b` hold parts of the work.
///
/// # Examples
/// ```
/// use mmw_core::linalg::solve_definite;
///
/// let mut a = [4.0, 0.0, 2.0, 5.0];
/// let mut x = [8.0, 12.0];
/// solve_definite(&mut a, &mut x, 0.0)?;
/// assert_eq!(x, [1.0, 2.0]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^golub]: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition (2013).
pub fn solve_definite<T>(a: &mut [T], b: &mut [T], least_pivot: f64) -> Result<()>
where
    T: ComplexFloat<Real = f64> + From<f64> + Div<f64, Output = T> + Sum,
{
    let n = check::at_least("b", b.len(), 1)?;
    check::same_len("a", n * n, a.len())?;
    for j in 0..n {
        let own = a[j * n + j].re();
        let taken: f64 = a[j * n..j * n + j].iter().map(|x| x.re() * x.re() + x.im() * x.im()).sum();
        let pivot = own - taken;
        if pivot.is_nan() || pivot <= least_pivot * own {
            return Err(Error::Singular { name: "a".into() });
        }
        let root = pivot.sqrt();
        a[j * n + j] = root.into();
        for i in j + 1..n {
            let known: T = (0..j).map(|k| a[i * n + k] * a[j * n + k].conj()).sum();
            a[i * n + j] = (a[i * n + j] - known) / root;
        }
    }
    for i in 0..n {
        let known: T = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - known) / a[i * n + i].re();
    }
    for i in (0..n).rev() {
        let known: T = (i + 1..n).map(|k| a[k * n + i].conj() * b[k]).sum();
        b[i] = (b[i] - known) / a[i * n + i].re();
    }
    match b.iter().all(|x| x.is_finite()) {
        true => Ok(()),
        false => Err(Error::invalid("solution", "exceeds the range of f64")),
    }
}
