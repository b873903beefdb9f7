//! Recordings of the card's network stream: pcap (both byte orders, µs and ns) and pcapng.
//!
//! Formats: IETF drafts "PCAP Capture File Format" and "PCAP Next Generation (pcapng) Capture File Format".
//! UDP over IPv4 is read, over Ethernet (with or without VLAN tags), Linux cooked, loopback and raw IP
//! links; fragments of datagrams are refused, as the card sends none.

use super::packets::{Header, HeaderKind, Piece};
use mmw_core::{Error, Result};
use std::net::Ipv4Addr;
use std::path::Path;

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
    /// UDP datagrams to other ports, and such without the header of a packet.
    pub(super) foreign: u64,
}

/// What a block (of pcap: the file's header or a packet's record) holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Bytes up to the next block.
    pub(super) len: u64,
    /// Where the packet begins.
    data: usize,
    captured: u64,
    original: u32,
    /// The kind of link, of a packet.
    link: Option<u16>,
}

/// Samples of a packet within its block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) header: Header,
    /// Who sent it.
    pub(super) source: (Ipv4Addr, u16),
    pub(super) from: usize,
    pub(super) len: u32,
}

/// Bytes of a block that must be seen to know what it holds.
pub(super) const SEEN_BYTES: usize = 32 + LOOK;

/// Goes from block to block, remembering what earlier ones say of later ones.
#[derive(Debug)]
pub(super) struct PcapBlocks {
    kind: PcapKind,
    big_endian: bool,
    links: Vec<u16>,
    port: u16,
    pub(super) summary: PcapSummary,
}

impl PcapBlocks {
    /// At the beginning of a recording; samples are looked for at `port`.
    pub(super) fn new(kind: PcapKind, port: u16) -> Self {
        let big_endian = matches!(kind, PcapKind::Classic { big_endian: true });
        Self { kind, big_endian, links: Vec::new(), port, summary: PcapSummary::default() }
    }

    /// The block that begins with `bytes`, [`SEEN_BYTES`] of it if there are so many. A length that cannot
    /// be is `None`.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Option<Block> {
        let block = match self.kind {
            PcapKind::Classic { .. } => self.record(bytes),
            PcapKind::NextGeneration => self.block(bytes),
        };
        (block.len <= MAX_BLOCK).then_some(block)
    }

    fn record(&mut self, bytes: &[u8]) -> Block {
        if self.links.is_empty() {
            self.links.push(word(bytes, 20, self.big_endian) as u16);
            return Block { len: 24, data: 0, captured: 0, original: 0, link: None };
        }
        let [captured, original] = [8, 12].map(|at| word(bytes, at, self.big_endian));
        let captured = u64::from(captured);
        Block { len: 16 + captured, data: 16, captured, original, link: self.links.first().copied() }
    }

    fn block(&mut self, bytes: &[u8]) -> Block {
        if word(bytes, 0, false) == 0x0a0d_0d0a {
            self.big_endian = bytes.get(8..12) == Some(&[0x1a, 0x2b, 0x3c, 0x4d]);
            self.links.clear();
        }
        let word = |at: usize| word(bytes, at, self.big_endian);
        let stated = u64::from(word(4));
        let len = stated.max(12).next_multiple_of(4);
        match word(0) {
            1 => self.links.push(half(bytes, 8, self.big_endian)),
            3 => {
                let captured = u64::from(word(8)).min(stated.saturating_sub(16));
                return Block {
                    len,
                    data: 12,
                    captured,
                    original: word(8),
                    link: self.links.first().copied(),
                };
            }
            6 => {
                let link = self.links.get(word(8) as usize).copied();
                return Block { len, data: 28, captured: u64::from(word(20)), original: word(24), link };
            }
            _ => {}
        }
        Block { len, data: 0, captured: 0, original: 0, link: None }
    }

    /// Counts a packet, and finds the samples in it.
    pub(super) fn samples(&mut self, block: &Block, bytes: &[u8]) -> Option<Found> {
        let link = block.link?;
        let Block { data, captured, original, .. } = *block;
        let summary = &mut self.summary;
        summary.packets += 1;
        let start = data.min(bytes.len());
        let end = (start + captured as usize).min(bytes.len());
        let Datagram { source, destination, from, length } = udp(&bytes[start..end], link)?;
        if !summary.ports.contains(&destination) && summary.ports.len() < 8 {
            summary.ports.push(destination);
        }
        if destination != self.port {
            summary.foreign += 1;
            return None;
        }
        let present = captured.saturating_sub(from as u64).min(length as u64);
        summary.truncated += u64::from(u64::from(original) > captured || present < length as u64);
        let header = HeaderKind::Udp.read(&bytes[(start + from).min(end)..end]);
        let len = present.saturating_sub(10) as u32;
        let Some(header) = header.filter(|_| len > 0) else {
            summary.foreign += 1;
            return None;
        };
        Some(Found { header, source, from: data + from + 10, len })
    }

    /// Why a recording without packets of samples is refused.
    pub(super) fn without_samples(&self, path: &Path) -> Error {
        Error::Format {
            path: path.display().to_string(),
            offset: 0,
            expected: format!("packets of a DCA1000 to UDP port {}", self.port),
            found: format!(
                "a network recording of {} packets, UDP ports {:?}: name the port with `udp_port`",
                self.summary.packets, self.summary.ports
            ),
        }
    }
}

/// Walks a recording of `len` bytes and hands each piece of samples, and by whom it was sent, to `put`.
pub(super) fn walk_pcap(
    blocks: &mut PcapBlocks,
    len: u64,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<usize>,
    mut put: impl FnMut(Piece, (Ipv4Addr, u16)),
) -> Result<()> {
    let mut at = 0;
    let mut buffer = [0; SEEN_BYTES];
    while at < len {
        let got = read(at, &mut buffer)?;
        let Some(block) = blocks.next(&buffer[..got]).filter(|block| at + block.len <= len) else {
            // The recorder was stopped within a block.
            break;
        };
        if let Some(Found { header, source, from, len }) = blocks.samples(&block, &buffer[..got]) {
            let (sequence, offset) = (header.sequence, header.offset);
            put(Piece { sequence, offset, from: at + from as u64, len }, source);
        }
        at += block.len;
    }
    Ok(())
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
