//! Samples that a recording lacks: where they are, and what is put in their place.

use crate::capture::waveform;
use crate::common::{Noise, TempFile};
use mmw_core::C32;
use mmw_core::ndarray::{Array3, s};
use mmw_core::random::Streams;
use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, CaptureReader, LvdsLanes};
use mmw_dsp::missing::{MissingSamples, fill_missing};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, Error, Firing, Point, Processor, ProcessorConfig, Sampling};
use std::collections::BTreeSet;

/// What packets of 1456 bytes lose of a frame of two lanes, where each is lost with a probability
/// of 1/`one_in`.
fn lost(shape: [usize; 3], one_in: u64, seed: u64) -> Vec<MissingSamples> {
    let [channels, chirps, samples] = shape;
    let mut state = seed;
    let mut missing = Vec::new();
    // 1456 bytes are 364 samples; rows of all channels of a chirp follow one another.
    for first in (0..channels * chirps * samples).step_by(364) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if !(state >> 33).is_multiple_of(one_in) {
            continue;
        }
        let end = (first + 364).min(channels * chirps * samples);
        for row in first / samples..end.div_ceil(samples) {
            let at = row * samples;
            let samples = first.max(at) - at..end.min(at + samples) - at;
            missing.push(MissingSamples { channel: row % channels, chirp: row / channels, samples });
        }
    }
    missing
}

fn punch(cube: &mut Array3<C32>, missing: &[MissingSamples]) {
    for MissingSamples { channel, chirp, samples } in missing {
        cube.slice_mut(s![*channel, *chirp, samples.clone()]).fill(C32::ZERO);
    }
}

/// Points of `found` that are no points of `truth`, within a tenth of a cell of 4 cm and 0.1 m/s.
fn strangers(found: &[Point], truth: &[Point]) -> usize {
    let near = |a: &Point, b: &Point| {
        let velocity = |p: &Point| p.velocity_m_s.unwrap_or(0.0);
        (a.range_m - b.range_m).abs() < 0.01 && (velocity(a) - velocity(b)).abs() < 0.02
    };
    found.iter().filter(|a| !truth.iter().any(|b| near(a, b))).count()
}

fn points(radar: &mut Processor, cube: &Array3<C32>) -> Vec<Point> {
    radar.process(cube).unwrap().points().unwrap()
}

#[test]
fn a_frame_that_lost_one_packet_in_a_hundred_has_the_points_of_the_whole_one() {
    let target = PointTarget::polar;
    let targets = vec![
        target(2.3, 0.35, 0.0, 0.9, 0.6),
        target(6.7, -0.46, 0.01, -0.85, 0.8),
        target(5.2, 0.29, -0.06, 0.0, 30.0),
        target(4.3, -0.62, 0.14, 0.0, 1.0),
    ];
    let simulator = Simulator::new(Scene { targets, frames: 8, ..Scene::preset(Board::Iwr1843) }).unwrap();
    let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default()).unwrap();
    let (mut whole_points, mut with_zeros) = (0, 0);
    for frame in 0..8 {
        let whole = simulator.frame(frame, &mut Streams::new(3).stream(frame as u64)).unwrap();
        let truth = points(&mut radar, &whole);
        let missing = lost([12, 128, 256], 100, frame as u64);
        let mut cube = whole.clone();
        punch(&mut cube, &missing);
        with_zeros += strangers(&points(&mut radar, &cube), &truth);
        assert_eq!(fill_missing(&mut cube, &missing).unwrap(), missing.len());
        let filled = points(&mut radar, &cube);
        assert_eq!((filled.len(), strangers(&filled, &truth)), (truth.len(), 0), "frame {frame}");
        whole_points += truth.len();
    }
    assert!(with_zeros > whole_points, "zeros alone: {with_zeros} points that are none");
}

#[cfg(feature = "config-files")]
#[test]
fn a_published_room_keeps_its_points_when_packets_are_taken_from_it() {
    use crate::capture_real::radar_data;
    use mmw_dsp::capture::{Capture, CaptureOptions};
    let (Some(bin), Some(json)) =
        (radar_data("dislab/adc_data.bin"), radar_data("dislab/mmwaveDevice.mmwave.json"))
    else {
        return;
    };
    let options = CaptureOptions { board: Some(Board::Iwr6843Isk), ..Default::default() };
    let mut capture = Capture::open_with(&bin, &json, &options).unwrap();
    let mut radar = Processor::new(&capture.config().check().unwrap(), &ProcessorConfig::default()).unwrap();
    let whole = capture.read_frame(0).unwrap();
    let truth = points(&mut radar, &whole);
    let missing = lost([12, 85, 512], 100, 1);
    let mut cube = whole.clone();
    punch(&mut cube, &missing);
    let with_zeros = points(&mut radar, &cube);
    fill_missing(&mut cube, &missing).unwrap();
    let filled = points(&mut radar, &cube);
    println!("whole {}, with zeros {}, filled in {}", truth.len(), with_zeros.len(), filled.len());
    assert!(strangers(&with_zeros, &truth) > truth.len() / 2);
    // Points next to the threshold may come or go.
    assert!(strangers(&filled, &truth) <= 2 && strangers(&truth, &filled) <= 3);
}

