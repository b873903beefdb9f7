//! From the sum of echoes to the samples of one chirp: noise, rounding, clipping.

use super::noise::{LANES, NoiseSource};
use mmw_core::C32;

/// What happens to a row of samples on the way out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Converter {
    /// Root of the noise power, counts; `None` without noise.
    pub(super) sigma: Option<f32>,
    /// Whether only the in-phase part is sampled.
    pub(super) real: bool,
    /// `2^(bits - 1)`; `None` leaves samples as they are.
    pub(super) full_scale: Option<f32>,
}

impl Converter {
    /// Writes one row and counts its clipped samples; `re` and `im` are at least as long as `out`, rounded
    /// up to whole blocks of [`LANES`].
    #[inline(always)]
    pub(super) fn convert(&self, re: &[f64], im: &[f64], noise: &mut NoiseSource, out: &mut [C32]) -> usize {
        let blocks = re.as_chunks::<LANES>().0.iter().zip(im.as_chunks::<LANES>().0);
        let mut clipped = 0;
        for ((re, im), out) in blocks.zip(out.chunks_mut(LANES)) {
            let (block, over) = self.block(re, im, noise);
            clipped += over.iter().take(out.len()).sum::<u32>() as usize;
            match out.as_chunks_mut::<LANES>().0 {
                [whole] => *whole = block,
                _ => out.iter_mut().zip(&block).for_each(|(out, &z)| *out = z),
            }
        }
        clipped
    }

    #[inline(always)]
    fn block(
        &self,
        re: &[f64; LANES],
        im: &[f64; LANES],
        noise: &mut NoiseSource,
    ) -> ([C32; LANES], [u32; LANES]) {
        let mut parts = [[0.0_f32; LANES]; 2];
        for l in 0..LANES {
            parts[0][l] = re[l] as f32;
            parts[1][l] = im[l] as f32;
        }
        if let Some(sigma) = self.sigma {
            let (re, im) = noise.block(sigma);
            for l in 0..LANES {
                parts[0][l] += re[l];
                parts[1][l] += im[l];
            }
        }
        if self.real {
            parts[1] = [0.0; LANES];
        }
        let mut over = [0; LANES];
        if let Some(full_scale) = self.full_scale {
            for part in &mut parts {
                quantise(part, full_scale, &mut over);
            }
        }
        (std::array::from_fn(|l| C32::new(parts[0][l], parts[1][l])), over)
    }
}

/// Rounds to the nearest whole count, ties to even, and clips to `-full_scale ..= full_scale - 1`.
///
/// Adding and subtracting `3·2²²` rounds a number below `2²²`: single precision has no fraction bits left
/// in between. Numbers are brought within reach first.
#[inline(always)]
fn quantise(part: &mut [f32; LANES], full_scale: f32, over: &mut [u32; LANES]) {
    const MAGIC: f32 = 12_582_912.0;
    let (low, high) = (-full_scale, full_scale - 1.0);
    for (x, over) in part.iter_mut().zip(over) {
        let rounded = (x.max(low - 1.0).min(high + 1.0) + MAGIC) - MAGIC;
        *x = rounded.max(low).min(high);
        *over |= u32::from(rounded < low) | u32::from(rounded > high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantisation_rounds_to_nearest_and_clips_at_the_ends_of_the_word() {
        let mut x = [0.5, 1.5, -0.4, 2047.4, 2047.6, -2048.4, -2049.0, 1e30];
        let mut over = [0; LANES];
        quantise(&mut x, 2048.0, &mut over);
        assert_eq!(x, [0.0, 2.0, 0.0, 2047.0, 2047.0, -2048.0, -2048.0, 2047.0]);
        assert_eq!(over, [0, 0, 0, 0, 1, 0, 1, 1]);
    }
}
