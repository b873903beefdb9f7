//! Iterated closest points.

use super::surface::Surface;
use crate::matrix::{
    Cholesky, Matrix, applied, check_spread, identity, outer, product, sandwich, sum, transposed,
};
use crate::pose::{Pose, cross_matrix};
use mmw_core::text::fnv1a;
use mmw_core::{Error, Result, check};

/// What is made small between a point and its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Residual {
    /// Their distance.
    Point,
    /// The distance from the plane of the partner: `(n · r)²`.
    #[default]
    Plane,
    /// The distance in units of both planes: `rᵀ (C_t + R C_s Rᵀ)⁻¹ r` (GICP[^gicp]).
    ///
    /// [^gicp]: A. Segal, D. Haehnel, S. Thrun, "Generalized-ICP", Robotics: Science and Systems, 2009.
    Gicp,
}

mmw_core::named!(Residual, "residual" { Point = "point", Plane = "plane", Gicp = "gicp" });

/// How clouds are aligned.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[non_exhaustive]
pub struct IcpConfig {
    /// What is made small.
    pub residual: Residual,
    /// Points farther from every other are left out, m.
    pub max_distance_m: f64,
    /// A step below this is none, m and rad.
    pub rest: f64,
    /// Steps at most.
    pub steps: usize,
}

impl Default for IcpConfig {
    /// To planes, within a metre, at most 100 steps.
    fn default() -> Self {
        Self { residual: Residual::Plane, max_distance_m: 1.0, rest: 1e-9, steps: 100 }
    }
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Stop {
    /// The step was below the limit.
    #[default]
    Rest,
    /// The partners are those of an earlier step: they would change for ever.
    Cycle,
    /// There were as many steps as allowed.
    Limit,
}

mmw_core::named!(Stop, "stop" { Rest = "rest", Cycle = "cycle", Limit = "limit" });

/// A motion between clouds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Aligned {
    /// From the source to the target.
    pub pose: Pose,
    /// Points of the source with a partner.
    pub inliers: usize,
    /// Half the sum of the weighted squares before the last step.
    pub error: f64,
    /// Steps.
    pub steps: usize,
    /// The normal matrix over rotation (rad) and translation (m) on the right of the pose: for residuals in
    /// units of their deviations, the inverse of the covariance.
    pub information: [[f64; 6]; 6],
    /// Why it ended.
    pub stop: Stop,
}

mmw_core::checked_serde!(Aligned, |found| {
    check::non_negative("error", found.error)?;
    check_spread("information", &found.information)
});

/// Iterated closest points by steps of Gauss and Newton on the right of the pose, `T exp(ξ)`.
///
/// # Examples
/// ```
/// use mmw_sense::Pose;
/// use mmw_sense::registration::{Icp, IcpConfig, Surface};
///
/// // A corner of three planes, seen again from a little farther left and turned.
/// let grid = (0..8).flat_map(|i| (0..8).map(move |j| [0.2 * f64::from(i), 0.2 * f64::from(j)]));
/// let corner: Vec<[f64; 3]> =
///     grid.flat_map(|[a, b]| [[a, b, 0.0], [a, 0.0, b + 0.1], [0.0, a + 0.1, b + 0.1]]).collect();
/// let truth = Pose::exp([0.0, 0.0, 0.03], [0.02, -0.01, 0.03])?;
/// let seen: Vec<[f64; 3]> = corner.iter().map(|&p| truth.inverse().of(p)).collect();
/// let (target, source) = (Surface::new(&corner, 8)?, Surface::new(&seen, 8)?);
/// let found = Icp::new(IcpConfig::default())?.align(&target, &source, &Pose::identity())?;
/// let off = truth.inverse().after(&found.pose).translation_m;
/// assert!(off.iter().all(|x| x.abs() < 1e-6));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icp {
    config: IcpConfig,
}

/// Partners of the points of the source; none for those out of reach.
type Partners = Vec<u32>;
const NOBODY: u32 = u32::MAX;

impl Icp {
    /// An aligner.
    ///
    /// # Errors
    /// A reach that is not from 1e-6 to 1e9 m, a rest that is not from 0 to 1, no steps or more than 1e5.
    pub fn new(config: IcpConfig) -> Result<Self> {
        check::in_range("max_distance_m", config.max_distance_m, 1e-6, 1e9)?;
        check::in_range("rest", config.rest, 0.0, 1.0)?;
        check::in_range("steps", config.steps as f64, 1.0, 1e5)?;
        Ok(Self { config })
    }

