//! Detection. 2-D CA-CFAR on a 256 x 128 map, 8 training and 4 guard cells a side: ours, SciPy's box filters;
//! sub-bin refinement of a peak.
//!
//! `cargo bench -p mmw-benches --bench mmw_dsp_cfar`
use criterion::{Criterion, criterion_group, criterion_main};
use mmw_core::ndarray::{Array2, Array3};
use mmw_core::{C32, C64};
use mmw_dsp::cfar::{CaCfar, CfarConfig};
use mmw_dsp::peak::PeakRefiner;
use std::f64::consts::TAU;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

const SHAPE: [usize; 2] = [256, 128];

/// Exponential noise from a small linear congruential generator that the Python side repeats.
fn power() -> Array2<f32> {
    let mut state = 1_u64;
    Array2::from_shape_simple_fn(SHAPE, || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        -((state as f64 + 0.5) / 2_147_483_648.0).ln() as f32
    })
}

/// A Python process that answers a line `job iterations` with the seconds they took.
struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn start() -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/cfar.py");
        let mut child = Command::new("python3")
            .arg(script)
            .envs([("OMP_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "1")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let input = child.stdin.take()?;
        let output = BufReader::new(child.stdout.take()?);
        let mut peer = Self { child, input, output };
        peer.ask("ready", 0)?;
        Some(peer)
    }

    fn ask(&mut self, job: &str, iterations: u64) -> Option<f64> {
        writeln!(self.input, "{job} {iterations}").ok()?;
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        line.trim().parse().ok()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cfar(c: &mut Criterion) {
    let mut group = c.benchmark_group("mmw_dsp/ca_cfar/256x128");
    let power = power();
    let config = CfarConfig { false_alarm_probability: 1e-3, ..CfarConfig::default() };
    let Ok(plan) = CaCfar::new(&config, SHAPE) else { return };
    let (mut scratch, mut found) = (plan.scratch(), Vec::new());
    group.bench_function("mmw-dsp f32", |b| {
        b.iter(|| plan.detect_into(black_box(&power), &mut scratch, &mut found));
    });
    println!("mmw-dsp f32 detects {} cells", found.len());
    let wide = power.mapv(f64::from);
    let Ok(plan) = CaCfar::new(&config, SHAPE) else { return };
    let mut scratch = plan.scratch();
    group.bench_function("mmw-dsp f64", |b| {
        b.iter(|| plan.detect_into(black_box(&wide), &mut scratch, &mut found));
    });
    if let Some(mut peer) = Peer::start() {
        println!("scipy detects {} cells", peer.ask("count", 1).unwrap_or_default());
        for job in ["scipy_f32", "scipy_f64"] {
            group.bench_function(job, |b| {
                b.iter_custom(|n| Duration::from_secs_f64(peer.ask(job, n).unwrap_or_default()));
            });
        }
    } else {
        println!("SciPy peer skipped: python3 with numpy and scipy is needed");
    }
    group.finish();
}

/// One target in 12 channels of a 256 x 128 spectrum with Hann weights, 5 bins each side.
fn refine(c: &mut Criterion) {
    let dft = |at: f64, bin: usize, len: usize| -> C64 {
        let weight = |n: usize| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / len as f64).cos();
        (0..len).map(|n| C64::cis(TAU * n as f64 * (at - bin as f64) / len as f64) * weight(n)).sum()
    };
    let range: Vec<C64> = (0..SHAPE[0]).map(|r| dft(40.3, r, SHAPE[0])).collect();
    let doppler: Vec<C64> = (0..SHAPE[1]).map(|d| dft(80.6, d, SHAPE[1])).collect();
    let noise = power();
    let spectrum = Array3::from_shape_fn((12, SHAPE[0], SHAPE[1]), |(c, r, d)| {
        let z = range[r] * doppler[d] * C64::cis(c as f64) + f64::from(noise[[(r + 11 * c) % 256, d]]) * 10.0;
        C32::new(z.re as f32, z.im as f32)
    });
    let hann = |len: usize| -> Vec<f64> {
        (0..len).map(|n| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / len as f64).cos()).collect()
    };
    let plan = PeakRefiner::new(&hann(SHAPE[0]), SHAPE[0], &hann(SHAPE[1]), SHAPE[1], [5, 5]);
    let Ok(plan) = plan else { return };
    let mut group = c.benchmark_group("mmw_dsp/peak_refine/12 channels");
    group.bench_function("mmw-dsp, 5 bins each side", |b| {
        b.iter(|| plan.refine(black_box(&spectrum), [40, 81], false));
    });
    group.finish();
}

criterion_group!(benches, cfar, refine);
criterion_main!(benches);
