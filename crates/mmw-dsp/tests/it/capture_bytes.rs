//! What lies below the frames: packets, several files, zero runs, the coding of words, foreign files.

use crate::capture::waveform;
use crate::common::{Noise, TempFile};
use mmw_dsp::Sampling;
use mmw_dsp::capture::{
    AdcLayout, CaptureConfig, CaptureFormat, CaptureReader, DamageKind, LvdsLanes, SamplePlace,
};
use mmw_dsp::mmw_core::ComplexArray3;
use std::path::PathBuf;

const FRAMES: usize = 3;

pub(crate) fn config() -> CaptureConfig {
    let fmcw = waveform(2, 4, 8, 64, Sampling::Complex1x);
    let layout = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false };
    CaptureConfig::new(fmcw, CaptureFormat::Dca1000(layout)).unwrap()
}

/// Frames of noise, standard deviation `scale` a part.
pub(crate) fn samples(scale: f64) -> Vec<u8> {
    let mut noise = Noise::new(5);
    let bytes = FRAMES * config().codec().unwrap().frame_bytes();
    let mut words = Vec::new();
    while words.len() < bytes / 2 {
        let z = noise.complex() * scale * 2f64.sqrt();
        words.extend([z.re.round() as i16, z.im.round() as i16]);
    }
    words.into_iter().flat_map(i16::to_le_bytes).collect()
}

fn read(paths: &[PathBuf], config: &CaptureConfig) -> (Vec<ComplexArray3<f32>>, Vec<usize>, CaptureReader) {
    let mut reader = CaptureReader::open_parts(paths, config).unwrap();
    let mut damaged = Vec::new();
    let cubes = (0..reader.frames())
        .map(|index| {
            let cube = reader.read_frame(index).unwrap();
            damaged.push(reader.damage().iter().map(|span| span.bytes.len()).sum());
            cube
        })
        .collect();
    (cubes, damaged, reader)
}

pub(crate) fn plain(bytes: &[u8]) -> Vec<ComplexArray3<f32>> {
    let codec = config().codec().unwrap();
    bytes.chunks_exact(codec.frame_bytes()).map(|frame| codec.decode(frame).unwrap()).collect()
}

/// Packets of `payload` bytes with headers of 10 or 14 bytes; `order` lists which to put where.
pub(crate) fn packets(
    bytes: &[u8],
    payload: usize,
    with_length: bool,
    order: impl Fn(usize) -> Vec<usize>,
) -> Vec<Vec<u8>> {
    let parts: Vec<&[u8]> = bytes.chunks(payload).collect();
    let packet = |index: usize| {
        let mut packet = (index as u32 + 1).to_le_bytes().to_vec();
        if with_length {
            packet.extend((parts[index].len() as u32).to_le_bytes());
        }
        packet.extend(&((index * payload) as u64).to_le_bytes()[..6]);
        packet.extend(parts[index]);
        packet
    };
    order(parts.len()).into_iter().map(packet).collect()
}

pub(crate) fn pcap(packets: &[Vec<u8>], big_endian: bool) -> Vec<u8> {
    let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut file = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, 1].map(word).concat();
    for packet in packets {
        let udp = packet.len() as u16 + 8;
        let mut frame = vec![0; 12];
        frame.extend([8, 0, 0x45, 0]);
        frame.extend((udp + 20).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 168, 33, 180, 192, 168, 33, 30]);
        frame.extend([4098_u16, 4098, udp, 0].map(u16::to_be_bytes).concat());
        frame.extend(packet);
        file.extend([0, 0, frame.len() as u32, frame.len() as u32].map(word).concat());
        file.extend(frame);
    }
    file
}

#[test]
fn packets_with_headers_are_unpacked_whatever_their_size_and_header() {
    let bytes = samples(100.0);
    for payload in [1456, 1024, 722] {
        for with_length in [false, true] {
            let dump = packets(&bytes, payload, with_length, |count| (0..count).collect()).concat();
            let file = TempFile::new("bytes-packets.bin", &dump);
            let (cubes, damaged, reader) = read(&[file.path().to_owned()], &config());
            assert_eq!(cubes, plain(&bytes), "{payload} {with_length}");
            assert_eq!(damaged, [0; FRAMES]);
            assert_eq!(reader.packets().unwrap().lost, 0);
        }
    }
}

#[test]
fn lost_packets_are_zeros_at_their_place_and_late_and_doubled_ones_move_nothing() {
    let bytes = samples(100.0);
    let order = |count: usize| {
        let mut order: Vec<usize> = (0..count).filter(|&index| index != 7 && index != 8).collect();
        order.swap(3, 4);
        order.insert(10, 2);
        order
    };
    let mut expected = bytes.clone();
    expected[7 * 1456..9 * 1456].fill(0);
    let dumps = [
        packets(&bytes, 1456, false, order).concat(),
        packets(&bytes, 1456, true, order).concat(),
        pcap(&packets(&bytes, 1456, false, order), false),
        pcap(&packets(&bytes, 1456, false, order), true),
    ];
    for dump in dumps {
        let file = TempFile::new("bytes-lost.bin", &dump);
        let (cubes, damaged, reader) = read(&[file.path().to_owned()], &config());
        assert_eq!(cubes, plain(&expected));
        assert_eq!(damaged, [2 * 1456, 0, 0]);
        let report = reader.packets().unwrap();
        assert_eq!((report.lost, report.reordered, report.duplicated), (2, 1, 1));
        let lost = 7 * 1456..9 * 1456;
        assert_eq!(report.lost_ranges, std::slice::from_ref(&lost));
    }
}

