//! Independent bins of a patch, and what makes their noise white.
//!
//! Neighbouring bins of a zero-padded DFT, or of a window that tapers far, depend on each other: their
//! covariance is then singular to rounding. Cholesky factorisation with pivoting picks bins that are
//! independent; the others are combinations of them and carry no more information.

use mmw_core::C64;

/// Bins whose own variance, given the bins chosen so far, is below this share are left out. The rounding of
/// an `f32` transform is about 1e-14 of the peak's power: 60 dB above the noise that is 1e-8 of the noise.
const DEPENDENT: f64 = 1e-6;

/// The independent rows in the order of their pivots, and the inverse of the lower triangular
/// factor over them.
pub(super) fn whitening(len: usize, covariance: impl Fn(usize, usize) -> C64) -> (Vec<usize>, Vec<Vec<C64>>) {
    let (order, factor) = pivoted_cholesky(len, covariance);
    (order, inverse_of_lower(&factor))
}

/// `rows · values`, where a row may be shorter than `values`.
pub(super) fn product(rows: &[Vec<C64>], values: &[C64], output: &mut Vec<C64>) {
    output.clear();
    output.extend(rows.iter().map(|row| row.iter().zip(values).map(|(w, v)| w * v).sum::<C64>()));
}

/// Independent rows in the order of their pivots, and the lower triangular factor over them.
fn pivoted_cholesky(len: usize, matrix: impl Fn(usize, usize) -> C64) -> (Vec<usize>, Vec<Vec<C64>>) {
    let mut variance: Vec<f64> = (0..len).map(|i| matrix(i, i).re).collect();
    let least = DEPENDENT * variance.iter().fold(0.0_f64, |most, &v| most.max(v));
    // `columns[step][i]`: the factor before the rows are put in pivot order.
    let mut columns: Vec<Vec<C64>> = Vec::new();
    let mut order: Vec<usize> = Vec::new();
    while order.len() < len {
        let free = (0..len).filter(|i| !order.contains(i));
        let Some(pivot) = free.max_by(|&i, &j| variance[i].total_cmp(&variance[j])) else { break };
        if variance[pivot] <= least && !order.is_empty() {
            break;
        }
        let root = variance[pivot].sqrt();
        let column: Vec<C64> = (0..len)
            .map(|i| {
                let known: C64 = columns.iter().map(|c| c[i] * c[pivot].conj()).sum();
                (matrix(i, pivot) - known) / root
            })
            .collect();
        for (v, entry) in variance.iter_mut().zip(&column) {
            *v -= entry.norm_sqr();
        }
        order.push(pivot);
        columns.push(column);
    }
    let factor = order.iter().enumerate();
    let factor = factor.map(|(row, &i)| columns[..=row].iter().map(|c| c[i]).collect()).collect();
    (order, factor)
}

fn inverse_of_lower(factor: &[Vec<C64>]) -> Vec<Vec<C64>> {
    let mut inverse: Vec<Vec<C64>> = Vec::with_capacity(factor.len());
    for (row, entries) in factor.iter().enumerate() {
        let diagonal = entries[row];
        let mut next: Vec<C64> = (0..row)
            .map(|j| {
                let known: C64 = (j..row).map(|k| entries[k] * inverse[k][j]).sum();
                -known / diagonal
            })
            .collect();
        next.push(diagonal.inv());
        inverse.push(next);
    }
    inverse
}
