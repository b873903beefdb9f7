//! Benchmarks of `mimo-gscm`, rivals beside ours.

mod draw;
mod log_det;
mod response;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, response::frequency_response, log_det::batched, draw::flat_with_capacity);
criterion_main!(benches);
