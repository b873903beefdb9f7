//! Registration of clouds whose points are uncertain in range, azimuth and elevation, each in its
//! own measure.

use super::icp::Stop;
use crate::kd_tree::KdTree;
use crate::matrix::{
    Cholesky, Matrix, applied, check_spread, dot, eigen, outer, sandwich, scaled, sum, transposed, zeros,
};
use crate::pose::Pose;
use mmw_core::{Error, Result, check};

/// A place with its covariance, m and m².
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct UncertainPoint {
    /// The place, m.
    pub position_m: [f64; 3],
    /// Its covariance, m²: [`PolarNoise::covariance_m2`](crate::PolarNoise::covariance_m2).
    pub covariance_m2: [[f64; 3]; 3],
}

mmw_core::checked_serde!(UncertainPoint, |point| {
    UncertainPoint::new(point.position_m, point.covariance_m2)?;
    check_spread("covariance_m2", &point.covariance_m2)
});

impl UncertainPoint {
    /// A place and its covariance.
    ///
    /// # Errors
    /// A coordinate beyond 1e9, a covariance beyond 1e9.
    pub fn new(position_m: [f64; 3], covariance_m2: [[f64; 3]; 3]) -> Result<Self> {
        position_m.into_iter().try_for_each(|x| check::in_range("position_m", x, -1e9, 1e9).map(|_| ()))?;
        let all = covariance_m2.as_flattened();
        all.iter().try_for_each(|&c| check::in_range("covariance_m2", c, -1e9, 1e9).map(|_| ()))?;
        Ok(Self { position_m, covariance_m2 })
    }

    /// The same point seen from elsewhere.
    #[must_use]
    pub fn moved(&self, pose: &Pose) -> Self {
        Self {
            position_m: pose.of(self.position_m),
            covariance_m2: sandwich(&pose.rotation, &self.covariance_m2),
        }
    }
}

/// How clouds are aligned to a [`PlaneMap`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields, remote = "Self")
)]
#[non_exhaustive]
pub struct PlaneConfig {
    /// Points farther from every other are left out, m.
    pub reach_m: f64,
    /// How rough planes are, m.
    pub roughness_m: f64,
    /// A step below this is none, m and rad.
    pub rest: f64,
    /// Steps at most.
    pub steps: usize,
}

mmw_core::checked_serde!(PlaneConfig, |config| config.check());

impl Default for PlaneConfig {
    /// Within 0.6 m, planes rough by 2 cm, 15 steps.
    fn default() -> Self {
        Self { reach_m: 0.6, roughness_m: 0.02, rest: 1e-5, steps: 15 }
    }
}

impl PlaneConfig {
    /// `self`, when a point can be near and a step end.
    pub(crate) fn check(&self) -> Result<()> {
        check::in_range("reach_m", self.reach_m, 1e-6, 1e6)?;
        check::in_range("roughness_m", self.roughness_m, 1e-6, 1e3)?;
        check::in_range("rest", self.rest, 1e-15, 1.0)?;
        check::in_range("steps", self.steps as f64, 1.0, 1e4)?;
        Ok(())
    }
}

/// What is known of the pose beforehand: how sure the start is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Prior {
    /// Standard deviations of the rotation about the axes of the pose, rad.
    pub rotation_rad: [f64; 3],
    /// Standard deviations of the place along the axes of the pose, m.
    pub place_m: [f64; 3],
}

mmw_core::checked_serde!(Prior, |prior| Prior::new(prior.rotation_rad, prior.place_m).map(|_| ()));

impl Prior {
    /// Standard deviations, rad and m.
    ///
    /// # Errors
    /// One that is not from 1e-9 to 1e9.
    pub fn new(rotation_rad: [f64; 3], place_m: [f64; 3]) -> Result<Self> {
        let all = rotation_rad.iter().chain(&place_m);
        all.copied().try_for_each(|s| check::in_range("standard deviation", s, 1e-9, 1e9).map(|_| ()))?;
        Ok(Self { rotation_rad, place_m })
    }
}

