//! What the samples say about the layout they are read with: the right one is never accused, a wrong one is.

use crate::capture::waveform;
use crate::capture_real::radar_data;
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureStream, LayoutEvidence, LvdsLanes,
};
use mmw_dsp::mmw_core::{C32, C64, ComplexArray3};
use mmw_dsp::{FmcwConfig, Sampling};
use std::path::Path;

const LAYOUTS: [AdcLayout; 4] = [
    AdcLayout { lanes: LvdsLanes::Two, iq_swap: false },
    AdcLayout { lanes: LvdsLanes::Two, iq_swap: true },
    AdcLayout { lanes: LvdsLanes::Four, iq_swap: false },
    AdcLayout { lanes: LvdsLanes::Four, iq_swap: true },
];

fn config(fmcw: &FmcwConfig, layout: AdcLayout) -> CaptureConfig {
    CaptureConfig::new(fmcw.clone(), CaptureFormat::Dca1000(layout)).unwrap()
}

fn encoded(fmcw: &FmcwConfig, layout: AdcLayout, frames: &[ComplexArray3<f32>]) -> Vec<u8> {
    let codec = config(fmcw, layout).codec().unwrap();
    let mut bytes = vec![0; frames.len() * codec.frame_bytes()];
    for (frame, cube) in bytes.chunks_exact_mut(codec.frame_bytes()).zip(frames) {
        codec.encode_into(cube, frame).unwrap();
    }
    bytes
}

fn heard(path: &Path, config: &CaptureConfig) -> (LayoutEvidence, Vec<String>) {
    let mut capture = Capture::open(path, config).unwrap();
    let evidence = capture.layout_evidence().unwrap();
    (evidence, evidence.doubts(config))
}

/// Stores the frames in each layout and reads each with each.
fn judged_in_every_layout(name: &str, fmcw: &FmcwConfig, frames: &[ComplexArray3<f32>]) {
    for stored in LAYOUTS {
        let bytes = encoded(fmcw, stored, frames);
        let file = TempFile::new(&format!("layout-{name}.bin"), &bytes);
        for told in LAYOUTS {
            let (_, doubts) = heard(file.path(), &config(fmcw, told));
            // With fewer receivers than lanes the number of lanes comes first: the frames have other sizes.
            let side = stored.iq_swap != told.iq_swap && (stored.lanes == told.lanes || fmcw.receivers == 4);
            let count = usize::from(stored.lanes != told.lanes) + usize::from(side);
            assert_eq!(doubts.len(), count, "{name}: {stored:?} told as {told:?}: {doubts:?}");
            let says = |option: &str| doubts.iter().any(|doubt| doubt.contains(option));
            if stored.lanes != told.lanes {
                assert!(says(&format!("--lanes {}", stored.lanes.count())));
            }
            if side {
                assert!(says(&format!("--iq-swap {}", stored.iq_swap)));
            }
        }
    }
}

/// The words of a recording of two lanes, I first, as cubes.
fn recorded(name: &str, fmcw: &FmcwConfig, frames: u64) -> Option<Vec<ComplexArray3<f32>>> {
    let mut capture = Capture::open(&radar_data(name)?, &config(fmcw, LAYOUTS[0])).unwrap();
    Some((0..frames).map(|frame| capture.read_frame(frame).unwrap()).collect())
}

#[test]
fn a_wrong_layout_of_a_recording_is_told_and_the_right_one_is_not_accused() {
    let fan = waveform(1, 4, 1, 256, Sampling::Complex1x);
    for name in ["fan_on", "fan_off"] {
        for frames in [1, 8] {
            let Some(cubes) = recorded(&format!("vibration/{name}.bin"), &fan, frames) else { return };
            judged_in_every_layout(name, &fan, &cubes);
        }
    }
    let room = waveform(3, 4, 85, 512, Sampling::Complex1x);
    let Some(cubes) = recorded("dislab/adc_data.bin", &room, 1) else { return };
    judged_in_every_layout("room", &room, &cubes);
    // One chirp says it too.
    let one = waveform(1, 4, 1, 512, Sampling::Complex1x);
    let chirp = cubes[0].slice(mmw_dsp::ndarray::s![..4, ..1, ..]).to_owned();
    judged_in_every_layout("chirp", &one, &[chirp]);
}

/// With one receiver, four lanes carry three silent ones. A frame of four lanes has the bytes of four of two.
#[test]
fn lanes_of_receivers_that_are_off_tell_their_number() {
    let Some(npy) = radar_data("openradar/simple_frame_1.npy") else { return };
    let fmcw = waveform(1, 1, 128, 128, Sampling::Complex1x);
    let array = |conjugate| CaptureConfig {
        conjugate,
        ..CaptureConfig::new(
            fmcw.clone(),
            CaptureFormat::Npy { axes: "chirp,sample".parse().unwrap(), wrap_u16: Some(true) },
        )
        .unwrap()
    };
    assert_eq!(heard(&npy, &array(false)).1, Vec::<String>::new());
    assert!(heard(&npy, &array(true)).1[0].contains("leave out --conjugate"));
    let cube = Capture::open(&npy, &array(false)).unwrap().read_frame(0).unwrap();
    judged_in_every_layout("openradar", &fmcw, &vec![cube; 4]);
}

