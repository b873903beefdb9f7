//! Special functions to the accuracy that tails need.
//!
//! | item | relative error |
//! | --- | --- |
//! | [`ln_gamma`] | 1e-15 |
//! | [`gamma_p`], [`gamma_q`] | 1e-14 in the bulk, 1e-12 in either tail down to 1e-290; shapes up to 1e12 |
//! | [`unchecked`] | what they are made of, for callers that have checked their arguments |

mod exponential;

mod gamma;

pub use gamma::{gamma_p, gamma_q, ln_gamma};

/// The parts of the functions above, which check nothing: each names the arguments that it is for.
pub mod unchecked {
    pub use super::exponential::exp_beyond_linear;
    pub use super::gamma::{
        digamma, gamma_of, incomplete_gamma, incomplete_gamma_kernel, ln_gamma_of, stirling_remainder,
        stirling_series,
    };
}
