//! Benchmarks of `mmw-dsp`, rivals beside ours.

mod mti;
mod range_doppler;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, range_doppler::transforms, mti::mean_phasor);
criterion_main!(benches);
