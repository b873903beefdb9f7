//! Transfer matrices of 30 paths at 64 frequencies between two arrays.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mimo_gscm::path::{Path, Realisation};
use mimo_gscm::scenario::Process;
use mimo_gscm::transfer::{Station, Transfer, TransferScratch};
use mmw_benches::{group, peers::Python};
use mmw_core::geometry::Vector3;
use mmw_core::ndarray::{Array3, Axis as Dimension};
use mmw_core::{Axis, C64};
use serde_json::json;
use std::f64::consts::TAU;
use std::hint::black_box;

const CARRIER_HZ: f64 = 2e9;
const BANDWIDTH_HZ: f64 = 20e6;
const BINS: usize = 64;
const PATHS: usize = 30;

/// Numbers in [0, 1) that look random and are the same everywhere.
fn fraction(index: usize, salt: f64) -> f64 {
    ((index as f64 + 1.0) * salt).sin().abs() * 43_758.545_3 % 1.0
}

fn direction(azimuth_rad: f64, elevation_rad: f64) -> Vector3 {
    let level = elevation_rad.cos();
    [level * azimuth_rad.cos(), level * azimuth_rad.sin(), elevation_rad.sin()]
}

/// Paths from 3 to 4 us with directions all round and elevations up to 17 degrees.
fn channel() -> Realisation {
    let paths = (0..PATHS).map(|i| Path {
        process: Process::MobileScatter,
        delay_s: 3e-6 + 1e-6 * fraction(i, 12.9898),
        departure: direction(TAU * fraction(i, 78.233), 0.3 * fraction(i, 37.719)),
        arrival: direction(TAU * fraction(i, 4.1414), 0.3 * fraction(i, 93.9737)),
        departure_distance_m: 500.0,
        arrival_distance_m: 400.0,
        gain: C64::from_polar((fraction(i, 5.331) / PATHS as f64).sqrt(), TAU * fraction(i, 61.13)),
    });
    Realisation { carrier_hz: CARRIER_HZ, paths: paths.collect(), guides: Vec::new() }
}

/// 30 paths, 64 frequencies over 20 MHz, 4x4 and 8x8: from path parameters to matrices. The peers get the
/// same paths, antennas and frequencies, and the power of the first matrix to hold theirs against.
pub(crate) fn frequency_response(criterion: &mut Criterion) {
    let mut python = Python::start();
    let channel = channel();
    for n in [4, 8] {
        let mut group = group(criterion, &format!("mimo-gscm/response/{n}x{n}-30x64"));
        let array = Station::linear(n, 0.5, CARRIER_HZ).expect("an array");
        let step_hz = BANDWIDTH_HZ / (BINS - 1) as f64;
        let offsets = Axis::uniform("frequency", "Hz", 0.0, step_hz, BINS).expect("an axis");
        let transfer = Transfer::new(&array, &array, CARRIER_HZ, offsets).expect("a plan");
        let (mut scratch, mut h) = (TransferScratch::default(), Array3::zeros((BINS, n, n)));
        group.bench_function("ours", |b| {
            b.iter(|| transfer.response_into(black_box(&channel), &mut scratch, &mut h));
        });
        let power: f64 = h.index_axis(Dimension(0), 0).iter().map(|z| z.norm_sqr()).sum();
        let list = |f: fn(&Path) -> f64| channel.paths.iter().map(f).collect::<Vec<f64>>();
        let arguments = json!({
            "antennas": array.array().positions_m(),
            "departures": channel.paths.iter().map(|path| path.departure).collect::<Vec<_>>(),
            "arrivals": channel.paths.iter().map(|path| path.arrival).collect::<Vec<_>>(),
            "delays": list(|path| path.delay_s),
            "magnitudes": list(|path| path.gain.norm()),
            "phases": list(|path| path.gain.arg()),
            "carrier": CARRIER_HZ,
            "bandwidth": BANDWIDTH_HZ,
            "bins": BINS,
            "power": power,
        });
        python.bench(&mut group, "quadriga-lib", "mimo_gscm.response_quadriga", &arguments);
        python.bench(&mut group, "numpy", "mimo_gscm.response_numpy", &arguments);
        group.finish();
    }
}
