//! `mmw radar record` and live processing, over the loopback: packets dropped, doubled and out of order.

use super::{TempFolder, mmw};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

pub(super) const PAYLOAD: usize = 1456;

/// Three frames of 2 transmitters, 4 receivers, 16 chirps, 64 complex samples on two lanes: 32768 bytes each.
const CONFIG: &str = "sensorStop\nflushCfg\ndfeDataOutputMode 1\nchannelCfg 15 3 0\nadcCfg 2 1\n\
    adcbufCfg -1 0 0 1 1\nprofileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 1\n\
    chirpCfg 1 1 0 0 0 0 0 2\nframeCfg 0 1 16 3 50 1 0\nlvdsStreamCfg -1 0 1 0\nsensorStart\n";
const FRAME: usize = 32_768;

fn stream() -> Vec<u8> {
    let mut state = 7_u32;
    let mut word = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) % 401) as i16 - 200
    };
    (0..3 * FRAME / 2).flat_map(|_| word().to_le_bytes()).collect()
}

/// Where it listens, from the line on standard error; the rest of that is read on.
pub(super) fn listening(child: &mut Child) -> (SocketAddr, BufReader<std::process::ChildStderr>) {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on ") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it does not listen");
    }
    let rest = line.split("listening on ").nth(1).unwrap();
    let address = rest.split(';').next().unwrap().parse().unwrap();
    (address, lines)
}

/// Sends the packets in the order given, at most 20 in 5 ms.
pub(super) fn replay(bytes: &[u8], order: &[usize], to: SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let parts: Vec<&[u8]> = bytes.chunks(PAYLOAD).collect();
    for (sent, &index) in order.iter().enumerate() {
        let mut packet = (index as u32 + 1).to_le_bytes().to_vec();
        packet.extend(&((index * PAYLOAD) as u64).to_le_bytes()[..6]);
        packet.extend(parts[index]);
        socket.send_to(&packet, to).unwrap();
        if sent % 20 == 19 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// All packets but 5, 30 and 31; two pairs swapped, one far late, two sent twice.
fn troubled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).filter(|index| ![5, 30, 31].contains(index)).collect();
    order.swap(8, 9);
    order.swap(0, 1);
    let late = order.remove(12);
    order.insert(40, late);
    order.insert(20, 3);
    order.insert(22, 17);
    order
}

