//! Kalman filters of a point in space, measured in polar coordinates with its radial velocity.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`State`] | a normal belief of position and velocity |
//! | [`ProcessNoise`], [`turn`] | how it moves: at constant velocity but for acceleration, or on a circle |
//! | [`SensorPose`], [`observe`] | what a radar measures of it, and the derivatives |
//! | [`ExtendedFilter`], [`UnscentedFilter`] | the two filters, with [`Innovation`] |
//!
//! States are `[x, y, z, vx, vy, vz]` in m and m/s; measurements are
//! `[range, azimuth, elevation, radial velocity]` in m, rad and m/s, with the azimuth from y towards x and
//! velocities positive when receding.

mod state;

mod motion;
mod polar;

mod extended;

mod unscented;

pub use extended::{ExtendedFilter, FilterConfig};
pub use motion::{ProcessNoise, turn};
pub use polar::{Observation, SensorPose, observe};
pub use state::{Innovation, State};
pub use unscented::{Spread, UnscentedFilter};
