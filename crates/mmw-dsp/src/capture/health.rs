//! Which bytes of a frame are no samples: packets known to be lost, what is displaced, and what chance does
//! not make: runs of one word, zero or another, and earlier packets or the frame before once more.

use super::layout::{FrameCodec, SamplePlace};
use super::packets::PAYLOAD_BYTES;
use super::repeats::{EQUAL_SHARE, repeats, repeats_of_frame};
use super::runs::{Run, SHORTEST_RUN, WordCounts, equal_runs, is_constant, is_zero, runs_across};
use mmw_core::Error;
use std::ops::Range;

/// A run is called damage when words like those around it would make one so long in a frame with less than
/// this probability.
const CHANCE: f64 = 1e-12;

/// Words of at most this magnitude are what a noise-free signal of few bits makes, in which long runs of
/// one word are ordinary: such a frame is never flagged for them.
const FEW_BITS: u16 = 3;

/// Turns of the transmitters on each side of a run in which clipping is looked for.
const TURNS_AROUND: usize = 4;

/// Why bytes of a frame are no samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DamageKind {
    /// Packet numbers or byte counts say that packets are missing.
    LostPackets,
    /// The file holds zeros for longer than its other words make likely.
    ZeroRun,
    /// The file holds one other word for longer than the rest makes likely, and it is no limit at which the
    /// signal stands around, too.
    ConstantRun,
    /// The file holds once more what stands a whole number of packets or one frame before.
    RepeatedPackets,
    /// The whole frame is the one before it once more. Its samples are there, and are used.
    RepeatedFrame,
    /// The words are far from those a turn of the transmitters around them, to which those of another packet
    /// close by are near: packets were written as they came, not in order.
    DisorderedPackets,
    /// Bytes are missing before, or too many, and what follows stands in other places than it belongs to.
    Displaced,
}

mmw_core::named!(DamageKind, "damage" {
    LostPackets = "lost_packets",
    ZeroRun = "zero_run",
    ConstantRun = "constant_run",
    RepeatedPackets = "repeated_packets",
    RepeatedFrame = "repeated_frame",
    DisorderedPackets = "disordered_packets",
    Displaced = "displaced",
});

impl DamageKind {
    /// Whether the bytes hold no samples of their frame, rather than doubtful ones.
    pub(super) fn is_missing(self) -> bool {
        self != Self::RepeatedFrame
    }
}

/// A stretch of a frame that holds no samples.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct DamagedSpan {
    /// Why.
    pub kind: DamageKind,
    /// Bytes, counted from the beginning of the frame.
    pub bytes: Range<usize>,
    /// Where the first of them is.
    pub first: SamplePlace,
    /// Where the last of them is.
    pub last: SamplePlace,
}

mmw_core::checked_serde!(DamagedSpan, |span| {
    if span.bytes.is_empty() {
        return Err(Error::invalid("bytes", "must end after they begin"));
    }
    Ok(())
});

/// Judges the frames of one recording.
#[derive(Debug, Clone)]
pub(super) struct FrameJudge {
    codec: FrameCodec,
    /// Of the first frame with samples, for frames that are zero throughout.
    reference: Option<WordCounts>,
    /// Channels that hold one word throughout, mostly zero, in every frame that was judged: switched
    /// off, not lost.
    silent: Vec<bool>,
    /// Words spread over the frame noted last, and whether two frames noted one after the other differed.
    noted: Vec<[u8; 2]>,
    varies: bool,
}

/// Words between those by which frames and turns are compared.
const THINNED: usize = 61;

impl FrameJudge {
    pub(super) fn new(codec: &FrameCodec) -> Self {
        Self {
            codec: codec.clone(),
            reference: None,
            silent: vec![true; codec.units()],
            noted: Vec::new(),
            varies: false,
        }
    }

    /// Learns whether frames differ: in a file that holds one frame again and again, that is no damage.
    pub(super) fn note(&mut self, frame: &[u8]) {
        if self.varies || is_zero(frame) {
            return;
        }
        let words: Vec<[u8; 2]> = frame.as_chunks::<2>().0.iter().step_by(THINNED).copied().collect();
        let equal = self.noted.iter().zip(&words).filter(|(before, word)| before == word).count();
        self.varies = !self.noted.is_empty() && (equal as f64) < EQUAL_SHARE * words.len() as f64;
        self.noted = words;
    }