fn config(folder: &TempFolder) -> PathBuf {
    let path = folder.path().join("radar.cfg");
    std::fs::write(&path, CONFIG).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_recording_holds_every_packet_at_its_place_and_lists_what_was_lost() {
    let folder = TempFolder::new("record");
    let capture = folder.path().join("capture.bin");
    let mut child = mmw(&["radar", "record", "--bind", "127.0.0.1:0", "-o", text(&capture)])
        .args(["--idle-s", "0.5", "--duration-s", "20", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (address, _errors) = listening(&mut child);
    let bytes = stream();
    replay(&bytes, &troubled(bytes.len().div_ceil(PAYLOAD)), address);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let beside = std::fs::read(folder.path().join("capture.packets.json")).unwrap();
    assert_eq!(report, serde_json::from_slice::<Value>(&beside).unwrap());
    assert_eq!((report["lost"].as_u64(), report["duplicated"].as_u64()), (Some(3), Some(2)));
    assert_eq!(report["reordered"], 3);
    let range = |first: usize, end: usize| serde_json::json!([first * PAYLOAD, end * PAYLOAD]);
    assert_eq!(report["lost_ranges"], serde_json::json!([range(5, 6), range(30, 32)]));
    let mut expected = bytes;
    for packet in [5, 30, 31] {
        expected[packet * PAYLOAD..(packet + 1) * PAYLOAD].fill(0);
    }
    assert_eq!(std::fs::read(&capture).unwrap(), expected);
    let config = config(&folder);
    let options = ["--config", text(&config), "--lanes", "2", "--json"];
    let answer = super::succeed(&[&["radar", "process", text(&capture)][..], &options].concat());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let damaged = answer["damaged_frames"].as_array().unwrap();
    assert_eq!(damaged.len(), 2, "{damaged:?}");
    assert!(damaged.iter().all(|frame| frame["spans"][0]["kind"] == "lost_packets"), "{damaged:?}");
    let info = super::succeed(&["radar", "info", text(&capture), text(&config), "--lanes", "2"]);
    assert!(info.contains("3 lost, 4368 bytes of zeros"), "{info}");
    // Options about bytes are those of the other commands.
    let turned: Vec<u8> =
        expected.iter().enumerate().map(|(at, byte)| byte ^ (at as u8 % 2 * 0x80)).collect();
    let turned_file = folder.path().join("turned.bin");
    std::fs::write(&turned_file, turned).unwrap();
    let info = ["radar", "info", text(&turned_file), text(&config), "--lanes", "2"];
    let told = mmw(&info).output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("pass --offset-binary"));
    assert!(!super::succeed(&[&info[..], &["--offset-binary"]].concat()).contains("unreadable"));
}

/// One packet more than two frames take is sent, and the last of them first.
#[test]
fn a_recording_of_a_number_of_frames_ends_by_itself() {
    let folder = TempFolder::new("record-frames");
    let (capture, config) = (folder.path().join("two.bin"), config(&folder));
    let mut child = mmw(&["radar", "record", "--bind", "127.0.0.1:0", "-o", text(&capture)])
        .args(["--config", text(&config), "--lanes", "2", "--frames", "2", "--duration-s", "20", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (address, _errors) = listening(&mut child);
    let bytes = stream();
    let needed = (2 * FRAME).div_ceil(PAYLOAD);
    let mut order: Vec<usize> = (0..=needed).collect();
    order.swap(needed - 1, needed);
    replay(&bytes, &order, address);
    let started = std::time::Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && started.elapsed() < Duration::from_secs(10));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["bytes"].as_u64(), report["lost"].as_u64()), (Some(2 * FRAME as u64), Some(0)));
    assert_eq!(std::fs::read(&capture).unwrap(), bytes[..2 * FRAME]);
}

#[cfg(unix)]
#[test]
fn frames_are_told_as_they_come_and_an_interrupt_ends_the_stream_in_order() {
    let folder = TempFolder::new("live");
    let config = config(&folder);
    let mut child = mmw(&["radar", "process", "--listen", "127.0.0.1:0", "--config", text(&config)])
        .args(["--lanes", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (address, mut errors) = listening(&mut child);
    let bytes = stream();
    replay(&bytes, &troubled(bytes.len().div_ceil(PAYLOAD)), address);
    std::thread::sleep(Duration::from_millis(500));
    let id = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let mut said = String::new();
    errors.read_to_string(&mut said).unwrap();
    assert!(output.status.success(), "{said}");
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let frames: Vec<_> = lines.iter().map(|line| line["frame"].as_u64().unwrap()).collect();
    assert_eq!(frames, [0, 1, 2]);
    let lost: Vec<u64> = lines
        .iter()
        .map(|line| line["damage"].as_array().unwrap().iter().map(|d| d["bytes"].as_u64().unwrap()).sum())
        .collect();
    // Frame 1 begins with byte 32768, within packet 22.
    assert_eq!(lost, [PAYLOAD as u64, 2 * PAYLOAD as u64, 0]);
    assert!(said.contains("3 lost") && said.contains("3 frames, 2 with missing samples"), "{said}");
}

#[test]
fn a_pipe_is_processed_frame_by_frame() {
    let folder = TempFolder::new("pipe");
    let config = config(&folder);
    let mut child = mmw(&["radar", "process", "-", "--config", text(&config), "--lanes", "2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for (number, frame) in stream().chunks_exact(FRAME).enumerate() {
        input.write_all(frame).unwrap();
        input.flush().unwrap();
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["frame"], number);
    }
    drop(input);
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

/// The stream with a still target in every chirp: 0.2 cycles per sample. A group of four words is I I Q Q.
fn echoes() -> Vec<u8> {
    let words = stream().chunks_exact(2).map(|w| i16::from_le_bytes([w[0], w[1]])).collect::<Vec<_>>();
    let beat = |(index, &word): (usize, &i16)| {
        let (sample, imaginary) = (index % 128 / 4 * 2 + index % 2, index / 2 % 2 == 1);
        let phase = 0.2 * std::f64::consts::TAU * sample as f64;
        word + (500.0 * if imaginary { phase.sin() } else { phase.cos() }) as i16
    };
    words.iter().enumerate().map(beat).flat_map(i16::to_le_bytes).collect()
}

/// Packets with their headers give the points of the same packets in a file.
#[test]
fn packets_through_a_pipe_give_the_points_of_the_file() {
    let folder = TempFolder::new("pipe-packets");
    let config = config(&folder);
    let bytes = echoes();
    let parts: Vec<&[u8]> = bytes.chunks(PAYLOAD).collect();
    let packet = |index: usize| {
        let mut packet = (index as u32 + 1).to_le_bytes().to_vec();
        packet.extend(&((index * PAYLOAD) as u64).to_le_bytes()[..6]);
        packet.extend(parts[index]);
        packet
    };
    let dump: Vec<u8> = troubled(parts.len()).into_iter().flat_map(packet).collect();
    let file = folder.path().join("packets.bin");
    std::fs::write(&file, &dump).unwrap();
    let options = ["--config", text(&config), "--lanes", "2"];
    let whole = super::succeed(&[&["radar", "process", text(&file), "--json"][..], &options].concat());
    let whole: Value = serde_json::from_str(&whole).unwrap();
    let mut child = mmw(&["radar", "process", "-"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&dump).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = super::stderr(&output);
    assert!(output.status.success() && said.contains("3 lost, 3 out of order, 2 duplicated"), "{said}");
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    let points: Vec<Value> =
        lines.iter().flat_map(|line| line["points"].as_array().unwrap().clone()).collect();
    assert!(!points.is_empty());
    assert_eq!(Value::from(points), whole["points"]);
    let damaged: Vec<bool> = lines.iter().map(|line| line["damage"] != Value::Array(vec![])).collect();
    assert_eq!(damaged, [true, true, false]);
}

/// A stream that was joined within its fourteenth frame: what is processed are the whole frames, in
/// their places.
#[test]
fn a_recording_that_was_joined_under_way_is_read_from_the_next_frame_on() {
    let folder = TempFolder::new("record-joined");
    let (capture, config) = (folder.path().join("joined.bin"), config(&folder));
    let mut child = mmw(&["radar", "record", "--bind", "127.0.0.1:0", "-o", text(&capture)])
        .args(["--idle-s", "0.5", "--duration-s", "20", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (address, _errors) = listening(&mut child);
    let bytes = echoes();
    let (first, begin) = (300, 13 * FRAME);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (sent, payload) in bytes[first * PAYLOAD - begin..].chunks(PAYLOAD).enumerate() {
        let mut packet = ((first + sent) as u32 + 1).to_le_bytes().to_vec();
        packet.extend(&(((first + sent) * PAYLOAD) as u64).to_le_bytes()[..6]);
        packet.extend(payload);
        socket.send_to(&packet, address).unwrap();
    }
    let report: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(report["first_byte"], (first * PAYLOAD) as u64);
    let points = |capture: &Path| {
        let arguments =
            ["radar", "process", text(capture), "--config", text(&config), "--lanes", "2", "--json"];
        let output = mmw(&arguments).output().unwrap();
        assert!(output.status.success(), "{}", super::stderr(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["frames"].clone(), report["points"].clone(), super::stderr(&output))
    };
    let whole = folder.path().join("whole.bin");
    std::fs::write(&whole, &bytes[FRAME..]).unwrap();
    let (frames, expected, said) = points(&whole);
    assert!(frames == 2 && !said.contains("joined") && !expected.as_array().unwrap().is_empty());
    let (frames, found, said) = points(&capture);
    assert!(said.contains("joined after 436800 bytes"), "{said}");
    assert_eq!((frames, found), (Value::from(2), expected));
    let list = capture.with_extension("packets.json");
    let info = super::succeed(&["radar", "info", text(&capture), text(&list), text(&config), "--lanes", "2"]);
    for words in ["2 whole frames\n", "packets     0 lost", "joined after 436800 bytes"] {
        assert!(info.contains(words) && !info.contains("doubtful"), "{words}: {info}");
    }
}

/// The replayer of each recording sends from a port of its own.
#[cfg(unix)]
#[test]
fn a_sensor_that_is_started_again_is_followed_and_said() {
    let folder = TempFolder::new("again");
    let config = config(&folder);
    let mut child = mmw(&["radar", "process", "--listen", "127.0.0.1:0", "--config", text(&config)])
        .args(["--lanes", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (address, mut errors) = listening(&mut child);
    let bytes = stream();
    // A frame and a half, then all.
    let cut = (3 * FRAME / 2).div_ceil(PAYLOAD);
    replay(&bytes, &(0..cut).collect::<Vec<_>>(), address);
    std::thread::sleep(Duration::from_millis(1300));
    replay(&bytes, &(0..bytes.len().div_ceil(PAYLOAD)).collect::<Vec<_>>(), address);
    std::thread::sleep(Duration::from_millis(500));
    let id = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let mut said = String::new();
    errors.read_to_string(&mut said).unwrap();
    assert!(output.status.success() && said.contains("began a new recording"), "{said}");
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let damaged: Vec<bool> =
        lines.iter().map(|line| !line["damage"].as_array().unwrap().is_empty()).collect();
    assert_eq!(damaged, [false, true, false, false, false], "{said}");
}

#[test]
fn what_packets_hold_and_lack_is_told_of_a_file_of_them() {
    let folder = TempFolder::new("packets-info");
    let config = config(&folder);
    let bytes = stream();
    let parts: Vec<&[u8]> = bytes.chunks(PAYLOAD).collect();
    let packet = |index: usize| {
        let offset = ((index * PAYLOAD) as u64).to_le_bytes();
        [&(index as u32 + 1).to_le_bytes()[..], &offset[..6], parts[index]].concat()
    };
    let dump: Vec<u8> =
        (0..parts.len()).filter(|index| ![5, 30, 31].contains(index)).flat_map(packet).collect();
    let plain = [bytes.clone(), vec![1; 1000]].concat();
    let mut zeros = bytes.clone();
    zeros[40_000..44_368].fill(0);
    let said = |name: &str, bytes: &[u8]| {
        let capture = folder.path().join(name);
        std::fs::write(&capture, bytes).unwrap();
        let output = mmw(&["radar", "info", text(&capture), text(&config), "--lanes", "2"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let told = said("dump.bin", &dump);
    assert!(told.contains("3 whole frames") && told.contains("3 lost, 4368 bytes"), "{told}");
    assert!(told.contains("lost packets: 4368 bytes in 2 frames, 0 to 1"), "{told}");
    let told = said("zeros.bin", &zeros);
    assert!(told.contains("zeros without a sample: 4368 bytes in frame 1"), "{told}");
    let told = said("plain.bin", &plain);
    assert!(told.contains("3 whole frames and 1000 bytes, which --allow-partial-last-frame"), "{told}");
}
