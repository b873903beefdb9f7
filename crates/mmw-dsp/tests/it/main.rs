//! Integration tests of `mmw-dsp`.

mod covariance;
mod doa;
mod phase;
mod tdm;
