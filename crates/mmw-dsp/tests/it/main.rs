//! Integration tests of `mmw-dsp`.

mod cfar;
mod peak;
mod simulate;