#[test]
fn what_comes_through_a_pipe_is_judged_by_its_first_frame() {
    let fan = waveform(1, 4, 1, 256, Sampling::Complex1x);
    let Some(cubes) = recorded("vibration/fan_on.bin", &fan, 2) else { return };
    let bytes = encoded(&fan, LAYOUTS[0], &cubes);
    let mut stream = CaptureStream::new("a pipe", &config(&fan, LAYOUTS[3])).unwrap();
    let mut cube = cubes[0].clone();
    assert_eq!(stream.layout_evidence(), LayoutEvidence::default());
    assert!(stream.read_frame_into(&mut bytes.as_slice(), &mut cube).unwrap());
    let expected = LayoutEvidence { lanes: Some(LvdsLanes::Two), mirrored: Some(true) };
    assert_eq!(stream.layout_evidence(), expected);
}

/// Noise has no layout. Nor has noise that all receivers share, although the other order turns it into the
/// picture of a filtered one.
#[test]
fn noise_accuses_nothing() {
    for sampling in [Sampling::Real, Sampling::Complex1x, Sampling::Complex2x] {
        for (chirps, samples) in [(1, 16), (2, 64), (16, 256), (1, 4)] {
            let fmcw = waveform(2, 4, chirps, samples, sampling);
            let mut noise = Noise::new(chirps as u64);
            let mut draw = || {
                let z = noise.complex() * 100.0;
                C32::new(z.re as f32, if sampling == Sampling::Real { 0.0 } else { z.im as f32 })
            };
            let own = ComplexArray3::from_shape_simple_fn((8, chirps, samples), &mut draw);
            let one = ComplexArray3::from_shape_simple_fn((1, chirps, samples), &mut draw);
            let shared = one.broadcast((8, chirps, samples)).unwrap().to_owned();
            for (name, cube) in [("own", own), ("shared", shared)] {
                for told in LAYOUTS {
                    let file =
                        TempFile::new("layout-noise.bin", &encoded(&fmcw, told, std::slice::from_ref(&cube)));
                    let (evidence, doubts) = heard(file.path(), &config(&fmcw, told));
                    assert!(doubts.is_empty(), "{name} {sampling:?} {chirps} {samples}: {doubts:?}");
                    assert_eq!(evidence, LayoutEvidence::default());
                }
            }
        }
    }
}

/// A beat of `frequency` cycles a sample at each receiver with a phase of its own.
fn beats(frequencies: &[f64], samples: usize, real: bool) -> ComplexArray3<f32> {
    let mut noise = Noise::new(9);
    ComplexArray3::from_shape_fn((4, 8, samples), |(channel, _, sample)| {
        let beat =
            |&f: &f64| C64::from_polar(300.0, std::f64::consts::TAU * f * sample as f64 + channel as f64);
        let z = frequencies.iter().map(beat).sum::<C64>() + noise.complex() * 4.0;
        C32::new(z.re as f32, if real { 0.0 } else { z.im as f32 })
    })
}

#[test]
fn a_lone_target_tells_the_lanes_and_only_where_it_stands_the_side() {
    let fmcw = waveform(1, 4, 8, 64, Sampling::Complex1x);
    // In the middle of the axis, and at both of its ends, the sides are as likely.
    for frequencies in [vec![0.3], vec![0.6], vec![2.0 / 64.0, 62.0 / 64.0]] {
        let bytes = encoded(&fmcw, LAYOUTS[0], &[beats(&frequencies, 64, false)]);
        let file = TempFile::new("layout-lone.bin", &bytes);
        for told in LAYOUTS {
            let (evidence, doubts) = heard(file.path(), &config(&fmcw, told));
            assert_eq!(evidence.lanes, Some(LvdsLanes::Two), "{frequencies:?} {told:?}");
            assert_eq!(doubts.len(), usize::from(told.lanes == LvdsLanes::Four), "{frequencies:?} {told:?}");
        }
    }
    // With complex 2x sampling every negative frequency is a wrong one.
    let twice = waveform(1, 4, 8, 64, Sampling::Complex2x);
    judged_in_every_layout("twice", &twice, &[beats(&[0.3], 64, false)]);
    // Real samples know no side.
    let real = waveform(1, 4, 8, 64, Sampling::Real);
    for stored in [LAYOUTS[0], LAYOUTS[2]] {
        let file = TempFile::new("layout-real.bin", &encoded(&real, stored, &[beats(&[0.2], 64, true)]));
        for told in [LAYOUTS[0], LAYOUTS[2]] {
            let (evidence, doubts) = heard(file.path(), &config(&real, told));
            assert_eq!(evidence, LayoutEvidence { lanes: Some(stored.lanes), mirrored: None });
            assert_eq!(doubts.is_empty(), stored.lanes == told.lanes, "{doubts:?}");
        }
    }
}
