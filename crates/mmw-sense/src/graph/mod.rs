//! Pose graphs: where a path has been, from what was measured between its poses.
//!
//! An edge says how one pose sees another and how sure that is. The poses that fit all edges best have the
//! least sum of squares
//!
//! ```text
//! χ² = Σ eᵀ I e      e = [R_zᵀ (R_iᵀ (t_j − t_i) − t_z), log(R_zᵀ R_iᵀ R_j)]
//! ```
//!
//! with the measured pose `(R_z, t_z)` and the information `I`, the inverse of a covariance (in the plane the
//! logarithm is the angle). Steps of Gauss and Newton find it[^graph]; their normal equations are sparse, and
//! are solved front by front in an order of little fill.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`PlaneGraph`], [`SpaceGraph`], [`PoseGraph`] | the graph in the plane, in space, and both at once |
//! | [`Edge`] | how one pose sees another; edges that may be false are marked |
//! | [`Optimised`], [`GraphConfig`] | what came out, and when to stop |
//! | [`PlanePose`], [`GraphPose`] | poses in the plane, and what a graph asks of a pose |
//! | [`G2o`], [`AnyGraph`], [`read_g2o`], [`write_g2o_plane`], [`write_g2o_space`] | files of g2o and TORO |
//! | [`grid_walk`], [`sphere`], [`Scene`] | simulated graphs with known truth |
//!
//! [^graph]: G. Grisetti, R. Kümmerle, C. Stachniss, W. Burgard, "A tutorial on graph-based SLAM", IEEE
//!     Intelligent Transportation Systems Magazine 2(4), 2010.

mod order;

mod cholesky;

mod poses;

mod edge;

mod optimise;

mod g2o;

mod scenes;

pub use edge::Edge;
pub use g2o::{AnyGraph, G2o, read_g2o, write_g2o_plane, write_g2o_space};
pub use optimise::{GraphConfig, Optimised, PlaneGraph, PoseGraph, SpaceGraph};
pub use poses::{GraphPose, PlanePose};
pub use scenes::{Scene, grid_walk, sphere};
