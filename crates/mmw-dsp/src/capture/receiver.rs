//! Packets as they come from the network: which are new, and in which order their bytes go on.

use super::packets::Packet;
use std::collections::BTreeMap;
use std::ops::Range;

/// Farthest that a packet may lie beyond the highest byte so far; what claims more is not of this stream.
const FARTHEST: u64 = 1 << 31;

/// What a packet is to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Arrival {
    /// The highest so far; the bytes before it may be missing yet.
    InOrder,
    /// It fills a hole.
    Late,
    /// Its bytes are there already.
    Duplicate,
    /// Its place cannot be one of this stream.
    Foreign,
    /// Number 1 at byte 0 more than 256 packets after it, or the last of 16 in a row of which all have been
    /// there or lie that far back: the card began a new recording.
    Restart,
}

mmw_core::named!(Arrival, "arrival" {
    InOrder = "in_order", Late = "late", Duplicate = "duplicate", Foreign = "foreign", Restart = "restart",
});

/// How far back a packet is no late one, and how many in a row begin a recording anew.
const LATEST: u32 = 256;
const ANEW: u32 = 16;

/// Books which bytes of a stream have come. Memory grows with the number of holes, not with the stream.
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{Arrival, Packet, PacketBook};
///
/// let mut book = PacketBook::default();
/// let packet = |sequence: u32| Packet { sequence, offset: u64::from(sequence - 1) * 4, payload: &[1; 4] };
/// let arrivals = [1, 3, 2, 2, 5].map(|sequence| book.book(&packet(sequence)));
/// assert_eq!(arrivals[2..], [Arrival::Late, Arrival::Duplicate, Arrival::InOrder]);
/// assert_eq!((book.received, book.duplicated, book.reordered), (5, 1, 1));
/// assert_eq!(book.lost_ranges(), [12..16]);
/// assert_eq!(book.lost_packets(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PacketBook {
    /// Packets that came.
    pub received: u64,
    /// Packets that brought nothing new.
    pub duplicated: u64,
    /// Packets that came after a later one and filled a hole.
    pub reordered: u64,
    /// Datagrams that cannot belong to the stream.
    pub foreign: u64,
    /// Holes: where each begins and ends.
    holes: BTreeMap<u64, u64>,
    end: u64,
    /// The packet number before the first one awaited.
    before: u32,
    last_sequence: u32,
    /// Packets of the stream that brought something, of which one may have the number 0.
    taken: u64,
    from_zero: bool,
    /// Packets that earlier recordings lost.
    lost_before: u64,
    /// How many packets came last in a row that lie far back, and the number of the last.
    behind: (u32, u32),
    paused: bool,
}

impl PacketBook {
    /// A book of a stream that is joined under way, whose first byte of interest is `offset`; `sequence` is
    /// the first packet that came.
    #[must_use]
    pub fn joined(offset: u64, sequence: u32) -> Self {
        let before = sequence.saturating_sub(1);
        Self { end: offset, before, last_sequence: before, ..Self::default() }
    }

    /// Begins the book of another recording: what was counted stays, the places are those of the new one.
    pub(super) fn restart(&mut self, offset: u64, sequence: u32) {
        let lost_before = self.lost_packets();
        let Self { received, duplicated, reordered, foreign, .. } = *self;
        *self =
            Self { received, duplicated, reordered, foreign, lost_before, ..Self::joined(offset, sequence) };
    }

    /// Books a packet. One that is a [`Arrival::Restart`] is not booked.
    pub fn book(&mut self, packet: &Packet<'_>) -> Arrival {
        let start = packet.offset;
        let is_zeroth = packet.sequence == 0 && start == 0 && self.taken == 0;
        if (packet.sequence == 0 && !is_zeroth) || start > self.end.saturating_add(FARTHEST) {
            self.foreign += 1;
            return Arrival::Foreign;
        }
        self.from_zero |= is_zeroth;
        let paused = std::mem::take(&mut self.paused);
        if (packet.sequence, start) == (1, 0) && (self.last_sequence > LATEST || (paused && self.taken > 0)) {
            return Arrival::Restart;
        }
        self.last_sequence = self.last_sequence.max(packet.sequence);
        let arrival = self.arrival(start, start + packet.payload.len() as u64);
        if self.is_anew(packet.sequence, arrival) {
            return Arrival::Restart;
        }
        self.received += 1;
        match arrival {
            Arrival::Duplicate => self.duplicated += 1,
            Arrival::Late => self.reordered += 1,
            _ => {}
        }
        self.taken += u64::from(arrival != Arrival::Duplicate);
        arrival
    }

