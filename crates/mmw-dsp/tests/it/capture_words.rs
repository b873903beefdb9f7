//! What the words of a recording say: the order of their bytes, the limits of the converter, packets that
//! were lost without a trace, several recordings in one file.

use crate::capture::waveform;
use crate::common::{Noise, TempFile};
use mmw_dsp::Sampling;
use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, CaptureReader, LvdsLanes, PAYLOAD_BYTES};
use mmw_dsp::mmw_core::Result;
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicUsize, Ordering};

fn config(lanes: LvdsLanes, sampling: Sampling) -> CaptureConfig {
    let fmcw = waveform(2, 4, 16, 64, sampling);
    CaptureConfig::new(fmcw, CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap: false })).unwrap()
}

/// Frames of a tone of that amplitude over noise of that deviation a part, limited to words.
fn tone(config: &CaptureConfig, frames: usize, amplitude: f64, deviation: f64) -> Vec<u8> {
    let mut noise = Noise::new(9);
    let codec = config.codec().unwrap();
    let mut bytes = Vec::new();
    let mut frame = vec![0; codec.frame_bytes()];
    let mut cube = mmw_dsp::mmw_core::ComplexArray3::<f64>::zeros(codec.shape());
    for _ in 0..frames {
        for ((channel, chirp, sample), z) in cube.indexed_iter_mut() {
            let phase = TAU * 0.121 * sample as f64 + 0.7 * channel as f64 + 0.3 * chirp as f64;
            let wave = mmw_dsp::mmw_core::C64::from_polar(amplitude, phase);
            *z = wave + noise.complex() * (deviation * 2f64.sqrt());
        }
        codec.encode_into(&cube, &mut frame).unwrap();
        bytes.extend(&frame);
    }
    bytes
}

fn open(bytes: &[u8], config: &CaptureConfig) -> Result<CaptureReader> {
    // Tests run side by side.
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let file = TempFile::new(&format!("words-{number}.bin"), bytes);
    CaptureReader::open(file.path(), config)
}

fn exchanged(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks_exact(2).flat_map(|word| [word[1], word[0]]).collect()
}

/// One byte too many before the samples, and the last one gone.
fn shifted(bytes: &[u8]) -> Vec<u8> {
    [&[0], &bytes[..bytes.len() - 1]].concat()
}

/// Amplitudes from a quiet room to full scale, over noise of 10: the recordings of today have both.
#[test]
fn the_order_of_bytes_is_told_at_any_amplitude() {
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        for sampling in [Sampling::Complex1x, Sampling::Real] {
            let config = config(lanes, sampling);
            for amplitude in [20.0, 200.0, 300.0, 600.0, 2000.0, 8000.0, 20_000.0, 32_000.0] {
                let bytes = tone(&config, 2, amplitude, 10.0);
                assert!(open(&bytes, &config).is_ok(), "{amplitude}");
                let said = open(&exchanged(&bytes), &config).map(|_| ()).unwrap_err().to_string();
                assert!(said.contains("`big_endian = true`"), "{lanes:?} {sampling:?} {amplitude}: {said}");
                let said = open(&shifted(&bytes), &config).map(|_| ()).unwrap_err().to_string();
                assert!(said.contains("`skip_bytes"), "{lanes:?} {sampling:?} {amplitude}: {said}");
            }
        }
    }
}

#[test]
fn an_order_of_bytes_that_was_told_wrongly_is_refused_and_may_be_insisted_on() {
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        for sampling in [Sampling::Complex1x, Sampling::Real] {
            let mut config = config(lanes, sampling);
            for amplitude in [20.0, 200.0, 600.0, 2000.0, 8000.0, 32_000.0] {
                let bytes = tone(&config, 2, amplitude, 10.0);
                config.bytes.big_endian = true;
                assert!(open(&exchanged(&bytes), &config).is_ok(), "{amplitude}");
                let said = open(&bytes, &config).map(|_| ()).unwrap_err().to_string();
                assert!(
                    said.contains("set `big_endian = false`"),
                    "{lanes:?} {sampling:?} {amplitude}: {said}"
                );
                assert!(said.contains("`as_told = true`"), "{said}");
                config.bytes.as_told = true;
                assert!(open(&bytes, &config).is_ok());
                config.bytes.big_endian = false;
                assert!(open(&exchanged(&bytes), &config).is_ok());
                config.bytes.as_told = false;
            }
        }
    }
}

