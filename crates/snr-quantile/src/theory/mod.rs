//! What is exactly true of BPSK in white noise: the law of the squared samples, its quartic, its Taylor
//! series.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`SquaredBpsk`] | density, distribution and quantile of `y = x²` |
//! | [`quartic_coefficients`], [`leading_coefficient`] | the paper's `C0..C4(σ)`, exact |
//! | [`sigma_from_leading_coefficient`] | the exact inverse of `C4(σ)` |
//! | [`taylor_coefficients`] | the appendix's `a0..a4`, from the exact density |

pub(crate) mod distribution;
pub(crate) mod quartic;
mod taylor;

pub use distribution::SquaredBpsk;
pub use quartic::{leading_coefficient, quartic_coefficients, sigma_from_leading_coefficient};
pub use taylor::taylor_coefficients;
