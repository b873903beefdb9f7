//! Benchmarks of `mmw-sense`.

mod ego;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, ego::moving_scan);
criterion_main!(benches);
