//! Benchmarks of `mimo-gscm`, rivals beside ours.

fn main() {}
