//! Benchmarks of `mmw-dsp`.
fn main() {}
