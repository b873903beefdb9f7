//! Where a radar has been and what is around it, from its scans alone.
//!
//! Each scan gives the velocity of the radar and, with it, which of its points are at rest. The velocity and
//! a turn rate (of a gyroscope, or as it was) say where the next scan should be; its points, each as
//! uncertain as range, azimuth and elevation make it, are brought to the planes of the scans before. Scans
//! every 0.3 m make the map. Where the path comes back to a place, its surroundings are compared, and a pose
//! graph spreads what has been missed over the loop.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Slam`], [`SlamConfig`] | one scan after another |
//! | [`SlamMap`], [`Loop`] | the path with its loops closed, and the map |

mod config;

mod keyframe;

mod closure;

mod odometry;

pub use closure::{Loop, SlamMap};
pub use config::SlamConfig;
pub use odometry::Slam;