    /// The motion that brings `source` onto `target`, from a start.
    ///
    /// # Errors
    /// Fewer than 3 points with a partner; partners that leave a motion open, as those of one plane do.
    pub fn align(&self, target: &Surface, source: &Surface, start: &Pose) -> Result<Aligned> {
        let mut pose = *start;
        // Hashes of the partners so far; equal ones are the same but for one chance in 2⁶⁴.
        let mut seen: Vec<u64> = Vec::new();
        let mut partners = Partners::new();
        for steps in 1..=self.config.steps {
            self.find_partners(target, source, &pose, &mut partners);
            let sums = self.sums(target, source, &pose, &partners)?;
            let change = sums.step()?;
            let moved = Pose::exp([change[0], change[1], change[2]], [change[3], change[4], change[5]])?;
            pose = pose.after(&moved);
            let size = change.iter().map(|x| x * x).sum::<f64>().sqrt();
            let hash = hash(&partners);
            // The pair before is the same where the step only shrinks.
            let repeated =
                seen.len() > 1 && seen[..seen.len() - 1].contains(&hash) && seen.last() != Some(&hash);
            let stop = match (size < self.config.rest, repeated) {
                (true, _) => Some(Stop::Rest),
                (false, true) => Some(Stop::Cycle),
                (false, false) => (steps == self.config.steps).then_some(Stop::Limit),
            };
            seen.push(hash);
            if let Some(stop) = stop {
                let Sums { matrix: information, error, inliers, .. } = sums;
                return Ok(Aligned { pose, inliers, error, steps, information, stop });
            }
        }
        Err(Error::NoConvergence { what: "iterated closest points".into(), iterations: self.config.steps })
    }

    fn find_partners(&self, target: &Surface, source: &Surface, pose: &Pose, partners: &mut Partners) {
        let reach = self.config.max_distance_m * self.config.max_distance_m;
        partners.clear();
        partners.extend(source.points.iter().map(|&point| {
            let near = target.tree.nearest(pose.of(point)).filter(|(_, squared)| *squared < reach);
            near.map_or(NOBODY, |(place, _)| place as u32)
        }));
    }

    fn sums(&self, target: &Surface, source: &Surface, pose: &Pose, partners: &[u32]) -> Result<Sums> {
        let mut sums = Sums { matrix: [[0.0; 6]; 6], vector: [0.0; 6], error: 0.0, inliers: 0 };
        for (i, &partner) in partners.iter().enumerate().filter(|(_, partner)| **partner != NOBODY) {
            let (point, j) = (source.points[i], partner as usize);
            let moved = pose.of(point);
            let r: [f64; 3] = std::array::from_fn(|k| target.points[j][k] - moved[k]);
            let weight: Matrix<3, 3> = match self.config.residual {
                Residual::Point => identity(),
                Residual::Plane => outer(&target.normals[j], &target.normals[j]),
                Residual::Gicp => {
                    let turned = sandwich(&pose.rotation, &source.covariances[i]);
                    let root = Cholesky::new(&sum(&target.covariances[j], &turned))
                        .ok_or_else(|| Error::Singular { name: "covariance of a pair".into() })?;
                    identity::<3>().map(|column| root.solve(&column))
                }
            };
            sums.add(&pose.rotation, &point, &r, &weight);
        }
        check::at_least("points with a partner within max_distance_m", sums.inliers, 3)?;
        Ok(sums)
    }
}

/// The normal equations of a step.
struct Sums {
    matrix: [[f64; 6]; 6],
    vector: [f64; 6],
    error: f64,
    inliers: usize,
}

impl Sums {
    /// Takes in a pair: the residual `q - T p` changes by `[R [p]ₓ, -R]` with a step on the right.
    fn add(&mut self, rotation: &Matrix<3, 3>, point: &[f64; 3], r: &[f64; 3], weight: &Matrix<3, 3>) {
        let turn = product(rotation, &cross_matrix(*point));
        let jacobian: Matrix<3, 6> = std::array::from_fn(|i| {
            [turn[i][0], turn[i][1], turn[i][2], -rotation[i][0], -rotation[i][1], -rotation[i][2]]
        });
        let weighted = product(weight, &jacobian);
        let pulled = applied(weight, r);
        for (i, row) in transposed(&jacobian).iter().enumerate() {
            self.vector[i] += crate::matrix::dot(row, &pulled);
            for (k, cell) in self.matrix[i].iter_mut().enumerate() {
                *cell += (0..3).map(|m| row[m] * weighted[m][k]).sum::<f64>();
            }
        }
        self.error += 0.5 * crate::matrix::dot(r, &pulled);
        self.inliers += 1;
    }

    fn step(&self) -> Result<[f64; 6]> {
        let singular = || Error::Singular { name: "motion that the pairs leave open".into() };
        let root = Cholesky::new(&self.matrix).ok_or_else(singular)?;
        let open = |i: usize| root.lower[i][i] * root.lower[i][i] <= 1e-12 * self.matrix[i][i];
        if (0..6).any(open) {
            return Err(singular());
        }
        Ok(root.solve(&self.vector).map(|x| -x))
    }
}

fn hash(partners: &[u32]) -> u64 {
    fnv1a(partners.iter().flat_map(|partner| partner.to_le_bytes()))
}
