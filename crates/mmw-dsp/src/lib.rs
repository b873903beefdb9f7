//! FMCW millimetre-wave radar: from a raw capture to maps and a 4-D point cloud.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod board;

pub mod fmcw;

pub mod capture;

pub mod window;

mod lanes;

pub mod fft;

pub mod range_doppler;

pub mod mti;

pub mod phase;

pub mod slow_time;

pub mod tdm;

pub mod cfar;

pub mod peak;

pub mod covariance;

pub mod doa;

pub mod crlb;

pub mod simulate;

pub mod forms;

pub mod point_cloud;

pub mod processor;

pub use board::{AntennaLayout, Board};
pub use fmcw::{Fmcw, FmcwConfig, Sampling};

pub use mmw_core;
pub use mmw_core::{ndarray, num_complex};
pub use rustfft::FftNum;
