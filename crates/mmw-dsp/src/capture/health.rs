//! Which bytes of a frame are no samples: packets known to be lost, and what chance does not make: runs of
//! one word, zero or another, and earlier packets once more.

use super::layout::{FrameCodec, SamplePlace};
use super::repeats::repeats;
use std::ops::Range;

/// Shortest run of equal words that is examined.
pub(super) const SHORTEST_RUN: usize = 64;

/// A run is called damage when words like those around it would make one so long in a frame with less than
/// this probability.
const CHANCE: f64 = 1e-12;

/// Words of at most this magnitude are what a noise-free signal of few bits makes, in which long runs of
/// one word are ordinary: such a frame is never flagged for them.
const FEW_BITS: u16 = 3;

/// Why bytes of a frame are no samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DamageKind {
    /// Packet numbers or byte counts say that packets are missing.
    LostPackets,
    /// The file holds zeros for longer than its other words make likely.
    ZeroRun,
    /// The file holds one other word for longer than the rest makes likely, but none at an end of the range.
    ConstantRun,
    /// The file holds once more what stands a whole number of packets before.
    RepeatedPackets,
}

mmw_core::named!(DamageKind, "damage" {
    LostPackets = "lost_packets",
    ZeroRun = "zero_run",
    ConstantRun = "constant_run",
    RepeatedPackets = "repeated_packets",
});

/// A stretch of a frame that holds no samples.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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

/// A run of equal words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    word: [u8; 2],
    bytes: Range<usize>,
}

impl Run {
    fn is_zero(&self) -> bool {
        self.word == [0, 0]
    }
}

/// Words and what follows them, outside of suspicious runs.
#[derive(Debug, Clone, Copy, Default)]
struct WordCounts {
    words: u64,
    zeros: u64,
    /// Zero words that a zero word follows.
    pairs: u64,
    /// Words that follow an equal one.
    equal: u64,
    least: i16,
    greatest: i16,
}

impl WordCounts {
    fn add(&mut self, segment: &[u8]) {
        let mut before = None;
        for word in segment.as_chunks::<2>().0 {
            let zero = *word == [0, 0];
            self.words += 1;
            self.zeros += u64::from(zero);
            self.pairs += u64::from(zero && before == Some(word));
            self.equal += u64::from(before == Some(word));
            let value = i16::from_le_bytes(*word);
            (self.least, self.greatest) = (self.least.min(value), self.greatest.max(value));
            before = Some(word);
        }
    }

    fn largest(&self) -> u16 {
        self.least.unsigned_abs().max(self.greatest.unsigned_abs())
    }

    /// Whether a word stands beyond all others, where a clipped signal has its runs.
    fn is_beyond(&self, word: [u8; 2]) -> bool {
        let value = i16::from_le_bytes(word);
        value <= self.least || value >= self.greatest
    }

    /// Natural logarithm of the expected number of runs of `run` equal words or more among `words`, zeros or
    /// others, under a Markov chain of the first order with these counts (Laplace's rule for the
    /// probabilities): an upper bound of the probability of one.
    fn ln_expected(&self, zero: bool, run: usize, words: usize) -> f64 {
        let (start, stay) = if zero { (self.zeros, self.pairs) } else { (self.words, self.equal) };
        let stay = (stay + 1) as f64 / (start + 2) as f64;
        let start = (start + 1) as f64 / (self.words + 2) as f64;
        (words as f64).ln() + start.ln() + (run as f64 - 1.0) * stay.ln()
    }
}

/// Judges the frames of one recording.
#[derive(Debug, Clone)]
pub(super) struct FrameJudge {
    codec: FrameCodec,
    /// Of the first frame with samples, for frames that are zero throughout.
    reference: Option<WordCounts>,
    /// Channels that hold one word throughout, mostly zero, in every frame that was judged: switched
    /// off, not lost.
    silent: Vec<bool>,
}

impl FrameJudge {
    pub(super) fn new(codec: &FrameCodec) -> Self {
        Self { codec: codec.clone(), reference: None, silent: vec![true; codec.units()] }
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
            let counts = counts_outside(frame, &equal_runs(frame, SHORTEST_RUN));
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
        let few_bits = self.reference.is_none_or(|counts| counts.largest() <= FEW_BITS);
        for bytes in history.filter(|_| !few_bits).map_or_else(Vec::new, |history| repeats(history, frame)) {
            if apart(&spans, &bytes) {
                spans.push(self.span(DamageKind::RepeatedPackets, bytes));
            }
        }
        spans.sort_by_key(|span| span.bytes.start);
        spans
    }