/// A cloud brought to a map.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct MapAligned {
    /// From the cloud to the map.
    pub pose: Pose,
    /// Points on a plane of the map.
    pub inliers: usize,
    /// The inverse of the covariance over rotation (rad) and translation (m) on the right of the pose, the
    /// prior counted.
    pub information: [[f64; 6]; 6],
    /// Mean squared distance from the planes in units of its variance, each term at most 3: about 1 where
    /// the model holds.
    pub misfit: f64,
    /// Steps.
    pub steps: usize,
    /// Why it ended: [`Stop::Rest`] or [`Stop::Limit`].
    pub stop: Stop,
}

mmw_core::checked_serde!(MapAligned, |found| {
    check::in_range("misfit", found.misfit, 0.0, 3.0 + 1e-9)?;
    check_spread("information", &found.information)
});

/// Points with the planes around them, which are found when they are first asked for.
#[derive(Debug, Clone)]
pub struct PlaneMap {
    points: Vec<UncertainPoint>,
    tree: KdTree,
    planes: Vec<Option<Plane>>,
    found: Vec<(usize, f64)>,
}

/// A plane through the neighbourhood of a point.
#[derive(Debug, Clone, Copy)]
struct Plane {
    normal: [f64; 3],
    middle: [f64; 3],
    variance: f64,
    flat: bool,
}

/// Points that make a plane.
const NEIGHBOURS: usize = 12;
/// The variance across a plane is below this share of the next.
const FLAT: f64 = 0.25;
/// A variance of a point below this makes it no surer, m².
const SURE: f64 = 1e-4;

impl PlaneMap {
    /// A map of points.
    ///
    /// # Errors
    /// Fewer than 3 points.
    pub fn new(points: Vec<UncertainPoint>) -> Result<Self> {
        check::at_least("points", points.len(), 3)?;
        let places: Vec<[f64; 3]> = points.iter().map(|point| point.position_m).collect();
        Ok(Self { planes: vec![None; points.len()], tree: KdTree::new(&places)?, points, found: Vec::new() })
    }

    /// Its points.
    #[must_use]
    pub fn points(&self) -> &[UncertainPoint] {
        &self.points
    }

    /// The plane around a point: its neighbours weigh by the inverse of their variances.
    fn plane(&mut self, at: usize) -> Plane {
        if let Some(plane) = self.planes[at] {
            return plane;
        }
        let mut found = std::mem::take(&mut self.found);
        self.tree.nearest_into(self.points[at].position_m, NEIGHBOURS.min(self.points.len()), &mut found);
        let weight = |point: &UncertainPoint| {
            let c = &point.covariance_m2;
            1.0 / (c[0][0] + c[1][1] + c[2][2]).max(SURE)
        };
        let near = || found.iter().map(|one| &self.points[one.0]);
        let all: f64 = near().map(weight).sum();
        let middle: [f64; 3] =
            std::array::from_fn(|i| near().map(|p| weight(p) * p.position_m[i]).sum::<f64>() / all);
        let scatter = near().fold(zeros(), |scatter, p| {
            let off: [f64; 3] = std::array::from_fn(|i| p.position_m[i] - middle[i]);
            sum(&scatter, &scaled(&outer(&off, &off), weight(p) / all))
        });
        let (values, vectors) = eigen(scatter);
        let mut order = [0, 1, 2];
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let variance = values[order[0]].max(0.0);
        let flat = variance < FLAT * values[order[1]].max(1e-9);
        let plane = Plane { normal: vectors[order[0]], middle, variance, flat };
        self.found = found;
        self.planes[at] = Some(plane);
        plane
    }

