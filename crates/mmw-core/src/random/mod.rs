//! Reproducible streams of random numbers, independent of thread and machine, and normal samples.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Streams`], [`Stream`] | 2⁶⁴ independent generators of one seed |
//! | [`standard_normal`], [`standard_complex_normal`], [`complex_normal`] | one sample at a time |
//! | [`fill_standard_normal`], [`fill_standard_complex_normal`] | whole arrays, vectorised, the same bits on every machine |
//! | [`XoshiroLanes`], [`complex_normal_of_word`] | for inner loops that draw their own words |

mod box_muller;
mod normal;
mod split_mix;
mod xoshiro;

pub use box_muller::complex_normal_of_word;
pub use split_mix::split_mix;
pub use xoshiro::XoshiroLanes;

pub use normal::{
    complex_normal, fill_standard_complex_normal, fill_standard_normal, standard_complex_normal,
    standard_normal,
};

use rand::{SeedableRng, TryRng};
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;
use std::fmt;

/// All the random numbers of one seed: 2⁶⁴ streams of 2⁷⁰ bytes each.
///
/// Give every independent piece of work (a block of trials, a frame, a receiver) the stream of its own
/// index, and the result does not depend on who works it out, in which order, or on what machine.
///
/// A stream is `ChaCha` with 8 rounds [^chacha]: the seed makes the key, the index is the nonce, so streams
/// differ as the outputs of a cipher under different nonces do. The 64 bits of the seed become the 256 bits
/// of the key by four steps of `SplitMix64` [^splitmix], whose finaliser flips half of the output bits for a
/// flip of any input bit: seeds 1, 2, 3 are as unrelated as any.
///
/// # Examples
/// ```
/// use mmw_core::random::Streams;
/// use rand::RngExt;
///
/// let streams = Streams::new(2024);
/// let a: f64 = streams.stream(7).random();
/// let b: f64 = streams.stream(7).random();
/// let c: f64 = streams.stream(8).random();
/// assert!(a == b && a != c);
/// ```
///
/// [^chacha]: D. J. Bernstein, "`ChaCha`, a variant of Salsa20" (2008).
/// [^splitmix]: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
///     OOPSLA 2014.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Streams {
    seed: u64,
}

impl Streams {
    /// The streams of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The stream of that index, from its start.
    #[must_use]
    pub fn stream(&self, index: u64) -> Stream {
        let mut generator = ChaCha8Rng::from_seed(key(self.seed));
        generator.set_stream(index);
        Stream(generator)
    }
}

/// Four steps of `SplitMix64` from `seed`, as bytes in little-endian order.
fn key(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut state = seed;
    for word in bytes.as_chunks_mut::<8>().0 {
        *word = split_mix(&mut state).to_le_bytes();
    }
    bytes
}

/// One stream of random numbers: any `rand` function takes it as its generator.
///
/// It cannot be cloned, because a copy would repeat the same numbers; ask [`Streams`] for another.
///
/// # Examples
/// ```
/// use mmw_core::random::Streams;
/// use rand::Rng;
///
/// let mut stream = Streams::new(1).stream(0);
/// assert_ne!(stream.next_u64(), stream.next_u64());
/// ```
pub struct Stream(ChaCha8Rng);

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.0.get_word_pos();
        f.debug_struct("Stream").field("index", &self.0.get_stream()).field("word", &position).finish()
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    #[inline]
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_published_output_of_split_mix() {
        // First output of the reference implementation for seed 0.
        assert_eq!(key(0)[..8], 0xe220_a839_7b1d_cdaf_u64.to_le_bytes());
    }

    #[test]
    fn debug_output_tells_the_place_and_not_the_key() {
        let text = format!("{:?}", Streams::new(3).stream(5));
        assert_eq!(text, "Stream { index: 5, word: 0 }");
    }
}
