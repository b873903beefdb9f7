//! The air between: profiles of the refractive index, Rytov variance, beam wander, attenuation.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Cn2Profile`] | Hufnagel-Valley, SLC, constant, table |
//! | [`WindProfile`] | Bufton, constant, table |
//! | [`SlantPath`], [`LinkDirection`] | altitudes, zenith angle, and which end transmits |
//! | [`BeamWander`] | standard deviation of the displacement of the beam, equation (1) |
//! | [`rytov_variance_plane`], [`rytov_variance_spherical`] | strength of the scintillation on a slant path |
//! | [`Scintillation`] | the same behind an aperture, and the shapes of the Gamma-Gamma law |
//! | [`fried_parameter_m`], [`isoplanatic_angle_rad`] | coherence across the aperture and in angle |
//! | [`coherence_time_s`], [`greenwood_frequency_hz`] | coherence in time |
//! | [`VisibilityModel`], [`Attenuation`] | extinction from the visibility; Beer-Lambert over the path |

mod direction;

mod cn2;
mod wind;

mod path;

mod averaging;

mod attenuation;
mod coherence;
mod scintillation;
mod wander;

pub use attenuation::{Attenuation, VisibilityModel};
pub use cn2::Cn2Profile;
pub use coherence::{coherence_time_s, fried_parameter_m, greenwood_frequency_hz, isoplanatic_angle_rad};
pub use direction::LinkDirection;
pub use path::SlantPath;
pub use scintillation::{Scintillation, ScintillationConfig, rytov_variance_plane, rytov_variance_spherical};
pub use wander::BeamWander;
pub use wind::WindProfile;