    /// Brings a cloud to the map by steps of Gauss and Newton: each point to the plane around the nearest of
    /// the map, with the weight
    ///
    /// ```text
    /// w = 1 / σ² / (1 + r²/(3 σ²))²      σ² = nᵀ R C Rᵀ n + variance across the plane + roughness²
    /// ```
    ///
    /// of a distance `r` along the normal `n` (Geman and `McClure`) for a point of covariance `C`, and
    /// towards the start as far as the prior says. What a radar is unsure of in azimuth or elevation weighs
    /// little where the plane lies across it.
    ///
    /// # Errors
    /// A configuration that is none; fewer than 3 points near a plane; a motion that neither planes nor prior
    /// fix.
    pub fn align(
        &mut self,
        cloud: &[UncertainPoint],
        start: &Pose,
        prior: Option<&Prior>,
        config: &PlaneConfig,
    ) -> Result<MapAligned> {
        config.check()?;
        let mut pose = *start;
        let mut steps = 0;
        loop {
            let sums = self.sums(cloud, &pose, config);
            check::at_least("points near a plane", sums.inliers, 3)?;
            let (mut information, mut vector) = (sums.matrix, sums.vector);
            if let Some(prior) = prior {
                pull(&mut information, &mut vector, &start.inverse().after(&pose), prior);
            }
            let singular = || Error::Singular { name: "motion that planes leave open".into() };
            let root = Cholesky::new(&information).ok_or_else(singular)?;
            let step = root.solve(&vector).map(|x| -x);
            let [a, b, c, x, y, z] = step;
            // The step of the place is a vector of its own, not the start of a screw.
            let moved = Pose { rotation: Pose::exp([a, b, c], [0.0; 3])?.rotation, translation_m: [x, y, z] };
            pose = pose.after(&moved);
            steps += 1;
            let size = dot(&step, &step).sqrt();
            if size < config.rest || steps == config.steps {
                let stop = if size < config.rest { Stop::Rest } else { Stop::Limit };
                let misfit = sums.misfit / sums.inliers as f64;
                return Ok(MapAligned { pose, inliers: sums.inliers, information, misfit, steps, stop });
            }
        }
    }

    /// The normal equations of a step.
    fn sums(&mut self, cloud: &[UncertainPoint], pose: &Pose, config: &PlaneConfig) -> Sums {
        let reach = config.reach_m * config.reach_m;
        let mut sums = Sums { matrix: [[0.0; 6]; 6], vector: [0.0; 6], misfit: 0.0, inliers: 0 };
        let back = transposed(&pose.rotation);
        for point in cloud {
            let moved = pose.of(point.position_m);
            let Some((near, squared)) = self.tree.nearest(moved) else { continue };
            if squared >= reach {
                continue;
            }
            let plane = self.plane(near);
            if !plane.flat {
                continue;
            }
            let off: [f64; 3] = std::array::from_fn(|i| moved[i] - plane.middle[i]);
            let r = dot(&plane.normal, &off);
            let n = applied(&back, &plane.normal);
            let spread = dot(&n, &applied(&point.covariance_m2, &n));
            let variance = spread + plane.variance + config.roughness_m * config.roughness_m;
            let fade = 1.0 + r * r / (3.0 * variance);
            let weight = 1.0 / (variance * fade * fade);
            let [x, y, z] = point.position_m;
            // n · (ξ × p) = ξ · (p × n).
            let turn = [y * n[2] - z * n[1], z * n[0] - x * n[2], x * n[1] - y * n[0]];
            let row = [turn[0], turn[1], turn[2], n[0], n[1], n[2]];
            for i in 0..6 {
                sums.vector[i] += weight * r * row[i];
                for k in 0..6 {
                    sums.matrix[i][k] += weight * row[i] * row[k];
                }
            }
            sums.misfit += r * r / (variance * fade);
            sums.inliers += 1;
        }
        sums
    }
}

struct Sums {
    matrix: Matrix<6, 6>,
    vector: [f64; 6],
    misfit: f64,
    inliers: usize,
}

/// Adds the prior for a pose that is `off` from the start.
fn pull(information: &mut Matrix<6, 6>, vector: &mut [f64; 6], off: &Pose, prior: &Prior) {
    let turn = crate::pose::rotation_vector(&off.rotation);
    let place = applied(&transposed(&off.rotation), &off.translation_m);
    let deviations = prior.rotation_rad.iter().chain(&prior.place_m);
    for (i, (off, deviation)) in turn.iter().chain(&place).zip(deviations).enumerate() {
        let weight = 1.0 / (deviation * deviation);
        information[i][i] += weight;
        vector[i] += weight * off;
    }
}
