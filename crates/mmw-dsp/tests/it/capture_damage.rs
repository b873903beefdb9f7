//! Gaps that hold something else than zeros: one word again and again, or samples of before.

use crate::capture::waveform;
use crate::capture_real::radar_data;
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureReader, CaptureStream, DamageKind, LvdsLanes,
    PAYLOAD_BYTES,
};
use mmw_dsp::mmw_core::{C32, C64, ComplexArray3};
use mmw_dsp::{FmcwConfig, Sampling};
use std::f64::consts::TAU;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

fn config(fmcw: &FmcwConfig) -> CaptureConfig {
    let layout = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false };
    CaptureConfig::new(fmcw.clone(), CaptureFormat::Dca1000(layout)).unwrap()
}

/// Damage of each frame, by a file and through a pipe, which agree; bytes of the recording.
fn damage(bytes: &[u8], fmcw: &FmcwConfig) -> Vec<(DamageKind, Range<usize>)> {
    // Tests run side by side.
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = TempFile::new(&format!("damage-{number}.bin"), bytes);
    let config = config(fmcw);
    let mut reader = CaptureReader::open(file.path(), &config).unwrap();
    let frame_bytes = bytes.len() / reader.frames() as usize;
    let mut all = Vec::new();
    for frame in 0..reader.frames() {
        reader.read_frame(frame).unwrap();
        let start = frame as usize * frame_bytes;
        let spans = reader.damage().iter();
        all.extend(spans.map(|span| (span.kind, start + span.bytes.start..start + span.bytes.end)));
    }
    let mut stream = CaptureStream::new("a pipe", &config).unwrap();
    let mut cube = ComplexArray3::<f32>::zeros(stream.shape());
    let mut input = bytes;
    let mut piped = Vec::new();
    while stream.read_frame_into(&mut input, &mut cube).unwrap() {
        let start = (stream.frames() as usize - 1) * frame_bytes;
        let spans = stream.damage().iter();
        piped.extend(spans.map(|span| (span.kind, start + span.bytes.start..start + span.bytes.end)));
    }
    assert_eq!(all, piped);
    all
}

/// Bytes of packets.
fn packets(range: Range<usize>) -> Range<usize> {
    range.start * PAYLOAD_BYTES..range.end * PAYLOAD_BYTES
}

/// Spans that follow one another without a gap, as one; a word beside a gap may look like it by chance.
fn assert_covers(found: &[(DamageKind, Range<usize>)], kind: DamageKind, bytes: Range<usize>) {
    assert!(!found.is_empty() && found.iter().all(|(found, _)| *found == kind), "{found:?}");
    let [first, last] = [found[0].1.start, found[found.len() - 1].1.end];
    assert!(first.abs_diff(bytes.start) <= 4 && last.abs_diff(bytes.end) <= 4, "{found:?} {bytes:?}");
    assert!(found.windows(2).all(|pair| pair[0].1.end == pair[1].1.start), "{found:?}");
}

#[test]
fn gaps_of_a_recording_that_hold_other_things_than_zeros_are_found() {
    for (name, fmcw) in [
        ("vibration/fan_on.bin", waveform(1, 4, 1, 256, Sampling::Complex1x)),
        ("dislab/adc_data.bin", waveform(3, 4, 85, 512, Sampling::Complex1x)),
    ] {
        let Some(path) = radar_data(name) else { return };
        let whole = std::fs::read(path).unwrap();
        assert_eq!(damage(&whole, &fmcw), []);
        for value in [-1_i16, 0x0101, 7] {
            let mut bytes = whole.clone();
            bytes[packets(10..13)].as_chunks_mut::<2>().0.fill(value.to_le_bytes());
            assert_covers(&damage(&bytes, &fmcw), DamageKind::ConstantRun, packets(10..13));
        }
        // As many packets before as a buffer holds.
        for back in [1, 3, 16] {
            let mut bytes = whole.clone();
            bytes.copy_within(packets(100 - back..101 - back), 100 * PAYLOAD_BYTES);
            assert_covers(&damage(&bytes, &fmcw), DamageKind::RepeatedPackets, packets(100..101));
        }
        let mut bytes = whole.clone();
        bytes.copy_within(packets(97..100), 100 * PAYLOAD_BYTES);
        assert_covers(&damage(&bytes, &fmcw), DamageKind::RepeatedPackets, packets(100..103));
    }
}

#[test]
fn other_recordings_repeat_nothing() {
    for name in ["c01_right_target", "c03_intact", "c10_folded", "c16_leakage", "c18_two_targets"] {
        let Some(path) = radar_data(&format!("cases/{name}.bin")) else { return };
        let bytes = std::fs::read(path).unwrap();
        // Any waveform of that size: what is judged is the words.
        let fmcw = waveform(1, 1, bytes.len() / 512, 128, Sampling::Complex1x);
        assert_eq!(damage(&bytes, &fmcw), [], "{name}");
    }
}

