//! Runs of equal words in a frame, and how words follow one another outside of them.

use std::ops::Range;

/// Shortest run of equal words that is examined.
pub(super) const SHORTEST_RUN: usize = 64;

/// A run of equal words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) word: [u8; 2],
    pub(super) bytes: Range<usize>,
}

impl Run {
    pub(super) fn is_zero(&self) -> bool {
        self.word == [0, 0]
    }

    pub(super) fn value(&self) -> i16 {
        i16::from_le_bytes(self.word)
    }
}

/// Words and what follows them, outside of suspicious runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WordCounts {
    pub(super) words: u64,
    zeros: u64,
    /// Zero words that a zero word follows.
    pairs: u64,
    /// Words that follow an equal one.
    equal: u64,
    pub(super) least: i16,
    pub(super) greatest: i16,
}

/// Words of a block: so few that none of its counts exceeds 16 bits, which leaves eight lanes to a vector.
const BLOCK: usize = 1 << 14;

impl WordCounts {
    /// Of the words of a frame outside of runs.
    pub(super) fn outside(frame: &[u8], runs: &[Run]) -> Self {
        let mut counts = Self::default();
        let mut start = 0;
        for run in runs {
            counts.add(&frame[start..run.bytes.start]);
            start = run.bytes.end;
        }
        counts.add(&frame[start..]);
        counts
    }

    fn add(&mut self, segment: &[u8]) {
        let words = segment.as_chunks::<2>().0;
        let Some(&first) = words.first() else { return };
        self.words += words.len() as u64;
        self.zeros += u64::from(first == [0, 0]);
        let first = i16::from_le_bytes(first);
        (self.least, self.greatest) = (self.least.min(first), self.greatest.max(first));
        // Blocks share the word at their border.
        let mut rest = words;
        while rest.len() > 1 {
            let end = rest.len().min(BLOCK + 1);
            self.add_block(&rest[..end]);
            rest = &rest[end - 1..];
        }
    }

    fn add_block(&mut self, block: &[[u8; 2]]) {
        let [mut zeros, mut pairs, mut equal] = [0_u16; 3];
        let (mut least, mut greatest) = (self.least, self.greatest);
        for (before, word) in block.iter().zip(&block[1..]) {
            let [before, word] = [before, word].map(|word| i16::from_le_bytes(*word));
            zeros += u16::from(word == 0);
            pairs += u16::from(before | word == 0);
            equal += u16::from(before == word);
            (least, greatest) = (least.min(word), greatest.max(word));
        }
        self.zeros += u64::from(zeros);
        self.pairs += u64::from(pairs);
        self.equal += u64::from(equal);
        (self.least, self.greatest) = (least, greatest);
    }

    pub(super) fn largest(&self) -> u16 {
        self.least.unsigned_abs().max(self.greatest.unsigned_abs())
    }

    /// Natural logarithm of the expected number of runs of `run` equal words or more among `words`, zeros or
    /// others, under a Markov chain of the first order with these counts (Laplace's rule for the
    /// probabilities): an upper bound of the probability of one.
    pub(super) fn ln_expected(&self, zero: bool, run: usize, words: usize) -> f64 {
        let (start, stay) = if zero { (self.zeros, self.pairs) } else { (self.words, self.equal) };
        let stay = (stay + 1) as f64 / (start + 2) as f64;
        let start = (start + 1) as f64 / (self.words + 2) as f64;
        (words as f64).ln() + start.ln() + (run as f64 - 1.0) * stay.ln()
    }
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let zero = |bytes: &[u8]| bytes.iter().fold(0, |all, &byte| all | byte) == 0;
    blocks.iter().all(|block| zero(block)) && zero(rest)
}

/// Whether all words are the same.
pub(super) fn is_constant(bytes: &[u8]) -> bool {
    let words = bytes.as_chunks::<2>().0;
    words.windows(2).all(|pair| pair[0] == pair[1])
}

/// Zero words at the beginning of a frame, and at its end.
pub(super) fn zeros_at_ends(frame: &[u8]) -> [usize; 2] {
    let words = frame.as_chunks::<2>().0;
    let zero = |word: &&[u8; 2]| **word == [0, 0];
    [words.iter().take_while(zero).count(), words.iter().rev().take_while(zero).count()]
}

/// The runs of a frame, of which those of zeros at its ends may go on `beyond` it.
pub(super) fn runs_across(frame: &[u8], beyond: [usize; 2]) -> Vec<Run> {
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
pub(super) fn equal_runs(frame: &[u8], shortest: usize) -> Vec<Run> {
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

    /// Of three blocks and a rest, words of two bits.
    #[test]
    fn words_are_counted_one_by_one_across_blocks() {
        let words: Vec<i16> =
            (0_u32..3 * BLOCK as u32 + 7).map(|n| (n.wrapping_mul(2_654_435_761) >> 30) as i16 - 1).collect();
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let pairs = || words.windows(2);
        let expected = WordCounts {
            words: words.len() as u64,
            zeros: words.iter().filter(|word| **word == 0).count() as u64,
            pairs: pairs().filter(|pair| *pair == [0, 0]).count() as u64,
            equal: pairs().filter(|pair| pair[0] == pair[1]).count() as u64,
            least: -1,
            greatest: 2,
        };
        assert_eq!(WordCounts::outside(&bytes, &[]), expected);
    }
}
