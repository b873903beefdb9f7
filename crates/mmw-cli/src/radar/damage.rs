//! Frames with missing or clipped samples, for a person and for JSON.

use crate::stdout::warn;
use mmw_dsp::Frame;
use mmw_dsp::capture::{Clipping, DamageKind, DamagedSpan};
use serde::Serialize;

/// A frame in which samples are missing.
#[derive(Debug, Serialize)]
pub(super) struct DamagedFrame {
    frame: u64,
    spans: Vec<Span>,
    /// Whether the frame took part in the answer.
    pub(super) used: bool,
}

/// Bytes without samples, and the place of the first and the last.
#[derive(Debug, Serialize)]
pub(super) struct Span {
    kind: DamageKind,
    first_byte: usize,
    bytes: usize,
    first: [usize; 3],
    last: [usize; 3],
}

/// A frame whose signal was too strong for the converter.
#[derive(Debug, Serialize)]
pub(super) struct ClippedFrame {
    frame: u64,
    /// Bits of the converter whose limits were reached; absent for another level.
    bits: Option<u32>,
    /// The level that most of them are at.
    level: i16,
    /// Words at the limits, and their share.
    words: u64,
    share: f64,
}

impl ClippedFrame {
    /// `None` for a frame within the limits.
    pub(super) fn of(frame: u64, clipping: Option<Clipping>) -> Option<Self> {
        clipping.map(|Clipping { bits, level, words, share }| Self { frame, bits, level, words, share })
    }
}

/// A frame that other radars sent into.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct InterferedFrame {
    frame: u64,
    /// Samples of all channels that their bursts took.
    pub(super) samples: usize,
    /// How many of them were replaced.
    pub(super) repaired_samples: usize,
}

impl InterferedFrame {
    /// `None` for a frame without bursts.
    pub(super) fn of(number: u64, frame: &Frame<'_>) -> Option<Self> {
        let (samples, repaired_samples) = (frame.interfered_samples(), frame.repaired_samples());
        (samples > 0).then_some(Self { frame: number, samples, repaired_samples })
    }
}

impl DamagedFrame {
    /// `None` for a whole frame.
    pub(super) fn of(frame: u64, damage: &[DamagedSpan], used: bool) -> Option<Self> {
        let spans = damage.iter().map(Span::of).collect::<Vec<_>>();
        (!spans.is_empty()).then_some(Self { frame, spans, used })
    }

    /// Whether no sample is missing, but all are those of the frame before.
    fn is_only_repeated(&self) -> bool {
        self.spans.iter().all(|span| span.kind == DamageKind::RepeatedFrame)
    }
}

impl Span {
    pub(super) fn of(span: &DamagedSpan) -> Self {
        let [first, last] = [span.first, span.last].map(|place| [place.chirp, place.channel, place.sample]);
        Self { kind: span.kind, first_byte: span.bytes.start, bytes: span.bytes.len(), first, last }
    }
}

/// What stands in a damaged stretch, for a person.
pub(super) fn name_of(kind: DamageKind) -> &'static str {
    match kind {
        DamageKind::ZeroRun => "zeros without a sample",
        DamageKind::ConstantRun => "one word again and again",
        DamageKind::RepeatedPackets => "samples of earlier packets once more",
        DamageKind::RepeatedFrame => "the frame before once more",
        DamageKind::DisorderedPackets => "packets in another order than sent",
        DamageKind::Displaced => "samples displaced by a gap or a surplus before",
        _ => "lost packets",
    }
}

/// Frames that are listed one by one.
const TOLD: usize = 5;

/// Tells a person which frames are damaged, and where, and what is `done` about it.
pub(super) fn warn_of(frames: &[DamagedFrame], done: &str) {
    for frame in frames.iter().take(TOLD) {
        for span in frame.spans.iter().take(TOLD) {
            let what = name_of(span.kind);
            let ([chirp, channel, sample], [last_chirp, last_channel, last_sample]) = (span.first, span.last);
            warn(&format!(
                "frame {}: {what}, {} bytes from byte {}: chirp {chirp} channel {channel} sample {sample} to \
                 chirp {last_chirp} channel {last_channel} sample {last_sample}",
                frame.frame, span.bytes, span.first_byte
            ));
        }
    }
    let repeated = frames.iter().filter(|frame| frame.is_only_repeated()).count();
    if frames.len() > repeated {
        warn(&format!("{} frames with missing samples: {done}", frames.len() - repeated));
    }
    if repeated > 0 {
        warn(&format!("{repeated} frames repeat the one before: what they show is old"));
    }
}

/// Tells a person which frames are clipped, and how much.
pub(super) fn warn_of_clipping(frames: &[ClippedFrame]) {
    for ClippedFrame { frame, bits, level, share, .. } in frames.iter().take(TOLD) {
        let place = match bits {
            Some(bits) => format!("at the limits of {bits} bits"),
            None => format!("at the flat level {level}"),
        };
        warn(&format!("frame {frame}: {:.2} % of its words are {place}", 100.0 * share));
    }
    if !frames.is_empty() {
        let count = frames.len();
        warn(&format!("{count} frames are clipped: weak points beside strong ones may be their harmonics"));
    }
}
