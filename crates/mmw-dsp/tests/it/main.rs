//! Integration tests of `mmw-dsp`.

mod cfar;
mod crlb;
mod peak;
