//! Images of aperture scans.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::{group, peers::Python};
use mmw_core::ndarray::Array3;
use mmw_core::simd::Level;
use mmw_core::{Axis, C32, C64, by_level};
use mmw_dsp::Window;
use mmw_dsp::sar::{
    BackProjection, PhaseHistory, PlanarScan, RangeMigration, RangeMigrationConfig, RangeMigrationScratch,
};
use rustfft::FftPlanner;
use serde_json::json;
use std::hint::black_box;

const SIDE: usize = 128;
const FREQUENCIES: usize = 256;
const DEPTH: usize = 64;
const STEP_M: f64 = 0.95e-3;
const START_HZ: f64 = 77e9;
const STEP_HZ: f64 = 4e9 / FREQUENCIES as f64;
/// Distances of the first voxels.
const NEAR_M: f64 = 0.005;
const FAR_M: f64 = 0.3;
/// Positions of a back-projection that is timed.
const POSITIONS: usize = 16;

fn axis(name: &'static str) -> Axis {
    Axis::uniform(name, "m", -0.5 * STEP_M * (SIDE - 1) as f64, STEP_M, SIDE).expect("an axis")
}

fn frequency() -> Axis {
    Axis::uniform("frequency", "Hz", START_HZ, STEP_HZ, FREQUENCIES).expect("an axis")
}

fn depth(start_m: f64) -> Axis {
    Axis::uniform("z", "m", start_m, 0.0375, DEPTH).expect("an axis")
}

/// 128 x 128 positions and 256 frequencies into 128 x 128 x 64 voxels, beside its transforms alone: two of
/// the plane for each frequency and for each distance, one along z for each pair of waves. Near by, every
/// wave that there is comes from within the image at some distance; from 0.3 m on, most come from so far
/// aside that they are left out.
pub(crate) fn range_migration(criterion: &mut Criterion) {
    let mut group = group(criterion, "mmw-dsp/range_migration/128x128x256");
    let echo = |k: usize| C32::new((k as f32 * 0.7).sin(), (k as f32 * 1.3).cos());
    let shape = [SIDE, SIDE, FREQUENCIES];
    let samples = Array3::from_shape_fn(shape, |(i, j, n)| echo((i * SIDE + j) * FREQUENCIES + n));
    let scan = PlanarScan::new(samples, axis("y"), axis("x"), frequency()).expect("a scan");
    for (name, start_m) in [("ours", NEAR_M), ("ours-from-0.3-m", FAR_M)] {
        let config = RangeMigrationConfig {
            z: depth(start_m),
            voxels: [SIDE; 2],
            points: [SIDE; 2],
            window: Window::Rectangular,
        };
        let plan = RangeMigration::<f32>::new(config, FREQUENCIES).expect("a plan");
        let mut scratch = RangeMigrationScratch::default();
        group.bench_function(name, |b| b.iter(|| plan.image_with_scratch(black_box(&scan), &mut scratch)));
    }

    let mut planner = FftPlanner::<f32>::new();
    let (across, back) = (planner.plan_fft_forward(SIDE), planner.plan_fft_inverse(SIDE));
    let along = planner.plan_fft_inverse(2 * DEPTH);
    let mut echoes = vec![C32::new(1.0, 0.0); SIDE * SIDE * FREQUENCIES];
    let mut tones = vec![C32::new(1.0, 0.0); SIDE * SIDE * 2 * DEPTH];
    let mut image = vec![C32::new(1.0, 0.0); SIDE * SIDE * DEPTH];
    // What overflows in time takes no longer.
    group.bench_function("rustfft-alone", |b| {
        b.iter(|| {
            for _ in 0..2 {
                echoes.chunks_exact_mut(SIDE * SIDE).for_each(|plane| across.process(black_box(plane)));
                image.chunks_exact_mut(SIDE * SIDE).for_each(|plane| back.process(black_box(plane)));
            }
            tones.chunks_exact_mut(2 * DEPTH).for_each(|line| along.process(black_box(line)));
        });
    });

    let work = json!({
        "shape": shape, "step_m": STEP_M, "start_hz": START_HZ, "step_hz": STEP_HZ, "voxels_z": DEPTH
    });
    Python::start().bench(&mut group, "scipy", "mmw_dsp.range_migration", &work);
    group.finish();
}

/// 16 of the 16384 positions into the same voxels, beside the multiply-adds that it takes for each
/// position and voxel.
pub(crate) fn back_projection(criterion: &mut Criterion) {
    let mut group = group(criterion, "mmw-dsp/back_projection/16");
    let places: Vec<_> = axis("x").iter().take(POSITIONS).map(|x| [x, 0.0, 0.0]).collect();
    let points = [([0.01, -0.02, 0.6], C64::new(1.0, 0.0))];
    let history =
        PhaseHistory::<f32>::of_points(&points, places.clone(), places, frequency()).expect("echoes");
    let voxels = [depth(FAR_M), axis("y"), axis("x")];
    let mut sum = BackProjection::new(&frequency(), voxels, Window::Rectangular).expect("a plan");
    group.bench_function("ours", |b| b.iter(|| sum.add(black_box(&history), 0..POSITIONS)));

    let mut block = [0.5; BLOCK];
    group.bench_function("multiply-adds", |b| {
        b.iter(|| {
            for _ in 0..POSITIONS * SIDE * SIDE * DEPTH / BLOCK {
                multiply_add(Level::current(), black_box(&mut block));
            }
        });
    });
    group.finish();
}

/// Values that stay in the registers.
const BLOCK: usize = 64;

/// In double precision, for each position and voxel: 3 for the distance, 4 for the turns and the place in the
/// profile, 8 for the weights of the cubic, 18 for sine and cosine, 8 for four complex samples by their
/// weights, 4 for the phasor and the sum.
const MULTIPLY_ADDS: usize = 45;

by_level! {
    fn multiply_add(level: Level, block: &mut [f64; BLOCK]) {
        let mut values = *block;
        for step in 0..MULTIPLY_ADDS {
            let add = step as f64;
            for value in &mut values {
                *value = *value * 0.5 + add;
            }
        }
        *block = values;
    }
}
