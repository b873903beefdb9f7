//! Old samples where new ones were lost: a program that does not clear its buffer leaves what stood
//! there before.
//!
//! Such a block is the same, word by word, as one a whole number of packets or one frame earlier. Noise sees
//! to it that samples never repeat: in 20 MB of published recordings no 16 bytes do. Where a signal without
//! noise repeats, it does so around the block, too.

use super::packets::PAYLOAD_BYTES;
use std::collections::HashMap;
use std::ops::Range;

/// How far back earlier samples are looked for beyond the frame.
pub(super) const HISTORY_BYTES: usize = 16 * PAYLOAD_BYTES;

/// Least repeated bytes: half a packet, for a frame may begin or end within one.
const LEAST_BYTES: usize = PAYLOAD_BYTES / 2;

/// Places are looked at half a packet apart. Whole packets lie between a block and its source, so that both
/// have such places.
const STEP: usize = PAYLOAD_BYTES / 2;

const KEY_BYTES: usize = 16;

/// Most words around a block that are compared over its distance, and the share of them that may be equal: of
/// noise with the standard deviation σ it is `1/(2 √π σ)`, 0.19 at σ = 1.5. Fewer than that say nothing.
const COMPARED: usize = 2048;
const FEWEST_COMPARED: usize = 64;
pub(super) const EQUAL_SHARE: f64 = 0.25;

/// A frame and what goes before it in the stream.
struct Stream<'a> {
    history: &'a [u8],
    frame: &'a [u8],
}

impl Stream<'_> {
    fn word(&self, at: usize) -> Option<[u8; 2]> {
        let from = at.checked_sub(self.history.len());
        let bytes = from.map_or_else(|| self.history.get(at..at + 2), |from| self.frame.get(from..from + 2));
        bytes.and_then(|bytes| bytes.try_into().ok())
    }

    /// The bytes that tell a place; none for a constant.
    fn key(&self, at: usize) -> Option<[u8; KEY_BYTES]> {
        let from = at.checked_sub(self.history.len());
        let bytes = from.map_or_else(
            || self.history.get(at..at + KEY_BYTES),
            |from| self.frame.get(from..from + KEY_BYTES),
        );
        let key: [u8; KEY_BYTES] = bytes?.try_into().ok()?;
        let words = key.as_chunks::<2>().0;
        (words.iter().any(|word| *word != words[0])).then_some(key)
    }

    fn equal(&self, at: usize, distance: usize) -> bool {
        at.checked_sub(distance).is_some_and(|from| self.word(at).is_some_and(|w| self.word(from) == Some(w)))
    }

    /// All that is equal over the distance around a place.
    fn extent(&self, at: usize, distance: usize) -> Range<usize> {
        let mut range = at..at;
        while range.start >= distance + 2 && self.equal(range.start - 2, distance) {
            range.start -= 2;
        }
        while self.equal(range.end, distance) {
            range.end += 2;
        }
        range
    }

    /// Share of the words outside of the block, as far from it as it is long, that are equal over the
    /// distance; all where too few can be compared, so that equal frames are no damage.
    fn share_around(&self, block: &Range<usize>, distance: usize) -> f64 {
        let reach = (2 * COMPARED).min(block.len().next_multiple_of(2));
        let first = block.start.saturating_sub(reach).max(distance).min(block.start);
        let before = (first..block.start).step_by(2);
        let after = (block.end..block.end + reach).step_by(2).take_while(|&at| self.word(at).is_some());
        let (mut words, mut equal) = (0_usize, 0_usize);
        for at in before.chain(after) {
            words += 1;
            equal += usize::from(self.equal(at, distance));
        }
        if words < FEWEST_COMPARED { 1.0 } else { equal as f64 / words as f64 }
    }
}

/// The stretches of a frame that repeat earlier packets, `history` being the bytes before it: a whole number
/// of packets, or fewer at the beginning of the stream.
pub(super) fn repeats(history: &[u8], frame: &[u8]) -> Vec<Range<usize>> {
    let cut = history.len() % PAYLOAD_BYTES;
    let stream = Stream { history: &history[cut..], frame };
    let start = stream.history.len();
    let mut known: HashMap<[u8; KEY_BYTES], usize> = HashMap::new();
    let mut found: Vec<Range<usize>> = Vec::new();
    // How far what is equal over a distance has been followed.
    let mut followed = (0, 0);
    for at in (0..start + frame.len()).step_by(STEP) {
        let Some(key) = stream.key(at) else { continue };
        let earlier = known.insert(key, at).filter(|from| (at - from).is_multiple_of(PAYLOAD_BYTES));
        let Some(earlier) = earlier.filter(|_| at >= start) else { continue };
        let done = found.last().map_or(start, |block| block.end);
        if at < done || (followed.0 == at - earlier && at < followed.1) {
            continue;
        }
        let block = stream.extent(at, at - earlier);
        followed = (at - earlier, block.end);
        if block.len() >= LEAST_BYTES && stream.share_around(&block, at - earlier) < EQUAL_SHARE {
            // It may begin before the frame, and a word beside it is equal by chance now and then.
            found.push(block.start.max(done)..block.end);
        }
    }
    found.iter().map(|block| block.start - start..block.end - start).collect()
}

/// The stretches of a frame that hold what is at the same place of the frame `before`, which is as long.
pub(super) fn repeats_of_frame(before: &[u8], frame: &[u8]) -> Vec<Range<usize>> {
    let (stream, distance) = (Stream { history: before, frame }, frame.len());
    let mut found = Vec::new();
    let mut followed = distance;
    for at in (distance..2 * distance).step_by(STEP) {
        if at < followed || stream.key(at).is_none_or(|key| stream.key(at - distance) != Some(key)) {
            continue;
        }
        let block = stream.extent(at, distance);
        followed = block.end;
        if block.len() >= LEAST_BYTES && stream.share_around(&block, distance) < EQUAL_SHARE {
            found.push(block.start - distance..block.end - distance);
        }
    }
    found
}
