//! Several recordings among the packets of one file: two cards on one network, or a card that was
//! started twice; and datagrams that are of none.

use super::packets::{Header, Piece};
use mmw_core::{Error, Result};
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
    Ok(recordings.swap_remove(index))
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

/// Leaves out datagrams that are no packets of a card, and says how many: such whose number and byte count
/// cannot be, and a few that agree with one another but with none of the many.
pub(super) fn leave_out_foreign(packets: &mut Vec<Sent>) -> u64 {
    let full = packets.iter().map(|sent| sent.piece.len as usize).max().unwrap_or(0);
    let mut chains: Vec<Chain> = Vec::new();
    let mut chain_of = |sent: &Sent| {
        let Sent { piece, source, .. } = *sent;
        let header = Header { sequence: piece.sequence, length: None, offset: piece.offset };
        if !header.is_possible() {
            return None;
        }
        let goes_on = |chain: &Chain| chain.source == source && header.agrees_with(&chain.last, full);
        let index = chains.iter().position(goes_on).unwrap_or_else(|| {
            chains.push(Chain { source, last: header, packets: 0, counts: false });
            chains.len() - 1
        });
        chains[index].add(header);
        Some(index)
    };
    let of: Vec<Option<usize>> = packets.iter().map(&mut chain_of).collect();
    let most = chains.iter().map(Chain::weight).max().unwrap_or(0);
    let is_many = |chain: usize| chains[chain].weight() >= RESTART || 4 * chains[chain].weight() > most;
    let before = packets.len();
    let mut of = of.into_iter();
    packets.retain(|_| of.next().flatten().is_some_and(is_many));
    (before - packets.len()) as u64
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
