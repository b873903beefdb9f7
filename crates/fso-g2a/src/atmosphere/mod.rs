//! The air between: profiles of the refractive index, Rytov variance, beam wander, attenuation.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Cn2Profile`] | Hufnagel-Valley, SLC, constant, table |
//! | [`SlantPath`] | from the ground up: altitudes and zenith angle |
//! | [`BeamWander`] | standard deviation of the displacement of the beam, equation (1) |
//! | [`rytov_variance_plane`], [`rytov_variance_spherical`] | strength of the scintillation on a slant path |
//! | [`VisibilityModel`], [`Attenuation`] | extinction from the visibility; Beer-Lambert over the path |

mod cn2;

mod path;

mod attenuation;
mod wander;

pub use attenuation::{Attenuation, VisibilityModel};
pub use cn2::Cn2Profile;
pub use path::{SlantPath, rytov_variance_plane, rytov_variance_spherical};
pub use wander::BeamWander;
