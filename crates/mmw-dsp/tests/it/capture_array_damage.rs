//! Arrays are judged as the recordings that they were read from.

use crate::capture::waveform;
use crate::capture_npy::npy;
use crate::common::{Noise, TempFile};
use mmw_dsp::Sampling;
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureReader, Clipping, DamageKind, DamagedSpan,
    LvdsLanes, NpyReader, PAYLOAD_BYTES,
};
use mmw_dsp::mmw_core::{C32, ComplexArray3};
use std::f32::consts::TAU;

const FRAMES: usize = 4;
const SHAPE: [usize; 3] = [8, 32, 128];

fn recording(lanes: LvdsLanes) -> CaptureConfig {
    let format = CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap: false });
    CaptureConfig::new(waveform(2, 4, 32, 128, Sampling::Complex1x), format).unwrap()
}

fn array(sampling: Sampling) -> CaptureConfig {
    let format = CaptureFormat::Npy { axes: "frame,channel,chirp,sample".parse().unwrap(), wrap_u16: None };
    CaptureConfig::new(waveform(2, 4, 32, 128, sampling), format).unwrap()
}

/// A mover and something that stands, in noise.
fn scene() -> Vec<ComplexArray3<f32>> {
    let mut noise = Noise::new(12);
    let frame = |frame: usize| {
        ComplexArray3::from_shape_fn(SHAPE, |(channel, chirp, sample)| {
            let time = (32 * frame + chirp) as f32;
            let tone = |rate: f32, doppler: f32, angle: f32| {
                C32::from_polar(
                    1.0,
                    TAU * (rate * sample as f32 + doppler * time + angle * channel as f32).fract(),
                )
            };
            let noise = noise.complex() * 8.0;
            tone(0.07, 0.002, 0.1) * 300.0
                + tone(0.2, 0.031, -0.2) * 60.0
                + C32::new(noise.re as f32, noise.im as f32)
        })
    };
    (0..FRAMES).map(frame).collect()
}

fn words(config: &CaptureConfig, scene: &[ComplexArray3<f32>]) -> Vec<u8> {
    let codec = config.codec().unwrap();
    let mut bytes = vec![0; scene.len() * codec.frame_bytes()];
    for (cube, frame) in scene.iter().zip(bytes.chunks_exact_mut(codec.frame_bytes())) {
        codec.encode_into(cube, frame).unwrap();
    }
    bytes
}

/// `numpy.save` of what a recording holds, each part multiplied.
fn numpy(config: &CaptureConfig, bytes: &[u8], factor: f32) -> Vec<u8> {
    let codec = config.codec().unwrap();
    let cubes = bytes.chunks_exact(codec.frame_bytes()).map(|frame| codec.decode::<f32>(frame).unwrap());
    let parts = cubes.flat_map(|cube| cube.into_iter().flat_map(|z| [z.re, z.im]));
    let data: Vec<u8> = parts.flat_map(|part| (part * factor).to_le_bytes()).collect();
    npy("<c8", false, &[bytes.len() / codec.frame_bytes(), SHAPE[0], SHAPE[1], SHAPE[2]], &data)
}

type Judged = (Vec<DamagedSpan>, Option<Clipping>, ComplexArray3<f32>);

fn judged_array(name: &str, file: &[u8]) -> Vec<Judged> {
    let file = TempFile::new(name, file);
    let mut reader = NpyReader::open(file.path(), &array(Sampling::Complex1x)).unwrap();
    let read = |frame| {
        let cube = reader.read_frame(frame).unwrap();
        (reader.damage().to_vec(), reader.clipping(), cube)
    };
    (0..FRAMES as u64).map(read).collect()
}

fn judged_recording(name: &str, config: &CaptureConfig, bytes: &[u8]) -> Vec<Judged> {
    let file = TempFile::new(name, bytes);
    let mut reader = CaptureReader::open(file.path(), config).unwrap();
    let read = |frame| {
        let cube = reader.read_frame(frame).unwrap();
        (reader.damage().to_vec(), reader.clipping(), cube)
    };
    (0..FRAMES as u64).map(read).collect()
}

fn packets(first: usize, count: usize) -> std::ops::Range<usize> {
    first * PAYLOAD_BYTES..(first + count) * PAYLOAD_BYTES
}