/// A weak target, whose words are small, and a few bursts of noise that hold most of the power.
#[test]
fn bursts_of_interference_accuse_no_order_of_bytes() {
    for lanes in [LvdsLanes::Two, LvdsLanes::Four] {
        for sampling in [Sampling::Complex1x, Sampling::Real] {
            let mut config = config(lanes, sampling);
            for (amplitude, burst) in [(20.0, 3000.0), (40.0, 3000.0), (80.0, 10_000.0), (200.0, 10_000.0)] {
                let mut noise = Noise::new(amplitude as u64);
                let mut bytes = tone(&config, 3, amplitude, 3.0);
                let words = bytes.len() / 2;
                for at in (0..9).map(|burst| burst * words / 9 + 17) {
                    for word in bytes.as_chunks_mut::<2>().0[at..].iter_mut().take(100) {
                        *word = ((noise.complex().re * burst) as i16).to_le_bytes();
                    }
                }
                let evidence = open(&bytes, &config).unwrap().layout_evidence().unwrap();
                assert_eq!(evidence.doubts(&config), Vec::<String>::new(), "{amplitude} {burst}");
                config.bytes.big_endian = true;
                assert!(open(&exchanged(&bytes), &config).is_ok(), "{amplitude} {burst}");
                config.bytes.big_endian = false;
            }
        }
    }
}

#[test]
fn a_silent_recording_is_refused_unless_it_is_insisted_on() {
    let mut config = config(LvdsLanes::Four, Sampling::Complex1x);
    let frame = config.codec().unwrap().frame_bytes();
    let mut bytes = vec![0; 40 * frame];
    let said = open(&bytes, &config).map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("all its words are zero") && said.contains("`as_told = true`"), "{said}");
    // One frame of samples, between those that are looked at first.
    bytes[3 * frame..4 * frame].copy_from_slice(&tone(&config, 1, 300.0, 3.0));
    assert!(open(&bytes, &config).is_ok());
    bytes.fill(0);
    config.bytes.as_told = true;
    assert!(open(&bytes, &config).is_ok());
}

/// Noise from one unit to full scale, words of 12 bits shifted up, square waves at the limits.
#[test]
fn words_in_their_order_are_never_accused() {
    let config = config(LvdsLanes::Two, Sampling::Complex1x);
    for deviation in [0.3, 1.0, 5.0, 50.0, 100.0, 128.0, 256.0, 1000.0, 10_000.0, 40_000.0] {
        for amplitude in [0.0, 3.0, 1000.0, 60_000.0] {
            let bytes = tone(&config, 2, amplitude, deviation);
            assert!(open(&bytes, &config).is_ok(), "{amplitude} in {deviation}");
            let up =
                bytes.chunks_exact(2).flat_map(|w| (i16::from_le_bytes([w[0], w[1]]) << 4).to_le_bytes());
            assert!(
                open(&up.collect::<Vec<u8>>(), &config).is_ok(),
                "{amplitude} in {deviation}, shifted up"
            );
        }
    }
}

#[test]
fn a_frame_at_the_limits_of_the_converter_is_told_with_the_share() {
    let config = config(LvdsLanes::Two, Sampling::Complex1x);
    let quiet = tone(&config, 1, 20_000.0, 100.0);
    let mut bytes = quiet.clone();
    // A sine of 40000 is beyond 32768 for 1 - 2 asin(0.8192)/pi of its time.
    bytes.extend(tone(&config, 1, 40_000.0, 100.0));
    let twelve = tone(&config, 1, 3000.0, 10.0);
    let limited = |w: &[u8]| i16::from_le_bytes([w[0], w[1]]).clamp(-2048, 2047).to_le_bytes();
    bytes.extend(twelve.chunks_exact(2).flat_map(limited));
    let file = TempFile::new("clipped.bin", &bytes);
    let mut reader = CaptureReader::open(file.path(), &config).unwrap();
    let mut clipped = |frame| {
        reader.read_frame(frame).unwrap();
        reader.clipping().map(|found| (found.bits, found.share))
    };
    assert_eq!(clipped(0), None);
    let share = |limit: f64, amplitude: f64| 1.0 - (limit / amplitude).asin() * 4.0 / TAU;
    for (frame, bits, expected) in [(1, 16, share(32_767.5, 40_000.0)), (2, 12, share(2047.5, 3000.0))] {
        let (found_bits, found) = clipped(frame).unwrap();
        assert_eq!(found_bits, Some(bits));
        assert!((found - expected).abs() < 0.02, "{found} against {expected}");
    }
}