#[test]
fn a_recording_cut_anywhere_and_bytes_before_it_are_read_as_one() {
    let bytes = samples(100.0);
    for cut in [2, 1000, 16_384, 19_001] {
        let [a, b] = [TempFile::new("bytes-a.bin", &bytes[..cut]), TempFile::new("b.bin", &bytes[cut..])];
        let (cubes, damaged, _) = read(&[a.path().to_owned(), b.path().to_owned()], &config());
        assert_eq!((cubes, damaged), (plain(&bytes), vec![0; FRAMES]), "{cut}");
    }
    let file = TempFile::new("bytes-zeros.bin", &[vec![0; 1540], bytes.clone()].concat());
    let error = CaptureReader::open(file.path(), &config()).unwrap_err().to_string();
    assert!(error.contains("try `skip_bytes = 1540`"), "{error}");
    let mut skipping = config();
    skipping.bytes.skip_bytes = 1540;
    assert_eq!(read(&[file.path().to_owned()], &skipping).0, plain(&bytes));
}

#[test]
fn zeros_in_place_of_a_packet_are_told_and_zeros_of_a_quiet_signal_are_not() {
    let mut bytes = samples(100.0);
    let frame_bytes = bytes.len() / FRAMES;
    bytes[frame_bytes + 4 * 1456..frame_bytes + 5 * 1456].fill(0);
    let file = TempFile::new("bytes-run.bin", &bytes);
    let mut reader = CaptureReader::open(file.path(), &config()).unwrap();
    reader.read_frame(0).unwrap();
    assert!(reader.damage().is_empty());
    reader.read_frame(1).unwrap();
    let span = &reader.damage()[0];
    assert_eq!(span.kind, DamageKind::ZeroRun);
    // 5824 bytes are 22 rows of 256 and 192 bytes; eight rows make a chirp of each transmitter.
    assert_eq!(span.first, SamplePlace { chirp: 2, channel: 6, sample: 48 });
    assert!((1456..=1460).contains(&span.bytes.len()));

    for scale in [0.0, 0.1, 0.3, 1.0, 20.0] {
        let words = samples(scale);
        let file = TempFile::new("bytes-quiet.bin", &words);
        let mut told = config();
        // A silent one is refused unless it is insisted on.
        told.bytes.as_told = words.iter().all(|byte| *byte == 0);
        assert_eq!(read(&[file.path().to_owned()], &told).1, [0; FRAMES], "{scale}");
    }
    // Across the border of two frames, fewer than 64 words in each; and fewer than 64 in all.
    for (before, after, expected) in [(60, 60, [120, 120, 0]), (5, 60, [10, 120, 0]), (30, 30, [0; FRAMES])] {
        let mut bytes = samples(100.0);
        bytes[frame_bytes - 2 * before..frame_bytes + 2 * after].fill(0);
        let file = TempFile::new("bytes-border.bin", &bytes);
        let found = read(&[file.path().to_owned()], &config()).1;
        // A sample that is zero by chance may stand beside the run.
        let close = found.iter().zip(expected).all(|(&found, told)| found >= told && found <= told + 4);
        assert!(close, "{before} {after}: {found:?}");
    }
    // A receiver that is switched off.
    let mut bytes = samples(100.0);
    bytes.chunks_exact_mut(256).skip(2).step_by(4).for_each(|row| row.fill(0));
    let file = TempFile::new("bytes-off.bin", &bytes);
    assert_eq!(read(&[file.path().to_owned()], &config()).1, [0; FRAMES]);
    // A frame without a word.
    let mut bytes = samples(100.0);
    bytes[frame_bytes..2 * frame_bytes].fill(0);
    let file = TempFile::new("bytes-gone.bin", &bytes);
    assert_eq!(read(&[file.path().to_owned()], &config()).1, [0, frame_bytes, 0]);
}

#[test]
fn words_of_another_coding_are_refused_with_the_option_that_reads_them() {
    let bytes = samples(100.0);
    let turned: Vec<u8> =
        bytes.iter().enumerate().map(|(i, b)| if i % 2 == 1 { b ^ 0x80 } else { *b }).collect();
    let swapped: Vec<u8> = bytes.chunks_exact(2).flat_map(|w| [w[1], w[0]]).collect();
    for (coded, option) in [(turned, "`offset_binary = true`"), (swapped, "`big_endian = true`")] {
        let file = TempFile::new("bytes-coded.bin", &coded);
        let error = CaptureReader::open(file.path(), &config()).unwrap_err().to_string();
        assert!(error.contains(option), "{error}");
        let mut told = config();
        told.bytes.offset_binary = option == "`offset_binary = true`";
        told.bytes.big_endian = option == "`big_endian = true`";
        assert_eq!(read(&[file.path().to_owned()], &told).0, plain(&bytes));
    }
    let mut told = config();
    told.bytes.offset_binary = true;
    let file = TempFile::new("bytes-twos.bin", &bytes);
    let error = CaptureReader::open(file.path(), &told).unwrap_err().to_string();
    assert!(error.contains("set `offset_binary = false`"), "{error}");
    let mut partial = config();
    partial.allow_partial_last_frame = true;
    let file = TempFile::new("bytes-odd.bin", &[vec![7], bytes.clone()].concat());
    let error = CaptureReader::open(file.path(), &partial).unwrap_err().to_string();
    assert!(error.contains("`skip_bytes"), "{error}");
    // Full-scale noise, and a square wave that saturates in part, are no other coding.
    for scale in [3000.0, 30_000.0] {
        let file = TempFile::new("bytes-loud.bin", &samples(scale));
        assert_eq!(read(&[file.path().to_owned()], &config()).0[0].len(), 8 * 8 * 64);
    }
}
