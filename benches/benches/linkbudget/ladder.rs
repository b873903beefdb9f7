//! Element values of order 7 between 50 and 73 ohm. No rival synthesises ladders between unequal resistors.

use criterion::Criterion;
use linkbudget::ladder::LadderSpec;
use linkbudget::response::Cutoff;
use mmw_benches::group;
use std::hint::black_box;

pub(crate) fn synthesis(criterion: &mut Criterion) {
    let mut group = group(criterion, "linkbudget/synthesis/7");
    let chebyshev = LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, 50.0, 73.0);
    group.bench_function("ours", |b| b.iter(|| black_box(&chebyshev).synthesise()));
    let butterworth = LadderSpec::butterworth(7, 50.0, 73.0);
    group.bench_function("ours-butterworth", |b| b.iter(|| black_box(&butterworth).synthesise()));
    group.finish();
}
