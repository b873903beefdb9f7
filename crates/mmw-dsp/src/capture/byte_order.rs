//! Which byte of a word is the high one, at any amplitude.
//!
//! Two tests, each of which can be sure by itself:
//!
//! * *Entropy.* The low byte of a signal is a remainder: its entropy is 8 bits once the signal spans some
//!   hundred values, and in a smaller signal it determines the high byte. Either way it has at least the
//!   entropy of the high byte, unless low bits are never used (a converter of 12 bits whose words are shifted
//!   up), which is seen.
//! * *Prediction.* Near full scale the entropies come close. But the samples of targets follow from those
//!   before them, while a word with a low byte in the high place is noise. Blocks of words weigh the same,
//!   for interference fills few of them with noise that is stronger than all the rest.

/// Words of a block that are looked at for prediction.
const PREDICTED_WORDS: usize = 1 << 16;

/// Words of such a block, fewer than the shortest chirps of all receivers have.
const BLOCK_WORDS: usize = 256;

/// By how many bits the entropies must differ. Counts of N words estimate the entropy of 256 values too low
/// by up to `255 / (2 N ln 2)` bits (Miller and Madow), which comes on top.
const ENTROPY_MARGIN_BITS: f64 = 1.0;

/// Shares of the power that the samples before predict: at most this of a wrong word, at least that of
/// a right one.
const PREDICTED: [f64; 2] = [0.1, 0.5];

/// From a word to the next of the same channel and part in the layouts of two and four lanes, real
/// and complex.
const STEPS: [usize; 3] = [1, 4, 8];

/// The ways to read a word: as it stands, its bytes exchanged, the high byte of it with the second
/// byte before it.
const READINGS: usize = 3;

/// Sums of products of words `STEPS` and twice as far apart, over the power of their block.
#[derive(Debug, Clone, Copy, Default)]
struct Correlation {
    power: f64,
    products: [[f64; 2]; STEPS.len()],
}

impl Correlation {
    fn add(&mut self, words: &[f32]) {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(x * y)).sum::<f64>();
        for block in words.chunks(BLOCK_WORDS) {
            let power = dot(block, block);
            if power <= 0.0 {
                continue;
            }
            self.power += 1.0;
            for (products, step) in self.products.iter_mut().zip(STEPS) {
                for (product, lag) in products.iter_mut().zip([step, 2 * step]) {
                    *product += block.get(lag..).map_or(0.0, |later| dot(block, later) / power);
                }
            }
        }
    }

    /// The share of the power that the best linear prediction from two earlier words explains: with `r` and
    /// `s` the correlations over one step and two, `(r² + s² − 2 r² s)/(1 − r²)`.
    fn predicted(&self) -> f64 {
        let share = |[one, two]: &[f64; 2]| {
            let (r, s) = (one / self.power, two / self.power);
            let rest = 1.0 - r * r;
            // A constant follows from one word before it.
            if rest < 1e-9 { r * r } else { (r * r + s * s - 2.0 * r * r * s) / rest }
        };
        if self.power > 0.0 { self.products.iter().map(share).fold(0.0, f64::max) } else { 0.0 }
    }
}

/// What the bytes of a recording say.
#[derive(Debug, Clone)]
pub(super) struct ByteOrder {
    /// How often each value stands first in a word, and second, in words that are not zero.
    counts: [[u64; 256]; 2],
    readings: [Correlation; READINGS],
}

impl Default for ByteOrder {
    fn default() -> Self {
        Self { counts: [[0; 256]; 2], readings: [Correlation::default(); READINGS] }
    }
}

/// What stands where the low byte is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HighByteFirst {
    /// The high byte of the same word.
    Exchanged,
    /// The high byte of the word before: an odd number of bytes too many.
    Shifted,
    /// A high byte, of either.
    Either,
}

impl ByteOrder {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let words = bytes.as_chunks::<2>().0;
        for &[first, second] in words.iter().filter(|word| **word != [0, 0]) {
            self.counts[0][usize::from(first)] += 1;
            self.counts[1][usize::from(second)] += 1;
        }
        let words = &words[..words.len().min(PREDICTED_WORDS)];
        let mut values: Vec<f32> = Vec::with_capacity(words.len());
        for (index, reading) in self.readings.iter_mut().enumerate() {
            values.clear();
            let mut before = 0;
            values.extend(words.iter().map(|&[first, second]| {
                let value = match index {
                    0 => i16::from_le_bytes([first, second]),
                    1 => i16::from_be_bytes([first, second]),
                    _ => i16::from_le_bytes([before, first]),
                };
                before = second;
                f32::from(value)
            }));
            reading.add(&values);
        }
    }

    /// Whether the first byte of a word is the high one.
    pub(super) fn high_byte_first(&self) -> Option<HighByteFirst> {
        let [stands, exchanged, shifted] = self.readings.map(|reading| reading.predicted());
        if !is_better(exchanged.max(shifted), stands) && !self.is_narrow(0) {
            return None;
        }
        // The wrong low byte adds noise of 1/12 of 256² to what is not predicted.
        let (e, s) = (1.0 - exchanged, 1.0 - shifted);
        Some(match (e, s) {
            (e, s) if e < 0.8 * s => HighByteFirst::Exchanged,
            (e, s) if s < 0.8 * e => HighByteFirst::Shifted,
            _ => HighByteFirst::Either,
        })
    }

    /// Whether the second byte of a word is the high one.
    pub(super) fn low_byte_first(&self) -> bool {
        let [stands, exchanged, _] = self.readings.map(|reading| reading.predicted());
        is_better(stands, exchanged) || self.is_narrow(1)
    }

    /// Whether a byte of a word, the first or the second, has less entropy than the other.
    fn is_narrow(&self, byte: usize) -> bool {
        let words: u64 = self.counts[byte].iter().sum();
        let odd: u64 = self.counts[byte].iter().skip(1).step_by(2).sum();
        if odd == 0 || odd == words {
            return false;
        }
        let [own, other] = [byte, 1 - byte].map(|byte| entropy_bits(&self.counts[byte], words));
        let bias = 255.0 / (2.0 * words as f64 * std::f64::consts::LN_2);
        own + ENTROPY_MARGIN_BITS + bias < other
    }
}

/// Whether the predicted share of the power is that of a right word, and another that of a wrong one.
fn is_better(share: f64, other: f64) -> bool {
    other < PREDICTED[0] && share > PREDICTED[1]
}

fn entropy_bits(counts: &[u64; 256], total: u64) -> f64 {
    let term = |&count: &u64| match count {
        0 => 0.0,
        count => -(count as f64 / total as f64) * (count as f64 / total as f64).log2(),
    };
    counts.iter().map(term).sum()
}
