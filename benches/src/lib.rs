//! What the benchmarks share: sizes, seeds and the Python peers.
