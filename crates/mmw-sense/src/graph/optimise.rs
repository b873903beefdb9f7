//! The poses that fit all edges best.

use super::cholesky::{BlockMatrix, Pattern};
use super::edge::Edge;
use super::poses::{GraphPose, PlanePose};
use crate::Pose;
use crate::matrix::{Matrix, applied, dot, product, transposed};
use crate::registration::Stop;
use mmw_core::simd::Level;
use mmw_core::{Error, Result, check};

/// A graph in the plane.
pub type PlaneGraph = PoseGraph<PlanePose, 3>;
/// A graph in space.
pub type SpaceGraph = PoseGraph<Pose, 6>;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields, remote = "Self")
)]
#[non_exhaustive]
pub struct GraphConfig {
    /// A step below this is none, m and rad.
    pub rest: f64,
    /// Steps at most.
    pub steps: usize,
}

mmw_core::checked_serde!(GraphConfig, |config| config.check());

impl GraphConfig {
    /// `self`, when a step and their number can be told from nothing.
    fn check(&self) -> Result<()> {
        check::in_range("rest", self.rest, 1e-15, 1.0)?;
        check::in_range("steps", self.steps as f64, 1.0, 1e6)?;
        Ok(())
    }
}

impl Default for GraphConfig {
    /// Steps of 1e-10, at most 100.
    fn default() -> Self {
        Self { rest: 1e-10, steps: 100 }
    }
}

/// What came out of [`PoseGraph::optimise`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Optimised {
    /// The sum of squares, weighted.
    pub chi2: f64,
    /// The same before, with all weights at 1.
    pub chi2_start: f64,
    /// Steps.
    pub steps: usize,
    /// Whether it came to rest.
    pub stop: Stop,
    /// The weight of each edge: 1, but less for doubtful ones that disagree.
    pub weights: Vec<f64>,
}

mmw_core::checked_serde!(Optimised, |found| {
    check::non_negative("chi2", found.chi2)?;
    check::non_negative("chi2_start", found.chi2_start)?;
    found.weights.iter().try_for_each(|&w| check::in_range("weights", w, 0.0, 1.0).map(|_| ()))
});

/// Poses and what was measured between them. The first pose is held where it is, unless others are.
///
/// # Examples
/// A square of which each side was measured 2 % too long, and that closes.
/// ```
/// use mmw_sense::graph::{Edge, GraphConfig, PlaneGraph, PlanePose};
/// use std::f64::consts::FRAC_PI_2;
///
/// let side = PlanePose::new(1.02, 0.0, FRAC_PI_2)?;
/// let start = [[0.0, 0.0], [1.02, 0.0], [1.02, 1.02], [0.0, 1.02]];
/// let turns = [0.0, 1.0, 2.0, 3.0];
/// let poses = (0..4).map(|i| PlanePose::new(start[i][0], start[i][1], turns[i] * FRAC_PI_2));
/// let mut graph = PlaneGraph::new(poses.collect::<Result<_, _>>()?)?;
/// let information = [[400.0, 0.0, 0.0], [0.0, 400.0, 0.0], [0.0, 0.0, 2500.0]];
/// for i in 0..4 {
///     graph.add(Edge::new(i, (i + 1) % 4, side, information)?)?;
/// }
/// // Opposite sides are too long alike, so the square closes as it is.
/// let found = graph.optimise(&GraphConfig::default())?;
/// assert!(found.chi2 < 1e-20 && (graph.poses()[2].x_m - 1.02).abs() < 1e-12);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PoseGraph<P, const N: usize> {
    poses: Vec<P>,
    held: Vec<bool>,
    edges: Vec<Edge<P, N>>,
}

/// Halvings of a step that makes things worse.
const HALVINGS: usize = 12;
/// By which the width of the doubt falls in a step until it is that of a true edge.
const NARROWER: f64 = 1.4;

impl<P: GraphPose<N>, const N: usize> PoseGraph<P, N> {
    /// A graph of poses at their first guess, without edges.
    ///
    /// # Errors
    /// No pose, more than a million, a pose that is none.
    pub fn new(poses: Vec<P>) -> Result<Self> {
        check::in_range("poses", poses.len() as f64, 1.0, 1e6)?;
        poses.iter().try_for_each(GraphPose::check)?;
        Ok(Self { held: vec![false; poses.len()], poses, edges: Vec::new() })
    }

