//! The modified Bessel function K of real order, a thousand calls of the plain function.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use complex_bessel::besselk;
use criterion::Criterion;
use fso_g2a::special::bessel_k;
use mmw_benches::{group, peers::Python};
use mmw_core::num_complex::Complex;
use serde_json::json;
use std::hint::black_box;

const POINTS: usize = 1000;

/// `points` numbers at even steps of the logarithm.
fn spread(low: f64, high: f64) -> Vec<f64> {
    let step = (high / low).ln() / (POINTS - 1) as f64;
    (0..POINTS).map(|i| low * (i as f64 * step).exp()).collect()
}

/// The rivals give more (`puruspe` also I and the derivatives) or take more (`complex-bessel` any complex
/// argument); K of a real argument is what the densities ask for.
fn compare(criterion: &mut Criterion, name: &str, orders: &[f64], x: &[f64]) {
    let mut group = group(criterion, name);
    let pairs = || orders.iter().zip(x).map(|(&order, &x)| (black_box(order), black_box(x)));
    group.bench_function("ours", |b| {
        b.iter(|| -> f64 { pairs().map(|(order, x)| bessel_k(order, x).expect("in range")).sum() });
    });
    group.bench_function("puruspe-0.4.4", |b| {
        b.iter(|| -> f64 { pairs().map(|(order, x)| puruspe::besselik(order, x).1).sum() });
    });
    group.bench_function("complex-bessel-0.3.0", |b| {
        let theirs = |(order, x)| besselk(order, Complex::new(x, 0.0)).expect("in range").re;
        b.iter(|| -> f64 { pairs().map(theirs).sum() });
    });
    Python::start().bench(&mut group, "scipy", "fso_g2a.kv", &json!({ "orders": orders, "x": x }));
    group.finish();
}

/// One order, all sizes of the argument.
pub(crate) fn fractional_order(criterion: &mut Criterion) {
    compare(criterion, "fso-g2a/bessel_k/2.3", &[2.3; POINTS], &spread(1e-4, 100.0));
}

/// Above the reach of the power series, below that of the asymptotic one: where rivals spend most.
pub(crate) fn middle_arguments(criterion: &mut Criterion) {
    compare(criterion, "fso-g2a/bessel_k/middle", &[2.3; POINTS], &spread(2.0, 17.0));
}

/// Orders from 0 to 20 in no order, so that no branch is foreseen.
pub(crate) fn many_orders(criterion: &mut Criterion) {
    let orders: Vec<f64> = (0..POINTS).map(|i| (i as f64 * 0.618_033_988_749_895).fract() * 20.0).collect();
    let mut x = spread(0.01, 100.0);
    x.sort_by_key(|x| x.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15));
    compare(criterion, "fso-g2a/bessel_k/orders", &orders, &x);
}
