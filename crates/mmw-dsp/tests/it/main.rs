//! Integration tests of `mmw-dsp`, one module a source module.

mod fft;
mod mti;
mod range_doppler;
mod window;
