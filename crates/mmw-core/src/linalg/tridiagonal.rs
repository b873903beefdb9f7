//! Eigenvalues and eigenvectors of a real symmetric tridiagonal matrix by implicit QR steps.

use crate::{Error, Result};

/// Off-diagonals below this are dropped whatever their neighbours: the matrix is scaled to about one, so
/// this is far below rounding and keeps squares away from underflow.
pub(super) const NEGLIGIBLE: f64 = 1e-100;

/// QR steps allowed for each eigenvalue; about two are needed.
const STEPS_PER_VALUE: usize = 40;

/// Turns `diagonal` into the eigenvalues, in no order, and puts their eigenvectors into the rows of
/// `rotations`, `[n, n]` row-major. Of `off_diagonal`, `[n]`, element `k` stands beside rows `k` and `k + 1`
/// and the last is not used; it ends negligible.
///
/// The implicit symmetric QR iteration, algorithm 8.3.3 of Golub and Van Loan, "Matrix Computations".
///
/// # Errors
/// [`Error::NoConvergence`] after 40 steps per eigenvalue.
#[inline(always)]
pub(super) fn diagonalise(
    diagonal: &mut [f64],
    off_diagonal: &mut [f64],
    rotations: &mut [f64],
) -> Result<()> {
    let n = diagonal.len();
    rotations.fill(0.0);
    rotations.iter_mut().step_by(n + 1).for_each(|x| *x = 1.0);
    let mut high = n.saturating_sub(1);
    let limit = STEPS_PER_VALUE * n;
    for _ in 0..=limit {
        while high > 0 && splits(diagonal, off_diagonal, high - 1) {
            off_diagonal[high - 1] = 0.0;
            high -= 1;
        }
        if high == 0 {
            return Ok(());
        }
        let low = (0..high).rev().find(|&k| splits(diagonal, off_diagonal, k)).map_or(0, |k| k + 1);
        qr_step(diagonal, off_diagonal, rotations, low, high);
    }
    Err(Error::NoConvergence { what: "QR iteration of a Hermitian matrix".into(), iterations: limit })
}

#[inline(always)]
fn splits(diagonal: &[f64], off_diagonal: &[f64], k: usize) -> bool {
    let neighbours = diagonal[k].abs() + diagonal[k + 1].abs();
    off_diagonal[k].abs() <= f64::EPSILON * neighbours + NEGLIGIBLE
}

/// One implicit QR step on rows `low..=high`, shifted by the eigenvalue of the last two by two block
/// that is nearer to its last element (algorithm 8.3.2).
#[inline(always)]
fn qr_step(d: &mut [f64], e: &mut [f64], rotations: &mut [f64], low: usize, high: usize) {
    let n = d.len();
    let half_gap = 0.5 * (d[high - 1] - d[high]);
    let last = e[high - 1];
    let root = length(half_gap, last).copysign(half_gap);
    let shift = d[high] - last * (last / (half_gap + root));
    let (mut x, mut z) = (d[low] - shift, e[low]);
    for k in low..high {
        let length = length(x, z);
        let (c, s) = if length > 0.0 { (x / length, z / length) } else { (1.0, 0.0) };
        if k > low {
            e[k - 1] = length;
        }
        let (upper, lower, cross) = (d[k], d[k + 1], e[k]);
        let drop = s * s * (upper - lower) - 2.0 * c * s * cross;
        d[k] = upper - drop;
        d[k + 1] = lower + drop;
        e[k] = c * s * (lower - upper) + (c * c - s * s) * cross;
        if k + 1 < high {
            x = e[k];
            z = s * e[k + 1];
            e[k + 1] *= c;
        }
        let (first, second) = rotations[k * n..(k + 2) * n].split_at_mut(n);
        for (p, q) in first.iter_mut().zip(second) {
            (*p, *q) = (c * *p + s * *q, c * *q - s * *p);
        }
    }
}

/// `√(x² + y²)` of numbers of about one or less, of which many are zero.
#[inline(always)]
pub(super) fn length(x: f64, y: f64) -> f64 {
    let square = x * x + y * y;
    if square > 1e-280 { square.sqrt() } else { x.hypot(y) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_difference_has_the_cosines_for_eigenvalues() {
        let n = 9;
        let (mut values, mut off_diagonal, mut vectors) = (vec![2.0; n], vec![-1.0; n], vec![0.0; n * n]);
        diagonalise(&mut values, &mut off_diagonal, &mut vectors).unwrap();
        for (value, v) in values.iter().zip(vectors.chunks_exact(n)) {
            let at = |i: usize| v.get(i).copied().unwrap_or(0.0);
            let residual = |i: usize| 2.0 * v[i] - at(i + 1) - at(i.wrapping_sub(1)) - value * v[i];
            // Backward stable: a few n · 2.2e-16 of the norm, 4.
            assert!((0..n).all(|i| residual(i).abs() < 1e-14), "{value}");
        }
        values.sort_unstable_by(f64::total_cmp);
        for (k, value) in values.iter().enumerate() {
            let exact = 2.0 - 2.0 * (std::f64::consts::PI * (k + 1) as f64 / (n + 1) as f64).cos();
            assert!((value - exact).abs() < 1e-14, "{value} for {exact}");
        }
    }
}
