//! The rigid motion between two clouds.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`closed_form`] | the motion between points that are known to be the same |
//! | [`Surface`] | a cloud with the normals and covariances of its neighbourhoods |
//! | [`Icp`], [`IcpConfig`], [`Residual`] | iterated closest points: to points, to planes, or between planes (GICP) |
//! | [`Aligned`], [`Stop`] | what was found, and why it ended |
//! | [`PlaneMap`], [`UncertainPoint`], [`Prior`] | a map of planes for points as uncertain as a radar has them |
//! | [`PlaneConfig`], [`MapAligned`] | how a cloud is brought to it, and what came out |

mod closed_form;

mod surface;

mod icp;

mod planes;

pub use closed_form::{Similarity, closed_form};
pub use icp::{Aligned, Icp, IcpConfig, Residual, Stop};
pub use planes::{MapAligned, PlaneConfig, PlaneMap, Prior, UncertainPoint};
pub use surface::Surface;
