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
mod paper;
mod phase;
mod processor;
mod simulate;
mod tdm;
//! Integration tests of `mmw-dsp`, one module a source module.

mod fft;
mod mti;
mod range_doppler;
mod window;
