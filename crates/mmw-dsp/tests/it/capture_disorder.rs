//! Packets of a recording without headers that were written in another order than sent.

use crate::capture::waveform;
use crate::capture_real::radar_data;
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{
    AdcLayout, CaptureConfig, CaptureFormat, CaptureReader, DamageKind, LvdsLanes, PAYLOAD_BYTES,
};
use mmw_dsp::mmw_core::{C64, ComplexArray3};
use mmw_dsp::{FmcwConfig, Sampling};
use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicUsize, Ordering};

fn config(fmcw: FmcwConfig, lanes: LvdsLanes) -> CaptureConfig {
    CaptureConfig::new(fmcw, CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap: false })).unwrap()
}

/// The packets that are reported to stand elsewhere, and whether anything else is damaged.
fn told(bytes: &[u8], config: &CaptureConfig) -> (BTreeSet<usize>, bool) {
    // Tests run side by side.
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = TempFile::new(&format!("disorder-{number}.bin"), bytes);
    let mut reader = CaptureReader::open(file.path(), config).unwrap();
    let frame = bytes.len() / reader.frames() as usize;
    let (mut packets, mut others) = (BTreeSet::new(), false);
    for index in 0..reader.frames() {
        reader.read_frame(index).unwrap();
        for span in reader.damage() {
            let start = index as usize * frame + span.bytes.start;
            packets.insert(start / PAYLOAD_BYTES);
            others |= span.kind != DamageKind::DisorderedPackets;
        }
    }
    (packets, others)
}

/// The recording with its packets in another order.
fn reordered(bytes: &[u8], order: &[(usize, usize)]) -> Vec<u8> {
    let mut moved = bytes.to_vec();
    for &(to, from) in order {
        moved[to * PAYLOAD_BYTES..][..PAYLOAD_BYTES]
            .copy_from_slice(&bytes[from * PAYLOAD_BYTES..][..PAYLOAD_BYTES]);
    }
    moved
}

#[test]
fn exchanged_packets_of_published_recordings_are_told_and_whole_ones_are_not_accused() {
    let room = config(waveform(3, 4, 85, 512, Sampling::Complex1x), LvdsLanes::Two);
    let fan = config(waveform(1, 4, 1, 256, Sampling::Complex1x), LvdsLanes::Two);
    let recordings =
        [("dislab/adc_data.bin", &room), ("vibration/fan_on.bin", &fan), ("vibration/fan_off.bin", &fan)];
    for (name, config) in recordings {
        let Some(path) = radar_data(name) else { continue };
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(told(&bytes, config), (BTreeSet::new(), false), "{name}");
        // Two neighbours, two with one between, and one that came three late: far from one another.
        let order: Vec<(usize, usize)> = [
            vec![(40, 41), (41, 40)],
            vec![(300, 302), (302, 300)],
            vec![(700, 701), (701, 702), (702, 703), (703, 700)],
            vec![(1200, 1201), (1201, 1200)],
        ]
        .concat();
        let expected: BTreeSet<usize> = order.iter().map(|&(to, _)| to).collect();
        assert_eq!(told(&reordered(&bytes, &order), config), (expected, false), "{name}");
    }
}

/// Still targets and a mover over noise; where all is noise, or moves, nothing else is.
#[test]
fn exchanged_packets_are_told_where_echoes_stand_out() {
    for (lanes, sampling) in [
        (LvdsLanes::Two, Sampling::Complex1x),
        (LvdsLanes::Two, Sampling::Real),
        (LvdsLanes::Four, Sampling::Complex1x),
        (LvdsLanes::Four, Sampling::Real),
    ] {
        let config = config(waveform(2, 4, 64, 100, sampling), lanes);
        let codec = config.codec().unwrap();
        for (amplitude, mover, is_told) in [(400.0, 40.0, true), (0.0, 0.0, false), (0.0, 400.0, false)] {
            let mut noise = Noise::new(8);
            let mut bytes = vec![0; 3 * codec.frame_bytes()];
            for (frame, words) in bytes.chunks_exact_mut(codec.frame_bytes()).enumerate() {
                let cube = ComplexArray3::<f64>::from_shape_fn(codec.shape(), |(channel, chirp, sample)| {
                    let echo = |amplitude: f64, beat: f64, turn: f64, across: f64| {
                        let sent = (90 * frame + chirp) as f64;
                        C64::from_polar(
                            amplitude,
                            TAU * (beat * sample as f64 + turn * sent + across * channel as f64),
                        )
                    };
                    echo(amplitude, 0.071, 0.0, 0.11)
                        + echo(amplitude / 3.0, 0.23, 0.0, -0.2)
                        + echo(mover, 0.31, 0.21, 0.3)
                        + noise.complex() * 20.0
                });
                codec.encode_into(&cube, words).unwrap();
            }
            assert_eq!(told(&bytes, &config), (BTreeSet::new(), false), "{:?}", config.format);
            let order = [(20, 21), (21, 20), (60, 63), (63, 60)];
            let moved: BTreeSet<usize> = order.iter().map(|&(to, _)| to).collect();
            let (found, others) = told(&reordered(&bytes, &order), &config);
            // Of a mover alone it depends on how far it turns.
            let is_right = found == moved || (!is_told && found.is_subset(&moved));
            assert!(is_right && !others, "{:?} {amplitude} {mover}: {found:?}", config.format);
        }
    }
}
