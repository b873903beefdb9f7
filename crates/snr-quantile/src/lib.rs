//! SNR estimation of BPSK signals in white noise: the quantile method, made exact, and its rivals.
//!
//! This version is the crate's name and its plan; it exports nothing yet but the vocabulary it will use.
//! What is coming:
//!
//! | part | content |
//! | --- | --- |
//! | theory | exact density, distribution and quantile of the squared samples; exact calibration |
//! | estimators | quartic quantile, optimal L-statistic, maximum likelihood (exact and binned), M2M4, M1M2, SVR |
//! | bounds | Cramér-Rao bound, bias, variance, efficiency; a harness that compares estimators |
//!
//! The SNR will be S²/σ² of real samples; Es/N0 is half of it.

pub use mmw_core;
