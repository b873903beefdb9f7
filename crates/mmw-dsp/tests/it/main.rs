//! Integration tests of `mmw-dsp`.

mod cfar;
mod crlb;
mod peak;
mod simulate;
//! Integration tests of `mmw-dsp`, one module a subject.

mod capture;
mod capture_config;
mod capture_hostile;
mod capture_npy;
mod capture_real;
mod covariance;
mod doa;
mod phase;
mod tdm;
