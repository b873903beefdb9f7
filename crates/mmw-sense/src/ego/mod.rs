//! How a radar moves, from the radial velocities of what stands still.
//!
//! A point at rest in the direction `u` is seen by a radar that moves at `v` to recede at `-u · v`: every
//! scan is a regression, with moving people as outliers and directions that are known to a degree or
//! three.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Ray`] | the direction of a point and its radial velocity |
//! | [`Fit`], [`least_squares`], [`least_squares_planar`] | the regression, with covariance and condition |
//! | [`consensus`], [`Search`] | the largest set that agrees: moving points are left out |
//! | [`reweighted`], [`Loss`] | M-estimators |
//! | [`orthogonal`], [`Orthogonal`] | maximum likelihood with errors in the angles as well |
//! | [`is_standing`], [`ZeroTest`] | whether the radar stands |
//! | [`EgoVelocity`], [`EgoConfig`], [`Ego`] | all of it for one scan, without allocation |
//! | [`body_velocity`], [`Mounting`] | from the radar to the vehicle: rotation, lever arm, turn rate |
//! | [`of_several`], [`of_several_planar`], [`View`] | velocity and turn rate from several radars |
//! | [`time_offset`], [`Inertial`], [`TimeOffset`] | how late the scans are against an inertial unit |
//! | [`integrate`], [`rate_at`], [`Moment`], [`Turning`] | the way that velocities and turn rates make |

mod ray;

mod fit;

mod least_squares;

mod consensus;

mod reweighted;

mod orthogonal;

mod zero;

mod estimator;

mod body;

mod several;

mod trajectory;

mod time_offset;

pub use body::{Mounting, body_velocity};
pub use consensus::{Consensus, Search, consensus};
pub use estimator::{Ego, EgoConfig, EgoVelocity};
pub use fit::Fit;
pub use least_squares::{least_squares, least_squares_planar};
pub use orthogonal::{Orthogonal, orthogonal};
pub use ray::Ray;
pub use reweighted::{Loss, reweighted};
pub use several::{View, of_several, of_several_planar};
pub use time_offset::{Inertial, TimeOffset, time_offset};
pub use trajectory::{Moment, Turning, integrate, rate_at};
pub use zero::{ZeroTest, is_standing};
