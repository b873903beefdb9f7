//! Packets out of a stream that cannot be read twice.

use super::gate::{OwnedPacket, PacketGate};
use super::packets::{Framing, Header, PAYLOAD_BYTES, Packet, find_framing, may_be_framed, no_header};
use super::pcap::{Found, PcapBlocks, PcapKind, SEEN_BYTES};
use mmw_core::{Error, Result};
use std::collections::VecDeque;
use std::io::{Chain, Cursor, ErrorKind, Read};
use std::net::SocketAddr;
use std::path::PathBuf;

/// What comes through a pipe, told by its first bytes.
#[derive(Debug)]
pub enum PipeContents<R> {
    /// Samples, or a file of another kind, from the first byte on.
    Samples(Chain<Cursor<Vec<u8>>, R>),
    /// Packets of a DCA1000 with their headers, or a pcap or pcapng recording of them.
    Packets(Box<PacketPipe<R>>),
}

/// Bytes that show two packets with the longer header, and the header of the third.
const USUAL_HEAD: usize = 2 * (14 + PAYLOAD_BYTES) + 14;

/// Bytes that show as much of the largest packets.
const LARGEST_HEAD: usize = 3 * 65_536;

impl<R: Read> PipeContents<R> {
    /// Looks at the first bytes of `input`: at 14, and at more only when they may be the header of a packet.
    /// `name` stands in messages, `udp_port` is that of the samples in a recording of the network.
    ///
    /// # Errors
    /// [`Error::Io`] when reading fails.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::{DATA_PORT, PipeContents};
    ///
    /// // Three packets of four bytes.
    /// let packet = |n: u8| [n, 0, 0, 0, 4 * (n - 1), 0, 0, 0, 0, 0, n, 1, n, 2];
    /// let dump = [1, 2, 3].map(packet).concat();
    /// let PipeContents::Packets(mut packets) = PipeContents::recognise("a pipe", &dump[..], DATA_PORT)? else {
    ///     panic!("not recognised");
    /// };
    /// while let Some(packet) = packets.next_packet()? {
    ///     assert_eq!((packet.payload.len(), packet.offset), (4, 4 * u64::from(packet.sequence - 1)));
    /// }
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn recognise(name: &str, input: R, udp_port: u16) -> Result<Self> {
        let mut pipe = PacketPipe {
            name: name.to_owned(),
            input,
            window: Vec::new(),
            start: 0,
            taken: 0,
            at: 0,
            contents: Contents::Unknown,
            gate: PacketGate::default(),
            ready: VecDeque::new(),
            current: None,
        };
        pipe.fill(14)?;
        if let Some(kind) = PcapKind::of(&pipe.window) {
            pipe.contents = Contents::Network { blocks: PcapBlocks::new(kind, udp_port), samples: false };
            return Ok(Self::Packets(Box::new(pipe)));
        }
        if may_be_framed(&pipe.window) {
            // Samples may begin with zeros, too, and are not to be kept waiting.
            let silent = pipe.window.iter().all(|&byte| byte == 0);
            let heads = [USUAL_HEAD, LARGEST_HEAD];
            for &head in &heads[..if silent { 1 } else { 2 }] {
                pipe.fill(head)?;
                if let Some(framing) = find_framing(&pipe.window) {
                    pipe.contents = Contents::Dump { framing, last: None };
                    return Ok(Self::Packets(Box::new(pipe)));
                }
            }
        }
        Ok(Self::Samples(Cursor::new(pipe.window).chain(pipe.input)))
    }
}

#[derive(Debug)]
enum Contents {
    Unknown,
    Dump { framing: Framing, last: Option<Header> },
    Network { blocks: PcapBlocks, samples: bool },
}

/// Hands on packet after packet, holding one (of pcapng: one block).
#[derive(Debug)]
pub struct PacketPipe<R> {
    name: String,
    input: R,
    /// Bytes that were read, from `start` on not yet used.
    window: Vec<u8>,
    start: usize,
    /// Bytes of the packet handed on last.
    taken: usize,
    /// Place of `start` in the stream.
    at: u64,
    contents: Contents,
    /// Which of the network's datagrams are of the stream, what of it was not handed on, and what was last.
    gate: PacketGate,
    ready: VecDeque<OwnedPacket>,
    current: Option<OwnedPacket>,
}

impl<R: Read> PacketPipe<R> {
    /// Datagrams of a recording of the network that are no packets of the stream, see [`PacketGate`].
    #[must_use]
    pub fn foreign(&self) -> u64 {
        match &self.contents {
            Contents::Network { blocks, .. } => blocks.summary.foreign + self.gate.foreign,
            _ => 0,
        }
    }

