//! Several recordings among the packets of one file: two cards on one network, or a card that was
//! started twice; and datagrams that are of none.

use super::packets::{Header, PAYLOAD_BYTES, Piece};
use mmw_core::{Error, Result};
use std::collections::VecDeque;
use std::net::Ipv4Addr;

/// A packet this far below the highest number is no late one, if so many follow it in a row.
const RESTART: usize = 16;

/// A packet in a file, and who sent it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    /// Of the files of the capture.
    pub(super) part: u32,
    pub(super) piece: Piece,
    /// Address and port, where the file says them.
    pub(super) source: Option<(Ipv4Addr, u16)>,
}

/// The packets of the recording `wanted`, of the only one if there is but one. Recordings are numbered from 0
/// by their first packets.
///
/// # Errors
/// [`Error::Invalid`] that lists them where there are several and none is wanted; [`Error::Domain`] for a
/// number beyond the last.
pub(super) fn choose(name: &str, packets: Vec<Sent>, wanted: Option<usize>) -> Result<Vec<Sent>> {
    let mut recordings: Vec<Vec<Sent>> = Vec::new();
    for sent in split_by_source(packets) {
        recordings.extend(split_at_restarts(sent));
    }
    let count = recordings.len();
    let none = || Error::invalid(name.to_owned(), "holds no packets of a DCA1000");
    let index = match wanted {
        Some(index) if index >= count => {
            let domain = format!("below {count}, the number of recordings in {name}");
            return Err(Error::domain("recording", index as f64, domain));
        }
        Some(index) => index,
        None if count > 1 => {
            let listed: Vec<String> = recordings.iter().enumerate().map(describe).collect();
            let reason =
                format!("holds {count} recordings: {}; choose one with `recording`", listed.join(", "));
            return Err(Error::invalid(name.to_owned(), reason));
        }
        None => 0,
    };
    recordings.into_iter().nth(index).ok_or_else(none)
}

/// Packets that agree with one another in sender, number and byte count.
struct Chain {
    source: Option<(Ipv4Addr, u16)>,
    last: Header,
    packets: usize,
    /// Whether they have different numbers.
    counts: bool,
}

impl Chain {
    fn add(&mut self, header: Header) {
        self.counts |= header.sequence != self.last.sequence;
        self.packets += 1;
        self.last = header;
    }

    /// Packets, those without a count of their own as one.
    fn weight(&self) -> usize {
        if self.counts { self.packets } else { 1 }
    }
}

/// Chains that were added to last, to one of which a packet is expected to belong.
const RECENT: usize = 64;

/// Leaves out datagrams that are no packets of a card, and says how many: such as agree with no others in
/// number and byte count, and a few that do so with one another but with none of the many.
///
/// # Errors
/// [`Error::Invalid`] that describes the datagrams where all are such.
pub(super) fn leave_out_foreign(name: &str, packets: &mut Vec<Sent>) -> Result<u64> {
    // Of packets that were recorded in part the length is not that of the card's.
    let full = packets.iter().map(|sent| sent.piece.len as usize).fold(PAYLOAD_BYTES, usize::max);
    let mut chains: Vec<Chain> = Vec::new();
    let mut recent: VecDeque<usize> = VecDeque::new();
    let mut chain_of = |sent: &Sent| {
        let (source, header) = (sent.source, sent.header());
        let goes_on =
            |index: &usize| chains[*index].source == source && header.agrees_with(&chains[*index].last, full);
        let at = recent.iter().rposition(goes_on);
        let index = at.and_then(|at| recent.remove(at)).unwrap_or(chains.len());
        if index == chains.len() {
            chains.push(Chain { source, last: header, packets: 0, counts: false });
        }
        recent.push_back(index);
        if recent.len() > RECENT {
            recent.pop_front();
        }
        chains[index].add(header);
        index
    };
    let of: Vec<usize> = packets.iter().map(&mut chain_of).collect();
    let most = chains.iter().map(Chain::weight).max().unwrap_or(0);
    let lone = packets.len() == 1 && packets[0].header().is_possible();
    let is_many = |chain: &Chain| {
        let many = chain.weight() >= RESTART || 4 * chain.weight() > most;
        many && (chain.counts || lone)
    };
    if !chains.iter().any(is_many) {
        return Err(Error::invalid(name.to_owned(), appearance(packets)));
    }
    let before = packets.len();
    let mut of = of.into_iter();
    packets.retain(|_| of.next().is_some_and(|index| is_many(&chains[index])));
    Ok((before - packets.len()) as u64)
}

