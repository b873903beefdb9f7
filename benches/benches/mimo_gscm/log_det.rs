//! A hundred thousand log-determinants.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mimo_gscm::capacity::capacity_flat_batch;
use mmw_benches::{group, peers::Python};
use mmw_core::ndarray::Array3;
use mmw_core::random::{Streams, standard_complex_normal};
use serde_json::json;
use std::hint::black_box;
use std::time::Duration;

const MATRICES: usize = 100_000;

/// `log2 det(I + snr/N H Hᴴ)` of independent Rayleigh matrices at 20 dB. NumPy takes the determinant from a
/// Cholesky factor, its fastest way, or from `slogdet`.
pub(crate) fn batched(criterion: &mut Criterion) {
    let mut python = Python::start();
    for n in [4, 8] {
        let mut group = group(criterion, &format!("mimo-gscm/log_det/{n}x{n}-100000"));
        group.sample_size(20).measurement_time(Duration::from_secs(5));
        let mut rng = Streams::new(1).stream(0);
        let h = Array3::from_shape_simple_fn((MATRICES, n, n), || standard_complex_normal(&mut rng));
        group.bench_function("ours", |b| b.iter(|| capacity_flat_batch(black_box(&h), 100.0)));
        let arguments = json!({ "matrices": MATRICES, "n": n, "snr": 100.0 });
        python.bench(&mut group, "numpy-cholesky", "mimo_gscm.log_det_cholesky", &arguments);
        python.bench(&mut group, "numpy-slogdet", "mimo_gscm.log_det_slogdet", &arguments);
        group.finish();
    }
}
