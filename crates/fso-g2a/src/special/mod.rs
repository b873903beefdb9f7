//! Special functions to the accuracy that tails need: Bessel K, gamma, incomplete gamma, quadrature.
//!
//! | item | accuracy, relative |
//! | --- | --- |
//! | [`bessel_k`], [`bessel_k_scaled`], [`ln_bessel_k`] | 1e-14, up to orders of 1e4 |
//! | [`ln_gamma`] | a few roundings of its largest term |
//! | [`gamma_p`], [`gamma_q`] | 1e-14, each in its own tail |

mod bessel_k;
mod bessel_panels;
mod gamma;
mod quadrature;

pub use bessel_k::{bessel_k, bessel_k_scaled, ln_bessel_k};
pub use gamma::{gamma_p, gamma_q, ln_gamma};

pub(crate) use bessel_k::KPair;
pub(crate) use gamma::{
    beyond_linear_pair, digamma, exp_beyond_linear, incomplete_gamma, incomplete_gamma_kernel,
};
pub(crate) use gamma::{ln_gamma_of, stirling_remainder};
pub(crate) use quadrature::{adaptive, gauss_20};
