//! A Touchstone file of 1e6 lines of a two-port, read from the disc.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::{Criterion, SamplingMode};
use linkbudget::touchstone::Touchstone;
use mmw_benches::{group, peers::Python};
use serde_json::json;
use std::fmt::Write;
use std::hint::black_box;

const LINES: u32 = 1_000_000;

/// Magnitudes and angles with as many digits as network analysers write.
fn text() -> String {
    let mut text = String::from("! a network analyser\n# Hz S MA R 50\n");
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for line in 0..LINES {
        let _ = write!(text, "{}", 10_000_000 + u64::from(line) * 10_000);
        for _ in 0..4 {
            let _ = write!(text, " {:.6e} {:.4}", next(), 360.0 * next() - 180.0);
        }
        text.push('\n');
    }
    text
}

pub(crate) fn reading(criterion: &mut Criterion) {
    let mut group = group(criterion, "linkbudget/touchstone/1e6");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let folder = std::env::temp_dir().join(format!("mmw-benches-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("sweep.s2p");
    std::fs::write(&path, text()).expect("a temporary file");
    group.bench_function("ours", |b| b.iter(|| Touchstone::read(black_box(&path)).expect("a sound file")));
    let mut python = Python::start();
    python.bench(
        &mut group,
        "scikit-rf",
        "linkbudget.touchstone",
        &json!({ "path": path.display().to_string() }),
    );
    group.finish();
    let _ = std::fs::remove_dir_all(&folder);
}
