//! Numbers that describe a window of point clouds, made by hand.
//!
//! What moves says what is done: the points with a radial velocity, how many there are from frame to frame,
//! their speeds, and how widely they lie. Points at rest are walls, furniture and feet. Nothing is taken from
//! where the person stands or how strong the echoes are, unless it is asked for ([`FeatureConfig`]): both
//! tell takes of one session apart and mislead in the next.

mod statistics;

mod spectrum;

mod config;

mod rhythm;

mod shape;

mod points;

pub use config::FeatureConfig;
pub use points::PointFeatures;
