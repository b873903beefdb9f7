//! The mean phasor taken from a cube.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::{group, peers::Python, random};
use mmw_dsp::mti::mean_phasor_into;
use mmwcore::remove_static_clutter_complex;
use serde_json::json;
use std::hint::black_box;

/// The source's frame, 12 x 128 x 256.
pub(crate) fn mean_phasor(criterion: &mut Criterion) {
    let shape = [12, 128, 256];
    let cube = random::cube(shape, 1);
    let mut output = cube.clone();
    let mut group = group(criterion, "mmw-dsp/mti_mean/12x128x256");

    group.bench_function("ours", |b| {
        b.iter(|| mean_phasor_into(black_box(&cube), black_box(&mut output)));
    });
    group.bench_function("memcpy", |b| {
        let (from, to) = (cube.as_slice().expect("whole"), output.as_slice_mut().expect("whole"));
        b.iter(|| black_box(&mut *to).copy_from_slice(black_box(from)));
    });
    group.bench_function("mmwcore-0.3.0", |b| {
        let data = cube.as_slice().expect("whole");
        b.iter(|| remove_static_clutter_complex(black_box(data), &shape, 1));
    });

    Python::start().bench(&mut group, "numpy", "mmw_dsp.mti_mean", &json!({ "shape": shape }));
    group.finish();
}