    /// Adds an edge.
    ///
    /// # Errors
    /// A pose that is not there.
    pub fn add(&mut self, edge: Edge<P, N>) -> Result<()> {
        [edge.from, edge.to].into_iter().try_for_each(|place| self.there(place))?;
        self.edges.push(edge);
        Ok(())
    }

    /// Holds a pose where it is; without any, the first is held.
    ///
    /// # Errors
    /// A pose that is not there.
    pub fn hold(&mut self, place: usize) -> Result<()> {
        self.there(place)?;
        self.held[place] = true;
        Ok(())
    }

    /// The places of the poses that are held.
    pub fn held(&self) -> impl Iterator<Item = usize> {
        self.held.iter().enumerate().filter_map(|(place, held)| held.then_some(place))
    }

    /// Marks every edge as doubtful that is not from a pose to the next: the loops of a path.
    pub fn doubt_loops(&mut self) {
        for edge in &mut self.edges {
            edge.doubtful = edge.from.abs_diff(edge.to) != 1;
        }
    }

    fn there(&self, place: usize) -> Result<()> {
        if place < self.poses.len() {
            return Ok(());
        }
        Err(Error::invalid("edge", format!("names pose {place} of {}", self.poses.len())))
    }

    /// The poses.
    #[must_use]
    pub fn poses(&self) -> &[P] {
        &self.poses
    }

    /// The edges.
    #[must_use]
    pub fn edges(&self) -> &[Edge<P, N>] {
        &self.edges
    }

    /// The sum of squares of all edges, each at its full weight.
    #[must_use]
    pub fn chi2(&self) -> f64 {
        self.edges.iter().map(|edge| self.square(&self.poses, edge)).sum()
    }

    fn square(&self, poses: &[P], edge: &Edge<P, N>) -> f64 {
        let e = P::error(&poses[edge.from], &poses[edge.to], &edge.measured);
        dot(&e, &applied(&edge.information, &e))
    }

    /// Moves the poses to where all edges fit best. Doubtful edges weigh
    ///
    /// ```text
    /// w = (μ c² / (μ c² + χ²))²
    /// ```
    ///
    /// (Geman and `McClure`) with `c²` the square that a true edge exceeds once in a hundred times, and a `μ`
    /// that begins where none is doubted and falls to 1[^gnc]: what is false loses its weight step by step.
    /// A step that makes the sum of squares greater is halved. The bits do not depend on the processor.
    ///
    /// # Errors
    /// [`Error::Singular`] for a pose that no way of edges ties to one that is held;
    /// [`Error::NoConvergence`] when no step makes the sum smaller and none is small. The poses are then as
    /// before.
    ///
    /// [^gnc]: H. Yang, P. Antonante, V. Tzoumas, L. Carlone, "Graduated non-convexity for robust spatial
    ///     perception", IEEE Robotics and Automation Letters 5(2), 2020.
    pub fn optimise(&mut self, config: &GraphConfig) -> Result<Optimised> {
        config.check()?;
        let free = self.free()?;
        let pairs: Vec<(u32, u32)> =
            self.edges.iter().filter_map(|edge| Some((free[edge.from]?, free[edge.to]?))).collect();
        let count = free.iter().flatten().count();
        let mut matrix = BlockMatrix::<N>::new(Pattern::new(count, &pairs));
        let width = quantile(N);
        let chi2_start = self.chi2();
        let doubtful = self.edges.iter().filter(|edge| edge.doubtful);
        let worst = doubtful.map(|edge| self.square(&self.poses, edge)).fold(0.0, f64::max);
        let mut mu = (2.0 * worst / width).max(1.0);
        let mut poses = self.poses.clone();
        let mut weights = vec![1.0; self.edges.len()];
        let (mut steps, mut stop) = (0, Stop::Limit);
        while steps < config.steps && stop == Stop::Limit {
            for (weight, edge) in weights.iter_mut().zip(&self.edges).filter(|(_, edge)| edge.doubtful) {
                let share = mu * width / (mu * width + self.square(&poses, edge));
                *weight = share * share;
            }
            let mut right = vec![[0.0; N]; count];
            let before = self.fill(&poses, &weights, &free, &mut matrix, &mut right);
            if let Err(row) = matrix.factorise(Level::current()) {
                let place = free.iter().position(|at| *at == Some(row as u32)).unwrap_or(row);
                return Err(Error::Singular { name: format!("place of pose {place}").into() });
            }
            matrix.solve(&mut right);
            let size = right.as_flattened().iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            if !size.is_finite() {
                return Err(Error::Singular { name: "places of the poses".into() });
            }
            steps += 1;
            match self.step(&poses, &right, &free, &weights, before) {
                Some(next) => poses = next,
                // Rounding hides what is left; or the sum is no bowl here.
                None if size < 1e-6 => {}
                None => {
                    let what = "pose graph".into();
                    return Err(Error::NoConvergence { what, iterations: steps });
                }
            }
            // A step that was halved is small for another reason.
            if size < config.rest && mu == 1.0 {
                stop = Stop::Rest;
            }
            mu = (mu / NARROWER).max(1.0);
        }
        let squares = self.edges.iter().map(|edge| self.square(&poses, edge));
        let chi2 = weights.iter().zip(squares).map(|(w, square)| w * square).sum();
        self.poses = poses;
        Ok(Optimised { chi2, chi2_start, steps, stop, weights })
    }