#[test]
fn each_layout_tells_which_samples_a_run_of_bytes_holds() {
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        for sampling in [Sampling::Complex1x, Sampling::Real] {
            for firing in [Firing::InTurn, Firing::Blocks] {
                let mut fmcw = waveform(2, 4, 8, 64, sampling);
                fmcw.firing = firing;
                let config =
                    CaptureConfig::new(fmcw, CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap: false }))
                        .unwrap();
                let bytes = config.codec().unwrap().frame_bytes();
                let mut noise = Noise::new(1);
                // No word is zero, so that zeros of the cube are those of the run.
                let mut words: Vec<i16> =
                    (0..bytes / 2).map(|_| (noise.complex().re * 500.0) as i16 | 1).collect();
                let run = bytes / 4 + 3..bytes / 4 + 3 + 211;
                words[run].fill(0);
                let words: Vec<u8> = words.into_iter().flat_map(i16::to_le_bytes).collect();
                let file = TempFile::new("missing.bin", &words);
                let mut reader = CaptureReader::open(file.path(), &config).unwrap();
                let cube = reader.read_frame(0).unwrap();
                let complex = sampling != Sampling::Real;
                let zeros: BTreeSet<(usize, usize, usize)> = cube
                    .indexed_iter()
                    .filter(|(_, z)| z.re == 0.0 || (complex && z.im == 0.0))
                    .map(|(place, _)| place)
                    .collect();
                let missing = reader.missing();
                let told: BTreeSet<_> = missing
                    .iter()
                    .flat_map(|place| place.samples.clone().map(|n| (place.channel, place.chirp, n)))
                    .collect();
                assert!(!zeros.is_empty() && zeros.is_subset(&told), "{lanes:?} {sampling:?} {firing:?}");
                // At each end of the run a pair of samples may be cut.
                assert!(told.len() <= zeros.len() + 8, "{lanes:?} {sampling:?} {firing:?}");
            }
        }
    }
}

#[test]
fn long_gaps_fade_and_frames_with_little_left_keep_what_they_hold() {
    let echo = |chirp: usize| C32::from_polar(100.0, 0.4 * chirp as f32);
    let mut noise = Noise::new(2);
    let whole = Array3::from_shape_fn([1, 64, 32], |(_, chirp, _)| {
        let z = noise.complex();
        echo(chirp) + C32::new(z.re as f32, z.im as f32)
    });
    let gap = |chirps: std::ops::Range<usize>| -> Vec<MissingSamples> {
        chirps.map(|chirp| MissingSamples { channel: 0, chirp, samples: 0..32 }).collect()
    };
    // Ten chirps in a row: one line in noise of 1 % is predicted across, and nothing grows.
    let mut cube = whole.clone();
    punch(&mut cube, &gap(30..40));
    assert_eq!(fill_missing(&mut cube, &gap(30..40)).unwrap(), 10);
    for chirp in 30..40 {
        assert!((cube[[0, chirp, 5]] - echo(chirp)).norm() < 10.0, "{chirp}: {}", cube[[0, chirp, 5]]);
    }
    // Every other chirp: no window is whole.
    let every_other: Vec<_> = (0..64).step_by(2).flat_map(|chirp| gap(chirp..chirp + 1)).collect();
    punch(&mut cube, &every_other);
    let before = cube.clone();
    assert_eq!(fill_missing(&mut cube, &every_other).unwrap(), 0);
    assert_eq!(cube, before);
    // All of it, and a frame of one chirp.
    assert_eq!(fill_missing(&mut cube, &gap(0..64)).unwrap(), 0);
    let mut one = Array3::<C32>::zeros([1, 1, 32]);
    assert_eq!(fill_missing(&mut one, &gap(0..1)).unwrap(), 0);
    // Silence stays silence.
    let mut silent = Array3::<C32>::zeros([1, 64, 32]);
    fill_missing(&mut silent, &gap(3..5)).unwrap();
    assert!(silent.iter().all(|z| *z == C32::ZERO));
}

#[test]
fn places_outside_of_the_cube_and_samples_that_are_no_numbers_are_refused() {
    let mut cube = Array3::<C32>::zeros([2, 16, 8]);
    let place = |channel, chirp, samples| [MissingSamples { channel, chirp, samples }];
    for missing in [place(2, 0, 0..8), place(0, 16, 0..8), place(0, 0, 0..9)] {
        assert!(matches!(fill_missing(&mut cube, &missing), Err(Error::Domain { .. })), "{missing:?}");
    }
    cube[[0, 3, 3]] = C32::new(f32::NAN, 0.0);
    assert!(matches!(fill_missing(&mut cube, &place(0, 0, 0..8)), Err(Error::NotFinite { .. })));
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "the error to be told")]
fn samples_that_end_before_they_begin_are_an_error() {
    let mut cube = Array3::<C32>::zeros([1, 8, 16]);
    let missing = MissingSamples { channel: 0, chirp: 1, samples: 9..4 };
    assert!(fill_missing(&mut cube, &[missing]).unwrap_err().to_string().contains("first sample"));
}
