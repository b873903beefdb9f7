//! Words in which I and Q of a sample stand side by side.
//!
//! Programs that record other cards than the DCA1000, or that put words in order, store complex
//! samples as pairs:
//!
//! ```text
//! two lanes    receiver by receiver:               I₀ Q₀ I₁ Q₁ …
//! four lanes   sample by sample, the receivers:    I⁰ Q⁰ I¹ Q¹ I² Q² I³ Q³ …
//! ```
//! Each group holds the samples of a group of [`AdcLayout`](super::AdcLayout), so that only the order within
//! groups differs.

use super::lanes::LvdsLanes;

/// Puts the words of a frame whose I and Q stand side by side into the order that is decoded.
pub(super) fn split_pairs(lanes: LvdsLanes, frame: &mut [u8]) {
    match lanes {
        LvdsLanes::Two => split::<8>(frame, lanes),
        LvdsLanes::Four => split::<16>(frame, lanes),
    }
}

fn split<const BYTES: usize>(frame: &mut [u8], lanes: LvdsLanes) {
    for group in frame.as_chunks_mut::<BYTES>().0 {
        let pairs = *group;
        for (word, to) in group.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let from = 2 * paired(lanes, word);
            *to = [pairs[from], pairs[from + 1]];
        }
    }
}

/// Where the word stands in pairs that is the `word`-th in the order that is decoded.
pub(super) fn paired(lanes: LvdsLanes, word: usize) -> usize {
    // Samples of a group: its first half are their I.
    let samples = match lanes {
        LvdsLanes::Two => 2,
        LvdsLanes::Four => 4,
    };
    let (group, within) = (word / (2 * samples), word % (2 * samples));
    2 * samples * group + 2 * (within % samples) + within / samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_each_layout_are_split() {
        let words: Vec<u8> = (0..8).flat_map(|word| [word, 0]).collect();
        let order = |mut words: Vec<u8>, lanes| {
            split_pairs(lanes, &mut words);
            words.iter().step_by(2).copied().collect::<Vec<u8>>()
        };
        assert_eq!(order(words.clone(), LvdsLanes::Two), [0, 2, 1, 3, 4, 6, 5, 7]);
        assert_eq!(order(words, LvdsLanes::Four), [0, 2, 4, 6, 1, 3, 5, 7]);
    }
}