    /// Those of the runs that chance does not make, without the channels that are silent.
    fn unlikely(&self, frame: &[u8], runs: &[Run], beyond: [usize; 2]) -> Vec<(DamageKind, Range<usize>)> {
        if runs.is_empty() {
            return Vec::new();
        }
        let own = counts_outside(frame, runs);
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
        for run in runs.iter().filter(|run| run.is_zero() || !counts.is_beyond(run.word)) {
            let kind = if run.is_zero() { DamageKind::ZeroRun } else { DamageKind::ConstantRun };
            let heard = self
                .without_silent(&run.bytes)
                .into_iter()
                .filter(|run| unlikely(run, kind == DamageKind::ZeroRun));
            found.extend(heard.map(|bytes| (kind, bytes)));
        }
        found
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

fn is_zero(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let zero = |bytes: &[u8]| bytes.iter().fold(0, |all, &byte| all | byte) == 0;
    blocks.iter().all(|block| zero(block)) && zero(rest)
}

/// Whether all words are the same.
fn is_constant(bytes: &[u8]) -> bool {
    let words = bytes.as_chunks::<2>().0;
    words.windows(2).all(|pair| pair[0] == pair[1])
}

fn counts_outside(frame: &[u8], runs: &[Run]) -> WordCounts {
    let mut counts = WordCounts::default();
    if runs.is_empty() && frame.is_empty() {
        return counts;
    }
    let mut start = 0;
    for run in runs {
        counts.add(&frame[start..run.bytes.start]);
        start = run.bytes.end;
    }
    counts.add(&frame[start..]);
    counts
}

/// Zero words at the beginning of a frame, and at its end.
pub(super) fn zeros_at_ends(frame: &[u8]) -> [usize; 2] {
    let words = frame.as_chunks::<2>().0;
    let zero = |word: &&[u8; 2]| **word == [0, 0];
    [words.iter().take_while(zero).count(), words.iter().rev().take_while(zero).count()]
}

/// The runs of a frame, of which those of zeros at its ends may go on `beyond` it.
fn runs_across(frame: &[u8], beyond: [usize; 2]) -> Vec<Run> {
    let mut runs = equal_runs(frame, SHORTEST_RUN);
    if beyond == [0, 0] {
        return runs;
    }
    let [first, last] = zeros_at_ends(frame);
    let shorter = |own: usize, more: usize| own > 0 && own < SHORTEST_RUN && own + more >= SHORTEST_RUN;
    let zeros = |bytes: Range<usize>| Run { word: [0, 0], bytes };
    if shorter(first, beyond[0]) {
        runs.insert(0, zeros(0..2 * first));
    }
    if shorter(last, beyond[1]) {
        runs.push(zeros(frame.len() - 2 * last..frame.len()));
    }
    runs
}

/// Maximal runs of at least `shortest` (32 or more) equal words. A run of 64 bytes or more holds an aligned
/// half of that, so that blocks of 32 bytes are looked at first.
fn equal_runs(frame: &[u8], shortest: usize) -> Vec<Run> {
    const BLOCK: usize = 32;
    let mut runs: Vec<Run> = Vec::new();
    let words_end = frame.len() / 2 * 2;
    let mut done = 0;
    for (index, block) in frame.as_chunks::<BLOCK>().0.iter().enumerate() {
        let at = index * BLOCK;
        let word = [block[0], block[1]];
        if at < done || block.as_chunks::<2>().0.iter().any(|other| *other != word) {
            continue;
        }
        let is_same = |at: usize| [frame[at], frame[at + 1]] == word;
        let mut start = at;
        while start > done && is_same(start - 2) {
            start -= 2;
        }
        let mut end = at + BLOCK;
        while end < words_end && is_same(end) {
            end += 2;
        }
        done = end;
        if end - start >= 2 * shortest {
            runs.push(Run { word, bytes: start..end });
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_whole_wherever_they_begin() {
        for (start, byte) in [0, 2, 30, 62, 100].into_iter().flat_map(|start| [(start, 0), (start, 0xff)]) {
            let mut frame: Vec<u8> = (0..1000).map(|i| (i % 101) as u8).collect();
            frame[start..start + 2 * SHORTEST_RUN].fill(byte);
            let run = Run { word: [byte; 2], bytes: start..start + 2 * SHORTEST_RUN };
            assert_eq!(equal_runs(&frame, SHORTEST_RUN), [run]);
            frame[start + 64] = 1;
            assert!(equal_runs(&frame, SHORTEST_RUN).is_empty());
        }
    }
}
