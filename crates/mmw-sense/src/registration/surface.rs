//! A cloud with what is around each of its points.

use crate::kd_tree::KdTree;
use crate::matrix::{Matrix, eigen, outer, scaled, sum, zeros};
use mmw_core::{Result, check};

/// A cloud with a tree over it, and for each point the normal and the plane-like covariance of its
/// neighbourhood.
#[derive(Debug, Clone)]
pub struct Surface {
    pub(super) points: Vec<[f64; 3]>,
    pub(super) tree: KdTree,
    pub(super) normals: Vec<[f64; 3]>,
    pub(super) covariances: Vec<Matrix<3, 3>>,
}

/// How thin a plane is: the variance across it in units of that along it.
const THIN: f64 = 1e-3;

impl Surface {
    /// A cloud whose neighbourhoods are the `neighbours` nearest points, each itself counted. Their
    /// covariance is divided by their number; its least direction is the normal, and its eigenvalues are
    /// replaced by (1e-3, 1, 1): a plane wherever points are.
    ///
    /// # Errors
    /// Fewer points than neighbours, fewer than 3 of those, a coordinate beyond 1e9.
    pub fn new(points: &[[f64; 3]], neighbours: usize) -> Result<Self> {
        check::at_least("neighbours", neighbours, 3)?;
        check::at_least("points", points.len(), neighbours)?;
        let tree = KdTree::new(points)?;
        let mut found = Vec::new();
        let (mut normals, mut covariances) = (Vec::new(), Vec::new());
        for &point in points {
            tree.nearest_into(point, neighbours, &mut found);
            let (normal, covariance) = around(points, &found);
            normals.push(normal);
            covariances.push(covariance);
        }
        Ok(Self { points: points.to_vec(), tree, normals, covariances })
    }

    /// The points.
    #[must_use]
    pub fn points_m(&self) -> &[[f64; 3]] {
        &self.points
    }

    /// The normal at each point, to either side.
    #[must_use]
    pub fn normals(&self) -> &[[f64; 3]] {
        &self.normals
    }
}

/// Normal and regular covariance of a neighbourhood.
fn around(points: &[[f64; 3]], found: &[(usize, f64)]) -> ([f64; 3], Matrix<3, 3>) {
    let n = found.len() as f64;
    let middle: [f64; 3] = std::array::from_fn(|i| found.iter().map(|one| points[one.0][i]).sum::<f64>() / n);
    let scatter = found.iter().fold(zeros(), |all, one| {
        let off: [f64; 3] = std::array::from_fn(|i| points[one.0][i] - middle[i]);
        sum(&all, &outer(&off, &off))
    });
    let (values, vectors) = eigen(scaled(&scatter, 1.0 / n));
    let least = (0..3).min_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0);
    let normal = vectors[least];
    // 1 - (1 - thin) n nᵀ has those eigenvalues, whatever the other two vectors are.
    let covariance = sum(&crate::matrix::identity(), &scaled(&outer(&normal, &normal), THIN - 1.0));
    (normal, covariance)
}
