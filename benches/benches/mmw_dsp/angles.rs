//! Angles and phases: MUSIC with its parts, unwrapping, the angle FFT of one cell.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::{BatchSize, Criterion};
use mmw_benches::{group, peers::Python};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::HermitianSolver;
use mmw_core::ndarray::{Array1, Array2};
use mmw_core::{C32, C64};
use mmw_dsp::covariance::{CovarianceScratch, SourceCount, sample_covariance_into};
use mmw_dsp::doa::{AngleFft, AngleGrid, Music, MusicConfig, SingleTarget, snapshot_of};
use mmw_dsp::{Fmcw, FmcwConfig, phase};
use serde_json::json;
use std::f64::consts::{FRAC_PI_2, TAU};
use std::hint::black_box;

const CHANNELS: usize = 12;
const SNAPSHOTS: usize = 128;
const ANGLES: usize = 181;
const WAVELENGTH_M: f64 = 4e-3;

/// Unit-power numbers that look like noise and are the same everywhere.
pub(crate) fn noise(index: usize) -> C64 {
    let fraction = |salt: f64| ((index as f64 * salt).sin() * 43_758.545_3).rem_euclid(1.0);
    C64::from_polar((-(1.0 - fraction(12.9898)).ln()).sqrt(), TAU * fraction(78.233))
}

/// Two sources at -20 and 12 degrees, 10 dB over the noise.
fn snapshots(array: &AntennaArray) -> Array2<C64> {
    let at = |degrees: f64| {
        let direction = Direction::new(degrees.to_radians(), 0.0).expect("an angle");
        snapshot_of(array, WAVELENGTH_M, direction).expect("a snapshot")
    };
    let sources = [at(-20.0), at(12.0)];
    Array2::from_shape_fn((CHANNELS, SNAPSHOTS), |(n, s)| {
        let echo: C64 = (0..2).map(|k| sources[k][n] * noise(50_000 + 2 * s + k) * 10.0_f64.sqrt()).sum();
        echo + noise(n * SNAPSHOTS + s)
    })
}

/// 12 elements, 128 snapshots, 181 angles, 2 sources: MUSIC from snapshots to spectrum, and its parts.
pub(crate) fn music(criterion: &mut Criterion) {
    let mut python = Python::start();
    let sizes = json!({ "channels": CHANNELS, "snapshots": SNAPSHOTS, "angles": ANGLES });
    let array = AntennaArray::uniform_linear(CHANNELS, WAVELENGTH_M / 2.0).expect("an array");
    let x = snapshots(&array);

    let mut music_group = group(criterion, "mmw-dsp/music/12x128x181");
    let config = MusicConfig { sources: SourceCount::Given(2), ..MusicConfig::default() };
    let grid = AngleGrid::azimuth_sector(FRAC_PI_2, ANGLES).expect("a grid");
    let music = Music::new(&array, WAVELENGTH_M, grid, config).expect("a plan");
    let mut scratch = music.scratch().expect("memory");
    let mut spectrum = Array2::zeros((1, ANGLES));
    music.spectrum_into(&x, &mut scratch, &mut spectrum).expect("a spectrum");
    assert!(spectrum[[0, 70]] > 20.0 && spectrum[[0, 102]] > 20.0, "the benchmark must find the truth");
    music_group.bench_function("ours", |b| {
        b.iter(|| music.spectrum_into(black_box(&x), &mut scratch, &mut spectrum));
    });
    python.bench(&mut music_group, "numpy", "mmw_dsp.music", &sizes);
    python.bench(&mut music_group, "pyroomacoustics", "mmw_dsp.music_pyroomacoustics", &sizes);
    music_group.finish();

    let mut covariance_group = group(criterion, "mmw-dsp/covariance/12x128");
    let mut covariance = Array2::zeros((CHANNELS, CHANNELS));
    let mut scratch = CovarianceScratch::default();
    covariance_group.bench_function("ours", |b| {
        b.iter(|| sample_covariance_into(black_box(&x), &mut scratch, &mut covariance));
    });
    python.bench(&mut covariance_group, "numpy", "mmw_dsp.covariance", &sizes);
    covariance_group.finish();

    let mut eigen_group = group(criterion, "mmw-core/hermitian/12");
    let mut solver = HermitianSolver::new(CHANNELS).expect("memory");
    let mut vectors = Array2::zeros((CHANNELS, CHANNELS));
    eigen_group.bench_function("ours", |b| {
        b.iter(|| {
            let done = solver.decompose(black_box(&covariance));
            done.and_then(|()| solver.vectors_into(0..CHANNELS, &mut vectors))
        });
    });
    python.bench(&mut eigen_group, "numpy", "mmw_dsp.eigh", &sizes);
    eigen_group.finish();
}

/// A random walk of 20,000 phases.
pub(crate) fn unwrapping(criterion: &mut Criterion) {
    let mut group = group(criterion, "mmw-dsp/unwrap/20000");
    let mut walk = 0.0;
    let wrapped: Array1<f64> = (0..20_000)
        .map(|i| {
            walk += 4.0 * (noise(i).arg() / TAU);
            C64::cis(walk).arg()
        })
        .collect();
    group.bench_function("ours", |b| b.iter(|| phase::unwrap(black_box(&wrapped))));
    group.bench_function("ours-in-place", |b| {
        b.iter_batched_ref(
            || wrapped.to_vec(),
            |phases| phase::unwrap_in_place(black_box(phases)),
            BatchSize::SmallInput,
        );
    });
    Python::start().bench(&mut group, "numpy", "mmw_dsp.unwrap", &json!({ "samples": wrapped.len() }));
    group.finish();
}

/// One cell of the 12-channel virtual array: FFT over both angles, and the Newton refinement after it.
pub(crate) fn one_cell(criterion: &mut Criterion) {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).expect("a preset");
    let array = fmcw.virtual_array().expect("a known board");
    let truth = Direction::new(0.3, 0.1).expect("an angle");
    let x = snapshot_of(array, fmcw.wavelength_m(), truth).expect("a snapshot");
    let narrow: Vec<C32> = x.iter().map(|z| C32::new(z.re as f32, z.im as f32)).collect();

    let mut fft_group = group(criterion, "mmw-dsp/angle_fft/12-64x16");
    let fft = AngleFft::<f32>::new(array, fmcw.wavelength_m(), 64, 16).expect("a plan");
    let (mut scratch, mut spectrum) = (fft.scratch(), Array2::zeros(fft.shape()));
    fft_group.bench_function("ours", |b| {
        b.iter(|| fft.spectrum_into(black_box(&narrow), &mut scratch, &mut spectrum));
    });
    fft_group.finish();

    let mut newton_group = group(criterion, "mmw-dsp/angle_refine/12");
    let target = SingleTarget::new(array, fmcw.wavelength_m()).expect("a plan");
    let start = fft.strongest(&spectrum).expect("its shape").expect("a peak ahead");
    newton_group.bench_function("ours", |b| b.iter(|| target.refine(black_box(&x), start)));
    newton_group.finish();
}