    /// Whether so many packets in a row lie far back that they are those of another recording.
    fn is_anew(&mut self, sequence: u32, arrival: Arrival) -> bool {
        let back = self.last_sequence - sequence;
        let far = back >= LATEST || (back >= ANEW && arrival == Arrival::Duplicate);
        let (count, last) = self.behind;
        let goes_on = count > 0 && sequence == last.wrapping_add(1);
        self.behind = (if far { 1 + if goes_on { count } else { 0 } } else { 0 }, sequence);
        self.behind.0 >= ANEW
    }

    /// Says that nothing came for long: a packet with number 1 at byte 0 that comes next is no late one.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// Puts bytes into the book.
    fn arrival(&mut self, start: u64, stop: u64) -> Arrival {
        if start >= self.end {
            if start > self.end {
                self.holes.insert(self.end, start);
            }
            self.end = stop;
            return Arrival::InOrder;
        }
        let hole = self.holes.range(..=start).next_back().map(|(&from, &to)| from..to);
        let Some(hole) = hole.filter(|hole| start < hole.end && stop <= hole.end) else {
            return Arrival::Duplicate;
        };
        self.holes.remove(&hole.start);
        if hole.start < start {
            self.holes.insert(hole.start, start);
        }
        if stop < hole.end {
            self.holes.insert(stop, hole.end);
        }
        Arrival::Late
    }

    /// Bytes up to the end of the highest packet.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The byte ranges that have not come.
    #[must_use]
    pub fn lost_ranges(&self) -> Vec<Range<u64>> {
        self.holes.iter().map(|(&start, &end)| start..end).collect()
    }

    /// Packets that have not come, by their numbers.
    #[must_use]
    pub fn lost_packets(&self) -> u64 {
        let sent = u64::from(self.last_sequence - self.before) + u64::from(self.from_zero);
        self.lost_before + sent.saturating_sub(self.taken)
    }
}

/// Packets held back until those before them have come.
const WINDOW_PACKETS: usize = 256;

/// Turns packets that come in any order into frames, in bounded memory: a packet may be late by up to 256
/// packets; what has not come by then is lost and stays zero.
#[derive(Debug)]
pub struct PacketOrder {
    /// What came, and how.
    pub book: PacketBook,
    /// Packets that were given up before they came.
    pub too_late: u64,
    window: BTreeMap<u64, Vec<u8>>,
    frame: Vec<u8>,
    /// Ranges of the frame under way that are lost.
    lost: Vec<Range<usize>>,
    /// Bytes of the stream that are settled: they came or are given up.
    settled: u64,
    spare: Vec<Vec<u8>>,
    /// Bytes of the stream before the first frame.
    skip: u64,
    started: bool,
    /// Number of the first frame of the recording under way, and of the frame after the last one.
    first: u64,
    next: u64,
}

impl PacketOrder {
    /// Frames of `frame_bytes` bytes, the first of which begins after `skip_bytes`.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for frames without bytes.
    pub fn new(frame_bytes: usize, skip_bytes: u64) -> mmw_core::Result<Self> {
        mmw_core::check::positive("frame_bytes", frame_bytes as f64)?;
        Ok(Self {
            book: PacketBook::default(),
            too_late: 0,
            window: BTreeMap::new(),
            frame: super::layout::zero_bytes(frame_bytes)?,
            lost: Vec::new(),
            settled: 0,
            spare: Vec::new(),
            skip: skip_bytes,
            started: false,
            first: 0,
            next: 0,
        })
    }

