//! Recordings whose beginning is missing: the pauses between frames say where they begin, else the size, else
//! nothing does.

use crate::capture::waveform;
use crate::common::{Noise, TempFile};
use mmw_dsp::Sampling;
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, LayoutEvidence, LvdsLanes, PAYLOAD_BYTES,
};
use mmw_dsp::mmw_core::{C64, ComplexArray3};
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicUsize, Ordering};

const FRAMES: usize = 6;
/// From one frame to the next, turns of the transmitters, of which 32 are sent.
const PERIOD: f64 = 45.3;

/// Amplitude, cycles per sample, a turn, a receiver and a transmitter.
type Target = [f64; 5];

const ROOM: [Target; 4] = [
    [900.0, 0.02, 0.0, 0.3, 0.1],
    [300.0, 0.21, 0.0, 0.1, 0.22],
    [150.0, 0.13, 0.0, -0.2, 0.4],
    [100.0, 0.38, 0.0, 0.05, -0.3],
];
const MOVER: Target = [80.0, 0.31, 0.13, 0.2, 0.35];

fn configs() -> impl Iterator<Item = CaptureConfig> {
    [Sampling::Complex1x, Sampling::Real].into_iter().flat_map(|sampling| {
        [LvdsLanes::Two, LvdsLanes::Four].map(|lanes| {
            let layout = AdcLayout { lanes, iq_swap: false };
            let fmcw = waveform(2, 4, 32, 64, sampling);
            let mut config = CaptureConfig::new(fmcw, CaptureFormat::Dca1000(layout)).unwrap();
            config.allow_partial_last_frame = true;
            config
        })
    })
}

fn lanes(config: &CaptureConfig) -> LvdsLanes {
    match config.format {
        CaptureFormat::Dca1000(layout) => layout.lanes,
        _ => panic!("a .bin file"),
    }
}

fn recording(config: &CaptureConfig, targets: &[Target], period: f64) -> Vec<u8> {
    let mut noise = Noise::new(3);
    let codec = config.codec().unwrap();
    let mut bytes = vec![0; FRAMES * codec.frame_bytes()];
    for (frame, words) in bytes.chunks_exact_mut(codec.frame_bytes()).enumerate() {
        let cube = ComplexArray3::<f64>::from_shape_fn(codec.shape(), |(channel, chirp, sample)| {
            let (transmitter, receiver) = ((channel / 4) as f64, (channel % 4) as f64);
            let sent = period * frame as f64 + chirp as f64 + transmitter / 2.0;
            let echo = |[amplitude, beat, turn, across, from]: &Target| {
                let turns = 0.1 + beat * sample as f64 + turn * sent + across * receiver + from * transmitter;
                C64::from_polar(*amplitude, TAU * turns)
            };
            targets.iter().map(echo).sum::<C64>() + noise.complex() * (4.0 * 2f64.sqrt())
        });
        codec.encode_into(&cube, words).unwrap();
    }
    bytes
}

fn heard(bytes: &[u8], config: &CaptureConfig) -> (LayoutEvidence, Vec<String>) {
    // Tests run side by side.
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = TempFile::new(&format!("pauses-{number}.bin"), bytes);
    let evidence = Capture::open(file.path(), config).unwrap().layout_evidence().unwrap();
    (evidence, evidence.doubts(config))
}

