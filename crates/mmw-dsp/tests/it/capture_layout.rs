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
                assert!(says(&format!("`lanes = {}`", stored.lanes.count())));
            }
            if side {
                assert!(says(&format!("`iq_swap = {}`", stored.iq_swap)));
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
    assert!(heard(&npy, &array(true)).1[0].contains("set `conjugate = false`"));
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
    let expected =
        LayoutEvidence { lanes: Some(LvdsLanes::Two), mirrored: Some(true), ..LayoutEvidence::default() };
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

/// A beat of `frequency` cycles per sample at each receiver with a phase of its own.
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
            assert_eq!(evidence, LayoutEvidence { lanes: Some(stored.lanes), ..LayoutEvidence::default() });
            assert_eq!(doubts.is_empty(), stored.lanes == told.lanes, "{doubts:?}");
        }
    }
}

/// What programs for other cards store: words in pairs of I and Q, and in offset binary. The fan's recording
/// stands in for one: its words put into pairs by the arithmetic of the order, not by ours.
#[test]
fn words_in_pairs_are_told_with_every_option_that_reads_them() {
    let fan = waveform(1, 4, 1, 256, Sampling::Complex1x);
    let Some(cubes) = recorded("vibration/fan_on.bin", &fan, 8) else { return };
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        let place = |receiver: usize, sample: usize| match lanes {
            LvdsLanes::Two => (receiver * 256 + sample) * 2,
            LvdsLanes::Four => (sample * 4 + receiver) * 2,
        };
        let mut words = vec![0_i16; 8 * 4 * 256 * 2];
        for (frame, cube) in words.chunks_exact_mut(4 * 256 * 2).zip(&cubes) {
            for ((receiver, _, sample), z) in cube.indexed_iter() {
                let at = place(receiver, sample);
                (frame[at], frame[at + 1]) = (z.re as i16, z.im as i16);
            }
        }
        let turned: Vec<u8> = words.iter().flat_map(|word| (word ^ i16::MIN).to_le_bytes()).collect();
        let plain: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let file = TempFile::new("layout-pairs.bin", &plain);
        let offset = TempFile::new("layout-pairs-offset.bin", &turned);
        for told in [LvdsLanes::Two, LvdsLanes::Four] {
            let mut config = config(&fan, AdcLayout { lanes: told, iq_swap: false });
            let (_, doubts) = heard(file.path(), &config);
            let says = |doubts: &[String], option: &str| doubts.iter().any(|doubt| doubt.contains(option));
            assert!(says(&doubts, "`iq_pairs = true`") && !says(&doubts, "`iq_swap"), "{told:?}: {doubts:?}");
            assert_eq!(says(&doubts, &format!("`lanes = {}`", lanes.count())), told != lanes, "{doubts:?}");
            let error = Capture::open(offset.path(), &config).unwrap_err().to_string();
            assert!(
                error.contains("`offset_binary = true`") && error.contains("`iq_pairs = true`"),
                "{error}"
            );
            // Words that do not stand in pairs, told to do so.
            config.bytes.iq_pairs = true;
            let whole = encoded(&fan, AdcLayout { lanes, iq_swap: false }, &cubes);
            let file = TempFile::new("layout-no-pairs.bin", &whole);
            let (_, doubts) = heard(file.path(), &config);
            assert!(says(&doubts, "set `iq_pairs = false`"), "{told:?}: {doubts:?}");
        }
        let mut config = config(&fan, AdcLayout { lanes, iq_swap: false });
        config.bytes.iq_pairs = true;
        assert_eq!(heard(file.path(), &config).1, Vec::<String>::new());
        config.bytes.offset_binary = true;
        assert_eq!(heard(offset.path(), &config).1, Vec::<String>::new());
        let mut capture = Capture::open(offset.path(), &config).unwrap();
        assert_eq!(capture.read_frame(5).unwrap(), cubes[5]);
        let mut stream = CaptureStream::new("a pipe", &config).unwrap();
        let mut cube = cubes[0].clone();
        let mut pipe = turned.as_slice();
        assert!(stream.read_frame_into(&mut pipe, &mut cube).unwrap());
        assert!(stream.read_frame_into(&mut pipe, &mut cube).unwrap());
        assert_eq!((cube, stream.layout_evidence().doubts(&config)), (cubes[1].clone(), Vec::new()));
    }
    let real = waveform(1, 4, 1, 256, Sampling::Real);
    let mut config = config(&real, LAYOUTS[0]);
    config.bytes.iq_pairs = true;
    assert!(config.check().unwrap_err().to_string().contains("iq_pairs"));
}

