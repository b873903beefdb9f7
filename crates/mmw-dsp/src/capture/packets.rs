//! Packets of a DCA1000: their headers, and the recognition of dumps in which the headers were left.
//!
//! The card numbers its packets from 1 and says in each how many bytes of samples went before, so that a
//! lost packet leaves a hole of known place and length (Texas Instruments, "DCA1000EVM Data Capture Card
//! User's Guide", SPRUIJ4).

use mmw_core::{Error, Result};
use std::path::Path;

/// Bytes of samples in a full packet of the card; other sizes are read as well.
pub const PAYLOAD_BYTES: usize = 1456;

/// A packet of samples at its place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Number of the packet, from 1.
    pub sequence: u32,
    /// Bytes of samples before this packet.
    pub offset: u64,
    /// The samples.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the payload of a UDP datagram: sequence number (4 bytes), byte count (6 bytes), samples; little
    /// endian. `None` for what is shorter than one word of samples.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::Packet;
    /// let datagram = [2, 0, 0, 0, 0xb0, 5, 0, 0, 0, 0, 7, 0];
    /// let packet = Packet::parse(&datagram).unwrap();
    /// assert_eq!((packet.sequence, packet.offset, packet.payload), (2, 1456, [7, 0].as_slice()));
    /// ```
    #[must_use]
    pub fn parse(datagram: &'a [u8]) -> Option<Self> {
        let header = HeaderKind::Udp.read(datagram)?;
        let payload = datagram.get(HeaderKind::Udp.bytes()..).filter(|payload| payload.len() >= 2)?;
        Some(Self { sequence: header.sequence, offset: header.offset, payload })
    }
}

/// The headers that dumps are found with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderKind {
    /// As sent: sequence number, byte count.
    Udp,
    /// Raw-mode files: sequence number, length of the payload, byte count.
    WithLength,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) sequence: u32,
    pub(super) length: Option<u32>,
    pub(super) offset: u64,
}

/// Packets between two of one stream, of which those between may be lost, and a number of packets that may
/// all be short.
const FARTHEST_PACKETS: i64 = 1 << 16;
const FEW_PACKETS: i64 = 16;

impl Header {
    /// Whether number and byte count can be those of a card, which counts packets from 1 and bytes from 0, or
    /// of a program that counts packets from 0.
    pub(super) fn is_possible(&self) -> bool {
        let number = u64::from(self.sequence);
        (2 * number.saturating_sub(1)..=number * MAX_PAYLOAD as u64).contains(&self.offset)
    }

    /// Whether a card begins a recording with it.
    pub(super) fn is_first(&self) -> bool {
        (self.sequence, self.offset) == (1, 0)
    }

    /// Whether number and byte count go on from those of another packet of the stream, or before them:
    /// packets are full, of `full` bytes, but for those at the end of bursts.
    pub(super) fn agrees_with(&self, other: &Self, full: usize) -> bool {
        let packets = i64::from(self.sequence) - i64::from(other.sequence);
        let bytes = i128::from(self.offset) - i128::from(other.offset);
        let count = packets.abs();
        let least = if count > FEW_PACKETS { full as i128 / 8 } else { 2 };
        let range = i128::from(count) * least..=i128::from(count) * full as i128;
        count < FARTHEST_PACKETS && bytes * i128::from(packets.signum()) >= 0 && range.contains(&bytes.abs())
    }
}

impl HeaderKind {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Udp => 10,
            Self::WithLength => 14,
        }
    }

    pub(super) fn read(self, bytes: &[u8]) -> Option<Header> {
        let (start, rest) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = match self {
            Self::Udp => (None, rest),
            Self::WithLength => {
                let (length, rest) = rest.split_first_chunk::<4>()?;
                (Some(u32::from_le_bytes(*length)), rest)
            }
        };
        let count = rest.first_chunk::<6>()?;
        let offset = count.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        Some(Header { sequence: u32::from_le_bytes(*start), length, offset })
    }
}

/// Largest payload of a UDP datagram.
const MAX_PAYLOAD: usize = 65_507;

/// How a dump with headers is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Framing {
    pub(super) kind: HeaderKind,
    /// Bytes of samples in a full packet.
    pub(super) payload: usize,
}

impl Framing {
    /// Bytes from the beginning of a packet that must be seen to know where it ends.
    pub(super) fn seen_bytes(self) -> usize {
        2 * self.kind.bytes() + self.payload
    }

    /// The header and the length of the payload of the packet that `bytes` begin with, after `last`; `None`
    /// where none stands.
    pub(super) fn packet(self, last: Option<Header>, bytes: &[u8]) -> Option<(Header, usize)> {
        let Self { kind, payload } = self;
        // Zeros behind the packets are none.
        let header = kind.read(bytes).filter(|header| header.sequence > 0 || last.is_none())?;
        // Byte counts follow the numbers, but for short packets at the end of a burst.
        let plausible = last.is_none_or(|last| {
            let packets = i64::from(header.sequence) - i64::from(last.sequence);
            let count = i128::from(header.offset) - i128::from(last.offset);
            packets.abs() < 1 << 24 && count.abs() <= i128::from(packets.abs()) * payload as i128
        });
        let length = match header.length {
            Some(length) => (length as usize).min(bytes.len() - kind.bytes()),
            None => piece_length(kind, &header, bytes, payload),
        };
        (plausible && length > 0).then_some((header, length))
    }
}