    /// The next packet, in the order in which they come; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Io`] when reading fails; [`Error::Format`] where no header stands, and at the end of a
    /// recording of the network that holds no packet to the port.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>> {
        let is_network = matches!(self.contents, Contents::Network { .. });
        while self.ready.is_empty() {
            self.advance();
            match self.find()? {
                Step::End if is_network => {
                    self.gate.finish(|packet| keep(&mut self.ready, packet))?;
                    if self.ready.is_empty() && !self.gate.is_open() {
                        return Err(self.without_stream());
                    }
                    break;
                }
                Step::End => return Ok(None),
                Step::Packet(found) if is_network => {
                    let payload = &self.window[self.start + found.from..][..found.length];
                    let packet =
                        Packet { sequence: found.header.sequence, offset: found.header.offset, payload };
                    self.gate.take(found.source, &packet, |packet| keep(&mut self.ready, packet))?;
                }
                Step::Packet(Whole { header: Header { sequence, offset, .. }, from, length, .. }) => {
                    let payload = &self.window[self.start + from..][..length];
                    return Ok(Some(Packet { sequence, offset, payload }));
                }
                Step::Other => {}
            }
        }
        self.current = self.ready.pop_front();
        Ok(self.current.as_ref().map(OwnedPacket::packet))
    }

    /// Why datagrams of which none is of a card are refused.
    fn without_stream(&self) -> Error {
        let reason = format!(
            "none of its {} datagrams is a packet of a DCA1000, which begins with a packet number and a byte count that go \
             on from one to the next: name the port of the samples with `udp_port`",
            self.foreign()
        );
        Error::invalid(self.name.clone(), reason)
    }

    fn find(&mut self) -> Result<Step> {
        let wanted = match &self.contents {
            Contents::Unknown => return Ok(Step::End),
            Contents::Dump { framing, .. } => framing.seen_bytes(),
            Contents::Network { .. } => SEEN_BYTES,
        };
        let got = self.fill(wanted)?;
        let path = PathBuf::from(&self.name);
        let bytes = &self.window[self.start..];
        let block = match &mut self.contents {
            Contents::Unknown => return Ok(Step::End),
            Contents::Dump { .. } if got == 0 => return Ok(Step::End),
            Contents::Dump { framing, last } => {
                let seen = &bytes[..got.min(wanted)];
                let (header, length) =
                    framing.packet(*last, seen).ok_or_else(|| no_header(&path, self.at, *framing))?;
                *last = Some(header);
                self.taken = framing.kind.bytes() + length;
                let from = framing.kind.bytes();
                return Ok(Step::Packet(Whole { header, source: None, from, length }));
            }
            Contents::Network { blocks, samples } => match blocks.next(bytes).filter(|_| got > 0) {
                Some(block) => block,
                None if *samples => return Ok(Step::End),
                None => return Err(blocks.without_samples(&path)),
            },
        };
        let len = block.len as usize;
        let whole = self.fill(len)? >= len;
        let Contents::Network { blocks, samples } = &mut self.contents else { return Ok(Step::End) };
        if !whole {
            return if *samples { Ok(Step::End) } else { Err(blocks.without_samples(&path)) };
        }
        self.taken = len;
        let found = blocks.samples(&block, &self.window[self.start..self.start + len]);
        *samples |= found.is_some();
        Ok(found.map_or(Step::Other, |Found { header, source, from, len }| {
            Step::Packet(Whole { header, source: Some(source.into()), from, length: len as usize })
        }))
    }

    fn advance(&mut self) {
        self.start += self.taken;
        self.at += self.taken as u64;
        self.taken = 0;
    }

    /// Reads until `wanted` bytes that are not used yet are there, or the stream ends; says how many are.
    fn fill(&mut self, wanted: usize) -> Result<usize> {
        if self.window.len() - self.start < wanted {
            self.window.drain(..self.start);
            self.start = 0;
        }
        while self.window.len() < self.start + wanted {
            let filled = self.window.len();
            self.window.resize(self.start + wanted, 0);
            let read = self.input.read(&mut self.window[filled..]);
            self.window.truncate(filled + read.as_ref().map_or(0, |&read| read));
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&PathBuf::from(&self.name), "read", &error)),
            }
        }
        Ok(self.window.len() - self.start)
    }
}

/// What stands next in the stream.
enum Step {
    End,
    Packet(Whole),
    Other,
}

/// A packet of which all is there.
struct Whole {
    header: Header,
    source: Option<SocketAddr>,
    /// Place and length of the samples.
    from: usize,
    length: usize,
}

fn keep(ready: &mut VecDeque<OwnedPacket>, packet: &Packet<'_>) -> Result<()> {
    ready.push_back(OwnedPacket::of(packet, None));
    Ok(())
}
