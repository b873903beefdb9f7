//! `mmw radar process` of a pipe or of a card's packets: one JSON line per frame, as it comes.

use super::chain::{ProcessArgs, inverted_transmitter, mend, processor_config, warn_of_inversion};
use super::damage::{ClippedFrame, InterferedFrame, Span};
use super::datagrams::Datagrams;
use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::stdout::{print_json, warn};
use mmw_dsp::capture::{
    Arrival, CaptureConfig, CaptureStream, Packet, PacketGate, PacketOrder, PacketPipe, PipeContents,
};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::{Findings, Point, Processor};
use serde::Serialize;
use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

/// One frame.
#[derive(Debug, Serialize)]
struct Line {
    frame: u64,
    /// Where samples are missing.
    damage: Vec<Span>,
    /// Whether words are at the limits of the converter.
    clipped: Option<ClippedFrame>,
    /// What other radars sent into it, where that is repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    interfered: Option<InterferedFrame>,
    points: Vec<Point>,
}

struct Follower<'a> {
    args: &'a ProcessArgs,
    config: CaptureConfig,
    stream: CaptureStream,
    radar: Processor,
    cube: Array3<mmw_core::C32>,
    damaged: u64,
    found: u64,
    /// Whether a doubt about the transmitters was told.
    doubted: bool,
}

/// That nothing is asked for which frames that come one by one do not have.
fn check_options(args: &ProcessArgs) -> Result<()> {
    let without_effect = [
        ("--frames", args.source.frames.is_some()),
        ("-o", args.out.is_some()),
        ("--map-frame", args.map_frame.is_some()),
        ("--allow-partial-last-frame", args.source.allow_partial_last_frame),
        ("--recording", args.source.bytes.recording.is_some()),
        ("--udp-port", args.source.bytes.udp_port.is_some() && args.listen.is_some()),
    ];
    match without_effect.iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Error::Usage(format!("{option} has no effect on a stream: leave it out"))),
        None => Ok(()),
    }
}

pub(super) fn follow(args: &ProcessArgs) -> Result<()> {
    check_options(args)?;
    let config = args.source.stream_config()?;
    let name = args.listen.map_or_else(|| "standard input".to_owned(), |address| address.to_string());
    args.source.warn_of(&config);
    let stream = CaptureStream::new(&name, &config)?;
    let processing = processor_config(args, &config)?;
    warn_of_inversion(args, &processing);
    let radar = Processor::new(&config.check()?, &processing)?;
    let cube = Array3::zeros(stream.shape());
    let mut follower = Follower { args, config, stream, radar, cube, damaged: 0, found: 0, doubted: false };
    match args.listen {
        Some(address) => follower.listen(address)?,
        None => follower.pipe()?,
    }
    let Follower { stream, damaged, found, .. } = follower;
    warn(&format!("{} frames, {damaged} with missing samples, {found} points", stream.frames()));
    Ok(())
}

impl Follower<'_> {
    fn pipe(&mut self) -> Result<()> {
        let input: Box<dyn Read> = match self.args.source.capture.first() {
            Some(path) if path.as_os_str() != "-" => {
                Box::new(File::open(path).map_err(|error| Error::io(path, "open", &error))?)
            }
            _ => Box::new(std::io::stdin().lock()),
        };
        let name =
            self.args.source.capture.first().map_or_else(String::new, |path| path.display().to_string());
        match PipeContents::recognise(&name, input, self.config.bytes.udp_port)? {
            PipeContents::Packets(packets) => self.unpack(*packets),
            PipeContents::Samples(mut samples) => {
                while self.stream.read_words(&mut samples)? {
                    Interrupt::check()?;
                    self.tell(self.stream.frames() - 1)?;
                }
                Ok(())
            }
        }
    }

    fn unpack(&mut self, mut packets: PacketPipe<Box<dyn Read>>) -> Result<()> {
        let mut order = PacketOrder::new(self.stream.frame_bytes(), self.config.bytes.skip_bytes)?;
        let mut put = |number: u64, bytes: &[u8], lost: &[Range<usize>]| -> Result<()> {
            Interrupt::check()?;
            self.stream.take_words(bytes, lost)?;
            self.tell(number)
        };
        while let Some(packet) = packets.next_packet()? {
            put_in_order(&mut order, &packet, &mut put)?;
        }
        order.finish(&mut put)?;
        warn(&counts(&order, packets.foreign()));
        Ok(())
    }

    fn listen(&mut self, address: SocketAddr) -> Result<()> {
        let datagrams = Datagrams::bind(address)?;
        warn(&format!("listening on {}; Ctrl-C ends", datagrams.address));
        let _finishing = Interrupt::finish_on_request();
        let order = PacketOrder::new(self.stream.frame_bytes(), self.config.bytes.skip_bytes)?;
        let waiting = WAITING_BYTES / self.stream.frame_bytes();
        let (sender, frames) = sync_channel(waiting.clamp(*WAITING_FRAMES.start(), *WAITING_FRAMES.end()));
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let assembler = scope.spawn(|| assemble(datagrams, order, sender, &ended));
            let told = frames.iter().try_for_each(|Assembled { number, bytes, lost }| {
                self.stream.take_words(&bytes, &lost)?;
                self.tell(number)
            });
            ended.store(true, Ordering::Relaxed);
            drop(frames);
            let stopped = || Err(Error::Usage("the thread that puts packets together stopped".to_owned()));
            let assembled = assembler.join().unwrap_or_else(|_| stopped());
            told.and(assembled)
        })
    }

    /// Processes the frame last read and prints its line.
    fn tell(&mut self, number: u64) -> Result<()> {
        if self.stream.frames() == 1 {
            self.stream.layout_evidence().doubts(&self.config).iter().for_each(|doubt| warn(doubt));
        }
        let damage: Vec<Span> = self.stream.damage().iter().map(Span::of).collect();
        self.damaged += u64::from(!damage.is_empty());
        let (found, interfered) = self.findings(number)?;
        if let Some(fold) = found.still_fold.filter(|_| !self.doubted) {
            self.doubted = true;
            inverted_transmitter(number, &fold);
        }
        self.found += found.points.len() as u64;
        let points = found.points.into_iter().map(|point| Point { frame: number, ..point }).collect();
        let clipped = ClippedFrame::of(number, self.stream.clipping());
        print_json(&Line { frame: number, damage, clipped, interfered, points })
    }

    /// What is in the frame last read, from its words where nothing is missing.
    fn findings(&mut self, number: u64) -> Result<(Findings, Option<InterferedFrame>)> {
        let Some(words) = self.stream.raw() else { return Ok(Default::default()) };
        let missing = self.stream.missing();
        let frame = if missing.is_empty() {
            self.radar.process_raw(words)?
        } else {
            words.decode_into(&mut self.cube)?;
            if !mend(self.args, &mut self.cube, &missing)? {
                return Ok(Default::default());
            }
            self.radar.process(&self.cube)?
        };
        Ok((frame.findings()?, InterferedFrame::of(number, &frame)))
    }
}

