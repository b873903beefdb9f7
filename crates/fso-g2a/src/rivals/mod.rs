//! Other models of the same link, to be compared with the exact one.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`half_plane_share`], [`half_plane_outage`] | the beam's edge taken as straight |
//! | [`GaussianBeam`] | the model of Farid and Hranilovic for a Gaussian beam |
//!
//! The formulas of the paper itself are in [`crate::paper`].

mod gaussian_beam;
mod half_plane;

pub use gaussian_beam::GaussianBeam;
pub use half_plane::{half_plane_outage, half_plane_share};

pub(crate) use half_plane::outage_with_share;
