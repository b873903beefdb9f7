//! SNR estimation of BPSK signals in white noise: the quantile method, made exact, and its rivals.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod quadrature;
mod snr;

pub mod theory;

pub mod bound;

pub use snr::Snr;

pub use mmw_core;
