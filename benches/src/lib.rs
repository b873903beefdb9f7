//! What the benchmarks share: sizes, seeds, the settings of a group and the Python peers.
//!
//! A benchmark group is named `crate/function/size` and holds ours beside its rivals; ours is `ours`. A group
//! is one function in a module of its own under `benches/<crate>/`; its peers in Python are functions of
//! `peers/<crate>.py`; the ratio that it must reach is a row of `limits.json`, which the program `ratios`
//! holds against the last run.

pub mod peers;
pub mod random;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use std::time::Duration;

/// A group with the settings that all share: enough samples for a median on a machine that others use too.
pub fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(50).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group
}