#[test]
fn an_array_shows_the_damage_and_the_clipping_of_the_recording_that_it_was_read_from() {
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        let config = recording(lanes);
        let whole = words(&config, &scene());
        let frame = config.codec().unwrap().frame_bytes();
        let with = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = whole.clone();
            edit(&mut bytes);
            bytes
        };
        let exchange = |bytes: &mut Vec<u8>| {
            let (first, second) = bytes[packets(20, 2)].split_at_mut(PAYLOAD_BYTES);
            first.swap_with_slice(second);
        };
        let clip = |bytes: &mut Vec<u8>| {
            for word in bytes.as_chunks_mut::<2>().0 {
                *word = i16::from_le_bytes(*word).clamp(-250, 250).to_le_bytes();
            }
        };
        let cases = [
            ("whole", None, whole.clone()),
            ("zeros", Some(DamageKind::ZeroRun), with(&|bytes| bytes[packets(137, 2)].fill(0))),
            (
                "stale",
                Some(DamageKind::RepeatedPackets),
                with(&|bytes| bytes.copy_within(packets(97, 1), packets(100, 1).start)),
            ),
            (
                "again",
                Some(DamageKind::RepeatedFrame),
                with(&|bytes| bytes.copy_within(frame..2 * frame, 2 * frame)),
            ),
            ("silent", Some(DamageKind::ZeroRun), with(&|bytes| bytes[2 * frame..3 * frame].fill(0))),
            ("moved", Some(DamageKind::DisorderedPackets), with(&exchange)),
            ("clipped", None, with(&clip)),
        ];
        for (name, kind, bytes) in cases {
            let told = judged_recording(&format!("{name}-{lanes:?}.bin"), &config, &bytes);
            let kinds: Vec<DamageKind> =
                told.iter().flat_map(|(damage, ..)| damage.iter().map(|span| span.kind)).collect();
            assert!(kinds.iter().all(|found| Some(*found) == kind), "{name} {kinds:?}");
            assert_eq!(kinds.is_empty(), kind.is_none(), "{name}");
            assert_eq!(told.iter().all(|(_, clipping, _)| clipping.is_some()), name == "clipped");
            // As integers, and over full scale.
            for factor in [1.0, 1.0 / 32_768.0] {
                let file = numpy(&config, &bytes, factor);
                let found = judged_array(&format!("{name}-{lanes:?}-{factor}.npy"), &file);
                for ((found, found_clipping, cube), (damage, clipping, expected)) in found.iter().zip(&told) {
                    assert_eq!(found_clipping, clipping, "{name} {lanes:?}");
                    // Lanes leave no trace in an array: runs of zeros are found in the order of two.
                    let kinds = |damage: &[DamagedSpan]| damage.first().map(|span| span.kind);
                    assert_eq!(kinds(found), kinds(damage), "{name} {lanes:?} {factor}");
                    if lanes == LvdsLanes::Two {
                        assert_eq!(found, damage, "{name} {factor}");
                        assert_eq!(cube, &expected.mapv(|z| z * factor), "{name} {factor}");
                    }
                }
            }
        }
    }
}

#[test]
fn zeros_are_found_among_numbers_that_are_no_words() {
    let config = recording(LvdsLanes::Two);
    let mut bytes = words(&config, &scene());
    bytes[packets(137, 2)].fill(0);
    let told = judged_recording("floats.bin", &config, &bytes);
    let found = judged_array("floats.npy", &numpy(&config, &bytes, 0.3));
    for ((found, clipping, _), (damage, ..)) in found.iter().zip(&told) {
        assert_eq!((found, clipping), (damage, &None));
    }
    assert!(found.iter().any(|(damage, ..)| !damage.is_empty()));
}

#[test]
fn arrays_of_words_that_are_no_samples_are_refused_with_what_makes_them_some() {
    let config = recording(LvdsLanes::Two);
    let whole = words(&config, &scene());
    let turned: Vec<u8> = whole.as_chunks::<2>().0.iter().flat_map(|&[low, high]| [high, low]).collect();
    let offset: Vec<u8> =
        whole.as_chunks::<2>().0.iter().flat_map(|&[low, high]| [low, high ^ 0x80]).collect();
    for (name, bytes, advice) in [
        ("zero", vec![0; whole.len()], "all its numbers are zero"),
        ("one", [7, 0].repeat(whole.len() / 2), "all its numbers are 7"),
        ("turned", turned, "byteswap"),
        ("offset", offset, "offset binary"),
    ] {
        let file = TempFile::new(&format!("{name}-refused.npy"), &numpy(&config, &bytes, 1.0));
        let mut told = array(Sampling::Complex1x);
        let error = NpyReader::open(file.path(), &told).unwrap_err().to_string();
        assert!(error.contains(advice) && error.contains("as_told"), "{error}");
        told.bytes.as_told = true;
        assert!(NpyReader::open(file.path(), &told).is_ok());
    }
}

#[test]
fn an_array_with_echoes_at_both_signs_is_not_complex_2x() {
    // Echoes at eight rates of either sign, none the image of another.
    let mut noise = Noise::new(3);
    let cubes: Vec<ComplexArray3<f32>> = (0..2)
        .map(|_| {
            ComplexArray3::from_shape_fn(SHAPE, |(channel, chirp, sample)| {
                let tone = |rate: f32| {
                    let turns = rate * sample as f32 + 0.003 * (chirp * (1 + channel)) as f32 + 7.0 * rate;
                    C32::from_polar(200.0, TAU * turns.fract())
                };
                let noise = noise.complex() * 8.0;
                let sum: C32 = [0.05, 0.11, 0.23, 0.31, -0.36, -0.19, -0.08].map(tone).into_iter().sum();
                sum + C32::new(noise.re as f32, noise.im as f32)
            })
        })
        .collect();
    let config = recording(LvdsLanes::Two);
    let bytes = words(&config, &cubes);
    let file = TempFile::new("sides.npy", &numpy(&config, &bytes, 1.0));
    let both_sides = |sampling| {
        let mut capture = Capture::open(file.path(), &array(sampling)).unwrap();
        capture.layout_evidence().unwrap().both_sides
    };
    assert!(both_sides(Sampling::Complex2x) && !both_sides(Sampling::Complex1x));
}
