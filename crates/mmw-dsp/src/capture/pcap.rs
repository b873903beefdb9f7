//! Recordings of the card's network stream: pcap (both byte orders, µs and ns) and pcapng.
//!
//! Formats: IETF drafts "PCAP Capture File Format" and "PCAP Next Generation (pcapng) Capture File Format".
//! UDP over IPv4 is read, over Ethernet (with or without VLAN tags), Linux cooked, loopback and raw IP
//! links; fragments of datagrams are refused, as the card sends none.

use super::packets::{HeaderKind, Piece};
use mmw_core::Result;
use std::net::Ipv4Addr;

/// The UDP port to which a DCA1000 sends samples unless told otherwise.
pub const DATA_PORT: u16 = 4098;

/// Largest block that is believed.
const MAX_BLOCK: u64 = 1 << 26;

/// Bytes of a packet that are looked at: link, network and transport headers with room for options.
const LOOK: usize = 160;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PcapKind {
    Classic { big_endian: bool },
    NextGeneration,
}

impl PcapKind {
    /// Which kind the first bytes announce.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head.first_chunk::<4>()? {
            [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] => Some(Self::Classic { big_endian: false }),
            [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => Some(Self::Classic { big_endian: true }),
            [0x0a, 0x0d, 0x0d, 0x0a] => Some(Self::NextGeneration),
            _ => None,
        }
    }
}

/// What a recording of the network holds besides the pieces of samples.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PcapSummary {
    /// Packets in all.
    pub(super) packets: u64,
    /// UDP ports met, most frequent first is not promised; at most eight.
    pub(super) ports: Vec<u16>,
    /// Data packets that the recording holds only in part (its snap length was too short).
    pub(super) truncated: u64,
    /// Where the file ends within a block.
    pub(super) cut_at: Option<u64>,
}

/// Walks a recording of `len` bytes and hands each piece of samples sent to `port`, and by whom, to `put`.
pub(super) fn walk_pcap(
    kind: PcapKind,
    port: u16,
    len: u64,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<usize>,
    mut put: impl FnMut(Piece, (Ipv4Addr, u16)),
) -> Result<PcapSummary> {
    let mut summary = PcapSummary::default();
    let mut links: Vec<u16> = Vec::new();
    let mut big_endian = matches!(kind, PcapKind::Classic { big_endian: true });
    let mut at = 0;
    if matches!(kind, PcapKind::Classic { .. }) {
        let mut header = [0; 24];
        read(0, &mut header)?;
        links.push(word(&header, 20, big_endian) as u16);
        at = 24;
    }
    let mut buffer = [0; 32 + LOOK];
    while at < len {
        let got = read(at, &mut buffer)?;
        let bytes = &buffer[..got];
        let (data, captured, original, link, next) = match kind {
            PcapKind::Classic { .. } => {
                let captured = u64::from(word(bytes, 8, big_endian));
                (16_u64, captured, word(bytes, 12, big_endian), links.first().copied(), at + 16 + captured)
            }
            PcapKind::NextGeneration => {
                if word(bytes, 0, false) == 0x0a0d_0d0a {
                    big_endian = bytes.get(8..12) == Some(&[0x1a, 0x2b, 0x3c, 0x4d]);
                    links.clear();
                }
                let block = u64::from(word(bytes, 4, big_endian));
                let next = at + block.max(12).next_multiple_of(4);
                match word(bytes, 0, big_endian) {
                    1 => {
                        links.push(half(bytes, 8, big_endian));
                        (0, 0, 0, None, next)
                    }
                    3 => {
                        let original = word(bytes, 8, big_endian);
                        let captured = u64::from(original).min(block.saturating_sub(16));
                        (12, captured, original, links.first().copied(), next)
                    }
                    6 => {
                        let link = links.get(word(bytes, 8, big_endian) as usize).copied();
                        (28, u64::from(word(bytes, 20, big_endian)), word(bytes, 24, big_endian), link, next)
                    }
                    _ => (0, 0, 0, None, next),
                }
            }
        };
        if next > len || next - at > MAX_BLOCK {
            summary.cut_at = Some(at);
            break;
        }
        if let Some(link) = link {
            summary.packets += 1;
            let start = (data as usize).min(got);
            let end = (start + captured as usize).min(got);
            if let Some(Datagram { source, destination, from, length }) = udp(&bytes[start..end], link) {
                if !summary.ports.contains(&destination) && summary.ports.len() < 8 {
                    summary.ports.push(destination);
                }
                if destination == port {
                    let present = captured.saturating_sub(from as u64).min(length as u64);
                    summary.truncated += u64::from(u64::from(original) > captured || present < length as u64);
                    let header = HeaderKind::Udp.read(&bytes[(start + from).min(end)..end]);
                    let samples = present.saturating_sub(10) as u32;
                    if let Some(header) = header.filter(|_| samples > 0) {
                        let from = at + data + from as u64 + 10;
                        let (sequence, offset) = (header.sequence, header.offset);
                        put(Piece { sequence, offset, from, len: samples }, source);
                    }
                }
            }
        }
        at = next;
    }
    Ok(summary)
}

/// A UDP datagram in a packet.
struct Datagram {
    source: (Ipv4Addr, u16),
    destination: u16,
    /// Where its payload begins, and the payload's length.
    from: usize,
    length: usize,
}

fn udp(packet: &[u8], link: u16) -> Option<Datagram> {
    let mut at = match link {
        // Ethernet, whose VLAN tags are four bytes each.
        1 => {
            let mut at = 12;
            while matches!(half(packet, at, true), 0x8100 | 0x88a8) {
                at += 4;
            }
            (half(packet, at, true) == 0x0800).then_some(at + 2)?
        }
        0 | 108 => 4,
        12 | 14 | 101 | 228 => 0,
        113 => (half(packet, 14, true) == 0x0800).then_some(16)?,
        276 => (half(packet, 0, true) == 0x0800).then_some(20)?,
        _ => return None,
    };
    let first = *packet.get(at)?;
    let fragment = half(packet, at + 6, true) & 0x3fff;
    if first >> 4 != 4 || fragment != 0 || *packet.get(at + 9)? != 17 {
        return None;
    }
    let address = Ipv4Addr::from(word(packet, at + 12, true));
    at += 4 * usize::from(first & 15);
    let length = usize::from(half(packet, at + 4, true)).checked_sub(8)?;
    let (source, destination) = ((address, half(packet, at, true)), half(packet, at + 2, true));
    Some(Datagram { source, destination, from: at + 8, length })
}

/// Sixteen bits; zero beyond the end, which no reader of these formats takes for something.
fn half(bytes: &[u8], at: usize, big_endian: bool) -> u16 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
        Some(two) if big_endian => u16::from_be_bytes(*two),
        Some(two) => u16::from_le_bytes(*two),
        None => 0,
    }
}

fn word(bytes: &[u8], at: usize, big_endian: bool) -> u32 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        Some(four) if big_endian => u32::from_be_bytes(*four),
        Some(four) => u32::from_le_bytes(*four),
        None => 0,
    }
}
