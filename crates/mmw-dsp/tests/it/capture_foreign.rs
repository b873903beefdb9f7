//! Datagrams among those of a capture card that are not of its stream.

use crate::capture_bytes::{config, packets, pcap, plain, samples};
use crate::common::TempFile;
use mmw_dsp::capture::{
    CaptureReader, CaptureStream, DATA_PORT, Packet, PacketGate, PacketOrder, PipeContents,
};
use mmw_dsp::mmw_core::{ComplexArray3, Error};
use std::net::SocketAddr;
use std::ops::Range;

const CARD: [u8; 4] = [192, 168, 33, 180];

/// A record of the recording with another sender and other ports than those of the card.
fn record(source: [u8; 4], ports: [u16; 2], payload: &[u8]) -> Vec<u8> {
    let mut record = pcap(&[payload.to_vec()], false)[24..].to_vec();
    let ip = 16 + 14;
    record[ip + 12..ip + 16].copy_from_slice(&source);
    record[ip + 20..ip + 22].copy_from_slice(&ports[0].to_be_bytes());
    record[ip + 22..ip + 24].copy_from_slice(&ports[1].to_be_bytes());
    record
}

/// RFC 6762: header of an answer over multicast (the flags 0x8400), and a name.
const MDNS: &[u8] =
    b"\0\0\x84\0\0\0\0\x01\0\0\0\0\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\x01\0\0\x11\x94\0\x02\xc0\x0c";

/// What else is on such a network.
fn strangers() -> Vec<Vec<u8>> {
    let far = [&[9, 0, 0, 0][..], &[0, 0, 0, 0, 0, 0x7f], &[5; 40]].concat();
    let other =
        [&0x1122_3344_u32.to_le_bytes()[..], &[1, 2, 3, 4, 5, 6], b"a broadcast of some program"].concat();
    vec![
        record([192, 168, 33, 1], [53, 51_000], b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0"),
        record([192, 168, 33, 7], [5353, 5353], MDNS),
        // The answer of the card to a command (SPRUIJ4): its own port.
        record(CARD, [4096, 4096], &[0x5a, 0xa5, 6, 0, 0, 0, 0xaa, 0xee]),
        // To the port of the samples: from others, from the card's own address, and too short.
        record([192, 168, 33, 7], [5353, DATA_PORT], MDNS),
        record([192, 168, 33, 8], [40_000, DATA_PORT], &other),
        record(CARD, [DATA_PORT, DATA_PORT], &far),
        record(CARD, [DATA_PORT, DATA_PORT], &other),
        record([192, 168, 33, 8], [40_000, DATA_PORT], b"hello"),
    ]
}

fn with_strangers(packets: &[Vec<u8>], places: &[usize]) -> Vec<u8> {
    let mut file = pcap(&[], false);
    for (index, packet) in packets.iter().enumerate() {
        if places.contains(&index) {
            strangers().iter().for_each(|stranger| file.extend(stranger));
        }
        file.extend(record(CARD, [DATA_PORT, DATA_PORT], packet));
    }
    if places.contains(&packets.len()) {
        strangers().iter().for_each(|stranger| file.extend(stranger));
    }
    file
}

/// The frames, and the packets lost and foreign.
fn piped(file: &[u8]) -> (Vec<ComplexArray3<f32>>, [u64; 2]) {
    let PipeContents::Packets(mut pipe) = PipeContents::recognise("a pipe", file, DATA_PORT).unwrap() else {
        panic!("not recognised");
    };
    let config = config();
    let mut stream = CaptureStream::new("a pipe", &config).unwrap();
    let mut order = PacketOrder::new(stream.frame_bytes(), 0).unwrap();
    let mut cubes = Vec::new();
    let mut put = |_: u64, frame: &[u8], lost: &[Range<usize>]| -> Result<(), Error> {
        let mut cube = ComplexArray3::zeros(stream.shape());
        stream.decode_frame_into(frame, lost, &mut cube)?;
        cubes.push(cube);
        Ok(())
    };
    while let Some(packet) = pipe.next_packet().unwrap() {
        order.push(&packet, &mut put).unwrap();
    }
    order.finish(&mut put).unwrap();
    (cubes, [order.book.lost_packets() + order.book.foreign, pipe.foreign()])
}

#[test]
fn datagrams_of_others_are_counted_and_change_nothing() {
    let bytes = samples(100.0);
    let packets = packets(&bytes, 1456, false, |count| (0..count).collect());
    let last = packets.len();
    for places in [vec![0], vec![1], vec![7], vec![last], vec![0, 3, last]] {
        let network = with_strangers(&packets, &places);
        let foreign = (places.len() * strangers().len()) as u64;
        let file = TempFile::new("foreign.pcap", &network);
        let mut reader = CaptureReader::open(file.path(), &config()).unwrap();
        let report = reader.packets().unwrap().clone();
        assert_eq!((report.received, report.lost, report.foreign), (last as u64, 0, foreign), "{places:?}");
        assert_eq!((report.lost_ranges.len(), report.reordered, report.duplicated), (0, 0, 0), "{places:?}");
        let cubes: Vec<_> = (0..reader.frames()).map(|frame| reader.read_frame(frame).unwrap()).collect();
        assert_eq!(cubes, plain(&bytes), "{places:?}");
        assert_eq!(piped(&network), (cubes, [0, foreign]), "{places:?}");
    }
    // Nothing but strangers.
    let file = TempFile::new("foreign-alone.pcap", &[pcap(&[], false), strangers()[..3].concat()].concat());
    let error = CaptureReader::open(file.path(), &config()).unwrap_err().to_string();
    assert!(error.contains("name the port") && error.contains("5353"), "{error}");
}

/// A stream of which much was lost, or whose card began anew, goes on; a stranger that repeats itself does
/// not become one.
#[test]
fn a_gate_follows_its_stream_over_a_long_gap() {
    let [card, other]: [Option<SocketAddr>; 2] =
        ["192.168.33.180:4098", "192.168.33.7:5353"].map(|address| Some(address.parse().unwrap()));
    let packet =
        |sequence: u32| Packet { sequence, offset: u64::from(sequence - 1) * 1456, payload: &[7; 1456] };
    let mut gate = PacketGate::default();
    let mut came = Vec::new();
    let mut take = |from, packet: &Packet<'_>| {
        gate.take(from, packet, |packet| -> Result<(), Error> {
            came.push(packet.sequence);
            Ok(())
        })
        .unwrap();
        came.len()
    };
    let repeated = Packet { sequence: 77, offset: 9000, payload: &[1; 30] };
    (0..30).for_each(|_| assert_eq!(take(other, &repeated), 0));
    // The third overtook the first ones.
    assert_eq!([3, 1, 2].map(|n| take(card, &packet(n))), [0, 2, 3]);
    let far = 1 << 20;
    (0..15).for_each(|n| assert_eq!(take(card, &packet(far + n)), 3));
    assert_eq!(take(card, &packet(far + 15)), 19);
    assert_eq!(take(card, &packet(1)), 20);
    assert_eq!(take(other, &packet(2)), 20);
    assert_eq!(came[..4], [3, 1, 2, far]);
    assert_eq!(gate.foreign, 31);
}