/// A frame as its packets brought it.
struct Assembled {
    number: u64,
    bytes: Vec<u8>,
    lost: Vec<Range<usize>>,
}

/// How many frames may wait for the processing, in bytes and in number: a second of a fast radar, while the
/// first frame is examined. When the processing is slower than the radar, whole frames are left out, so that
/// those that remain are undamaged.
const WAITING_BYTES: usize = 64 << 20;
const WAITING_FRAMES: RangeInclusive<usize> = 8..=1024;

/// How long a card may be silent before another, or the same one on another port, is listened to.
const SILENCE: Duration = Duration::from_secs(1);

/// Takes a packet, and says so when the card began anew.
fn put_in_order(
    order: &mut PacketOrder,
    packet: &Packet<'_>,
    mut put: impl FnMut(u64, &[u8], &[Range<usize>]) -> Result<()>,
) -> Result<()> {
    if order.push(packet, &mut put)? == Arrival::Restart {
        let next = order.next_frame();
        warn(&format!("the card began a new recording: its frames are numbered from {next} on"));
    }
    Ok(())
}

/// Puts packets together until an interrupt, or until `ended`.
fn assemble(
    datagrams: Datagrams,
    mut order: PacketOrder,
    frames: SyncSender<Assembled>,
    ended: &AtomicBool,
) -> Result<()> {
    let (mut left_out, mut gate) = (0_u64, PacketGate::default());
    let mut put = |number: u64, bytes: &[u8], lost: &[Range<usize>]| -> Result<()> {
        let frame = Assembled { number, bytes: bytes.to_vec(), lost: lost.to_vec() };
        left_out += u64::from(matches!(frames.try_send(frame), Err(TrySendError::Full(_))));
        Ok(())
    };
    let mut heard = Instant::now();
    while !Interrupt::requested() && !ended.load(Ordering::Relaxed) {
        let Some((from, datagram)) = datagrams.next()? else { continue };
        if heard.elapsed() > SILENCE {
            gate.reopen();
            order.book.pause();
        }
        match Packet::parse(&datagram) {
            Some(packet) => gate.take(Some(from), &packet, |packet| {
                heard = Instant::now();
                put_in_order(&mut order, packet, &mut put)
            })?,
            None => gate.foreign += 1,
        }
    }
    gate.finish(|packet| put_in_order(&mut order, packet, &mut put))?;
    order.finish(&mut put)?;
    warn(&format!("{}; {} found the queue full", counts(&order, gate.foreign), datagrams.overflow()));
    if left_out > 0 {
        warn(&format!("{left_out} frames left out: the processing was slower than the radar"));
    }
    Ok(())
}

fn counts(order: &PacketOrder, foreign: u64) -> String {
    let book = &order.book;
    format!(
        "{} packets: {} lost, {} out of order, {} duplicated, {} too late, {} foreign",
        book.received,
        book.lost_packets(),
        book.reordered,
        book.duplicated,
        order.too_late,
        book.foreign + foreign
    )
}
