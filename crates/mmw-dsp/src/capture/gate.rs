//! The packets of one card among the datagrams that come to a port.

use super::packets::{Header, Packet};
use std::collections::VecDeque;
use std::net::SocketAddr;

/// Packets in a row that must agree with one another to be taken for the stream once another was.
const ANEW: usize = 16;

/// Packets that are held back while none agrees with another.
const HELD: usize = 64;

/// A packet that does not borrow its samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnedPacket {
    header: Header,
    source: Option<SocketAddr>,
    payload: Vec<u8>,
}

impl OwnedPacket {
    pub(super) fn of(packet: &Packet<'_>, source: Option<SocketAddr>) -> Self {
        Self { header: header(packet), source, payload: packet.payload.to_vec() }
    }

    pub(super) fn packet(&self) -> Packet<'_> {
        let Header { sequence, offset, .. } = self.header;
        Packet { sequence, offset, payload: &self.payload }
    }
}

fn header(packet: &Packet<'_>) -> Header {
    Header { sequence: packet.sequence, length: None, offset: packet.offset }
}

/// Lets through the packets of one stream: those of one sender whose numbers and byte counts go on from one
/// another. A stream is known by its first packet, number 1 at byte 0, or else by two that agree. What is
/// of another sender, or claims a place far off, is foreign; where the stream itself goes on far off, the
/// first 16 packets from there say so.
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{Packet, PacketGate};
///
/// let card = Some("192.168.33.180:4098".parse()?);
/// let other = Some("192.168.33.7:5353".parse()?);
/// let packet = |sequence: u32| Packet { sequence, offset: u64::from(sequence - 1) * 4, payload: &[1; 4] };
/// let name = Packet { sequence: 0x0084_0000, offset: 0x100_0000, payload: b"_services._dns-sd._udp.local" };
/// let (mut gate, mut came) = (PacketGate::default(), Vec::new());
/// for (from, packet) in [(other, name), (card, packet(7)), (card, packet(8)), (other, name), (card, packet(9))] {
///     gate.take(from, &packet, |packet| Ok::<_, ()>(came.push(packet.sequence))).unwrap();
/// }
/// assert_eq!((came, gate.foreign), (vec![7, 8, 9], 2));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PacketGate {
    /// Datagrams that are of no stream, or of another.
    pub foreign: u64,
    /// The sender and its last packet.
    stream: Option<(Option<SocketAddr>, Header)>,
    full: usize,
    held: VecDeque<OwnedPacket>,
}

impl PacketGate {
    /// Hands to `put` what of the stream is known with this packet.
    ///
    /// # Errors
    /// Those of `put`.
    pub fn take<E>(
        &mut self,
        source: Option<SocketAddr>,
        packet: &Packet<'_>,
        mut put: impl FnMut(&Packet<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let header = header(packet);
        if !header.is_possible() {
            self.foreign += 1;
            return Ok(());
        }
        let full = self.full.max(packet.payload.len());
        if let Some((sender, last)) = self.stream {
            if sender != source {
                self.foreign += 1;
                return Ok(());
            }
            if header.is_first() || header.agrees_with(&last, full) {
                self.full = full;
                self.stream = Some((source, header));
                self.foreign += self.held.len() as u64;
                self.held.clear();
                return put(packet);
            }
        }
        self.hold(OwnedPacket::of(packet, source), put)
    }

    /// Holds a packet back until others agree with it.
    fn hold<E>(
        &mut self,
        packet: OwnedPacket,
        mut put: impl FnMut(&Packet<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let full = self.full.max(packet.payload.len());
        let agrees = |held: &OwnedPacket| {
            held.source == packet.source
                && packet.header.agrees_with(&held.header, full.max(held.payload.len()))
        };
        let others = |held: &&OwnedPacket| agrees(held) && held.header.sequence != packet.header.sequence;
        let agreeing = self.held.iter().filter(others).count();
        let needed = match &self.stream {
            Some(_) => ANEW,
            None if packet.header.is_first() => 1,
            None => 2,
        };
        if agreeing + 1 < needed {
            self.held.push_back(packet);
            if self.held.len() > HELD {
                self.held.pop_front();
                self.foreign += 1;
            }
            return Ok(());
        }
        self.full = full;
        let stream = (packet.source, packet.header);
        let (of_stream, others): (Vec<_>, Vec<_>) = self.held.drain(..).partition(agrees);
        self.foreign += others.len() as u64;
        self.stream = Some(stream);
        of_stream.iter().chain([&packet]).try_for_each(|held| put(&held.packet()))
    }

    /// Whether a stream was found.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// Gives the stream up, as when it has been silent for long: the next one, of whatever sender, is found
    /// as the first was.
    pub fn reopen(&mut self) {
        self.stream = None;
    }

    /// Ends: a lone packet is a stream of one, all else that is held back is foreign.
    ///
    /// # Errors
    /// Those of `put`.
    pub fn finish<E>(&mut self, mut put: impl FnMut(&Packet<'_>) -> Result<(), E>) -> Result<(), E> {
        let held: Vec<OwnedPacket> = self.held.drain(..).collect();
        match held.as_slice() {
            [lone] if self.stream.is_none() => {
                self.stream = Some((lone.source, lone.header));
                put(&lone.packet())
            }
            all => {
                self.foreign += all.len() as u64;
                Ok(())
            }
        }
    }
}
