//! Distances between two sets of positions.

use crate::assignment::Solver;
use mmw_core::{Error, Result, check};

/// Distance of two sets by the optimal subpattern assignment, with its two parts, m.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Ospa {
    /// The distance.
    pub distance_m: f64,
    /// What the distances of the pairs contribute.
    pub localisation_m: f64,
    /// What the difference in number contributes.
    pub cardinality_m: f64,
}

mmw_core::checked_serde!(Ospa, |found| {
    let most = found.distance_m * (1.0 + 1e-9);
    check::non_negative("distance_m", found.distance_m)?;
    check::in_range("localisation_m", found.localisation_m, 0.0, most)?;
    check::in_range("cardinality_m", found.cardinality_m, 0.0, most).map(|_| ())
});

/// Generalised optimal subpattern assignment: the distance, and its parts to the power `order`, not divided
/// by any number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Gospa {
    /// The distance, m.
    pub distance_m: f64,
    /// Sum over the pairs, m to the power `order`.
    pub localisation: f64,
    /// For truths without an estimate, the same.
    pub missed: f64,
    /// For estimates without a truth, the same.
    pub false_ones: f64,
}

mmw_core::checked_serde!(Gospa, |found| {
    check::non_negative("distance_m", found.distance_m)?;
    check::non_negative("localisation", found.localisation)?;
    check::non_negative("missed", found.missed)?;
    check::non_negative("false_ones", found.false_ones).map(|_| ())
});

/// OSPA[^ospa] of two sets of positions in `D` dimensions: with `m ≤ n` positions, pairs `π` and
/// `d_c = min(d, c)`
///
/// ```text
/// (1/n (min_π Σ_i d_c(x_i, y_π(i))^p + c^p (n - m)))^(1/p)
/// ```
///
/// # Errors
/// A cut-off `c` that is not from 1e-6 to 1e6 m, an order `p` that is not from 1 to 10, a position that
/// is not finite.
///
/// # Examples
/// ```
/// use mmw_sense::metrics::ospa;
///
/// // Two in place, one missed.
/// let truth = [[0.0, 1.0], [1.0, 3.0], [2.0, 2.0]];
/// let found = ospa(&truth, &truth[..2], 1.0, 2.0)?;
/// assert!((found.distance_m - (1.0_f64 / 3.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
///
/// [^ospa]: D. Schuhmacher, B.-T. Vo, B.-N. Vo, "A consistent metric for performance evaluation of
///     multi-object filters", IEEE Transactions on Signal Processing 56(8), 2008, (3).
pub fn ospa<const D: usize>(
    truth: &[[f64; D]],
    estimates: &[[f64; D]],
    cutoff_m: f64,
    order: f64,
) -> Result<Ospa> {
    check_law(cutoff_m, order)?;
    let pairs = pair(truth, estimates, cutoff_m, order)?;
    let (fewer, more) = (pairs.len(), truth.len().max(estimates.len()));
    if more == 0 {
        return Ok(Ospa::default());
    }
    let share = |sum: f64| cutoff_m * (sum / more as f64).powf(1.0 / order);
    let (near, alone) = (pairs.iter().sum::<f64>(), (more - fewer) as f64);
    Ok(Ospa { distance_m: share(near + alone), localisation_m: share(near), cardinality_m: share(alone) })
}

/// GOSPA[^gospa] of two sets of positions: with pairs `γ`, which may leave both sides alone at `c^p / α`,
///
/// ```text
/// (min_π Σ_i d_c(x_i, y_π(i))^p + c^p/α (n - m))^(1/p)
/// ```
///
/// For `α = 2` a pair at the cut-off or beyond it counts as one missed and one false.
///
/// # Errors
/// As for [`ospa`]; an `alpha` that is not from 1e-6 to 2.
///
/// [^gospa]: A. S. Rahmathullah, Á. F. García-Fernández, L. Svensson, "Generalized optimal sub-pattern
///     assignment metric", 20th International Conference on Information Fusion, 2017, (1) and (5).
pub fn gospa<const D: usize>(
    truth: &[[f64; D]],
    estimates: &[[f64; D]],
    cutoff_m: f64,
    order: f64,
    alpha: f64,
) -> Result<Gospa> {
    check_law(cutoff_m, order)?;
    check::in_range("alpha", alpha, 1e-6, 2.0)?;
    let mut pairs = pair(truth, estimates, cutoff_m, order)?;
    if alpha == 2.0 {
        pairs.retain(|&far| far < 1.0);
    }
    let near: f64 = pairs.iter().sum();
    let unit = cutoff_m.powf(order);
    let (n, m) = (truth.len(), estimates.len());
    // Below 2 the pairs that are cut off stay pairs, and only the difference in number is penalised.
    let [missed, false_ones] = [n - pairs.len(), m - pairs.len()].map(|count| count as f64 / alpha);
    Ok(Gospa {
        distance_m: cutoff_m * (near + missed + false_ones).powf(1.0 / order),
        localisation: unit * near,
        missed: unit * missed,
        false_ones: unit * false_ones,
    })
}

fn check_law(cutoff_m: f64, order: f64) -> Result<()> {
    check::in_range("cutoff_m", cutoff_m, 1e-6, 1e6)?;
    check::in_range("order", order, 1.0, 10.0)?;
    Ok(())
}

/// `(d_c/c)^p` of the pairs of the best complete assignment of the smaller set.
fn pair<const D: usize>(a: &[[f64; D]], b: &[[f64; D]], cutoff_m: f64, order: f64) -> Result<Vec<f64>> {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if let Some(index) = a.iter().chain(b).position(|x| x.iter().any(|value| !value.is_finite())) {
        return Err(Error::NotFinite { name: "positions".into(), index });
    }
    let far: Vec<f64> = few
        .iter()
        .flat_map(|x| many.iter().map(move |y| (distance(x, y) / cutoff_m).min(1.0).powf(order)))
        .collect();
    let cost = |i: usize, j: usize| far[i * many.len() + j];
    let mut solver = Solver::default();
    solver.solve(few.len(), many.len(), cost);
    Ok(solver.column_of.iter().enumerate().map(|(i, &j)| cost(i, j)).collect())
}

/// Distance of two positions; of such as differ by more than 1e154, infinity.
pub(super) fn distance<const D: usize>(x: &[f64; D], y: &[f64; D]) -> f64 {
    x.iter().zip(y).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}