#[test]
fn packets_that_are_missing_without_zeros_are_named_before_anything_else() {
    let config = config(LvdsLanes::Two, Sampling::Complex1x);
    let bytes = tone(&config, 3, 300.0, 10.0);
    for (lost, words) in [(1, "one packet of 1456 bytes"), (3, "3 packets of 1456 bytes")] {
        let cut = [&bytes[..14_560], &bytes[14_560 + lost * PAYLOAD_BYTES..]].concat();
        let said = open(&cut, &config).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(words) && said.contains("place is unknown"), "{said}");
        assert!(!said.contains("`skip_bytes") && !said.contains("allow_partial"), "{said}");
    }
    let said = open(&bytes[..bytes.len() - 1000], &config).map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("`allow_partial_last_frame = true`"), "{said}");
}

/// A pcap of datagrams, each from a host of that last number.
fn pcap(packets: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1].map(u32::to_le_bytes).concat();
    for (host, packet) in packets {
        let udp = packet.len() as u16 + 8;
        let mut frame = vec![0; 12];
        frame.extend([8, 0, 0x45, 0]);
        frame.extend((udp + 20).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 168, 33, *host, 192, 168, 33, 30]);
        frame.extend([4098_u16, 4098, udp, 0].map(u16::to_be_bytes).concat());
        frame.extend(packet);
        file.extend([0, 0, frame.len() as u32, frame.len() as u32].map(u32::to_le_bytes).concat());
        file.extend(frame);
    }
    file
}

fn packets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let packet = |(index, part): (usize, &[u8])| {
        let header = (index as u32 + 1).to_le_bytes();
        [&header[..], &((index * PAYLOAD_BYTES) as u64).to_le_bytes()[..6], part].concat()
    };
    bytes.chunks(PAYLOAD_BYTES).enumerate().map(packet).collect()
}

#[test]
fn several_recordings_among_the_packets_of_a_file_are_told_apart() {
    let config = config(LvdsLanes::Two, Sampling::Complex1x);
    let (first, second) = (tone(&config, 3, 300.0, 10.0), tone(&config, 3, 200.0, 10.0));
    let from = |host: u8, bytes: &[u8]| packets(bytes).into_iter().map(|p| (host, p)).collect::<Vec<_>>();
    let again = pcap(&[from(180, &first), from(180, &second)].concat());
    let pairs = from(180, &first).into_iter().zip(from(181, &second));
    let cards = pcap(&pairs.flat_map(|(a, b)| [a, b]).collect::<Vec<_>>());
    let dump = [packets(&first).concat(), packets(&second).concat()].concat();
    for (bytes, words) in [(again, "192.168.33.180:4098"), (cards, "192.168.33.181:4098"), (dump, "packets")]
    {
        let said = open(&bytes, &config).map(|_| ()).unwrap_err().to_string();
        assert!(
            said.contains("2 recordings") && said.contains(words) && said.contains("`recording"),
            "{said}"
        );
        for (recording, expected) in [(0, &first), (1, &second)] {
            let mut chosen = config.clone();
            chosen.bytes.recording = Some(recording);
            let mut reader = open(&bytes, &chosen).unwrap();
            let frame = &expected[..config.codec().unwrap().frame_bytes()];
            assert_eq!(reader.read_frame(0).unwrap(), config.codec().unwrap().decode(frame).unwrap());
            assert_eq!(reader.packets().unwrap().duplicated, 0);
        }
        let mut chosen = config.clone();
        chosen.bytes.recording = Some(2);
        assert!(open(&bytes, &chosen).map(|_| ()).unwrap_err().to_string().contains("below 2"));
    }
    // Late and doubled packets are no restart.
    let mut late = packets(&first);
    let moved = late.remove(3);
    late.insert(40, moved);
    late.insert(41, late[4].clone());
    assert!(open(&late.concat(), &config).is_ok());
}

#[test]
fn what_packets_bring_after_the_last_whole_frame_is_counted() {
    let config = config(LvdsLanes::Two, Sampling::Complex1x);
    let bytes = tone(&config, 3, 300.0, 10.0);
    let frame = config.codec().unwrap().frame_bytes() as u64;
    for (dump, left_out) in
        [(packets(&bytes).concat(), 0), (packets(&bytes[..bytes.len() - 1000]).concat(), frame - 1000)]
    {
        let reader = open(&dump, &config).unwrap();
        assert_eq!(reader.packets().unwrap().left_out, left_out);
    }
}
