//! The motion between points that are known to be the same.

use crate::matrix::{Matrix, applied, eigen};
use crate::pose::{Pose, rotation_of};
use mmw_core::{Error, Result, check};

/// A rigid motion with a scale: `y = s R x + t`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Similarity {
    /// Rotation and translation.
    pub pose: Pose,
    /// The scale, 1 where it was not asked for.
    pub scale: f64,
    /// Root of the mean squared distance that is left, m.
    pub rms_m: f64,
}

mmw_core::checked_serde!(Similarity, |found| {
    check::positive("scale", found.scale)?;
    check::non_negative("rms_m", found.rms_m).map(|_| ())
});

/// The motion that brings `source` nearest to `target`, point by point: the least `Σ |y - (s R x + t)|²`, by
/// the quaternion that belongs to the greatest eigenvalue of Horn's matrix[^horn]. With `with_scale` also the
/// scale, which weighs the source (Umeyama's).
///
/// # Errors
/// Fewer than 3 pairs, or other numbers of points; a coordinate beyond 1e9; points on a line, about which any
/// turn is as good.
///
/// # Examples
/// ```
/// use mmw_sense::registration::closed_form;
///
/// let source = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
/// let target = [[2.0, 0.0, 0.0], [2.0, 1.0, 0.0], [1.0, 0.0, 0.0]];
/// let found = closed_form(&source, &target, false)?;
/// assert!(found.rms_m < 1e-15 && (found.pose.translation_m[0] - 2.0).abs() < 1e-15);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
///
/// [^horn]: B. K. P. Horn, "Closed-form solution of absolute orientation using unit quaternions", Journal of
///     the Optical Society of America A 4(4), 1987.
pub fn closed_form(source: &[[f64; 3]], target: &[[f64; 3]], with_scale: bool) -> Result<Similarity> {
    check::same_len("target", source.len(), target.len())?;
    check::at_least("pairs", source.len(), 3)?;
    let all = source.iter().chain(target).flatten();
    all.copied().try_for_each(|x| check::in_range("point", x, -1e9, 1e9).map(|_| ()))?;
    let n = source.len() as f64;
    let middle = |points: &[[f64; 3]]| -> [f64; 3] {
        std::array::from_fn(|i| points.iter().map(|p| p[i]).sum::<f64>() / n)
    };
    let (mx, my) = (middle(source), middle(target));
    // S = Σ x yᵀ about the middles.
    let mut s: Matrix<3, 3> = [[0.0; 3]; 3];
    let mut spread = 0.0;
    for (x, y) in source.iter().zip(target) {
        for i in 0..3 {
            spread += (x[i] - mx[i]) * (x[i] - mx[i]);
            for j in 0..3 {
                s[i][j] += (x[i] - mx[i]) * (y[j] - my[j]);
            }
        }
    }
    let off = [s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]];
    let trace = s[0][0] + s[1][1] + s[2][2];
    let horn: Matrix<4, 4> = std::array::from_fn(|i| {
        std::array::from_fn(|j| match (i, j) {
            (3, 3) => trace,
            (3, k) | (k, 3) => off[k],
            (i, j) => s[i][j] + s[j][i] - if i == j { trace } else { 0.0 },
        })
    });
    let (values, vectors) = eigen(horn);
    let mut order = [0, 1, 2, 3];
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let [first, second, ..] = order;
    // Two equal eigenvalues are two rotations that are as good.
    if values[first] - values[second] <= 1e-12 * spread.max(f64::MIN_POSITIVE) {
        return Err(Error::Singular { name: "points on a line".into() });
    }
    let rotation = rotation_of(vectors[first])?;
    // The sum of Σ y · R x is the greatest eigenvalue.
    let scale = if with_scale { values[first] / spread } else { 1.0 };
    let turned = applied(&rotation, &mx);
    let translation_m = std::array::from_fn(|i| my[i] - scale * turned[i]);
    let squares: f64 = source
        .iter()
        .zip(target)
        .map(|(x, y)| {
            let image = applied(&rotation, x);
            (0..3).map(|i| (y[i] - scale * image[i] - translation_m[i]).powi(2)).sum::<f64>()
        })
        .sum();
    let pose = Pose { rotation, translation_m };
    Ok(Similarity { pose, scale, rms_m: (squares / n).sqrt() })
}
