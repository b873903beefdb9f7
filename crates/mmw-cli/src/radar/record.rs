//! `mmw radar record`: the UDP packets of a DCA1000 become a raw capture, with a list of what is missing.

use super::datagrams::Datagrams;
use crate::error::{Error, Result};
use crate::json;
use crate::output::{AtomicFile, Interrupt, save_bytes};
use crate::question::{Readable, show};
use crate::stdout::warn;
use mmw_dsp::capture::{
    Arrival, CaptureConfig, CaptureOptions, FormatKind, LvdsLanes, Packet, PacketBook, PacketGate,
};
use serde::Serialize;
use std::io::{Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RecordArgs {
    /// Address and port of this machine to which the card sends (its default: 192.168.33.30:4098)
    #[arg(long, value_name = "ADDR:PORT")]
    bind: SocketAddr,

    /// The capture to write; NAME.packets.json beside it lists what is missing
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,

    /// Stop after this time, s
    #[arg(long, value_name = "S", alias = "seconds")]
    duration_s: Option<f64>,

    /// Stop when packets have come and then none for this time, s
    #[arg(long, value_name = "S", alias = "idle-seconds")]
    idle_s: Option<f64>,

    /// Stop after this many frames (needs --config)
    #[arg(long, value_name = "COUNT", requires = "config")]
    frames: Option<u64>,

    /// The configuration of the radar, for the size of a frame
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// LVDS lanes, where the configuration does not say: 2 (xWR16, 18, 68) or 4 (xWR12, 14)
    #[arg(long, value_name = "COUNT", value_parser = super::source::lanes, requires = "config")]
    lanes: Option<LvdsLanes>,

    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

/// The result, and what stands beside the capture.
#[derive(Debug, Serialize)]
struct Answer {
    bytes: u64,
    /// Bytes that the card had sent before the first that was recorded.
    first_byte: u64,
    received: u64,
    lost: u64,
    duplicated: u64,
    /// Packets that came after a later one; they are at their place.
    reordered: u64,
    /// Datagrams that are no packets of this stream.
    foreign: u64,
    /// Datagrams that came faster than they could be written.
    queue_full: u64,
    lost_bytes: u64,
    /// Half-open byte ranges of the capture that hold zeros in place of samples.
    lost_ranges: Vec<[u64; 2]>,
}

pub(super) fn run(args: &RecordArgs) -> Result<()> {
    let frame_bytes = frame_bytes(args)?;
    let total = args.frames.zip(frame_bytes).map(|(frames, bytes)| frames.saturating_mul(bytes));
    let datagrams = Datagrams::bind(args.bind)?;
    let mut file = AtomicFile::create(&args.out)?;
    let _finishing = Interrupt::finish_on_request();
    warn(&format!("listening on {}; Ctrl-C ends the recording and keeps it", datagrams.address));
    let mut recorder = Recorder {
        file: &mut file,
        book: None,
        base: 0,
        position: 0,
        gate: PacketGate::default(),
        frame_bytes,
    };
    recorder.take(args, &datagrams, total)?;
    let (base, foreign) = (recorder.base, recorder.gate.foreign);
    let Some(book) = recorder.book.take() else {
        return Err(Error::Usage(format!("no packet of a DCA1000 came to {}", datagrams.address)));
    };
    let end = (book.end() - base).min(total.unwrap_or(u64::MAX));
    file.set_len(end)?;
    let report = report(&book, base, end, foreign, datagrams.overflow());
    file.commit()?;
    save_bytes(&args.out.with_extension("packets.json"), (json::to_line(&report)? + "\n").as_bytes())?;
    show(&report, args.json)
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![format!(
            "{} bytes of {} packets: {} lost, {} out of order, {} duplicated",
            self.bytes, self.received, self.lost, self.reordered, self.duplicated
        )]
    }
}

fn frame_bytes(args: &RecordArgs) -> Result<Option<u64>> {
    let Some(path) = &args.config else { return Ok(None) };
    let options = CaptureOptions {
        format: Some(FormatKind::Dca1000),
        lanes: args.lanes,
        // A frame takes as many bytes with Q first.
        iq_swap: Some(false),
        ..CaptureOptions::default()
    };
    Ok(Some(CaptureConfig::from_file(path, &options)?.codec()?.frame_bytes() as u64))
}

fn report(book: &PacketBook, base: u64, end: u64, foreign: u64, queue_full: u64) -> Answer {
    let lost = book.lost_ranges().into_iter().map(|lost| [lost.start - base, (lost.end - base).min(end)]);
    let lost_ranges: Vec<[u64; 2]> = lost.filter(|lost| lost[0] < lost[1]).collect();
    Answer {
        bytes: end,
        first_byte: base,
        received: book.received,
        lost: book.lost_packets(),
        duplicated: book.duplicated,
        reordered: book.reordered,
        foreign: foreign + book.foreign,
        queue_full,
        lost_bytes: lost_ranges.iter().map(|lost| lost[1] - lost[0]).sum(),
        lost_ranges,
    }
}

/// Packets that may still come late once the last frame has begun to be overrun.
const LATE_BYTES: u64 = 256 * 1456;

struct Recorder<'a> {
    file: &'a mut AtomicFile,
    book: Option<PacketBook>,
    /// Place in the stream of the capture's first byte.
    base: u64,
    position: u64,
    gate: PacketGate,
    frame_bytes: Option<u64>,
}

