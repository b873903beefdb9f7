//! Whole estimates at 10 dB, from the raw samples to the SNR.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::{group, peers::Python};
use mmw_core::ndarray::Array1;
use mmw_core::random::Streams;
use serde_json::json;
use snr_quantile::compare::bpsk_samples;
use snr_quantile::{Method, Snr};
use std::hint::black_box;

const SNR_DB: f64 = 10.0;

fn samples(length: usize) -> Array1<f64> {
    let snr = Snr::from_db(SNR_DB).expect("an SNR");
    bpsk_samples(snr, length, &mut Streams::new(1).stream(0)).expect("samples")
}

/// Ours beside NumPy on the same work, the standard library's sort, and maximum likelihood on the samples.
fn compare(criterion: &mut Criterion, method: Method, peer: &str, lengths: &[usize]) {
    let estimator = method.estimator::<f64>().expect("a blind estimator");
    for &length in lengths {
        let mut group = group(criterion, &format!("snr-quantile/{method}/{length}"));
        let x = samples(length);
        group.bench_function("ours", |b| b.iter(|| estimator.estimate(black_box(&x))));
        if matches!(method, Method::Quartic | Method::LStatistic) {
            group.bench_function("std-sort", |b| b.iter(|| sort_and_dot(black_box(&x))));
        }
        if method == Method::MlBinned {
            let exact = Method::Ml.estimator::<f64>().expect("a blind estimator");
            group.bench_function("ours-ml", |b| b.iter(|| exact.estimate(black_box(&x))));
        }
        let arguments = json!({ "samples": length, "snr_db": SNR_DB });
        Python::start().bench(&mut group, "numpy", peer, &arguments);
        group.finish();
    }
}

/// The squares sorted by the standard library, times weights: what remains without a sort of one's own.
fn sort_and_dot(x: &Array1<f64>) -> f64 {
    let mut y: Vec<f64> = x.iter().map(|x| x * x).collect();
    y.sort_unstable_by(f64::total_cmp);
    let middle = 0.5 * y.len() as f64;
    y.iter().zip(0_u32..).map(|(y, l)| y * (f64::from(l) - middle)).sum()
}

pub(crate) fn likelihood(criterion: &mut Criterion) {
    compare(criterion, Method::MlBinned, "snr_quantile.ml", &[200, 10_000, 1_000_000]);
}

pub(crate) fn moments(criterion: &mut Criterion) {
    compare(criterion, Method::M2m4, "snr_quantile.m2m4", &[10_000, 1_000_000]);
}

pub(crate) fn quartic(criterion: &mut Criterion) {
    compare(criterion, Method::Quartic, "snr_quantile.quartic", &[10_000, 1_000_000]);
}

pub(crate) fn l_statistic(criterion: &mut Criterion) {
    compare(criterion, Method::LStatistic, "snr_quantile.l_statistic", &[10_000, 1_000_000]);
}