    /// The number of each pose among those that move.
    fn free(&self) -> Result<Vec<Option<u32>>> {
        let all_free = !self.held.contains(&true);
        let mut count = 0;
        let free: Vec<_> = (0..self.poses.len())
            .map(|i| {
                let moves = !(self.held[i] || (all_free && i == 0));
                count += u32::from(moves);
                moves.then(|| count - 1)
            })
            .collect();
        let mut tied: Vec<bool> = free.iter().map(Option::is_none).collect();
        let mut neighbours = vec![Vec::new(); self.poses.len()];
        for edge in &self.edges {
            neighbours[edge.from].push(edge.to);
            neighbours[edge.to].push(edge.from);
        }
        let mut reached: Vec<usize> = (0..tied.len()).filter(|&i| tied[i]).collect();
        while let Some(i) = reached.pop() {
            for &other in &neighbours[i] {
                if !std::mem::replace(&mut tied[other], true) {
                    reached.push(other);
                }
            }
        }
        match tied.iter().position(|tied| !tied) {
            Some(place) => Err(Error::Singular {
                name: format!("place of pose {place}, which no edges tie to a held one").into(),
            }),
            None => Ok(free),
        }
    }

    /// The normal equations, and the weighted sum of squares.
    fn fill(
        &self,
        poses: &[P],
        weights: &[f64],
        free: &[Option<u32>],
        matrix: &mut BlockMatrix<N>,
        right: &mut [[f64; N]],
    ) -> f64 {
        matrix.clear();
        let mut all = 0.0;
        for (edge, weight) in self.edges.iter().zip(weights) {
            let (e, by_from, by_to) = P::linear(&poses[edge.from], &poses[edge.to], &edge.measured);
            let information: Matrix<N, N> = edge.information.map(|row| row.map(|x| x * weight));
            let pulled = applied(&information, &e);
            all += dot(&e, &pulled);
            let ends = [(free[edge.from], &by_from), (free[edge.to], &by_to)];
            for (place, by) in ends {
                let Some(place) = place else { continue };
                let back = transposed(by);
                matrix.add(place as usize, place as usize, &product(&back, &product(&information, by)));
                let pull = applied(&back, &pulled);
                right[place as usize].iter_mut().zip(pull).for_each(|(r, p)| *r -= p);
            }
            if let [(Some(from), _), (Some(to), _)] = ends {
                let across = product(&transposed(&by_from), &product(&information, &by_to));
                matrix.add(from as usize, to as usize, &across);
            }
        }
        all
    }

    /// The poses after the step, or the greatest part of it that does not make the sum greater.
    fn step(
        &self,
        poses: &[P],
        step: &[[f64; N]],
        free: &[Option<u32>],
        weights: &[f64],
        before: f64,
    ) -> Option<Vec<P>> {
        let mut part = 1.0;
        for _ in 0..HALVINGS {
            let moved = poses.iter().zip(free).map(|(pose, place)| match place {
                Some(place) => pose.stepped(&step[*place as usize].map(|x| part * x)),
                None => *pose,
            });
            let moved: Vec<P> = moved.collect();
            let squares = self.edges.iter().map(|edge| self.square(&moved, edge));
            let after: f64 = weights.iter().zip(squares).map(|(w, square)| w * square).sum();
            // What rounding adds to the sum is not worse; NaN is.
            if after <= before * (1.0 + 1e-12) {
                return Some(moved);
            }
            part *= 0.5;
        }
        None
    }
}

/// What a chi-squared variable of 3 or 6 degrees of freedom exceeds once in a hundred times.
fn quantile(freedom: usize) -> f64 {
    if freedom == 3 { 11.344_866_730_144_37 } else { 16.811_893_829_770_927 }
}
