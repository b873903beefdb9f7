//! The channels that others use: what the geometry-based model is to be compared with.
//!
//! All are [`Distribution`]s of matrices `[rx, tx]` with a mean power of 1 an entry (or what their parameters
//! say), drawn like any other distribution of `rand`.
//!
//! | item | channel |
//! | --- | --- |
//! | [`IidRayleigh`] | independent Rayleigh fading: the "ideal" channel |
//! | [`Rice`] | a constant part and independent fading |
//! | [`Kronecker`] | correlation at each end, separable |
//! | [`Weichselberger`] | joint correlation: eigenbases and a coupling matrix |
//! | [`Keyhole`] | rank one with uncorrelated entries |
//! | [`TappedDelayLine`] | independent matrices at fixed delays |

mod size;

mod simple;

mod correlated;
mod delay_line;

pub use correlated::{Kronecker, Weichselberger};
pub use delay_line::TappedDelayLine;
pub use simple::{IidRayleigh, Keyhole, Rice};

pub use mmw_core::rand::distr::Distribution;
