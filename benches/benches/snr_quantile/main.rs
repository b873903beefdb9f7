//! Benchmarks of `snr-quantile`, rivals beside ours.

fn main() {}
