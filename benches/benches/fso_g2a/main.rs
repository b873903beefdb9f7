//! Benchmarks of `fso-g2a`, rivals beside ours.

fn main() {}
