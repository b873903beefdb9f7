//! Special functions to the accuracy that tails need: Bessel K; gamma and incomplete gamma of
//! [`mmw_core::special`].
//!
//! | item | accuracy, relative |
//! | --- | --- |
//! | [`bessel_k`], [`bessel_k_scaled`], [`ln_bessel_k`] | 1e-14, up to orders of 1e4 |
//! | [`ln_gamma`] | 1e-15 |
//! | [`gamma_p`], [`gamma_q`] | 1e-14 in the bulk, 1e-12 in either tail down to 1e-290 |

mod beyond_linear;
mod quadrature;

mod bessel_panels;

mod bessel_k;

pub use bessel_k::{bessel_k, bessel_k_scaled, ln_bessel_k};
pub use mmw_core::special::{gamma_p, gamma_q, ln_gamma};

pub(crate) use bessel_k::KPair;
pub(crate) use beyond_linear::beyond_linear_pair;
pub(crate) use quadrature::{adaptive, gauss_20};
