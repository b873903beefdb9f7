//! The bytes of a recording below its frames: several files in a row, bytes to skip, packets to unpack.
//!
//! All of these become one table of extents: which bytes of which file stand where in the stream of samples.
//! What no extent covers was lost and reads as zeros. A plain file is one extent; a dump of packets has one
//! for each (32 bytes of memory for 1456 of the file).

use super::foreign::{HEAD_BYTES, refuse_foreign};
use super::packets::{find_framing, no_header, walk};
use super::pcap::{DATA_PORT, PcapBlocks, PcapKind, PcapSummary, walk_pcap};
use super::recordings::{Sent, choose, leave_out_foreign};
use super::runs::is_zero;
use mmw_core::files::open_regular;
use mmw_core::{Error, Result};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What must be known of the bytes of a DCA1000 recording beside its layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ByteOptions {
    /// Bytes before the first frame (after packets are unpacked).
    pub skip_bytes: u64,
    /// Bytes of the card's stream before the first of the file: frames begin at multiples of their size in
    /// the stream, and what stands before the first whole one is left out. A recording that was joined under
    /// way has them.
    pub first_byte: u64,
    /// The UDP port of the samples in a recording of the network.
    pub udp_port: u16,
    /// Which of several recordings among the packets, from 0: from several cards, or of one that was
    /// started again.
    pub recording: Option<usize>,
    /// Whether words are offset binary: the highest bit of two's complement turned.
    pub offset_binary: bool,
    /// Whether the high byte of a word comes first.
    pub big_endian: bool,
    /// Whether I and Q of a sample stand side by side: `I₀ Q₀ I₁ Q₁` on two lanes, `I⁰ Q⁰ I¹ Q¹ I² Q² I³ Q³`
    /// (the receivers above) on four.
    pub iq_pairs: bool,
    /// Whether words are read as told, whatever they look like: a recording is never refused for its byte
    /// order, its coding, or for words that look like no samples.
    pub as_told: bool,
}

impl Default for ByteOptions {
    fn default() -> Self {
        Self {
            skip_bytes: 0,
            first_byte: 0,
            udp_port: DATA_PORT,
            recording: None,
            offset_binary: false,
            big_endian: false,
            iq_pairs: false,
            as_told: false,
        }
    }
}

/// What unpacking the packets of a recording met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PacketReport {
    /// Packets of samples in the files.
    pub received: u64,
    /// Those that were there before.
    pub duplicated: u64,
    /// Those that came after one with a higher number.
    pub reordered: u64,
    /// Packets whose number is missing.
    pub lost: u64,
    /// Byte ranges of the stream that are missing, zero-filled, in order.
    pub lost_ranges: Vec<Range<u64>>,
    /// Data packets that a network recording holds only in part.
    pub truncated: u64,
    /// Datagrams of a network recording that are no packets of the card: to other ports, without its header,
    /// or with numbers that are not of its stream.
    pub foreign: u64,
    /// Bytes of samples after the last whole frame, which are left out.
    pub left_out: u64,
}

