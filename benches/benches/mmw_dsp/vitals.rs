//! The zero-phase band-pass of the vital-signs chain.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use crate::angles::noise;
use criterion::Criterion;
use mmw_benches::{group, peers::Python};
use mmw_core::ndarray::Array1;
use mmw_dsp::vitals::BandPass;
use serde_json::json;
use std::hint::black_box;

/// Four sections over 20,000 samples, both ways.
pub(crate) fn band_pass(criterion: &mut Criterion) {
    let mut group = group(criterion, "mmw-dsp/band_pass/20000");
    let signal: Array1<f64> = (0..20_000).map(|i| noise(i).re).collect();
    let filter = BandPass::new(4, [0.8, 2.5], 20.0).expect("a band");
    group.bench_function("ours", |b| b.iter(|| filter.zero_phase(black_box(&signal))));
    let work = json!({ "samples": signal.len(), "order": 4, "low_hz": 0.8, "high_hz": 2.5, "rate_hz": 20.0 });
    Python::start().bench(&mut group, "scipy", "mmw_dsp.band_pass", &work);
    group.finish();
}