/// Whether the first header of a dump may be what `head` begins with: then more must be seen. In a dump whose
/// packets are full the byte count is a multiple of the packets before.
pub(super) fn may_be_framed(head: &[u8]) -> bool {
    [HeaderKind::WithLength, HeaderKind::Udp].iter().any(|kind| {
        kind.read(head).is_some_and(|Header { sequence, offset, .. }| match sequence {
            0 | 1 => offset == 0,
            _ => {
                let before = u64::from(sequence - 1);
                offset.is_multiple_of(before) && (2..=MAX_PAYLOAD as u64).contains(&(offset / before))
            }
        })
    })
}

/// Whether `next` may follow `first`, by packets of `payload` bytes: both numbers advance together. A packet
/// out of order or sent twice is allowed for.
fn agrees(first: &Header, next: &Header, payload: usize) -> bool {
    let packets = i128::from(next.sequence) - i128::from(first.sequence);
    next.sequence > 0
        && packets.abs() < 1 << 24
        && i128::from(next.offset) - i128::from(first.offset) == packets * payload as i128
}

/// The framing of a dump that begins with `head`, if it is one.
///
/// Two further headers must agree with the first in sequence number and byte count, at least one of them
/// with another number. In samples that happens once in 2⁴⁸ places for each agreeing header (the byte count
/// is determined), of which 65507 payload sizes are tried.
pub(super) fn find_framing(head: &[u8]) -> Option<Framing> {
    [HeaderKind::WithLength, HeaderKind::Udp].into_iter().find_map(|kind| {
        let first = kind.read(head)?;
        let sizes = match first.length {
            Some(length) => vec![usize::try_from(length).ok()?],
            None => std::iter::once(PAYLOAD_BYTES).chain((2..=MAX_PAYLOAD).step_by(2)).collect(),
        };
        let fits = |payload: usize| {
            let step = kind.bytes() + payload;
            let header = |index: usize| kind.read(head.get(index * step..)?);
            let (Some(second), third) = (header(1), header(2)) else { return false };
            let distinct = second.sequence != first.sequence
                || third.is_some_and(|third| third.sequence != first.sequence);
            // A dump of two packets has no third header: its second packet must then end the file.
            let ends = head.len() < 2 * step + kind.bytes() && head.len() > step + kind.bytes();
            let agreed = agrees(&first, &second, payload)
                && third.map_or(ends, |third| agrees(&first, &third, payload));
            distinct && agreed && (2..=MAX_PAYLOAD).contains(&payload)
        };
        sizes.into_iter().find(|&payload| fits(payload)).map(|payload| Framing { kind, payload })
    })
}

/// A piece of samples in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Number of its packet.
    pub(super) sequence: u32,
    /// Where it belongs in the stream.
    pub(super) offset: u64,
    /// Where it stands in the file.
    pub(super) from: u64,
    pub(super) len: u32,
}

/// Walks a dump of `len` bytes from header to header and hands each piece to `put`. Where a header is
/// missing, `None` is the result's second value's place: the offset at which none was found.
pub(super) fn walk(
    framing: Framing,
    len: u64,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<usize>,
    mut put: impl FnMut(Piece),
) -> Result<Option<u64>> {
    let header_bytes = framing.kind.bytes() as u64;
    let mut at = 0;
    let mut buffer = vec![0; framing.seen_bytes()];
    let mut last = None;
    while at < len {
        let got = read(at, &mut buffer)?;
        let Some((header, length)) = framing.packet(last, &buffer[..got]) else { return Ok(Some(at)) };
        put(Piece {
            sequence: header.sequence,
            offset: header.offset,
            from: at + header_bytes,
            len: length as u32,
        });
        last = Some(header);
        at += header_bytes + length as u64;
    }
    Ok(None)
}

/// Why a dump that has no header at `at` is refused.
pub(super) fn no_header(path: &Path, at: u64, framing: Framing) -> Error {
    Error::Format {
        path: path.display().to_string(),
        offset: at,
        expected: format!(
            "the {}-byte header of a DCA1000 packet, as before the packets of {} bytes up to there",
            framing.kind.bytes(),
            framing.payload
        ),
        found: "bytes that are none: the dump is damaged from there on".to_owned(),
    }
}

/// The length of a packet whose header does not say it: full, unless the next header stands nearer.
fn piece_length(kind: HeaderKind, header: &Header, bytes: &[u8], payload: usize) -> usize {
    let full = payload.min(bytes.len() - kind.bytes());
    let next = |length: usize| kind.read(bytes.get(kind.bytes() + length..)?);
    let follows = |length: usize| {
        next(length).is_some_and(|next| {
            let goes_on = next.sequence == header.sequence.wrapping_add(1)
                && next.offset == header.offset + length as u64;
            // Or a recording ends here and another begins.
            goes_on || (next.sequence, next.offset) == (1, 0)
        })
    };
    if full < payload || next(full).is_none_or(|next| agrees(header, &next, payload)) {
        return full;
    }
    (2..full).step_by(2).find(|&length| follows(length)).unwrap_or(full)
}