    /// Learns from a frame what zeros are ordinary.
    pub(super) fn learn(&mut self, frame: &[u8]) {
        if is_zero(frame) {
            return;
        }
        for (unit, range) in self.codec.unit_rows() {
            self.silent[unit] &= is_constant(&frame[range]);
        }
        if self.reference.is_none() {
            let counts = WordCounts::outside(frame, &equal_runs(frame, SHORTEST_RUN));
            if counts.words > 0 {
                self.reference = Some(counts);
            }
        }
    }

    /// The stretches of a frame that are no samples; `lost` are those of which packets say so, and `beyond`
    /// are the zero words that go before the frame and follow it in the stream. `history` is what goes
    /// before, where old samples may stand in place of new ones.
    pub(super) fn judge(
        &mut self,
        frame: &[u8],
        lost: &[Range<usize>],
        beyond: [usize; 2],
        history: Option<&[u8]>,
    ) -> Vec<DamagedSpan> {
        let beyond = self.heard_beyond(beyond);
        let runs = runs_across(frame, beyond);
        if self.reference.is_none() || (!runs.is_empty() && lost.is_empty()) {
            self.learn(frame);
        }
        let mut spans: Vec<DamagedSpan> =
            lost.iter().map(|lost| self.span(DamageKind::LostPackets, lost.clone())).collect();
        let apart = |spans: &[DamagedSpan], bytes: &Range<usize>| {
            spans.iter().all(|span| span.bytes.end <= bytes.start || bytes.end <= span.bytes.start)
        };
        for (kind, bytes) in self.unlikely(frame, &runs, beyond) {
            if apart(&spans, &bytes) {
                spans.push(self.span(kind, bytes));
            }
        }
        let earlier = history.filter(|_| !self.has_few_bits());
        for bytes in earlier.map_or_else(Vec::new, |history| repeats(history, frame)) {
            if apart(&spans, &bytes) {
                spans.push(self.span(DamageKind::RepeatedPackets, bytes));
            }
        }
        spans.sort_by_key(|span| span.bytes.start);
        spans
    }

    /// Of the zeros around a frame those that are not of a silent channel.
    fn heard_beyond(&self, [before, after]: [usize; 2]) -> [usize; 2] {
        if before + after == 0 || !self.silent.contains(&false) {
            return [before, after];
        }
        let is_silent = |row: Option<(usize, Range<usize>)>| row.is_some_and(|(unit, _)| self.silent[unit]);
        let (first, last) = (self.codec.unit_rows().next(), self.codec.unit_rows().last());
        let heard = |zeros: usize, row| if is_silent(row) { 0 } else { zeros };
        [heard(before, last), heard(after, first)]
    }

    /// Channels that hold one word throughout in every frame that was judged, where others do not; only told
    /// where channels have rows of their own.
    pub(super) fn silent_channels(&self) -> Vec<usize> {
        let [channels, ..] = self.codec.shape();
        if channels != self.silent.len() || !self.silent.contains(&false) {
            return Vec::new();
        }
        (0..channels).filter(|&channel| self.silent[channel]).collect()
    }

    fn has_few_bits(&self) -> bool {
        self.reference.is_none_or(|counts| counts.largest() <= FEW_BITS)
    }

    /// Adds to the damage of a frame what it holds of the frame `before` at the same place.
    pub(super) fn compare(&self, before: &[u8], frame: &[u8], damage: &mut Vec<DamagedSpan>) {
        if self.has_few_bits() || before.len() != frame.len() {
            return;
        }
        if before == frame {
            if self.varies && !self.turns_repeat(frame) {
                damage.push(self.span(DamageKind::RepeatedFrame, 0..frame.len()));
            }
            return;
        }
        self.add(DamageKind::RepeatedPackets, repeats_of_frame(before, frame), damage);
    }

    /// Adds stretches to the damage of a frame where they touch none that is known.
    pub(super) fn add(&self, kind: DamageKind, found: Vec<Range<usize>>, damage: &mut Vec<DamagedSpan>) {
        for bytes in found {
            if damage.iter().all(|span| span.bytes.end <= bytes.start || bytes.end <= span.bytes.start) {
                damage.push(self.span(kind, bytes));
            }
        }
        damage.sort_by_key(|span| span.bytes.start);
    }

    /// Adds to the damage of a frame that it is displaced from a byte on.
    pub(super) fn displace(&self, from: usize, damage: &mut Vec<DamagedSpan>) {
        damage.retain(|span| span.bytes.start < from);
        damage.push(self.span(DamageKind::Displaced, from..self.codec.frame_bytes()));
    }