/// By some packets, by a row and by chirps, of which a whole turn and one within it; the end is cut, too, so
/// that the size says nothing.
#[test]
fn a_mover_tells_where_frames_begin() {
    let (mut exact, mut cases) = (0, 0);
    for config in configs() {
        let whole = recording(&config, &[&ROOM[..], &[MOVER]].concat(), PERIOD);
        let frame = whole.len() / FRAMES;
        let chirp = frame / 64;
        for cut in
            [PAYLOAD_BYTES, 3 * PAYLOAD_BYTES, 10 * PAYLOAD_BYTES, chirp / 4, chirp, 2 * chirp, 31 * chirp]
        {
            if cut % 16 != 0 || (cut == chirp / 4 && lanes(&config) == LvdsLanes::Four) {
                continue;
            }
            let bytes = &whole[cut..whole.len() - 1000];
            let (evidence, doubts) = heard(bytes, &config);
            let start = (frame - cut % frame) as u64;
            // What begins within a row may look like samples of other lanes: a doubt, too, of another cause.
            if evidence.lanes.is_some_and(|found| found != lanes(&config)) {
                cases += 1;
                continue;
            }
            // Rows, and frames with them, may be off by what still targets make look alike: no number then.
            let near = evidence.frame_by_pauses.or(evidence.frame_near).unwrap_or_default();
            let row = (chirp / if lanes(&config) == LvdsLanes::Two { 4 } else { 1 }) as u64;
            assert!(near.abs_diff(start) < row, "{:?} {cut}: {evidence:?} {doubts:?}", config.format);
            cases += 1;
            let Some(found) = evidence.frame_by_pauses else {
                assert!(doubts.iter().any(|doubt| doubt.contains("no number of bytes")), "{doubts:?}");
                continue;
            };
            assert_eq!(found, start, "{:?} {cut}: {evidence:?} {doubts:?}", config.format);
            exact += 1;
            let right = format!("`skip_bytes = {start}`");
            assert!(doubts.iter().any(|doubt| doubt.ends_with(&right)), "{cut}: {doubts:?}");
            // With that nothing is left to doubt.
            let mut told = config.clone();
            told.bytes.skip_bytes = start;
            let (evidence, doubts) = heard(bytes, &told);
            assert!(
                doubts.is_empty() && evidence.frame_near.is_none(),
                "{:?} {cut}: {doubts:?}",
                config.format
            );
            // Nor is a number taken for right that aligns rows alone.
            told.bytes.skip_bytes = start - (chirp as u64).min(start);
            if told.bytes.skip_bytes > 0 {
                let (_, doubts) = heard(bytes, &told);
                assert!(doubts.iter().any(|doubt| doubt.ends_with(&right)), "{cut}: {doubts:?}");
            }
        }
        let (evidence, doubts) = heard(&whole[..whole.len() - 1000], &config);
        assert!(doubts.is_empty() && evidence.frame_near.is_none(), "{:?}: {doubts:?}", config.format);
    }
    assert!(4 * exact >= 3 * cases, "{exact} of {cases}");
}

/// In a room where nothing moves, or without a pause, the size is all there is; and where the end is missing
/// as well, no number is named.
#[test]
fn without_a_mover_or_a_pause_the_size_is_taken_and_else_nothing() {
    for config in configs() {
        let still = recording(&config, &ROOM, PERIOD);
        let without_pause = recording(&config, &[&ROOM[..], &[MOVER]].concat(), 32.0);
        for whole in [still, without_pause] {
            let frame = whole.len() / FRAMES;
            let (evidence, doubts) = heard(&whole[..whole.len() - 1000], &config);
            assert_eq!((evidence.frame_by_pauses, doubts), (None, Vec::new()), "{:?}", config.format);
            for cut in [40, 3 * PAYLOAD_BYTES + 40] {
                let start = (frame - cut) as u64;
                let (evidence, doubts) = heard(&whole[cut..], &config);
                let Some(shift) = evidence.shift else { continue };
                if evidence.frame_by_size.is_none() {
                    // A number of bytes that is off by what targets make look alike fits no size.
                    let row = frame as isize / 64 / if lanes(&config) == LvdsLanes::Two { 4 } else { 1 };
                    assert!((shift - start as isize).rem_euclid(row) != 0, "{cut}: {doubts:?}");
                    continue;
                }
                assert_eq!((evidence.frame_by_pauses, evidence.frame_by_size), (None, Some(start)));
                assert!(doubts[0].ends_with(&format!("`skip_bytes = {start}`")), "{doubts:?}");
                let (evidence, doubts) = heard(&whole[cut..whole.len() - 1000], &config);
                assert_eq!((evidence.frame_by_pauses, evidence.frame_by_size), (None, None), "{doubts:?}");
                let named = doubts.iter().any(|doubt| doubt.contains("`skip_bytes ="));
                assert!(!named && doubts[0].contains("Nothing shows where a frame begins"), "{doubts:?}");
            }
        }
    }
}