impl PacketReport {
    fn leave_out_before(&mut self, skip: u64) {
        self.lost_ranges.retain(|lost| lost.start < lost.end && lost.end > skip);
        for lost in &mut self.lost_ranges {
            *lost = lost.start.saturating_sub(skip)..lost.end - skip;
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Extent {
    at: u64,
    len: u64,
    from: u64,
    part: u32,
}

/// The stream of sample bytes.
#[derive(Debug)]
pub(super) struct ByteSource {
    parts: Vec<(PathBuf, File)>,
    /// In order of `at`, without overlap.
    extents: Vec<Extent>,
    len: u64,
    packets: Option<PacketReport>,
    /// Bytes that were left out before.
    skipped: u64,
    /// The file and the place in it that its cursor is at.
    cursor: Option<(u32, u64)>,
}

impl ByteSource {
    /// Opens the files of one recording in the order given. `frame_bytes` tells where frames begin in a
    /// packet stream of which the beginning was not recorded.
    pub(super) fn open(paths: &[PathBuf], options: &ByteOptions, frame_bytes: u64) -> Result<Self> {
        if paths.is_empty() {
            return Err(Error::TooFew { name: "files of the capture".into(), needed: 1, got: 0 });
        }
        let mut source =
            Self { parts: Vec::new(), extents: Vec::new(), len: 0, packets: None, skipped: 0, cursor: None };
        let mut pieces = Vec::new();
        let (mut truncated, mut foreign) = (0, 0);
        for (part, path) in paths.iter().enumerate() {
            let (mut file, len) = open_regular(path)?;
            let mut read = |at: u64, buffer: &mut [u8]| read_up_to(path, &mut file, at, buffer);
            let before = pieces.len();
            let met = unpack(path, part as u32, len, options.udp_port, &mut read, &mut pieces)?;
            truncated += met.truncated;
            foreign += met.foreign;
            if pieces.len() == before {
                source.extents.push(Extent { at: source.len, len, from: 0, part: part as u32 });
                source.len += len;
            }
            source.parts.push((path.clone(), file));
        }
        if !pieces.is_empty() {
            if source.len > 0 {
                return Err(Error::invalid(
                    "files of the capture",
                    "some hold packets with headers, some plain samples: name one recording only",
                ));
            }
            if pieces.iter().all(|sent| sent.source.is_some()) {
                foreign += leave_out_foreign(&source.name(), &mut pieces)?;
            }
            let pieces = choose(&source.name(), pieces, options.recording)?;
            check_gaps(&source.name(), &pieces)?;
            source.lay_out(pieces, frame_bytes);
            if let Some(report) = &mut source.packets {
                report.truncated = truncated;
                report.foreign = foreign;
            }
        }
        let into_frame = options.first_byte % frame_bytes.max(1);
        let to_frame = if into_frame > 0 { frame_bytes - into_frame } else { 0 };
        source.skip(options.skip_bytes.saturating_add(to_frame));
        Ok(source)
    }

    /// Bytes of samples.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// What the packets said, if the recording is one of packets.
    pub(super) fn packets(&self) -> Option<&PacketReport> {
        self.packets.as_ref()
    }

    /// Takes what is known of the packets of a file that holds zeros for those that were lost; ranges are
    /// of the file.
    pub(super) fn know_packets(&mut self, mut report: PacketReport) {
        report.lost_ranges.sort_by_key(|lost| lost.start);
        report.lost_ranges.dedup_by(|lost, before| {
            let joined = lost.start <= before.end;
            before.end = if joined { before.end.max(lost.end) } else { before.end };
            joined
        });
        report.leave_out_before(self.skipped);
        self.packets = Some(report);
    }

    /// Counts what stands after the last whole frame in a recording of packets.
    pub(super) fn leave_out_after(&mut self, frames_bytes: u64) {
        if let Some(report) = &mut self.packets {
            report.left_out = self.len - frames_bytes;
        }
    }

    /// The names of the files, for messages.
    pub(super) fn name(&self) -> String {
        let names: Vec<String> = self.parts.iter().map(|(path, _)| path.display().to_string()).collect();
        names.join(" + ")
    }

    /// Fills `buffer` from `at` on; what was lost, and what lies beyond the end, is zero.
    pub(super) fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> Result<()> {
        let end = at + buffer.len() as u64;
        let first = self.extents.partition_point(|extent| extent.at + extent.len <= at);
        let mut filled = 0;
        for index in first..self.extents.len() {
            let extent = self.extents[index];
            if extent.at >= end {
                break;
            }
            let start = extent.at.max(at);
            let stop = (extent.at + extent.len).min(end);
            let span = (start - at) as usize..(stop - at) as usize;
            buffer[filled..span.start].fill(0);
            filled = span.end;
            self.read_part(extent.part, extent.from + (start - extent.at), &mut buffer[span])?;
        }
        buffer[filled..].fill(0);
        Ok(())
    }

    /// Whether all bytes before `end` are zero.
    pub(super) fn is_zero_up_to(&mut self, end: u64) -> Result<bool> {
        let mut block = vec![0; 1 << 16];
        for at in (0..end).step_by(block.len()) {
            let len = (end - at).min(block.len() as u64) as usize;
            self.read_at(at, &mut block[..len])?;
            if !is_zero(&block[..len]) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The byte ranges of `range` that no packet brought.
    pub(super) fn lost_within(&self, range: Range<u64>) -> Vec<Range<u64>> {
        let Some(report) = &self.packets else { return Vec::new() };
        let first = report.lost_ranges.partition_point(|lost| lost.end <= range.start);
        let within = report.lost_ranges[first..].iter().take_while(|lost| lost.start < range.end);
        within.map(|lost| lost.start.max(range.start)..lost.end.min(range.end)).collect()
    }

    fn read_part(&mut self, part: u32, from: u64, buffer: &mut [u8]) -> Result<()> {
        let (path, file) = &mut self.parts[part as usize];
        let failed = |e: std::io::Error| Error::io(path, "read", &e);
        if self.cursor.take() != Some((part, from)) {
            file.seek(SeekFrom::Start(from)).map_err(failed)?;
        }
        file.read_exact(buffer).map_err(failed)?;
        self.cursor = Some((part, from + buffer.len() as u64));
        Ok(())
    }

    /// Puts pieces in their order; of pieces with the same place the first counts.
    fn lay_out(&mut self, mut pieces: Vec<Sent>, frame_bytes: u64) {
        let mut report = PacketReport { received: pieces.len() as u64, ..PacketReport::default() };
        report.reordered = out_of_order(&pieces);
        pieces.sort_by_key(|sent| sent.piece.offset);
        let first = pieces.first().map_or(0, |sent| sent.piece.offset);
        let base = first / frame_bytes.max(1) * frame_bytes;
        let mut end = base;
        let mut last: Option<u32> = None;
        for Sent { part, piece, .. } in pieces {
            if piece.offset < end {
                report.duplicated += 1;
                continue;
            }
            if piece.offset > end {
                report.lost_ranges.push(end - base..piece.offset - base);
            }
            let missing = last.map_or(0, |last| piece.sequence.saturating_sub(last).saturating_sub(1));
            report.lost += u64::from(missing);
            last = Some(piece.sequence);
            end = piece.offset + u64::from(piece.len);
            let at = piece.offset - base;
            self.extents.push(Extent { at, len: u64::from(piece.len), from: piece.from, part });
        }
        self.len = end - base;
        self.packets = Some(report);
    }

    fn skip(&mut self, skip: u64) {
        self.extents.retain(|extent| extent.at + extent.len > skip);
        for extent in &mut self.extents {
            let cut = skip.saturating_sub(extent.at);
            extent.from += cut;
            extent.len -= cut;
            extent.at = extent.at.saturating_sub(skip);
        }
        self.len = self.len.saturating_sub(skip);
        self.skipped = skip;
        if let Some(report) = &mut self.packets {
            report.leave_out_before(skip);
        }
    }
}

/// How many times the bytes that are there the whole recording may have, and the least that are taken for
/// there: more than that was not lost.
const GREATEST_SHARE: u64 = 64;
const LEAST_BYTES: u64 = 1 << 21;

/// That the packets are those of one recording: in one of which nearly all is missing their numbers are no
/// numbers.
fn check_gaps(name: &str, pieces: &[Sent]) -> Result<()> {
    let there: u64 = pieces.iter().map(|sent| u64::from(sent.piece.len)).sum();
    let ends = pieces.iter().map(|sent| sent.piece.offset.saturating_add(u64::from(sent.piece.len)));
    let first = pieces.iter().map(|sent| sent.piece.offset).min().unwrap_or(0);
    let length = ends.max().unwrap_or(0) - first;
    if length <= there.max(LEAST_BYTES).saturating_mul(GREATEST_SHARE) {
        return Ok(());
    }
    let reason = format!(
        "holds {there} bytes in {} packets whose byte counts span {length}: these are no packets of one recording of a \
         DCA1000, or their headers are damaged",
        pieces.len()
    );
    Err(Error::invalid(name.to_owned(), reason))
}

/// Packets, counted once each, that stand after one with a higher number.
fn out_of_order(pieces: &[Sent]) -> u64 {
    let mut highest = 0;
    let mut late: Vec<u32> = Vec::new();
    for Sent { piece, .. } in pieces {
        if piece.sequence < highest {
            late.push(piece.sequence);
        }
        highest = highest.max(piece.sequence);
    }
    late.sort_unstable();
    let late_pieces = late.len() as u64;
    let mut seen: Vec<u32> = pieces.iter().map(|sent| sent.piece.sequence).collect();
    seen.sort_unstable();
    // A copy that comes behind its original is a duplicate, not a late packet.
    let copies = seen.windows(2).filter(|pair| pair[0] == pair[1] && late.binary_search(&pair[0]).is_ok());
    late_pieces - late_pieces.min(copies.count() as u64)
}

/// Looks at the head of one file: refuses foreign kinds, and collects the pieces of packet recordings.
/// Gives what a recording of the network holds besides.
fn unpack(
    path: &Path,
    part: u32,
    len: u64,
    port: u16,
    read: &mut impl FnMut(u64, &mut [u8]) -> Result<usize>,
    pieces: &mut Vec<Sent>,
) -> Result<PcapSummary> {
    let mut head = vec![0; 3 * 65_536];
    let got = read(0, &mut head)?;
    head.truncate(got);
    if let Some(kind) = PcapKind::of(&head) {
        let before = pieces.len();
        let mut blocks = PcapBlocks::new(kind, port);
        let put = |piece, source| pieces.push(Sent { part, piece, source: Some(source) });
        walk_pcap(&mut blocks, len, read, put)?;
        if pieces.len() == before {
            return Err(blocks.without_samples(path));
        }
        return Ok(blocks.summary);
    }
    if let Some(framing) = find_framing(&head) {
        let missing = walk(framing, len, read, |piece| pieces.push(Sent { part, piece, source: None }))?;
        return missing.map_or(Ok(PcapSummary::default()), |at| Err(no_header(path, at, framing)));
    }
    refuse_foreign(path, &head[..got.min(HEAD_BYTES)])?;
    Ok(PcapSummary::default())
}

/// Reads up to the end of the file; says how many bytes were there.
fn read_up_to(path: &Path, file: &mut File, at: u64, buffer: &mut [u8]) -> Result<usize> {
    let failed = |e: std::io::Error| Error::io(path, "read", &e);
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(filled)
}
