//! ITU-R P.676-12 line by line at 1000 frequencies in one atmosphere.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use linkbudget::atmosphere::Atmosphere;
use linkbudget::gas::{LineByLine, Revision};
use mmw_benches::{group, peers::Python};
use mmw_core::ndarray::Array1;
use serde_json::json;
use std::hint::black_box;

/// Ours includes the preparation of the lines for the atmosphere. The Rust rival reads its lines from a data
/// folder that `ITU_RS_DATA_DIR` names (see the README of this package).
pub(crate) fn line_by_line(criterion: &mut Criterion) {
    let mut group = group(criterion, "linkbudget/p676/1000");
    let frequencies_hz = Array1::linspace(1e9, 350e9, 1000);
    let mut total = Array1::zeros(1000);
    group.bench_function("ours", |b| {
        b.iter(|| {
            let air = black_box(Atmosphere::p676_reference());
            let gas = LineByLine::new(air, Revision::P676V12)?;
            gas.total_db_per_km_into(black_box(&frequencies_hz), &mut total)
        });
    });
    let theirs = |frequency_hz: f64| itu_rs::gamma_exact_db_per_km(frequency_hz * 1e-9, 1013.25, 7.5, 288.15);
    match theirs(61e9) {
        Ok(_) => {
            group.bench_function("itu-rs-1.2.1", |b| {
                b.iter(|| -> f64 {
                    frequencies_hz.iter().filter_map(|&hz| theirs(black_box(hz)).ok()).sum()
                });
            });
        }
        Err(_) => println!(
            "itu-rs-1.2.1 is skipped: ITU_RS_DATA_DIR does not name its data folder (see benches/README.md)"
        ),
    }
    Python::start().bench(&mut group, "itur", "linkbudget.gamma_exact", &json!({ "points": 1000 }));
    group.finish();
}