/// What datagrams look like that have no headers of a card, and what to do about them.
fn appearance(packets: &[Sent]) -> String {
    let pairs = || packets.windows(2);
    let most = |alike: &dyn Fn(&[Sent]) -> bool| {
        packets.len() > 1 && 4 * pairs().filter(|pair| alike(pair)).count() > 3 * (packets.len() - 1)
    };
    let turned = |sent: &Sent| {
        let Header { sequence, offset, .. } = sent.header();
        (sequence.swap_bytes(), offset.swap_bytes() >> 16)
    };
    let are = |test: &dyn Fn(&u8) -> bool| packets.iter().all(|sent| sent.start().iter().all(test));
    let look = if are(&|byte| *byte == 0) {
        "begin with zeros"
    } else if are(&|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        "are text"
    } else if most(&|pair| turned(&pair[1]).0 == turned(&pair[0]).0.wrapping_add(1)) {
        "have numbers whose high byte comes first"
    } else if most(&|pair| pair[1].piece.sequence == pair[0].piece.sequence.wrapping_add(1)) {
        "have numbers, but no byte counts that go on with them"
    } else {
        "begin with nothing that counts on from one to the next"
    };
    format!(
        "its {} datagrams {look}; those of a DCA1000 begin with a packet number (4 bytes) and the bytes sent before (6 \
         bytes), low byte first. If the samples went to another port, name it with `udp_port`; if these are samples \
         without headers, write what the datagrams hold, one after the other, to a .bin file",
        packets.len()
    )
}

impl Sent {
    fn header(&self) -> Header {
        Header { sequence: self.piece.sequence, length: None, offset: self.piece.offset }
    }

    /// The bytes of the header.
    fn start(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&self.piece.sequence.to_le_bytes());
        bytes[4..].copy_from_slice(&self.piece.offset.to_le_bytes()[..6]);
        bytes
    }
}

fn describe((index, packets): (usize, &Vec<Sent>)) -> String {
    let from = packets.first().and_then(|sent| sent.source);
    let from = from.map_or(String::new(), |(address, port)| format!(" from {address}:{port}"));
    format!("{index} of {} packets{from}", packets.len())
}

fn split_by_source(packets: Vec<Sent>) -> Vec<Vec<Sent>> {
    let mut groups: Vec<Vec<Sent>> = Vec::new();
    for sent in packets {
        match groups.iter_mut().find(|group| group[0].source == sent.source) {
            Some(group) => group.push(sent),
            None => groups.push(vec![sent]),
        }
    }
    groups
}

/// Cuts before each packet that begins to count anew.
fn split_at_restarts(packets: Vec<Sent>) -> Vec<Vec<Sent>> {
    let number = |index: usize| packets[index].piece.sequence;
    let anew = |index: usize| {
        let end = (index + RESTART).min(packets.len());
        // A recording that ends before so many packets must at least begin with the first.
        let long = end - index == RESTART || (number(index) == 1 && end - index > 1);
        long && (index..end - 1).all(|i| number(i + 1) == number(i).wrapping_add(1))
    };
    let (mut cuts, mut highest) = (Vec::new(), 0);
    for index in 0..packets.len() {
        let far = u64::from(number(index)) + RESTART as u64 <= u64::from(highest);
        if far && anew(index) {
            cuts.push(index);
            highest = 0;
        }
        highest = highest.max(number(index));
    }
    let mut rest = packets;
    let mut recordings: Vec<Vec<Sent>> = cuts.iter().rev().map(|&cut| rest.split_off(cut)).collect();
    recordings.push(rest);
    recordings.reverse();
    recordings
}