    /// Takes a packet and hands each frame that it completes to `put`: its number, bytes and lost ranges.
    /// With an [`Arrival::Restart`] the frame that was cut is handed on with what it lacks, and the frames of
    /// the new recording follow, numbered on.
    ///
    /// # Errors
    /// Those of `put`.
    pub fn push<E>(
        &mut self,
        packet: &Packet<'_>,
        mut put: impl FnMut(u64, &[u8], &[Range<usize>]) -> Result<(), E>,
    ) -> Result<Arrival, E> {
        if !self.started {
            self.start(packet);
        }
        let arrival = self.book.book(packet);
        if arrival == Arrival::Restart {
            self.cut(&mut put)?;
            self.start(packet);
            self.book.book(packet);
        }
        match arrival {
            Arrival::InOrder | Arrival::Late if packet.offset < self.settled => self.too_late += 1,
            Arrival::InOrder | Arrival::Late | Arrival::Restart => {
                let mut bytes = self.spare.pop().unwrap_or_default();
                bytes.clear();
                bytes.extend_from_slice(packet.payload);
                self.window.insert(packet.offset, bytes);
                self.drain(WINDOW_PACKETS, &mut put)?;
            }
            _ => {}
        }
        Ok(arrival)
    }

    /// Begins a recording with its first packet: one that is joined under way begins with the frame that the
    /// packet belongs to.
    fn start(&mut self, packet: &Packet<'_>) {
        let frame_bytes = self.frame.len() as u64;
        let before = packet.offset.saturating_sub(self.skip) / frame_bytes;
        self.settled = if before == 0 { 0 } else { self.skip + before * frame_bytes };
        let sequence = if before == 0 { 1 } else { packet.sequence };
        self.book.restart(self.settled, sequence);
        self.started = true;
    }

    /// Ends a recording: of the frame under way, if something of it came, the rest is lost.
    fn cut<E>(
        &mut self,
        put: &mut impl FnMut(u64, &[u8], &[Range<usize>]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.drain(0, put)?;
        let within = self.settled.saturating_sub(self.skip) % self.frame.len() as u64;
        if within > 0 {
            self.settle(self.frame.len() as u64 - within, None, put)?;
        }
        self.lost.clear();
        self.first = self.next;
        Ok(())
    }

    /// The number of the frame under way.
    #[must_use]
    pub fn next_frame(&self) -> u64 {
        self.first + self.settled.saturating_sub(self.skip) / self.frame.len() as u64
    }

    /// Settles what is held back; a frame that is still incomplete is not handed on.
    ///
    /// # Errors
    /// Those of `put`.
    pub fn finish<E>(
        &mut self,
        mut put: impl FnMut(u64, &[u8], &[Range<usize>]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.drain(0, &mut put)
    }

    fn drain<E>(
        &mut self,
        window: usize,
        put: &mut impl FnMut(u64, &[u8], &[Range<usize>]) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some((&offset, _)) = self.window.first_key_value() {
            if offset > self.settled && self.window.len() <= window {
                break;
            }
            let Some((_, bytes)) = self.window.pop_first() else { break };
            if offset > self.settled {
                self.settle(offset - self.settled, None, put)?;
            }
            self.settle(bytes.len() as u64, Some(&bytes), put)?;
            self.spare.push(bytes);
        }
        Ok(())
    }

    /// Appends bytes, or a gap of `count`, to the frame under way.
    fn settle<E>(
        &mut self,
        count: u64,
        bytes: Option<&[u8]>,
        put: &mut impl FnMut(u64, &[u8], &[Range<usize>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let frame_bytes = self.frame.len() as u64;
        let end = self.settled + count;
        let mut at = self.settled.max(self.skip).min(end);
        while at < end {
            let (number, within) = ((at - self.skip) / frame_bytes, (at - self.skip) % frame_bytes);
            let step = (frame_bytes - within).min(end - at);
            let span = within as usize..(within + step) as usize;
            match bytes {
                Some(bytes) => {
                    let from = (at - self.settled) as usize;
                    self.frame[span].copy_from_slice(&bytes[from..from + step as usize]);
                }
                None => {
                    self.frame[span.clone()].fill(0);
                    self.lost.push(span);
                }
            }
            at += step;
            if within + step == frame_bytes {
                let number = self.first + number;
                self.next = number + 1;
                put(number, &self.frame, &self.lost)?;
                self.lost.clear();
            }
        }
        self.settled = end;
        Ok(())
    }
}
