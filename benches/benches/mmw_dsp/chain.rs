//! The whole chain, the bytes of a frame to its points, and what each stage takes of it.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::group;
use mmw_core::C32;
use mmw_core::ndarray::Array3;
use mmw_core::random::Streams;
use mmw_dsp::capture::{AdcLayout, FrameCodec, LvdsLanes};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, Frame, Processor, ProcessorConfig, Result};
use std::hint::black_box;
use std::time::Instant;

/// Frames that take turns, so that their bytes are no longer in the caches when they come again.
const FRAMES: usize = 32;

/// Two walkers, a small drone and two things that stand still, seen by an IWR1843: 12 x 128 x 256.
pub(crate) fn capture_to_points(criterion: &mut Criterion) {
    let mut chain = Chain::new().expect("the scene is a valid one");
    chain.print_shares();
    let mut group = group(criterion, "mmw-dsp/chain/12x128x256");
    group.bench_function("decode", |b| b.iter(|| chain.decode()));
    group.bench_function("transform_of_cube", |b| b.iter(|| chain.transform_of_cube()));
    group.bench_function("transform", |b| b.iter(|| chain.transform()));
    group.bench_function("detect", |b| b.iter(|| chain.detect()));
    group.bench_function("ours", |b| b.iter(|| chain.points()));
    group.finish();
}

struct Chain {
    codec: FrameCodec,
    frames: Vec<Vec<u8>>,
    next: usize,
    cube: Array3<C32>,
    radar: Processor,
}

impl Chain {
    fn new() -> Result<Self> {
        let target = PointTarget::polar;
        let targets = vec![
            target(2.3, 0.35, 0.0, 0.9, 0.6),
            target(6.7, -0.46, 0.01, -0.85, 0.8),
            target(4.1, 0.15, 0.1, 0.2, 0.05),
            target(5.2, 0.29, -0.06, 0.0, 3.0),
            target(4.3, -0.62, 0.14, 0.0, 1.0),
        ];
        let simulator = Simulator::new(Scene { targets, frames: FRAMES, ..Scene::preset(Board::Iwr1843) })?;
        let config = simulator.fmcw().config();
        let receivers: Vec<usize> = (0..config.receivers).collect();
        let codec = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false }.codec(config, &receivers)?;
        let streams = Streams::new(1);
        let mut frames = Vec::new();
        for frame in 0..FRAMES {
            let cube = simulator.frame(frame, &mut streams.stream(frame as u64))?;
            let mut bytes = vec![0; codec.frame_bytes()];
            codec.encode_into(&cube, &mut bytes)?;
            frames.push(bytes);
        }
        let radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default())?;
        let cube = Array3::zeros(codec.shape());
        Ok(Self { codec, frames, next: 0, cube, radar })
    }

    fn decode(&mut self) {
        self.next = (self.next + 1) % self.frames.len();
        self.codec.decode_into(black_box(&self.frames[self.next]), &mut self.cube).expect("a whole frame");
    }

    fn transform_of_cube(&mut self) {
        black_box(self.radar.process(black_box(&self.cube)).expect("a finite frame"));
    }

    /// From the words of the capture, which need no cube.
    fn frame(&mut self) -> Frame<'_> {
        self.next = (self.next + 1) % self.frames.len();
        let frame = self.codec.frame(black_box(&self.frames[self.next])).expect("a whole frame");
        self.radar.process_raw(frame).expect("a finite frame")
    }

    fn transform(&mut self) {
        black_box(self.frame());
    }

    /// With the transform.
    fn detect(&mut self) -> usize {
        self.frame().detections().expect("a finite map").len()
    }

    /// With transform and detection: the whole chain.
    fn points(&mut self) -> usize {
        self.frame().points().expect("a finite map").len()
    }

    fn print_shares(&mut self) {
        let transform = median_us(|| self.transform());
        let detect = median_us(|| {
            black_box(self.detect());
        }) - transform;
        let rest = median_us(|| {
            black_box(self.points());
        }) - transform
            - detect;
        let whole = transform + detect + rest;
        let share = |part: f64| format!("{part:.0} us ({:.0} %)", 100.0 * part / whole);
        println!(
            "capture to points {whole:.0} us: decode, transform and power {}, detect {}, refine and angles {}",
            share(transform),
            share(detect),
            share(rest)
        );
    }
}

fn median_us(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..200)
        .map(|_| {
            let start = Instant::now();
            run();
            1e6 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