/// As many bytes, described otherwise. Of public recordings, and of the room's three transmitters in turn.
#[test]
fn a_description_that_only_fits_the_size_is_doubted_with_its_fields() {
    let doubts = |path: &Path, fmcw: &FmcwConfig| {
        let mut config = config(fmcw, LAYOUTS[0]);
        config.allow_partial_last_frame = true;
        heard(path, &config).1
    };
    let alone = |doubts: Vec<String>, words: &str| {
        assert!(doubts.len() == 1 && doubts[0].contains(words), "{words}: {doubts:?}");
    };
    let Some(fan) = radar_data("vibration/fan_on.bin") else { return };
    assert_eq!(doubts(&fan, &waveform(1, 4, 16, 256, Sampling::Complex1x)), Vec::<String>::new());
    alone(doubts(&fan, &waveform(1, 4, 8, 512, Sampling::Complex1x)), "512 samples falls into 2 of 256");
    alone(doubts(&fan, &waveform(1, 4, 4, 1024, Sampling::Complex1x)), "1024 samples falls into 4 of 256");
    alone(doubts(&fan, &waveform(1, 4, 16, 512, Sampling::Real)), "echoes as complex samples, not as real");
    alone(doubts(&fan, &waveform(1, 4, 32, 128, Sampling::Complex1x)), "repeat after 2 of the turns");
    alone(doubts(&fan, &waveform(1, 2, 32, 256, Sampling::Complex1x)), "repeat after 2 of the turns");
    let Some(room) = radar_data("dislab/adc_data.bin") else { return };
    assert_eq!(doubts(&room, &waveform(3, 4, 85, 512, Sampling::Complex1x)), Vec::<String>::new());
    // The order of the other lanes makes less of a jumble of chirps that the configuration makes too long
    // here: a doubt, but of that.
    alone(doubts(&room, &waveform(3, 4, 42, 1024, Sampling::Complex1x)), "`lanes = 4`");
}

/// Two lone targets at the ends of the range axis, where they are next to the converter's offset or a
/// mirrored order.
#[test]
fn a_lone_target_at_an_end_of_the_range_axis_accuses_nothing() {
    let fmcw = waveform(1, 4, 8, 64, Sampling::Complex1x);
    for bin in [0.3, 0.6, 1.0, 1.4, 2.0, 62.0, 63.0, 63.4, 63.9] {
        let bytes = encoded(&fmcw, LAYOUTS[0], &[beats(&[bin / 64.0], 64, false)]);
        let file = TempFile::new(&format!("layout-end-{bin}.bin"), &bytes);
        assert_eq!(heard(file.path(), &config(&fmcw, LAYOUTS[0])).1, Vec::<String>::new(), "{bin}");
    }
}

/// Two transmitters read as one, and real samples as complex ones.
#[test]
fn transmitters_and_kinds_of_samples_that_were_mistaken_are_told() {
    let mut noise = Noise::new(21);
    let right = waveform(2, 4, 32, 64, Sampling::Complex1x);
    // Three targets, each with its phase from channel to channel and from chirp to chirp.
    let targets = [(0.31, 0.9, 0.4), (0.56, -1.7, -1.1), (0.71, 0.4, 2.2)];
    let mut cube = |real: bool| {
        ComplexArray3::from_shape_fn((8, 32, 64 * (1 + usize::from(real))), |(channel, chirp, sample)| {
            let turn = 2.0 * chirp as f64 + (channel / 4) as f64;
            let echo = |&(beat, step, doppler): &(f64, f64, f64)| {
                let beat = if real { 0.5 * beat } else { beat };
                let phase =
                    std::f64::consts::TAU * beat * sample as f64 + step * channel as f64 + doppler * turn;
                C64::from_polar(300.0, phase)
            };
            let z = targets.iter().map(echo).sum::<C64>() + noise.complex() * 3.0;
            C32::new(z.re as f32, if real { 0.0 } else { z.im as f32 })
        })
    };
    let (complex, kind) = (cube(false), cube(true));
    let file = TempFile::new("layout-turns.bin", &encoded(&right, LAYOUTS[0], &[complex]));
    assert_eq!(heard(file.path(), &config(&right, LAYOUTS[0])).1, Vec::<String>::new());
    let one = waveform(1, 4, 64, 64, Sampling::Complex1x);
    let (evidence, doubts) = heard(file.path(), &config(&one, LAYOUTS[0]));
    assert_eq!(evidence.turns, Some(2));
    assert!(doubts.len() == 1 && doubts[0].contains("transmitters"), "{doubts:?}");
    let real = waveform(2, 4, 32, 128, Sampling::Real);
    let file = TempFile::new("layout-kind.bin", &encoded(&real, LAYOUTS[0], &[kind]));
    assert_eq!(heard(file.path(), &config(&real, LAYOUTS[0])).1, Vec::<String>::new());
    let (evidence, doubts) = heard(file.path(), &config(&right, LAYOUTS[0]));
    assert_eq!(evidence.real, Some(true));
    assert!(doubts.iter().any(|doubt| doubt.contains("check the sampling (adcCfg)")), "{doubts:?}");
}

/// Echoes near the far end of the range axis, which a mirrored order would turn into near ones: without the
/// coupling of the antennas nothing tells them apart, with it everything.
#[test]
fn far_echoes_accuse_the_order_only_where_the_coupling_stands_at_that_end() {
    let fmcw = waveform(1, 4, 8, 64, Sampling::Complex1x);
    let far = [
        vec![0.95, 0.48],
        vec![0.97, 0.2, 0.6],
        vec![0.873, 0.48],
        vec![0.873, 0.897, 0.48, 0.72],
        vec![0.929, 0.48],
        vec![0.24, 0.929],
    ];
    for frequencies in far {
        let bytes = encoded(&fmcw, LAYOUTS[0], &[beats(&frequencies, 64, false)]);
        let file = TempFile::new("layout-far.bin", &bytes);
        let doubts = heard(file.path(), &config(&fmcw, LAYOUTS[0])).1;
        assert_eq!(doubts, Vec::<String>::new(), "{frequencies:?}");
        let mirrored = heard(file.path(), &config(&fmcw, LAYOUTS[1])).1;
        assert_eq!(mirrored, Vec::<String>::new(), "{frequencies:?}");
    }
    judged_in_every_layout("coupled", &fmcw, &[beats(&[1.3 / 64.0, 0.31, 0.48], 64, false)]);
}
