//! Recordings of a room that were damaged or are something else: whatever holds no samples in its place is
//! told, and what is whole is not accused.

use crate::capture::waveform;
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureStream, DamageKind, LvdsLanes, PAYLOAD_BYTES,
    PacketReport,
};
use mmw_dsp::mmw_core::{C64, ComplexArray3, Result};
use mmw_dsp::{FmcwConfig, Sampling};
use std::f64::consts::TAU;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

const FRAMES: usize = 4;

/// Two transmitters, four receivers, 64 samples.
fn room() -> impl Iterator<Item = CaptureConfig> {
    [Sampling::Complex1x, Sampling::Real].into_iter().flat_map(|sampling| {
        [LvdsLanes::Two, LvdsLanes::Four].map(|lanes| of_waveform(&waveform(2, 4, 32, 64, sampling), lanes))
    })
}

fn of_waveform(fmcw: &FmcwConfig, lanes: LvdsLanes) -> CaptureConfig {
    let layout = AdcLayout { lanes, iq_swap: false };
    CaptureConfig::new(fmcw.clone(), CaptureFormat::Dca1000(layout)).unwrap()
}

/// Echoes at random ranges, velocities and directions over noise of 6 a part.
fn recording(config: &CaptureConfig, targets: usize, seed: u64) -> Vec<u8> {
    let mut noise = Noise::new(seed);
    let mut uniform = || (noise.complex().arg() / TAU + 0.5).clamp(0.0, 1.0);
    let span = if config.fmcw.sampling == Sampling::Real { 0.42 } else { 0.85 };
    let echoes: Vec<[f64; 5]> = (0..targets)
        .map(|_| {
            let still = uniform() < 0.6;
            let turn = if still { 0.0 } else { uniform() };
            [10f64.powf(2.0 + 1.2 * uniform()), 0.03 + span * uniform(), turn, uniform(), uniform()]
        })
        .collect();
    let codec = config.codec().unwrap();
    let mut bytes = vec![0; FRAMES * codec.frame_bytes()];
    let mut cube = ComplexArray3::<f64>::zeros(codec.shape());
    for (frame, words) in bytes.chunks_exact_mut(codec.frame_bytes()).enumerate() {
        for ((channel, chirp, sample), z) in cube.indexed_iter_mut() {
            let sent = (frame * 40 + chirp) as f64 + 0.5 * (channel / 4) as f64;
            let echo = |[amplitude, beat, turn, side, phase]: &[f64; 5]| {
                let turns = phase + beat * sample as f64 + turn * sent + (side - 0.5) * channel as f64;
                C64::from_polar(*amplitude, TAU * turns)
            };
            *z = echoes.iter().map(echo).sum::<C64>() + noise.complex() * (6.0 * 2f64.sqrt());
        }
        codec.encode_into(&cube, words).unwrap();
    }
    bytes
}

fn opened(bytes: &[u8], config: &CaptureConfig) -> Result<Capture> {
    // Tests run side by side.
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    Capture::open(TempFile::new(&format!("gaps-{number}.bin"), bytes).path(), config)
}

/// In a frame.
type Damage = (u64, DamageKind, Range<usize>);

/// What is doubted and what is damaged, by frame.
fn judged(bytes: &[u8], config: &CaptureConfig) -> (Vec<String>, Vec<Damage>) {
    let mut capture = opened(bytes, config).unwrap();
    let mut doubts = capture.layout_evidence().unwrap().doubts(config);
    doubts.extend(capture.place_doubt());
    let mut damage = Vec::new();
    for frame in 0..capture.frames() {
        capture.read_frame(frame).unwrap();
        damage.extend(capture.damage().iter().map(|span| (frame, span.kind, span.bytes.clone())));
    }
    (doubts, damage)
}

/// What is displaced of the frames that come through a pipe, nothing of the first.
fn piped(bytes: &[u8], config: &CaptureConfig, frames: usize) -> Vec<Range<usize>> {
    let mut stream = CaptureStream::new("a pipe", config).unwrap();
    let mut cube = ComplexArray3::<f32>::zeros(stream.shape());
    let (mut input, mut found) = (bytes, Vec::new());
    for _ in 0..frames {
        assert!(stream.read_frame_into(&mut input, &mut cube).unwrap());
        let spans = stream.damage().iter().filter(|span| span.kind == DamageKind::Displaced);
        found.extend(spans.map(|span| span.bytes.clone()));
    }
    found
}

fn words(bytes: &[u8]) -> impl Iterator<Item = i16> {
    bytes.as_chunks::<2>().0.iter().map(|word| i16::from_le_bytes(*word))
}

