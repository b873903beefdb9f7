//! Benchmarks of the angles of `mmw-dsp`: MUSIC, covariance, Hermitian eigenvalues, unwrapping, angle FFT.
//!
//! NumPy runs the same work beside ours in a child process, `peers/angles.py`; without Python its lines are
//! left out.
#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that meets an error has failed")]

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::HermitianSolver;
use mmw_core::ndarray::{Array1, Array2};
use mmw_core::{C32, C64};
use mmw_dsp::covariance::{CovarianceScratch, SourceCount, sample_covariance_into};
use mmw_dsp::doa::{AngleFft, AngleGrid, Music, MusicConfig, SingleTarget, snapshot_of};
use mmw_dsp::{Fmcw, FmcwConfig, phase};
use std::f64::consts::{FRAC_PI_2, TAU};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

const CHANNELS: usize = 12;
const SNAPSHOTS: usize = 128;
const WAVELENGTH_M: f64 = 4e-3;

/// A Python child that answers "job iterations" with seconds.
struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn start() -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/angles.py");
        let mut child = Command::new("python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| println!("no NumPy beside ours: {error}"))
            .ok()?;
        let input = child.stdin.take()?;
        let mut output = BufReader::new(child.stdout.take()?);
        let mut greeting = String::new();
        output.read_line(&mut greeting).ok()?;
        if !greeting.starts_with("ready") {
            println!("no NumPy beside ours: {script} did not start");
            return None;
        }
        Some(Self { child, input, output })
    }

    fn time(&mut self, job: &str, iterations: u64) -> Duration {
        let mut answer = String::new();
        writeln!(self.input, "{job} {iterations}").expect("the peer listens");
        self.output.read_line(&mut answer).expect("the peer answers");
        Duration::from_secs_f64(answer.trim().parse().expect("the peer answers with seconds"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It has nothing to save; if it is gone already, so much the better.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Unit-power numbers that look like noise and are the same everywhere.
fn noise(index: usize) -> C64 {
    let fraction = |salt: f64| ((index as f64 * salt).sin() * 43_758.545_3).rem_euclid(1.0);
    C64::from_polar((-(1.0 - fraction(12.9898)).ln()).sqrt(), TAU * fraction(78.233))
}

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

fn angles(c: &mut Criterion) {
    let mut peer = Peer::start();
    let array = AntennaArray::uniform_linear(CHANNELS, WAVELENGTH_M / 2.0).expect("an array");
    let x = snapshots(&array);

    let mut group = c.benchmark_group("mmw-dsp/music");
    let config = MusicConfig { sources: SourceCount::Given(2), ..MusicConfig::default() };
    let grid = AngleGrid::azimuth_sector(FRAC_PI_2, 181).expect("a grid");
    let music = Music::new(&array, WAVELENGTH_M, grid, config).expect("a plan");
    let mut scratch = music.scratch().expect("memory");
    let mut spectrum = Array2::zeros((1, 181));
    let size = "12x128, grid 181";
    group.bench_function(BenchmarkId::new("ours", size), |b| {
        b.iter(|| music.spectrum_into(black_box(&x), &mut scratch, &mut spectrum));
    });
    let row = spectrum.row(0);
    assert!(row[70] > 20.0 && row[102] > 20.0, "the benchmark must find the truth");
    if let Some(peer) = &mut peer {
        group.bench_function(BenchmarkId::new("numpy", size), |b| b.iter_custom(|n| peer.time("music", n)));
    }
    group.finish();

    let mut group = c.benchmark_group("mmw-dsp/covariance");
    let mut covariance = Array2::zeros((CHANNELS, CHANNELS));
    let mut scratch = CovarianceScratch::default();
    group.bench_function(BenchmarkId::new("ours", "12x128"), |b| {
        b.iter(|| sample_covariance_into(black_box(&x), &mut scratch, &mut covariance));
    });
    if let Some(peer) = &mut peer {
        group.bench_function(BenchmarkId::new("numpy", "12x128"), |b| {
            b.iter_custom(|n| peer.time("covariance", n));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("mmw-core/hermitian");
    let mut solver = HermitianSolver::new(CHANNELS).expect("memory");
    for (name, wanted) in [("ours, all vectors", 0..CHANNELS), ("ours, two vectors", CHANNELS - 2..CHANNELS)]
    {
        let mut vectors = Array2::zeros((CHANNELS, wanted.len()));
        group.bench_function(BenchmarkId::new(name, CHANNELS), |b| {
            b.iter(|| {
                solver
                    .decompose(black_box(&covariance))
                    .and_then(|()| solver.vectors_into(wanted.clone(), &mut vectors))
            });
        });
    }
    if let Some(peer) = &mut peer {
        group
            .bench_function(BenchmarkId::new("numpy", CHANNELS), |b| b.iter_custom(|n| peer.time("eigh", n)));
    }
    group.finish();

    let mut group = c.benchmark_group("mmw-dsp/unwrap");
    let mut walk = 0.0;
    let wrapped: Array1<f64> = (0..20_000)
        .map(|i| {
            walk += 4.0 * (noise(i).arg() / TAU);
            C64::cis(walk).arg()
        })
        .collect();
    group.bench_function(BenchmarkId::new("ours", wrapped.len()), |b| {
        b.iter_batched_ref(
            || wrapped.to_vec(),
            |phases| phase::unwrap_in_place(black_box(phases)),
            BatchSize::SmallInput,
        );
    });
    group.bench_function(BenchmarkId::new("ours, new array", wrapped.len()), |b| {
        b.iter(|| phase::unwrap(black_box(&wrapped)));
    });
    if let Some(peer) = &mut peer {
        group.bench_function(BenchmarkId::new("numpy", wrapped.len()), |b| {
            b.iter_custom(|n| peer.time("unwrap", n));
        });
    }
    group.finish();
}

fn one_cell(c: &mut Criterion) {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).expect("a preset");
    let array = fmcw.virtual_array().expect("a known board");
    let truth = Direction::new(0.3, 0.1).expect("an angle");
    let x = snapshot_of(array, fmcw.wavelength_m(), truth).expect("a snapshot");
    let narrow: Vec<C32> = x.iter().map(|z| C32::new(z.re as f32, z.im as f32)).collect();

    let mut group = c.benchmark_group("mmw-dsp/angle_fft");
    let fft = AngleFft::<f32>::new(array, fmcw.wavelength_m(), 64, 16).expect("a plan");
    let (mut scratch, mut spectrum) = (fft.scratch(), Array2::zeros(fft.shape()));
    group.bench_function(BenchmarkId::new("f32", "12 channels, 64x16"), |b| {
        b.iter(|| fft.spectrum_into(black_box(&narrow), &mut scratch, &mut spectrum));
    });
    group.finish();

    let mut group = c.benchmark_group("mmw-dsp/refine");
    let target = SingleTarget::new(array, fmcw.wavelength_m()).expect("a plan");
    let start = fft.strongest(&spectrum).expect("its shape").expect("a peak ahead");
    group.bench_function(BenchmarkId::new("newton", "12 channels"), |b| {
        b.iter(|| target.refine(black_box(&x), start));
    });
    group.finish();
}

criterion_group!(benches, angles, one_cell);
criterion_main!(benches);
