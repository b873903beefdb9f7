//! Packets that come through a pipe, and pcapng recordings.

use crate::capture_bytes::{config, packets, pcap, plain, samples};
use crate::common::TempFile;
use mmw_dsp::capture::{CaptureConfig, CaptureReader, CaptureStream, DATA_PORT, PacketOrder, PipeContents};
use mmw_dsp::mmw_core::{ComplexArray3, Error};
use std::io::Read;

/// Hands out a few bytes at a time, as pipes do.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 * 37 % 4099 + 1;
        let count = self.1.min(buffer.len()).min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// Block of type, body and both lengths.
fn block(kind: u32, body: &[u8], big_endian: bool) -> Vec<u8> {
    let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let padded = body.len().next_multiple_of(4);
    let len = word(padded as u32 + 12);
    [&word(kind)[..], &len, body, &vec![0; padded - body.len()], &len].concat()
}

/// A section of pcapng after the IETF draft: two interfaces of which the second is Ethernet; a block of
/// names, a simple packet and a statistics block between the packets, which stand in enhanced packet blocks
/// with an option.
fn pcapng(packets: &[Vec<u8>], big_endian: bool) -> Vec<u8> {
    let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let half = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let interface = |link: u16| block(1, &[&half(link)[..], &[0; 2], &word(0)].concat(), big_endian);
    let version = [&word(0x1a2b_3c4d)[..], &half(1), &half(0), &[0xff; 8]].concat();
    let mut file = [block(0x0a0d_0d0a, &version, big_endian), interface(147), interface(1)].concat();
    for (index, packet) in packets.iter().enumerate() {
        let ethernet = &pcap(std::slice::from_ref(packet), false)[24 + 16..];
        let len = word(ethernet.len() as u32);
        let comment = [&half(1)[..], &half(3), b"abc\0", &[0; 4]].concat();
        let padding = vec![0; ethernet.len().next_multiple_of(4) - ethernet.len()];
        let header = [&word(1)[..], &word(7), &word(index as u32), &len, &len].concat();
        file.extend(block(6, &[&header[..], ethernet, &padding, &comment].concat(), big_endian));
        if index % 5 == 0 {
            file.extend(block(3, &[&word(200)[..], &[1; 60]].concat(), big_endian));
            file.extend(block(4, &[0; 4], big_endian));
            file.extend(block(5, &[0; 12], big_endian));
        }
    }
    file
}

/// Two packets lost, two exchanged, one doubled; the last is short.
fn troubled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).filter(|&index| index != 7 && index != 8).collect();
    order.swap(3, 4);
    order.insert(10, 2);
    order
}

fn dumps(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let [short, long] = [false, true].map(|with_length| packets(bytes, 1456, with_length, troubled));
    vec![
        ("ten", short.concat()),
        ("fourteen", long.concat()),
        ("pcap", pcap(&short, false)),
        ("pcap-be", pcap(&short, true)),
        ("pcapng", pcapng(&short, false)),
        ("pcapng-be", pcapng(&short, true)),
        // A second section of the other byte order.
        ("pcapng-two", [pcapng(&short[..20], true), pcapng(&short[20..], false)].concat()),
    ]
}

/// Frames with the bytes that each lost, and the counts of lost, late and doubled packets.
fn through_a_pipe(input: impl Read) -> (Vec<ComplexArray3<f32>>, Vec<usize>, [u64; 3]) {
    let PipeContents::Packets(mut pipe) = PipeContents::recognise("a pipe", input, DATA_PORT).unwrap() else {
        panic!("packets are not recognised");
    };
    let config = config();
    let mut stream = CaptureStream::new("a pipe", &config).unwrap();
    let mut order = PacketOrder::new(stream.frame_bytes(), 0).unwrap();
    let (mut cubes, mut lost_bytes) = (Vec::new(), Vec::new());
    let mut put = |_: u64, frame: &[u8], lost: &[std::ops::Range<usize>]| -> Result<(), Error> {
        let mut cube = ComplexArray3::zeros(stream.shape());
        stream.decode_frame_into(frame, lost, &mut cube)?;
        lost_bytes.push(stream.damage().iter().map(|span| span.bytes.len()).sum());
        cubes.push(cube);
        Ok(())
    };
    while let Some(packet) = pipe.next_packet().unwrap() {
        order.push(&packet, &mut put).unwrap();
    }
    order.finish(&mut put).unwrap();
    (cubes, lost_bytes, [order.book.lost_packets(), order.book.reordered, order.book.duplicated])
}

