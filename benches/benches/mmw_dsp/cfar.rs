//! Detection: 2-D CFAR on a 256 x 128 map, 8 training and 4 guard cells per side, and refinement of a peak.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::{group, peers::Python, random};
use mmw_core::ndarray::{Array2, Array3};
use mmw_core::{C32, C64};
use mmw_dsp::Window;
use mmw_dsp::cfar::{CaCfar, Cfar, CfarConfig, CfarKind, os_multiplier};
use mmw_dsp::peak::PeakRefiner;
use serde_json::json;
use std::f64::consts::TAU;
use std::hint::black_box;

const SHAPE: [usize; 2] = [256, 128];

/// Exponential noise from a small congruential generator that the Python side repeats.
fn power() -> Array2<f32> {
    let mut state = 1_u64;
    Array2::from_shape_simple_fn(SHAPE, || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        -((state as f64 + 0.5) / 2_147_483_648.0).ln() as f32
    })
}

/// Ours handles the edges and checks its input; SciPy's box filters wrap.
pub(crate) fn detection(criterion: &mut Criterion) {
    let mut group = group(criterion, "mmw-dsp/ca_cfar/256x128");
    let power = power();
    let config = CfarConfig { false_alarm_probability: 1e-3, ..CfarConfig::default() };
    let plan = CaCfar::<f32>::new(&config, SHAPE).expect("sound");
    let (mut scratch, mut found) = (plan.scratch(), Vec::new());
    group.bench_function("ours", |b| {
        b.iter(|| plan.detect_into(black_box(&power), &mut scratch, &mut found));
    });
    Python::start().bench(&mut group, "scipy", "mmw_dsp.ca_cfar", &json!({ "shape": SHAPE }));
    group.finish();
}

/// Each kind on the same noise; the ordered statistic beside SciPy's rank filter, which wraps at all edges.
pub(crate) fn kinds(criterion: &mut Criterion) {
    let power = power();
    let base = CfarConfig { false_alarm_probability: 1e-3, ..CfarConfig::default() };
    let plan = |kind: CfarKind| Cfar::<f32>::new(&CfarConfig { kind, ..base.clone() }, SHAPE).expect("sound");
    let mut group = group(criterion, "mmw-dsp/os_cfar/256x128");
    let (rank, cells) = (408, 544);
    let kind = CfarKind::Os { rank: 0.75 };
    let (cfar, multiplier) = (plan(kind), os_multiplier(cells, rank, 1, 1e-3).expect("sound"));
    group.bench_function("ours", |b| b.iter(|| cfar.detect(black_box(&power))));
    let arguments = json!({ "shape": SHAPE, "multiplier": multiplier, "rank": rank });
    Python::start().bench(&mut group, "scipy", "mmw_dsp.os_cfar", &arguments);
    group.finish();
    let mut group = mmw_benches::group(criterion, "mmw-dsp/cfar_kinds/256x128");
    let trimmed = |low| CfarKind::Tm { low, high: 0.25 };
    for kind in [CfarKind::Go, CfarKind::So, trimmed(0.0), trimmed(0.25), CfarKind::Log] {
        let cfar = plan(kind);
        group.bench_function(kind.to_string(), |b| b.iter(|| cfar.detect(black_box(&power))));
    }
    group.finish();
}

/// One target in 12 channels of a 256 x 128 spectrum under Hann windows, 5 bins each side.
pub(crate) fn refinement(criterion: &mut Criterion) {
    let weights = |len: usize| Window::Hann.weights::<f64>(len).expect("sound").to_vec();
    let (hann_range, hann_doppler) = (weights(SHAPE[0]), weights(SHAPE[1]));
    let dft = |at: f64, bin: usize, weights: &[f64]| -> C64 {
        let step = TAU * (at - bin as f64) / weights.len() as f64;
        weights.iter().enumerate().map(|(n, w)| C64::from_polar(*w, step * n as f64)).sum()
    };
    let range: Vec<C64> = (0..SHAPE[0]).map(|r| dft(40.3, r, &hann_range)).collect();
    let doppler: Vec<C64> = (0..SHAPE[1]).map(|d| dft(80.6, d, &hann_doppler)).collect();
    let noise = random::cube([12, SHAPE[0], SHAPE[1]], 2);
    let spectrum = Array3::from_shape_fn(noise.raw_dim(), |(c, r, d)| {
        let z = range[r] * doppler[d] * C64::cis(c as f64);
        C32::new(z.re as f32, z.im as f32) + noise[[c, r, d]] * 10.0
    });
    let plan = PeakRefiner::new(&hann_range, SHAPE[0], &hann_doppler, SHAPE[1], [5, 5]);
    let plan = plan.expect("sound");
    let mut group = group(criterion, "mmw-dsp/peak_refine/12x256x128");
    group.bench_function("ours", |b| b.iter(|| plan.refine(black_box(&spectrum), [40, 81], false)));
    // Thirty cells of noise far from the target and from each other, and two neighbours.
    let apart: Vec<[usize; 2]> = (0..30).map(|i| [80 + 30 * (i / 6), 10 + 20 * (i % 6)]).collect();
    group.bench_function("thirty", |b| b.iter(|| plan.refine_all(black_box(&spectrum), &apart, false)));
    let near = [[40, 81], [44, 81]];
    group.bench_function("neighbours", |b| b.iter(|| plan.refine_all(black_box(&spectrum), &near, false)));
    group.finish();
}
