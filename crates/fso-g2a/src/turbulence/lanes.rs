//! A quick generator for the inner loop of simulations: eight xoshiro256++ side by side.

use super::lanes_dispatch::fill;
use mmw_core::rand::{Rng, TryRng};
use std::convert::Infallible;

const LANES: usize = 8;

/// Eight generators xoshiro256++ [^blackman] whose states are drawn from the stream of a block of trials, so that
/// they inherit its independence of thread and machine. The lanes are stepped together, which the compiler
/// vectorises: several times the rate of the cipher that seeds them.
///
/// [^blackman]: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions
///     on Mathematical Software 47 (2021).
#[derive(Clone)]
pub(crate) struct Lanes {
    state: [[u64; LANES]; 4],
}

impl Lanes {
    /// 256 bytes of `source` as the states.
    pub(crate) fn from_stream<R: Rng + ?Sized>(source: &mut R) -> Self {
        let mut state = [[0; LANES]; 4];
        for word in state.as_flattened_mut() {
            *word = source.next_u64();
        }
        // An all-zero state would stay so; one bit keeps every lane out of it.
        for word in &mut state[0] {
            *word |= 1;
        }
        Self { state }
    }

    /// The words of as many steps as it takes, in little-endian order.
    #[inline(always)]
    pub(super) fn fill_portable(&mut self, bytes: &mut [u8]) {
        let (blocks, rest) = bytes.as_chunks_mut::<{ 8 * LANES }>();
        for block in blocks {
            for (bytes, word) in block.as_chunks_mut::<8>().0.iter_mut().zip(self.step()) {
                *bytes = word.to_le_bytes();
            }
        }
        if !rest.is_empty() {
            let words = self.step();
            for (byte, value) in rest.iter_mut().zip(words.iter().flat_map(|word| word.to_le_bytes())) {
                *byte = value;
            }
        }
    }

    #[inline(always)]
    fn step(&mut self) -> [u64; LANES] {
        let [s0, s1, s2, s3] = &mut self.state;
        let mut out = [0; LANES];
        for i in 0..LANES {
            out[i] = s0[i].wrapping_add(s3[i]).rotate_left(23).wrapping_add(s0[i]);
            let shifted = s1[i] << 17;
            s2[i] ^= s0[i];
            s3[i] ^= s1[i];
            s1[i] ^= s2[i];
            s0[i] ^= s3[i];
            s2[i] ^= shifted;
            s3[i] = s3[i].rotate_left(45);
        }
        out
    }
}

impl TryRng for Lanes {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.step()[0] >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.step()[0])
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill(self, bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_the_published_generator() {
        // First outputs of the reference implementation for the state 1, 2, 3, 4.
        let mut lanes = Lanes { state: [[1; LANES], [2; LANES], [3; LANES], [4; LANES]] };
        for expected in [41_943_041_u64, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386] {
            assert_eq!(lanes.step(), [expected; LANES]);
        }
    }

    #[test]
    fn bytes_are_the_words_in_little_endian_order() {
        let mut seed = mmw_core::random::Streams::new(1).stream(0);
        let mut lanes = Lanes::from_stream(&mut seed);
        let mut bytes = [0; 70];
        lanes.clone().fill_bytes(&mut bytes);
        let first: Vec<u8> = lanes.step().iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(bytes[..64], first);
    }
}
