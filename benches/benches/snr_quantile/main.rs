//! Benchmarks of `snr-quantile`, rivals beside ours.

mod estimate;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, estimate::likelihood, estimate::moments, estimate::quartic, estimate::l_statistic);
criterion_main!(benches);