/// Without noise everything repeats that may: still targets from chirp to chirp and from frame to frame,
/// tones within a chirp, receivers of a target ahead. None of it is damage.
#[test]
fn signals_without_noise_repeat_on_purpose() {
    let bytes_of = |fmcw: &FmcwConfig, cubes: &[ComplexArray3<f32>]| {
        let codec = config(fmcw).codec().unwrap();
        let mut bytes = vec![0; cubes.len() * codec.frame_bytes()];
        for (frame, cube) in bytes.chunks_exact_mut(codec.frame_bytes()).zip(cubes) {
            codec.encode_into(cube, frame).unwrap();
        }
        bytes
    };
    // 364 samples of 4 bytes are one packet, 91 a quarter of one.
    for (receivers, chirps, samples) in
        [(1, 16, 364), (4, 8, 364), (4, 16, 256), (2, 32, 182), (1, 1, 91 * 8)]
    {
        let fmcw = waveform(1, receivers, chirps, samples, Sampling::Complex1x);
        for (amplitude, cycles, turn) in
            [(300.0, 0.13, 0.0), (300.0, 0.25, 0.0), (40.0, 0.071, 1.0), (5.0, 0.5, 0.0), (1000.0, 0.0, 0.0)]
        {
            let cube = ComplexArray3::from_shape_fn((receivers, chirps, samples), |(receiver, _, sample)| {
                let z = C64::from_polar(amplitude, TAU * cycles * sample as f64 + turn * receiver as f64);
                C32::new(z.re as f32, z.im as f32)
            });
            let bytes = bytes_of(&fmcw, &vec![cube; 6]);
            assert_eq!(damage(&bytes, &fmcw), [], "{receivers} {chirps} {samples} {amplitude} {cycles}");
        }
        // One frame of noise again and again.
        let mut noise = Noise::new(3);
        let cube = ComplexArray3::from_shape_simple_fn((receivers, chirps, samples), || {
            let z = noise.complex() * 50.0;
            C32::new(z.re as f32, z.im as f32)
        });
        let bytes = bytes_of(&fmcw, &vec![cube; 24]);
        assert_eq!(damage(&bytes, &fmcw), [], "{receivers} {chirps} {samples}");
    }
}

/// A dead receiver whose converter is at an offset, and a signal that stays at the converter's limit.
#[test]
fn constant_channels_and_clipped_stretches_are_no_gaps() {
    let fmcw = waveform(1, 2, 16, 256, Sampling::Real);
    let mut noise = Noise::new(4);
    let cube = ComplexArray3::from_shape_fn((2, 16, 256), |(receiver, _, _)| {
        let dead = receiver == 1;
        C32::new(if dead { 12.0 } else { 100.0 * noise.complex().re as f32 }, 0.0)
    });
    let slow = ComplexArray3::from_shape_fn((2, 16, 256), |(_, _, sample)| {
        let value = 9000.0 * (TAU * sample as f32 as f64 / 512.0).cos() + 5.0 * noise.complex().re;
        C32::new(value.clamp(-2048.0, 2047.0) as f32, 0.0)
    });
    let codec = config(&fmcw).codec().unwrap();
    for cube in [cube, slow] {
        let mut bytes = vec![0; codec.frame_bytes()];
        codec.encode_into(&cube, &mut bytes).unwrap();
        assert_eq!(damage(&bytes, &fmcw), []);
    }
}

/// A dead receiver that begins the frame, behind a last word that is zero.
#[test]
fn a_dead_receiver_is_named_and_no_damage() {
    let fmcw = waveform(2, 4, 8, 64, Sampling::Complex1x);
    for dead in 0..4 {
        let mut noise = Noise::new(9);
        let mut cubes = Vec::new();
        for _ in 0..6 {
            let mut cube = ComplexArray3::from_shape_fn((8, 8, 64), |(channel, _, _)| {
                let z = noise.complex() * if channel % 4 == dead { 0.0 } else { 30.0 };
                C32::new(z.re as f32, z.im as f32)
            });
            cube[[7, 7, 63]] = C32::new(0.0, 0.0);
            cube[[0, 0, 0]] = C32::new(0.0, 0.0);
            cubes.push(cube);
        }
        let codec = config(&fmcw).codec().unwrap();
        let mut bytes = vec![0; cubes.len() * codec.frame_bytes()];
        for (cube, frame) in cubes.iter().zip(bytes.chunks_exact_mut(codec.frame_bytes())) {
            codec.encode_into(cube, frame).unwrap();
        }
        assert_eq!(damage(&bytes, &fmcw), [], "{dead}");
        let file = TempFile::new(&format!("dead-{dead}.bin"), &bytes);
        let doubt = Capture::open(file.path(), &config(&fmcw)).unwrap().silence_doubt();
        assert!(doubt.is_some_and(|doubt| doubt.contains(&format!("receiver [{}]", dead + 1))), "{dead}");
    }
}
