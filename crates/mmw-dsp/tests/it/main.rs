//! Integration tests of `mmw-dsp`.

mod capture;
mod capture_config;
mod capture_hostile;
mod capture_npy;
mod capture_real;
mod cfar;
mod covariance;
mod crlb;
mod doa;
mod peak;
mod phase;
mod simulate;
mod tdm;
