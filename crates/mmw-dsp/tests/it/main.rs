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
mod fft;
mod mti;
mod paper;
mod peak;
mod phase;
mod processor;
mod range_doppler;
mod simulate;
mod tdm;
mod window;
