//! A Touchstone file of 1e6 lines of a two-port, read from the disc.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::{Criterion, SamplingMode};
use linkbudget::touchstone::Touchstone;
use mmw_benches::{group, peers::Python};
use serde_json::json;
use std::fmt::Write;
use std::hint::black_box;

const LINES: u32 = 1_000_000;

/// Parameters in a format, with as many digits as network analysers write.
fn text(format: &str) -> String {
    let mut text = format!("! a network analyser\n# Hz S {format} R 50\n");
    let mut state = 1_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for line in 0..LINES {
        let _ = write!(text, "{}", 10_000_000 + u64::from(line) * 10_000);
        for _ in 0..4 {
            let signs = [below(2), below(2)].map(|one| ["", "-"][one as usize]);
            let (x, y) = (below(1_000_000_000), below(1_000_000_000));
            let (digit, degrees) = (1 + below(9), below(180));
            // Whole numbers are quicker to write.
            let _ = match format {
                "RI" => write!(text, " {}{digit}.{x:09}e-01 {}{digit}.{y:09}e-01", signs[0], signs[1]),
                "DB" => write!(text, " -{degrees}.{:04} {}{degrees}.{:04}", x % 10_000, signs[0], y % 10_000),
                _ => {
                    write!(text, " {digit}.{:06}e-01 {}{degrees}.{:04}", x % 1_000_000, signs[0], y % 10_000)
                }
            };
        }
        text.push('\n');
    }
    text
}

pub(crate) fn reading(criterion: &mut Criterion) {
    for format in ["MA", "RI", "DB"] {
        read(criterion, format);
    }
}

fn read(criterion: &mut Criterion, format: &str) {
    let mut group = group(criterion, &format!("linkbudget/touchstone/1e6-{format}"));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let folder = std::env::temp_dir().join(format!("mmw-benches-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("sweep.s2p");
    std::fs::write(&path, text(format)).expect("a temporary file");
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
