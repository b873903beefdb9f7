//! Cards that begin anew, packets that are numbered otherwise, and datagrams that are none of a card.

use crate::capture_bytes::{config, packets, pcap, plain, samples};
use crate::common::TempFile;
use mmw_dsp::capture::{Arrival, CaptureReader, DATA_PORT, Packet, PacketOrder, PipeContents};
use mmw_dsp::mmw_core::{ComplexArray3, Error};
use std::ops::Range;

const PAYLOAD: usize = 1456;
const FRAME: usize = 100 * PAYLOAD;

type Frame = (u64, Vec<u8>, Vec<Range<usize>>);

/// Packets with the numbers and the bytes given, put into frames.
fn ordered(order: &mut PacketOrder, numbers: Range<u32>, byte: u8, frames: &mut Vec<Frame>) -> Vec<u32> {
    let mut anew = Vec::new();
    for sequence in numbers {
        let offset = u64::from(sequence - 1) * PAYLOAD as u64;
        let packet = Packet { sequence, offset, payload: &[byte; PAYLOAD] };
        let put = |number: u64, frame: &[u8], lost: &[Range<usize>]| -> Result<(), Error> {
            frames.push((number, frame.to_vec(), lost.to_vec()));
            Ok(())
        };
        if order.push(&packet, put).unwrap() == Arrival::Restart {
            anew.push(sequence);
        }
    }
    anew
}

#[test]
fn where_a_card_begins_anew_the_cut_frame_lacks_its_end_and_the_new_frames_follow_at_once() {
    // By its first packet, and by those that follow where that is lost, too.
    for (first, lost) in [(1, 0), (2, 16)] {
        let mut order = PacketOrder::new(FRAME, 0).unwrap();
        let mut frames = Vec::new();
        assert!(ordered(&mut order, 1..351, 1, &mut frames).is_empty());
        assert_eq!(ordered(&mut order, first..400, 2, &mut frames), [first.max(lost + 1)]);
        let numbers: Vec<u64> = frames.iter().map(|frame| frame.0).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6]);
        for (number, bytes, gaps) in &frames {
            let (value, gap) = match *number {
                0..3 => (1, None),
                3 => (1, Some(FRAME / 2..FRAME)),
                4 => (2, Some(0..lost as usize * PAYLOAD).filter(|gap| !gap.is_empty())),
                _ => (2, None),
            };
            let mut expected = vec![value; FRAME];
            expected[gap.clone().unwrap_or_default()].fill(0);
            assert!(*bytes == expected, "{first} {number}");
            assert_eq!(gaps.to_vec(), gap.into_iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_short_recording_is_followed_by_another_once_the_card_was_silent() {
    let mut order = PacketOrder::new(FRAME, 0).unwrap();
    let mut frames = Vec::new();
    ordered(&mut order, 1..121, 1, &mut frames);
    order.book.pause();
    assert_eq!(ordered(&mut order, 1..101, 2, &mut frames), [1]);
    let found: Vec<(u64, u8, usize)> =
        frames.iter().map(|(number, bytes, lost)| (*number, bytes[0], lost.len())).collect();
    assert_eq!(found, [(0, 1, 0), (1, 1, 1), (2, 2, 0)]);
    assert_eq!((order.book.lost_packets(), order.book.duplicated), (0, 0));
}

/// As packets but with the header that `header` makes of number and byte count.
fn with_headers(bytes: &[u8], header: impl Fn(u32, u64) -> Vec<u8>) -> Vec<Vec<u8>> {
    let packet = |(index, part): (usize, &[u8])| {
        [header(index as u32, (index * PAYLOAD) as u64), part.to_vec()].concat()
    };
    bytes.chunks(PAYLOAD).enumerate().map(packet).collect()
}

fn usual(number: u32, offset: u64) -> Vec<u8> {
    [&number.to_le_bytes()[..], &offset.to_le_bytes()[..6]].concat()
}

#[test]
fn packets_may_be_numbered_from_0_or_from_anywhere() {
    let bytes = samples(100.0);
    for first in [0, 1 << 16, 1 << 31] {
        let numbered = with_headers(&bytes, |index, offset| usual(first + index, offset));
        for (name, file) in [("numbered.pcap", pcap(&numbered, false)), ("numbered.bin", numbered.concat())] {
            let file = TempFile::new(&format!("{first}-{name}"), &file);
            let mut reader = CaptureReader::open(file.path(), &config()).unwrap();
            let cubes: Vec<ComplexArray3<f32>> =
                (0..reader.frames()).map(|frame| reader.read_frame(frame).unwrap()).collect();
            assert_eq!(cubes, plain(&bytes), "{first} {name}");
            assert_eq!(reader.packets().map(|packets| (packets.lost, packets.foreign)), Some((0, 0)));
        }
    }
}

#[test]
fn datagrams_without_the_headers_of_a_card_are_described_and_not_unpacked() {
    let bytes = samples(100.0);
    let high_first =
        |index: u32, offset: u64| [&(index + 1).to_be_bytes()[..], &offset.to_be_bytes()[2..]].concat();
    let mut state = 1_u32;
    let mut random = |_: u32, _: u64| {
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..10).map(|_| byte()).collect::<Vec<u8>>()
    };
    let random: Vec<Vec<u8>> =
        bytes.chunks(PAYLOAD).map(|part| [random(0, 0), part.to_vec()].concat()).collect();
    let text = |index: u32, _: u64| format!("frame {index:4}").into_bytes();
    for (file, look) in [
        (with_headers(&bytes, |_, _| Vec::new()), "counts on"),
        (random, "counts on"),
        (with_headers(&bytes, |_, _| vec![0; 10]), "begin with zeros"),
        (with_headers(&bytes, text), "are text"),
        (with_headers(&bytes, high_first), "high byte comes first"),
        (with_headers(&bytes, |index, _| (index + 1).to_le_bytes().to_vec()), "no byte counts"),
    ] {
        let file = pcap(&file, false);
        let on_disk = TempFile::new(&format!("{}.pcap", look.replace(' ', "-")), &file);
        let error = CaptureReader::open(on_disk.path(), &config()).unwrap_err().to_string();
        assert!(error.contains(look) && error.contains("udp_port"), "{look}: {error}");
        let PipeContents::Packets(mut pipe) =
            PipeContents::recognise("a pipe", &file[..], DATA_PORT).unwrap()
        else {
            panic!("not recognised");
        };
        let error = pipe.next_packet().unwrap_err().to_string();
        assert!(error.contains("none of its") && error.contains("udp_port"), "{look}: {error}");
    }
}

#[test]
fn byte_counts_that_span_far_more_than_is_there_are_no_lost_packets() {
    let bytes = samples(100.0);
    let sparse = with_headers(&bytes, |index, offset| usual(1 + 30_000 * index, 30_000 * offset));
    let file = TempFile::new("sparse.pcap", &pcap(&sparse, false));
    let error = CaptureReader::open(file.path(), &config()).unwrap_err().to_string();
    assert!(error.contains("byte counts span"), "{error}");
    // Half of it lost is a loss.
    let half = packets(&bytes, PAYLOAD, false, |count| (0..count).filter(|n| n % 2 == 0).collect());
    let file = TempFile::new("half.pcap", &pcap(&half, false));
    let reader = CaptureReader::open(file.path(), &config()).unwrap();
    assert_eq!(reader.packets().unwrap().lost as usize, half.len() - 1);
}