#[test]
fn whole_recordings_are_not_accused() {
    for config in room() {
        for (seed, targets) in [(1, 0), (2, 1), (3, 3), (4, 14), (5, 14), (6, 14)] {
            let bytes = recording(&config, targets, seed);
            let (doubts, damage) = judged(&bytes, &config);
            assert!(doubts.is_empty() && damage.is_empty(), "{config:?} {seed}: {doubts:?} {damage:?}");
        }
    }
}

/// Old memory is filled with 0xcdcd, 0xaaaa, 0x5555 by many a runtime; the limits of the range are no better.
#[test]
fn a_word_again_and_again_is_damage_at_an_end_of_the_range_as_well() {
    for config in room() {
        let whole = recording(&config, 3, 3);
        let frame = config.codec().unwrap().frame_bytes();
        for word in [0xcdcd_u16, 0xaaaa, 0x5555, 0x1000, 0x8000, 0x7fff, 0xffff] {
            for packets in [1, 3] {
                let mut bytes = whole.clone();
                let gap = 7 * PAYLOAD_BYTES..(7 + packets) * PAYLOAD_BYTES;
                bytes[frame..][gap.clone()].as_chunks_mut::<2>().0.fill(word.to_le_bytes());
                let (_, damage) = judged(&bytes, &config);
                let [(1, DamageKind::ConstantRun, found)] = damage.as_slice() else {
                    panic!("{word:x} {packets}: {damage:?}");
                };
                assert!(
                    found.start.abs_diff(gap.start) <= 4 && found.end.abs_diff(gap.end) <= 4,
                    "{found:?}"
                );
            }
        }
    }
}

#[test]
fn old_contents_of_a_buffer_of_one_frame_are_found() {
    for config in room() {
        let whole = recording(&config, 3, 3);
        let frame = config.codec().unwrap().frame_bytes();
        let part = 8 * PAYLOAD_BYTES + 100..9 * PAYLOAD_BYTES + 100;
        for (held, kind) in [
            (part, DamageKind::RepeatedPackets),
            (0..frame / 2, DamageKind::RepeatedPackets),
            (0..frame, DamageKind::RepeatedFrame),
        ] {
            let mut bytes = whole.clone();
            bytes.copy_within(frame + held.start..frame + held.end, 2 * frame + held.start);
            let (_, damage) = judged(&bytes, &config);
            let [(2, found, bytes)] = damage.as_slice() else { panic!("{held:?}: {damage:?}") };
            // A word beside it is equal by chance now and then.
            let near = bytes.start.abs_diff(held.start) <= 4 && bytes.end.abs_diff(held.end) <= 4;
            assert!(*found == kind && near, "{held:?}: {damage:?}");
        }
    }
}

/// Packets that are missing in the second frame, the end filled up or not, or doubled.
#[test]
fn frames_behind_a_gap_that_nothing_fills_are_displaced() {
    for mut config in room() {
        let whole = recording(&config, 3, 7);
        let frame = config.codec().unwrap().frame_bytes();
        let gap = frame + frame / 2;
        for packets in [1, 3] {
            let filled = packets * PAYLOAD_BYTES;
            let cut = [&whole[..gap], &whole[gap + filled..]].concat();
            let doubled = [&whole[..gap], &whole[gap - filled..whole.len() - filled]].concat();
            let padded = [cut.clone(), vec![0; filled]].concat();
            let repeated = [&cut[..], &whole[whole.len() - filled..]].concat();
            for (name, bytes) in
                [("cut", cut), ("doubled", doubled), ("padded", padded), ("repeated", repeated)]
            {
                config.allow_partial_last_frame = name == "cut";
                let (doubts, damage) = judged(&bytes, &config);
                assert!(
                    doubts.iter().any(|doubt| doubt.contains("chirps begin elsewhere")),
                    "{name}: {doubts:?}"
                );
                let displaced: Vec<_> =
                    damage.iter().filter(|(_, kind, _)| *kind == DamageKind::Displaced).collect();
                let frames = bytes.len() / frame;
                // The place is known to 16 chirps.
                let chirp = frame / 64;
                assert_eq!(displaced.len(), frames - 1, "{name} {packets}: {damage:?}");
                let start = frame + displaced[0].2.start;
                assert!(
                    displaced[0].0 == 1 && start <= gap + chirp && start + 17 * chirp > gap,
                    "{displaced:?}"
                );
                assert!(displaced[1..].iter().all(|(_, _, bytes)| *bytes == (0..frame)), "{displaced:?}");
                let piped = piped(&bytes, &config, frames);
                assert_eq!(piped.len(), frames - 1, "{name} {packets}: {piped:?}");
                assert!(piped[1..].iter().all(|bytes| *bytes == (0..frame)), "{piped:?}");
                assert!(frame + piped[0].start <= gap + chirp, "{piped:?}");
            }
        }
        // Cut short at its end, which the samples confirm.
        config.allow_partial_last_frame = true;
        assert_eq!(judged(&whole[..whole.len() - 1000], &config), (Vec::new(), Vec::new()));
        // Of noise nobody knows.
        let noise = recording(&config, 0, 7);
        let (doubts, damage) = judged(&noise[..noise.len() - 1000], &config);
        assert!(doubts[0].contains("bytes before are lost") && damage.is_empty(), "{doubts:?} {damage:?}");
    }
}

