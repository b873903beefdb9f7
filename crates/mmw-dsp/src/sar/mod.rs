//! Synthetic apertures: images from echoes that were recorded at many places.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`PhaseHistory`], [`PlanarScan`] | echoes by position and frequency: any trajectory, or a grid in a plane |
//! | [`back_project`] | the matched filter of every voxel; exact for any trajectory, slow |
//! | [`RangeMigration`] | the same image of a planar scan through its plane waves; fast |
//! | [`PointResponse`] | width and sidelobes of the image of a point |
//!
//! The frame of a scan is its own: x and y along the aperture, z away from it.

mod chunks;

mod scan;

mod gridding;

mod back_projection;

mod range_migration;

mod waves;

mod response;

pub use back_projection::back_project;
pub use range_migration::{RangeMigration, RangeMigrationConfig};
pub use response::PointResponse;
pub use scan::{PhaseHistory, Place, PlanarScan};