    /// Whether one turn of the transmitters is the next once more, as of targets that stand still without
    /// noise; of a frame of one turn that cannot be told.
    fn turns_repeat(&self, frame: &[u8]) -> bool {
        let turn = self.codec.turn_bytes() / 2;
        let words = frame.as_chunks::<2>().0;
        let Some(later) = words.get(turn..).filter(|later| !later.is_empty()) else { return true };
        let pairs = || words.iter().zip(later).step_by(THINNED);
        pairs().filter(|(word, later)| word == later).count() as f64 >= EQUAL_SHARE * pairs().count() as f64
    }

    /// Those of the runs that chance does not make, without the channels that are silent.
    fn unlikely(&self, frame: &[u8], runs: &[Run], beyond: [usize; 2]) -> Vec<(DamageKind, Range<usize>)> {
        if runs.is_empty() {
            return Vec::new();
        }
        let own = WordCounts::outside(frame, runs);
        let counts = if own.words as usize > frame.len() / 8 { Some(own) } else { self.reference };
        let Some(counts) = counts.filter(|counts| counts.largest() > FEW_BITS) else { return Vec::new() };
        let words_of = |run: &Range<usize>, zero: bool| {
            let [before, after] = beyond;
            let outside = |touches: bool, words: usize| if touches && zero { words } else { 0 };
            run.len() / 2 + outside(run.start == 0, before) + outside(run.end == frame.len(), after)
        };
        let unlikely = |run: &Range<usize>, zero: bool| {
            let words = words_of(run, zero);
            words >= SHORTEST_RUN && counts.ln_expected(zero, words, frame.len() / 2) < CHANCE.ln()
        };
        let mut found = Vec::new();
        let ends = runs
            .iter()
            .map(Run::value)
            .fold((counts.least, counts.greatest), |(low, high), value| (low.min(value), high.max(value)));
        let is_clipped = |run: &Run| {
            let beyond = run.value() <= counts.least || run.value() >= counts.greatest;
            !run.is_zero() && beyond && self.is_clipped(frame, run, ends)
        };
        for run in runs.iter().filter(|run| !is_clipped(run)) {
            let kind = if run.is_zero() { DamageKind::ZeroRun } else { DamageKind::ConstantRun };
            let heard = self
                .without_silent(&run.bytes)
                .into_iter()
                .filter(|run| unlikely(run, kind == DamageKind::ZeroRun));
            found.extend(heard.map(|bytes| (kind, bytes)));
        }
        found
    }

    /// Whether a run at an end of the range is a signal at a limit of the converter: at the same place of the
    /// chirps of the transmitter around it words are at a limit, too. A signal that turns from chirp to
    /// chirp is there in some of them. Where no chirp is around, the run must be short for a packet.
    fn is_clipped(&self, frame: &[u8], run: &Run, (low, high): (i16, i16)) -> bool {
        let (turn, len) = (self.codec.turn_bytes(), run.bytes.len());
        let limit = |word: &&[u8; 2]| {
            let value = i16::from_le_bytes(**word);
            value == low || value == high
        };
        let is_at_limit = |bytes: &[u8]| 8 * bytes.as_chunks::<2>().0.iter().filter(limit).count() >= len;
        let first = len.div_ceil(turn);
        let (mut around, mut at_limit) = (0, 0);
        for shift in (first..first + TURNS_AROUND).map(|turns| turns * turn) {
            let starts = [run.bytes.start.checked_sub(shift), run.bytes.start.checked_add(shift)];
            for start in starts.into_iter().flatten() {
                let Some(bytes) = frame.get(start..start + len) else { continue };
                around += 1;
                at_limit += usize::from(is_at_limit(bytes));
            }
        }
        if around == 0 { len < PAYLOAD_BYTES / 2 } else { 8 * at_limit >= 3 * around }
    }

    fn span(&self, kind: DamageKind, bytes: Range<usize>) -> DamagedSpan {
        let [first, last] = [bytes.start, bytes.end.saturating_sub(1)].map(|byte| self.codec.place(byte));
        DamagedSpan { kind, bytes, first, last }
    }

    /// The parts of a run that lie outside of silent channels.
    fn without_silent(&self, run: &Range<usize>) -> Vec<Range<usize>> {
        if !self.silent.contains(&true) || !self.silent.contains(&false) {
            return vec![run.clone()];
        }
        let mut parts: Vec<Range<usize>> = Vec::new();
        for (unit, row) in self.codec.unit_rows() {
            let part = row.start.max(run.start)..row.end.min(run.end);
            if part.is_empty() || self.silent[unit] {
                continue;
            }
            match parts.last_mut() {
                Some(last) if last.end == part.start => last.end = part.end,
                _ => parts.push(part),
            }
        }
        parts
    }
}