/// With about as many targets as predictors, of real samples each with two lines, some rooms are not
/// recognised: of these here 49 of 72 are, of those of an independent synthesis 166 of 176. None is given a
/// wrong number.
#[test]
fn a_beginning_some_words_off_is_told_with_the_bytes_to_skip() {
    let (mut full, mut told_of_full) = (0, 0);
    for config in room() {
        for (seed, targets) in [(3, 3), (11, 14), (12, 14), (13, 14)] {
            let bytes = recording(&config, targets, seed);
            for skip in [2, 4, 8] {
                let mut told = config.clone();
                told.allow_partial_last_frame = true;
                // So many bytes too many in front, of which none is left out, or half of them.
                let before = [vec![1; skip], bytes.clone()].concat();
                for skipped in [0, skip as u64 / 4 * 2] {
                    told.bytes.skip_bytes = skipped;
                    let (doubts, _) = judged(&before, &told);
                    let right = format!("`skip_bytes = {skip}`");
                    let found = doubts.iter().any(|doubt| doubt.ends_with(&right));
                    assert!(found || targets > 3, "{seed} {skip}: {doubts:?}");
                    let named = doubts.iter().filter(|doubt| doubt.contains("`skip_bytes"));
                    assert!(named.count() == usize::from(found), "{seed} {skip}: {doubts:?}");
                    full += usize::from(targets > 3);
                    told_of_full += usize::from(found && targets > 3);
                }
            }
        }
    }
    // What was measured, less twice the deviation of a count.
    assert!(told_of_full + 8 >= 49 && full == 72, "{told_of_full} of {full}");
}

/// Twice the samples and half the chirps have as many bytes. Now and then the other number of lanes looks
/// better still, and is doubted in their place; 3 of 88 rooms of an independent synthesis say nothing.
#[test]
fn chirps_of_a_full_room_that_are_told_to_be_twice_as_long_fall_into_two() {
    let (mut rooms, mut told_rooms) = (0, 0);
    for config in room() {
        for seed in 20..26 {
            let bytes = recording(&config, 14, seed);
            let mut told = config.clone();
            (told.fmcw.samples, told.fmcw.chirps) = (128, 16);
            let (doubts, _) = judged(&bytes, &told);
            let named = ["falls into 2 of 64", "echoes when read with"];
            rooms += 1;
            told_rooms +=
                usize::from(doubts.iter().any(|doubt| named.iter().any(|name| doubt.contains(name))));
        }
    }
    assert!(5 * told_rooms >= 4 * rooms, "{told_rooms} of {rooms}");
}

/// Of what is behind, only the first chirps tell that it was not always so.
#[test]
fn a_gap_or_a_surplus_among_the_first_chirps_is_found() {
    let (mut cases, mut found, mut piped_cases) = (0, 0, 0);
    for config in room() {
        for (seed, targets) in [(3, 3), (8, 5)] {
            let bytes = recording(&config, targets, seed);
            let (chirp, frame) = (bytes.len() / FRAMES / 64, bytes.len() / FRAMES);
            // Not a whole number of rows, which would show nothing.
            for packet in [3, 5, 8] {
                let (from, to) = (packet * PAYLOAD_BYTES, (packet + 1) * PAYLOAD_BYTES);
                let lost = [&bytes[..from], &bytes[to..], &bytes[..PAYLOAD_BYTES]].concat();
                let doubled = [&bytes[..to], &bytes[from..]].concat();
                for bytes in [lost, doubled[..bytes.len()].to_vec()] {
                    let (doubts, damage) = judged(&bytes, &config);
                    let first = damage.iter().find(|(_, kind, _)| *kind == DamageKind::Displaced);
                    let near = first.is_some_and(|(frame, _, range)| {
                        *frame == 0 && range.start.abs_diff(from) <= PAYLOAD_BYTES + 16 * chirp
                    });
                    let told = doubts.iter().any(|doubt| doubt.contains("bytes were lost there"));
                    cases += 1;
                    found += usize::from(near && told);
                    let piped = piped(&bytes, &config, 2);
                    piped_cases += usize::from(piped.len() == 2 && piped[1] == (0..frame));
                }
            }
        }
    }
    // What was measured of the file: 47 of 48.
    assert!(
        found + 1 >= cases && piped_cases == cases && cases == 48,
        "{found} and {piped_cases} of {cases}"
    );
}

