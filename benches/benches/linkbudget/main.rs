//! Benchmarks of `linkbudget`, rivals beside ours.

mod gas;
mod ladder;
mod network;
mod touchstone;

use criterion::{criterion_group, criterion_main};

criterion_group!(benches, network::s_parameters, gas::line_by_line, ladder::synthesis, touchstone::reading);
criterion_main!(benches);
