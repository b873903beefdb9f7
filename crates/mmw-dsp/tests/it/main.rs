//! Integration tests of `mmw-dsp`.

mod simulate;
