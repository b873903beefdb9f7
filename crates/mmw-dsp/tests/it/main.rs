//! Integration tests of `mmw-dsp`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod capture;
mod capture_bytes;
mod capture_config;
mod capture_hostile;
mod capture_layout;
mod capture_npy;
mod capture_pipe;
mod capture_real;
mod capture_words;
mod cases_commands;
mod cases_config;
mod cases_dialects;
mod cfar;
mod common;
mod covariance;
mod crlb;
mod detection;
mod doa;
mod doors;
mod fft;
mod hidden;
mod joint;
mod limits;
mod mti;
mod mti_chain;
mod paper;
mod peak;
mod phase;
mod processor;
mod range_doppler;
mod raw;
mod simulate;
mod tdm;
mod unfold;
mod window;
