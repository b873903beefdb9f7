//! The sums that moments are made of.

use mmw_core::num_complex::Complex;
use mmw_core::{C64, Real, by_level};

/// Sums that run side by side, so that none waits for itself; as many at every level, for the same bits.
const LANES: usize = 8;
/// Samples summed at once.
const CHUNK: usize = 256;

by_level! {
    /// Writes samples times `unit`, and sums their power, its square, and its product with that of the sample
    /// before: `before`, for the first.
    pub(super) fn scale_and_sum<T: Real>(
        level: Level,
        samples: &[Complex<T>],
        unit: f64,
        before: f64,
        out: &mut [C64],
    ) -> ([f64; 3], f64) {
        let (mut sums, mut last) = ([[0.0; LANES]; 3], before);
        for (chunk, out) in samples.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            let mut powers = [0.0; CHUNK + 1];
            powers[0] = last;
            for ((y, out), power) in chunk.iter().zip(out).zip(&mut powers[1..]) {
                *out = C64::new(y.re.as_f64() * unit, y.im.as_f64() * unit);
                *power = out.re * out.re + out.im * out.im;
            }
            last = powers[chunk.len()];
            let earlier = powers[..CHUNK].as_chunks::<LANES>().0;
            for (now, before) in powers[1..].as_chunks::<LANES>().0.iter().zip(earlier) {
                for lane in 0..LANES {
                    sums[0][lane] += now[lane];
                    sums[1][lane] += now[lane] * now[lane];
                    sums[2][lane] += now[lane] * before[lane];
                }
            }
        }
        (sums.map(|lanes| lanes.iter().sum()), last)
    }
}
