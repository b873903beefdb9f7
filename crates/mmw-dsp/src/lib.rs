//! FMCW millimetre-wave radar: from a raw capture to maps and a 4-D point cloud.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod board;
pub mod fmcw;

pub use board::{AntennaLayout, Board};
pub use fmcw::{Fmcw, FmcwConfig, Sampling};

pub use mmw_core;
pub use mmw_core::{ndarray, num_complex};
pub use rustfft::FftNum;
