//! Descriptions that fit the size of a recording and not its samples, where few targets are seen, and scenes
//! that look like such ones.

use crate::capture::waveform;
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{AdcLayout, Capture, CaptureConfig, CaptureFormat, LayoutEvidence, LvdsLanes};
use mmw_dsp::mmw_core::{C64, ComplexArray3};
use mmw_dsp::{FmcwConfig, Sampling};
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Amplitude, cycles per sample, a turn of the transmitters, a receiver and a transmitter.
type Target = [f64; 5];

fn config(fmcw: FmcwConfig, lanes: LvdsLanes) -> CaptureConfig {
    CaptureConfig::new(fmcw, CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap: false })).unwrap()
}

/// One frame over noise of 4 a part.
fn recording(config: &CaptureConfig, targets: &[Target], seed: u64) -> Vec<u8> {
    let mut noise = Noise::new(seed);
    let codec = config.codec().unwrap();
    let mut bytes = vec![0; codec.frame_bytes()];
    let cube = ComplexArray3::<f64>::from_shape_fn(codec.shape(), |(channel, chirp, sample)| {
        let (transmitter, receiver) = ((channel / 4) as f64, (channel % 4) as f64);
        let sent = chirp as f64 + transmitter / config.fmcw.transmitters as f64;
        let echo = |[amplitude, beat, turn, across, sent_from]: &Target| {
            let turns =
                0.1 + beat * sample as f64 + turn * sent + across * receiver + sent_from * transmitter;
            C64::from_polar(*amplitude, TAU * turns)
        };
        targets.iter().map(echo).sum::<C64>() + noise.complex() * (4.0 * 2f64.sqrt())
    });
    codec.encode_into(&cube, &mut bytes).unwrap();
    bytes
}

fn heard(bytes: &[u8], config: &CaptureConfig) -> (LayoutEvidence, Vec<String>) {
    // Tests run side by side.
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = TempFile::new(&format!("description-{number}.bin"), bytes);
    let evidence = Capture::open(file.path(), config).unwrap().layout_evidence().unwrap();
    (evidence, evidence.doubts(config))
}

/// Few lines leave the spectrum of the wrong kind as structured as that of the right one; their images tell
/// it. Near a quarter of the rate of the words both kinds are the same: there no target stands here.
#[test]
fn a_single_target_tells_real_samples_from_complex_ones() {
    let scenes: [&[Target]; 4] = [
        &[[300.0, 0.17, 0.0, 0.1, 0.2]],
        &[[300.0, 0.31, 0.0, -0.2, 0.1], [80.0, 0.13, 0.2, 0.1, 0.3]],
        &[[1500.0, 0.01, 0.0, 0.3, 0.1], [200.0, 0.41, 0.1, 0.2, 0.1]],
        &[[200.0, 0.11, 0.0, 0.1, 0.2], [150.0, 0.19, 0.3, -0.2, 0.3], [90.0, 0.32, 0.0, 0.3, 0.1]],
    ];
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        let of = |sampling, samples| config(waveform(2, 4, 32, samples, sampling), lanes);
        let (complex, real) = (of(Sampling::Complex1x, 64), of(Sampling::Real, 128));
        for (seed, targets) in (1..).zip(scenes) {
            for (right, wrong, is_real) in [(&complex, &real, false), (&real, &complex, true)] {
                let bytes = recording(right, targets, seed);
                assert_eq!(heard(&bytes, right).1, Vec::<String>::new(), "{lanes:?} {targets:?}");
                let (evidence, doubts) = heard(&bytes, wrong);
                // Beside a strong coupling, pairs of receivers may look like pairs of I and Q: a doubt, too.
                let told = evidence.real == Some(is_real) || evidence.iq_pairs.is_some();
                assert!(told, "{lanes:?} {targets:?}: {evidence:?} {doubts:?}");
            }
        }
    }
}

/// Two targets whose ranges mirror one another, as loud and still, look like a line and its image in some
/// receivers.
#[test]
fn targets_at_mirrored_ranges_accuse_nothing() {
    for (samples, sampling) in [(64, Sampling::Complex1x), (128, Sampling::Real)] {
        let right = config(waveform(2, 4, 32, samples, sampling), LvdsLanes::Four);
        for bin in [5.0, 9.3, 14.0, 20.6, 27.0] {
            let far = if sampling == Sampling::Real { 64.0 - bin } else { samples as f64 - bin };
            for across in [0.0, 0.1, 0.37] {
                let [near, far] = [bin, far].map(|bin| bin / samples as f64);
                let targets = [[200.0, near, 0.0, 0.05, 0.1], [200.0, far, 0.0, across, 0.2]];
                let (evidence, _) = heard(&recording(&right, &targets, 3), &right);
                assert_eq!(evidence.real, None, "{bin} {across}");
            }
        }
    }
}

