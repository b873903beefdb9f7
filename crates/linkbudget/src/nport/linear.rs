//! Small complex linear systems, solved by elimination with pivots.

use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{C64, Error, Result};

/// `x` with `x a = b`: a right division, `b a⁻¹`.
///
/// Gauss-Jordan elimination on the columns, with pivots by modulus within a row of `a`.
///
/// # Errors
/// [`Error::Singular`] naming `name`, where a pivot vanishes or the quotient is not finite.
pub(super) fn divide_right(
    b: &ArrayRef2<C64>,
    a: &ArrayRef2<C64>,
    name: &'static str,
) -> Result<Array2<C64>> {
    let n = a.nrows();
    let (mut a, mut x) = (a.to_owned(), b.to_owned());
    let singular = || Error::Singular { name: name.into() };
    for row in 0..n {
        let pivot = (row..n).max_by(|&i, &j| a[[row, i]].norm_sqr().total_cmp(&a[[row, j]].norm_sqr()));
        let pivot = pivot.ok_or_else(singular)?;
        let value = a[[row, pivot]];
        if value.norm_sqr().is_nan() || value == C64::new(0.0, 0.0) {
            return Err(singular());
        }
        for matrix in [&mut a, &mut x] {
            for i in 0..matrix.nrows() {
                matrix.swap([i, row], [i, pivot]);
                matrix[[i, row]] /= value;
            }
        }
        for column in (0..n).filter(|&column| column != row) {
            let factor = a[[row, column]];
            if factor == C64::new(0.0, 0.0) {
                continue;
            }
            for matrix in [&mut a, &mut x] {
                for i in 0..matrix.nrows() {
                    let part = factor * matrix[[i, row]];
                    matrix[[i, column]] -= part;
                }
            }
        }
    }
    let finite = x.iter().all(|z| z.re.is_finite() && z.im.is_finite());
    if finite { Ok(x) } else { Err(singular()) }
}
