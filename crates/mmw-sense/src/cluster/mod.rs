//! Groups of points that are near in space and in velocity.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Metric`], [`PolarMetric`], [`PlainMetric`] | which points are neighbours |
//! | [`Dbscan`], [`Labels`] | clusters by density, with one rule for border points |
//! | [`Cluster`], [`clusters`] | centroid, covariance, velocity and size of each |

mod metric;

mod dbscan;

mod features;

pub use dbscan::{Dbscan, Labels};
pub use features::{Cluster, clusters};
pub use metric::{Metric, PlainMetric, PolarMetric};