impl Recorder<'_> {
    fn take(&mut self, args: &RecordArgs, datagrams: &Datagrams, total: Option<u64>) -> Result<()> {
        let started = Instant::now();
        let mut heard = started;
        let after = |since: Instant, seconds: Option<f64>| {
            seconds.is_some_and(|seconds| since.elapsed().as_secs_f64() >= seconds)
        };
        while !Interrupt::requested() && !after(started, args.duration_s) {
            match datagrams.next()? {
                Some((from, datagram)) => {
                    let foreign = self.gate.foreign;
                    let restarts = self.put(from, &datagram, args)?;
                    // The talk of others does not keep a recording open.
                    heard = if self.gate.foreign == foreign { Instant::now() } else { heard };
                    if restarts {
                        warn("the card began a new recording; this one ends here");
                        break;
                    }
                }
                None if self.book.is_some() && after(heard, args.idle_s) => break,
                None => {}
            }
            let come = self.book.as_ref().map_or(0, |book| book.end() - self.base);
            if total.is_some_and(|total| come >= total && self.is_settled(come, total, heard)) {
                break;
            }
        }
        self.through_gate(|gate, put| gate.finish(put), args)?;
        Ok(())
    }

    /// Whether what is missing of the last frames will not come any more.
    fn is_settled(&self, come: u64, total: u64, heard: Instant) -> bool {
        let whole = self.book.as_ref().is_none_or(|book| book.lost_packets() == 0);
        whole || come > total + LATE_BYTES || heard.elapsed() > Duration::from_millis(40)
    }

    /// Takes a datagram; says whether the card began a new recording.
    fn put(&mut self, from: SocketAddr, datagram: &[u8], args: &RecordArgs) -> Result<bool> {
        let Some(packet) = Packet::parse(datagram) else {
            self.gate.foreign += 1;
            return Ok(false);
        };
        self.through_gate(|gate, put| gate.take(Some(from), &packet, put), args)
    }

    /// Writes what the gate lets through.
    fn through_gate(
        &mut self,
        pass: impl FnOnce(&mut PacketGate, &mut dyn FnMut(&Packet<'_>) -> Result<()>) -> Result<()>,
        args: &RecordArgs,
    ) -> Result<bool> {
        let mut gate = std::mem::take(&mut self.gate);
        let mut restarts = false;
        let passed = pass(&mut gate, &mut |packet| {
            restarts |= self.write(packet, args)? == Arrival::Restart;
            Ok(())
        });
        self.gate = gate;
        passed.map(|()| restarts)
    }

    /// Writes a packet at its place; what lies between stays zero until it comes.
    fn write(&mut self, packet: &Packet<'_>, args: &RecordArgs) -> Result<Arrival> {
        if self.book.is_none() {
            // Packets that overtook the first ones of a stream do not make it one joined under way.
            let joined = if packet.offset < LATE_BYTES { 0 } else { packet.offset };
            self.base = self.frame_bytes.map_or(joined, |bytes| joined / bytes * bytes);
            let sequence = if joined == 0 { 1 } else { packet.sequence };
            self.book = Some(PacketBook::joined(self.base, sequence));
        }
        let Some(book) = &mut self.book else { return Ok(Arrival::Foreign) };
        let arrival = book.book(packet);
        if matches!(arrival, Arrival::InOrder | Arrival::Late) {
            let failed = |error: std::io::Error| Error::io(&args.out, "write", &error);
            let place = packet.offset - self.base;
            if place != self.position {
                self.file.seek(SeekFrom::Start(place)).map_err(failed)?;
            }
            self.file.write_all(packet.payload).map_err(failed)?;
            self.position = place + packet.payload.len() as u64;
        }
        Ok(arrival)
    }
}
