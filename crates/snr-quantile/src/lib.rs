//! SNR estimation of BPSK signals in white noise: the quantile method, made exact, and its rivals.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod dispatch;
mod histogram;
mod kernels;
mod likelihood;
mod order;
mod quadrature;
mod snr;
mod sums;

pub mod theory;

pub mod bound;

pub mod efficiency;

mod estimate;
mod estimator;
pub mod estimators;

pub mod compare;

pub use estimate::{Estimate, Method, Outcome};
pub use estimator::Estimator;
pub use estimators::{
    Calibration, DataAided, DecisionDirected, LStatistic, M1m2, M2m4, Ml, MlBinned, Quartic, Streaming, Svr,
};
pub use snr::Snr;

pub use mmw_core;
