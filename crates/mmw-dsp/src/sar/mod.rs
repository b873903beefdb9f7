//! Synthetic apertures: images from echoes that were recorded at many places.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`PhaseHistory`], [`PlanarScan`] | echoes by position and frequency: any trajectory, or a grid in a plane |
//! | [`Trajectory`], [`ScanRecorder`] | where the radar was, and the frames of a capture that it took there |
//! | [`Aperture`] | what it tells apart, and the image that is worth making of it |
//! | [`ApertureSampling`] | whether the positions lie close enough for an image |
//! | [`EchoSurvey`] | which echoes change along the aperture, and which are the coupling of the antennas |
//! | [`back_project`], [`BackProjection`] | the matched filter of every voxel; exact for any trajectory, slow |
//! | [`fast_back_project`] | nearly the same, group by group; any trajectory with all voxels ahead of it |
//! | [`RangeMigration`] | the same image of a planar scan through its plane waves; fast |
//! | [`PointResponse`] | width and sidelobes of the image of a point |
//! | [`ImagePeak`] | the place of a point between the voxels |
//! | [`autofocus()`], [`Autofocus`] | phase errors of the positions, found from the image itself |
//!
//! The frame of a scan is its own: x and y along the aperture, z away from it.

mod chunks;

mod scan;

mod grid;

mod recorder;

mod survey;

mod aperture;

mod sampling;

mod gridding;

mod back_projection;

mod factorised;

mod waves;

mod transpose;

mod lane_migration;

mod range_migration;

mod response;

mod peak;

mod autofocus;

pub use aperture::Aperture;
pub use autofocus::{Autofocus, autofocus, autofocus_with_progress, sharpness};
pub use back_projection::{BackProjection, back_project, echo_scale};
pub use factorised::{fast_back_project, fast_back_project_with_progress};
pub use peak::ImagePeak;
pub use range_migration::{RangeMigration, RangeMigrationConfig, RangeMigrationScratch};
pub use recorder::{ScanRecorder, Trajectory};
pub use response::PointResponse;
pub use sampling::ApertureSampling;
pub use scan::{PhaseHistory, Place, PlanarScan};
pub use survey::{EchoSurvey, Strongest};