/// The number may be off by the few samples that a still target makes look alike by chance.
#[test]
fn a_beginning_many_words_off_is_told() {
    let (mut cases, mut exact) = (0, 0);
    for config in room() {
        for (seed, targets) in [(3, 3), (8, 5)] {
            let bytes = recording(&config, targets, seed);
            let mut told = config.clone();
            told.allow_partial_last_frame = true;
            for skip in [16, 24, 40, 48] {
                let before = [vec![1; skip], bytes.clone()].concat();
                let (doubts, _) = judged(&before, &told);
                let right = format!("`skip_bytes = {skip}`");
                assert!(
                    doubts.iter().any(|doubt| doubt.contains("rows of samples begin")),
                    "{skip}: {doubts:?}"
                );
                cases += 1;
                exact += usize::from(doubts.iter().any(|doubt| doubt.ends_with(&right)));
            }
        }
    }
    // What was measured.
    assert!(exact >= 24 && cases == 32, "{exact} of {cases}");
}

/// An interferer that crosses all chirps at one place breaks them, too, but no rows begin there.
#[test]
fn interference_at_one_place_of_all_chirps_is_no_border() {
    for config in room() {
        for place in [9, 20, 40] {
            let mut noise = Noise::new(place as u64);
            let codec = config.codec().unwrap();
            let mut bytes = recording(&config, 3, 3);
            for frame in bytes.chunks_exact_mut(codec.frame_bytes()) {
                let mut cube = codec.decode::<f64>(frame).unwrap();
                for ((_, _, sample), z) in cube.indexed_iter_mut() {
                    if (place..place + 4).contains(&sample) {
                        *z += noise.complex() * 3000.0;
                    }
                }
                codec.encode_into(&cube, frame).unwrap();
            }
            let (doubts, damage) = judged(&bytes, &config);
            assert!(doubts.is_empty() && damage.is_empty(), "{place}: {doubts:?} {damage:?}");
        }
    }
}

#[test]
fn files_of_longer_numbers_are_refused_with_the_conversion() {
    for config in room() {
        let whole = recording(&config, 3, 3);
        let files: [(&str, Vec<u8>); 4] = [
            ("<f4", words(&whole).flat_map(|word| (f32::from(word) * 0.37).to_le_bytes()).collect()),
            ("<f8", words(&whole).flat_map(|word| f64::from(word).to_le_bytes()).collect()),
            ("<i4", words(&whole).flat_map(|word| i32::from(word).to_le_bytes()).collect()),
            ("<i8", words(&whole).flat_map(|word| i64::from(word).to_le_bytes()).collect()),
        ];
        for (kind, bytes) in files {
            // Of the right size, and of none.
            for bytes in [&bytes[..], &bytes[..bytes.len() - 12]] {
                let said = opened(bytes, &config).map(|_| ()).unwrap_err().to_string();
                assert!(said.contains(kind) && said.contains("astype"), "{said}");
            }
        }
    }
}

#[test]
fn a_file_of_one_word_holds_no_samples() {
    for config in room() {
        let bytes = config.codec().unwrap().frame_bytes() * 3;
        for word in [0xffff_u16, 0x1234, 1, 0x8000] {
            let said =
                opened(&word.to_le_bytes().repeat(bytes / 2), &config).map(|_| ()).unwrap_err().to_string();
            assert!(said.contains(&format!("all its words are 0x{word:04x}")), "{said}");
        }
    }
}

/// The list names a loss of a few words, which no run of zeros betrays.
#[test]
fn packets_that_a_list_names_are_lost_wherever_frames_begin() {
    for mut config in room() {
        let mut bytes = recording(&config, 3, 3);
        let frame = config.codec().unwrap().frame_bytes();
        let lost = frame + 400..frame + 440;
        bytes[lost.clone()].fill(0);
        assert_eq!(judged(&bytes, &config).1, []);
        for skip in [0, 16] {
            config.bytes.skip_bytes = skip as u64;
            config.allow_partial_last_frame = true;
            let mut capture = opened(&bytes, &config).unwrap();
            // Out of order, overlapping, empty, beyond the end.
            let ranges =
                [lost.start + 8..lost.end, lost.start..lost.end - 8, 9..9, usize::MAX - 9..usize::MAX];
            let lost_ranges = ranges.iter().map(|range| range.start as u64..range.end as u64).collect();
            capture.know_packets(PacketReport { lost: 1, lost_ranges, ..PacketReport::default() });
            capture.read_frame(1).unwrap();
            let [span] = capture.damage() else { panic!("{:?}", capture.damage()) };
            assert_eq!((span.kind, span.bytes.clone()), (DamageKind::LostPackets, 400 - skip..440 - skip));
        }
    }
}