#[test]
fn packets_through_a_pipe_are_the_frames_of_the_same_packets_in_a_file() {
    let bytes = samples(100.0);
    let mut expected = bytes.clone();
    expected[7 * 1456..9 * 1456].fill(0);
    for (name, dump) in dumps(&bytes) {
        let file = TempFile::new(&format!("pipe-{name}.bin"), &dump);
        let mut reader = CaptureReader::open(file.path(), &config()).unwrap();
        let report = reader.packets().unwrap();
        assert_eq!([report.lost, report.reordered, report.duplicated], [2, 1, 1], "{name}");
        let cubes: Vec<_> = (0..reader.frames()).map(|frame| reader.read_frame(frame).unwrap()).collect();
        assert_eq!(cubes, plain(&expected), "{name}");
        let (streamed, lost, counts) = through_a_pipe(Trickle(&dump, 5));
        assert_eq!(streamed, cubes, "{name}");
        assert_eq!((lost, counts), (vec![2 * 1456, 0, 0], [2, 1, 1]), "{name}");
    }
    for payload in [1024, 722, 8000] {
        let dump = packets(&bytes, payload, false, |count| (0..count).collect()).concat();
        assert_eq!(through_a_pipe(Trickle(&dump, 3)).0, plain(&bytes), "{payload}");
    }
}

/// As a recorder with a short snap length leaves them.
#[test]
fn packets_that_were_recorded_in_part_are_named() {
    let bytes = samples(100.0);
    let one: Vec<Vec<u8>> = packets(&bytes[..bytes.len() / 3], 1456, false, |count| (0..count).collect());
    let mut file = pcap(&[], false);
    for packet in &one {
        let mut record = pcap(std::slice::from_ref(packet), false)[24..16 + 24 + 200].to_vec();
        record[8..12].copy_from_slice(&200_u32.to_le_bytes());
        file.extend(record);
    }
    let file = TempFile::new("pipe-snap.bin", &file);
    let error = CaptureReader::open(file.path(), &config()).unwrap_err().to_string();
    assert!(error.contains("cut short") && error.contains("snap length"), "{error}");
}

#[test]
fn plain_samples_come_out_as_they_went_in() {
    let mut quiet = vec![0; 300_000];
    // Looks like the header of a first packet.
    quiet[0] = 1;
    for bytes in [samples(100.0), quiet, vec![], vec![7; 5]] {
        let contents = PipeContents::recognise("a pipe", Trickle(&bytes, 8), DATA_PORT).unwrap();
        let PipeContents::Samples(mut samples) = contents else { panic!("taken for packets") };
        let mut back = Vec::new();
        samples.read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
    }
}

/// Bytes of samples are looked at as they come: frames may be small and far apart.
#[test]
fn no_more_is_awaited_than_tells_samples_from_packets() {
    struct Once<'a>(&'a [u8]);
    impl Read for Once<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            assert!(!self.0.is_empty(), "more is read than there is yet");
            self.0.read(buffer)
        }
    }
    let bytes = samples(100.0);
    assert!(matches!(
        PipeContents::recognise("a pipe", Once(&bytes[..14]), DATA_PORT),
        Ok(PipeContents::Samples(_))
    ));
}

#[test]
fn damaged_and_empty_streams_of_packets_say_what_is_wrong() {
    let bytes = samples(100.0);
    let short = packets(&bytes, 1456, false, |count| (0..count).collect());
    let fail = |dump: &[u8], port: u16| -> String {
        let contents = PipeContents::recognise("a pipe", dump, port).unwrap();
        let PipeContents::Packets(mut pipe) = contents else { panic!("not recognised") };
        loop {
            match pipe.next_packet() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no error"),
                Err(error) => return error.to_string(),
            }
        }
    };
    for network in [pcap(&short, false), pcapng(&short, true)] {
        let error = fail(&network, 5000);
        assert!(error.contains("`udp_port") && error.contains("4098"), "{error}");
    }
    let mut dump = short.concat();
    dump[10 * 1466..11 * 1466].fill(0xee);
    let error = fail(&dump, DATA_PORT);
    assert!(error.contains("damaged from there on"), "{error}");
    // A recorder that was stopped within a packet.
    let cut = pcapng(&short, false);
    let frames = through_a_pipe(Trickle(&cut[..cut.len() - 700], 1)).0;
    assert_eq!(frames, plain(&bytes)[..2]);
}

#[test]
fn a_stream_is_not_conjugated_and_says_what_does_the_same() {
    let config = CaptureConfig { conjugate: true, ..config() };
    let error = CaptureStream::new("a pipe", &config).unwrap_err().to_string();
    assert!(error.starts_with("conjugate") && error.contains("iq_swap"), "{error}");
}
