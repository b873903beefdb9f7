//! The full 2 x 2 S-matrix of a ladder of order 7 at 1001 frequencies between 50 and 73 ohm.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use linkbudget::ladder::LadderSpec;
use linkbudget::network::Network;
use mmw_benches::{group, peers::Python};
use mmw_core::C64;
use mmw_core::ndarray::{Array1, Array3};
use serde_json::json;
use std::hint::black_box;

pub(crate) fn s_parameters(criterion: &mut Criterion) {
    let mut group = group(criterion, "linkbudget/s_parameters/7x1001");
    let components = LadderSpec::butterworth(7, 50.0, 73.0)
        .synthesise()
        .and_then(|ladder| Ok(ladder.components(10e9)?))
        .expect("an odd order exists");
    let network = Network::low_pass(&components, linkbudget::ladder::First::Shunt).expect("parts");
    let frequencies_hz = Array1::linspace(1e9, 110e9, 1001);
    let mut s = Array3::<C64>::zeros((1001, 2, 2));
    group.bench_function("ours", |b| {
        b.iter(|| network.s_parameters_into(black_box(&frequencies_hz), 50.0, 73.0, black_box(&mut s)));
    });
    let arguments = json!({ "components": components, "points": 1001 });
    let mut python = Python::start();
    python.bench(&mut group, "scikit-rf", "linkbudget.cascade", &arguments);
    python.bench(&mut group, "numpy", "linkbudget.chain_matrices", &arguments);
    group.finish();
}