/// One after two or three turns is what two movers in one range bin do, alone or in a room.
#[test]
fn two_movers_in_one_range_bin_accuse_no_turns() {
    let room: [Target; 3] =
        [[150.0, 0.1, 0.0, 0.1, 0.1], [100.0, 0.62, 0.0, 0.3, 0.2], [60.0, 0.8, 0.0, -0.1, 0.4]];
    for transmitters in [1, 2, 3] {
        for chirps in [16, 32, 64] {
            let right = config(waveform(transmitters, 4, chirps, 64, Sampling::Complex1x), LvdsLanes::Two);
            for apart in [0.27, 1.0 / 3.0, 0.4, 0.45, 0.5, 0.51, 0.6, 2.0 / 3.0] {
                let movers = [[200.0, 0.3, 0.1, 0.17, 0.3], [180.0, 0.302, 0.1 + apart, -0.17, -0.2]];
                for targets in [movers.to_vec(), [&movers[..], &room].concat()] {
                    let doubts = heard(&recording(&right, &targets, 5), &right).1;
                    assert!(doubts.is_empty(), "{transmitters} {chirps} {apart}: {doubts:?}");
                }
            }
        }
    }
}

/// The halves of a chirp of a still target differ by one phase, which alternates in the channels. Nothing
/// does where that phase, and the one from transmitter to transmitter, is a whole turn.
#[test]
fn a_lone_still_target_tells_that_half_the_samples_were_told() {
    for (transmitters, lanes) in [(2, LvdsLanes::Two), (2, LvdsLanes::Four), (3, LvdsLanes::Four)] {
        let right = config(waveform(transmitters, 4, 64, 64, Sampling::Complex1x), lanes);
        let mut wrong = right.clone();
        (wrong.fmcw.samples, wrong.fmcw.chirps) = (32, 128);
        for beat in [0.171, 0.282, 0.393] {
            for between in [0.05, -0.04, 0.08] {
                let bytes = recording(&right, &[[500.0, beat, 0.0, 0.06, between]], 7);
                assert_eq!(heard(&bytes, &right).1, Vec::<String>::new());
                let (evidence, doubts) = heard(&bytes, &wrong);
                assert!(evidence.turns.is_some(), "{transmitters} {lanes:?} {beat} {between}: {doubts:?}");
            }
        }
    }
}

/// Complex 1x has echoes at all frequencies, of which 2x takes the upper half for negative ones. What stands
/// there of 2x are images, 20 dB and more below their lines.
#[test]
fn echoes_at_both_signs_tell_complex_1x_that_was_told_as_2x() {
    let rooms: [&[Target]; 3] = [
        &[[300.0, 0.17, 0.0, 0.1, 0.2], [100.0, 0.71, 0.1, 0.2, 0.1]],
        &[[1500.0, 0.01, 0.0, 0.3, 0.1], [80.0, 0.31, 0.0, 0.1, 0.3], [60.0, 0.62, 0.3, 0.2, 0.1]],
        &[[200.0, 0.11, 0.0, 0.1, 0.2], [150.0, 0.85, 0.3, -0.2, 0.3], [90.0, 0.32, 0.0, 0.3, 0.1]],
    ];
    let near: [&[Target]; 2] = [
        &[[300.0, 0.17, 0.0, 0.1, 0.2], [100.0, 0.41, 0.1, 0.2, 0.1]],
        &[[1500.0, 0.01, 0.0, 0.3, 0.1], [80.0, 0.31, 0.0, 0.1, 0.3]],
    ];
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        let of = |sampling| config(waveform(2, 4, 32, 128, sampling), lanes);
        let (once, twice) = (of(Sampling::Complex1x), of(Sampling::Complex2x));
        for (seed, targets) in (1..).zip(rooms) {
            let bytes = recording(&once, targets, seed);
            assert_eq!(heard(&bytes, &once).1, Vec::<String>::new(), "{lanes:?} {targets:?}");
            let (evidence, doubts) = heard(&bytes, &twice);
            assert!(evidence.both_sides && doubts.len() == 1, "{lanes:?} {targets:?}: {doubts:?}");
            assert!(doubts[0].contains("complex 1x") && doubts[0].contains("adcCfg"), "{doubts:?}");
        }
        for (seed, targets) in (1..).zip(near) {
            let images = targets
                .iter()
                .map(|[a, beat, turn, across, sent]| [0.1 * a, 1.0 - beat, -turn, -across, -sent]);
            let all: Vec<Target> = targets.iter().copied().chain(images).collect();
            let doubts = heard(&recording(&twice, &all, seed), &twice).1;
            assert_eq!(doubts, Vec::<String>::new(), "{lanes:?} {targets:?}");
        }
    }
}
