//! The optical channel from the ground to an aircraft: turbulence, pointing, outage.
//!
//! This version is the crate's name and its plan; it exports nothing yet but the vocabulary it will use.
//! What is coming:
//!
//! | part | content |
//! | --- | --- |
//! | turbulence | Gamma-Gamma law for any parameters, log-normal as the weak-turbulence rival |
//! | atmosphere | profiles of the refractive index, attenuation from visibility |
//! | pointing | beam wander, jitter, the exact overlap of beam and aperture with both atoms of its law |
//! | composite | density, distribution and quantile of the channel; outage, error rate, capacity |

pub use mmw_core;

pub mod special;

pub mod turbulence;

pub mod atmosphere;

pub mod pointing;

pub mod channel;

pub mod rivals;

pub mod paper;
