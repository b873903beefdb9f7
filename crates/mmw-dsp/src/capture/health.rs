//! Which bytes of a frame are no samples: packets known to be lost, and runs of zeros that chance does not make.

use super::layout::{FrameCodec, SamplePlace};
use std::ops::Range;

/// Shortest run of zero words that is examined.
pub(super) const SHORTEST_RUN: usize = 64;

/// A run is called damage when words like those around it would make one so long in a frame with less than
/// this probability.
const CHANCE: f64 = 1e-12;

/// Words of at most this magnitude are what a noise-free signal of few bits makes, in which long runs of
/// zeros are ordinary: such a frame is never flagged for its zeros.
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
}

mmw_core::named!(DamageKind, "damage" { LostPackets = "lost_packets", ZeroRun = "zero_run" });

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

/// Zero words and what follows them, outside of suspicious runs.
#[derive(Debug, Clone, Copy, Default)]
struct ZeroCounts {
    words: u64,
    zeros: u64,
    /// Zero words that a zero word follows.
    pairs: u64,
    largest: u16,
}

impl ZeroCounts {
    fn add(&mut self, segment: &[u8]) {
        let mut before_zero = false;
        for word in segment.as_chunks::<2>().0 {
            let zero = *word == [0, 0];
            self.words += 1;
            self.zeros += u64::from(zero);
            self.pairs += u64::from(zero && before_zero);
            self.largest = self.largest.max(i16::from_le_bytes(*word).unsigned_abs());
            before_zero = zero;
        }
    }

    /// Natural logarithm of the expected number of runs of `run` zero words or more among `words`, under a
    /// Markov chain of the first order with these counts (Laplace's rule for the two probabilities): an upper
    /// bound of the probability of one.
    fn ln_expected(&self, run: usize, words: usize) -> f64 {
        let start = (self.zeros + 1) as f64 / (self.words + 2) as f64;
        let stay = (self.pairs + 1) as f64 / (self.zeros + 2) as f64;
        (words as f64).ln() + start.ln() + (run as f64 - 1.0) * stay.ln()
    }
}

/// Judges the frames of one recording.
#[derive(Debug, Clone)]
pub(super) struct FrameJudge {
    codec: FrameCodec,
    /// Of the first frame with samples, for frames that are zero throughout.
    reference: Option<ZeroCounts>,
    /// Channels without a word other than zero in any frame that was judged, where there is one: switched
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
            self.silent[unit] &= is_zero(&frame[range]);
        }
        if self.reference.is_none() {
            let runs = zero_runs(frame, SHORTEST_RUN);
            let counts = counts_outside(frame, &runs);
            if counts.words > 0 {
                self.reference = Some(counts);
            }
        }
    }

    /// The stretches of a frame that are no samples; `lost` are those of which packets say so, and
    /// `beyond` are the zero words that go before the frame and follow it in the stream.
    pub(super) fn judge(
        &mut self,
        frame: &[u8],
        lost: &[Range<usize>],
        beyond: [usize; 2],
    ) -> Vec<DamagedSpan> {
        let runs = runs_across(frame, beyond);
        if self.reference.is_none() || (!runs.is_empty() && lost.is_empty()) {
            self.learn(frame);
        }
        let own = counts_outside(frame, &runs);
        let counts = if own.words as usize > frame.len() / 8 { Some(own) } else { self.reference };
        let words_of = |run: &Range<usize>| {
            let [before, after] = beyond;
            let outside = |touches: bool, words: usize| if touches { words } else { 0 };
            run.len() / 2 + outside(run.start == 0, before) + outside(run.end == frame.len(), after)
        };
        let unlikely = |run: &Range<usize>| {
            counts.is_some_and(|counts| {
                counts.largest > FEW_BITS && counts.ln_expected(words_of(run), frame.len() / 2) < CHANCE.ln()
            })
        };
        let heard = runs.iter().flat_map(|run| self.without_silent(run));
        let zero_spans = heard
            .filter(|run| words_of(run) >= SHORTEST_RUN && unlikely(run))
            .filter(|run| lost.iter().all(|lost| lost.end <= run.start || run.end <= lost.start))
            .map(|run| self.span(DamageKind::ZeroRun, run));
        let lost_spans = lost.iter().map(|lost| self.span(DamageKind::LostPackets, lost.clone()));
        let mut spans: Vec<DamagedSpan> = lost_spans.chain(zero_spans).collect();
        spans.sort_by_key(|span| span.bytes.start);
        spans
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

fn counts_outside(frame: &[u8], runs: &[Range<usize>]) -> ZeroCounts {
    let mut counts = ZeroCounts::default();
    if runs.is_empty() && frame.is_empty() {
        return counts;
    }
    let mut start = 0;
    for run in runs {
        counts.add(&frame[start..run.start]);
        start = run.end;
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

/// The runs of a frame, of which those at its ends may go on `beyond` it.
fn runs_across(frame: &[u8], beyond: [usize; 2]) -> Vec<Range<usize>> {
    let mut runs = zero_runs(frame, SHORTEST_RUN);
    if beyond == [0, 0] {
        return runs;
    }
    let [first, last] = zeros_at_ends(frame);
    let shorter = |own: usize, more: usize| own > 0 && own < SHORTEST_RUN && own + more >= SHORTEST_RUN;
    if shorter(first, beyond[0]) {
        runs.insert(0, 0..2 * first);
    }
    if shorter(last, beyond[1]) {
        runs.push(frame.len() - 2 * last..frame.len());
    }
    runs
}

/// Maximal runs of at least `shortest` (32 or more) zero words, as byte ranges. A run of 64 bytes or more holds an
/// aligned half of that, so that blocks of 32 bytes are looked at first.
fn zero_runs(frame: &[u8], shortest: usize) -> Vec<Range<usize>> {
    const BLOCK: usize = 32;
    let mut runs: Vec<Range<usize>> = Vec::new();
    let zero = |at: usize| frame[at] == 0 && frame[at + 1] == 0;
    let words_end = frame.len() / 2 * 2;
    let mut done = 0;
    for (index, block) in frame.as_chunks::<BLOCK>().0.iter().enumerate() {
        let at = index * BLOCK;
        if at < done || block.iter().fold(0, |all, &byte| all | byte) != 0 {
            continue;
        }
        let mut start = at;
        while start > done && zero(start - 2) {
            start -= 2;
        }
        let mut end = at + BLOCK;
        while end < words_end && zero(end) {
            end += 2;
        }
        done = end;
        if end - start >= 2 * shortest {
            runs.push(start..end);
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_whole_wherever_they_begin() {
        for start in [0, 2, 30, 62, 100] {
            let mut frame = vec![1; 1000];
            frame[start..start + 2 * SHORTEST_RUN].fill(0);
            let run = start..start + 2 * SHORTEST_RUN;
            assert_eq!(zero_runs(&frame, SHORTEST_RUN), std::slice::from_ref(&run));
            frame[start + 64] = 1;
            assert!(zero_runs(&frame, SHORTEST_RUN).is_empty());
        }
    }
}
