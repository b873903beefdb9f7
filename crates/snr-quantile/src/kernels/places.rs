//! Where magnitudes belong: bins of a histogram, buckets and parts for sorting.

use mmw_core::{Real, by_level};

/// Binary digits of the significand that tell bins apart: 128 bins per octave.
const BIN_BITS: u32 = 7;
const OCTAVES: u64 = 15;
/// Bins of a histogram, a power of two that holds 15 octaves below 1 and the rest.
pub(crate) const BINS: usize = 2048;
/// Key of the first octave that is resolved, less one: bin 0 holds everything below.
const FIRST_KEY: u64 = ((1023 - OCTAVES) << BIN_BITS) - 1;
/// The end of bin 0, and what stands for its values.
pub(crate) const LEAST_BIN: f64 = 1.0 / (1_u64 << OCTAVES) as f64;
const LEAST_CENTRE: f64 = 0.5 * LEAST_BIN;
/// Bins per octave.
pub(crate) const OCTAVE_BINS: usize = 1 << BIN_BITS;

by_level! {
    /// Writes the bin of each `u = |x| · scale`, for values below 1.
    pub(crate) fn bin_indices<T: Real>(level: Level, block: &[T], scale: f64, out: &mut [u32]) {
        for (out, x) in out.iter_mut().zip(block) {
            *out = bin_of((x.as_f64() * scale).abs());
        }
    }
}

/// The bin of a magnitude; at least [`BIN_OF_1`] if that is not below 1, or NaN.
#[inline(always)]
pub(super) fn bin_of(u: f64) -> u32 {
    let key = (u.to_bits() >> (52 - BIN_BITS)) as u32;
    key.max(FIRST_KEY as u32) - FIRST_KEY as u32
}

/// The bin that would start at 1.
pub(super) const BIN_OF_1: u32 = ((OCTAVES as u32) << BIN_BITS) + 1;

/// Places of equal width along the axis of magnitudes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Factor that brings samples to the axis, `u = |x| · scale`.
    pub(crate) scale: f64,
    /// Where the first place starts.
    pub(crate) low: f64,
    /// Places per unit of `u`.
    pub(crate) per_unit: f64,
    /// How many places there are.
    pub(crate) count: f64,
}

impl Grid {
    /// `count` places from `low` to `high`.
    pub(crate) fn new(scale: f64, [low, high]: [f64; 2], count: f64) -> Self {
        Self { scale, low, per_unit: count / (high - low), count }
    }
}

by_level! {
    /// Writes each `u = |x| · scale`, and its place on the grid (of fewer than 2³²): the first or the last
    /// one for what lies beyond.
    pub(crate) fn bucket_indices<T: Real>(
        level: Level, samples: &[T], grid: Grid, magnitudes: &mut [f64], buckets: &mut [u32]
    ) {
        let Grid { scale, low, per_unit, count } = grid;
        let last = count - 1.0;
        for ((x, u), bucket) in samples.iter().zip(magnitudes).zip(buckets) {
            *u = (x.as_f64() * scale).abs();
            let place = (*u - low) * per_unit;
            // Comparisons in this order also send NaN to 0; adding 2⁵² leaves the integer in the low bits.
            let place = if place > 0.5 { place - 0.5 } else { 0.0 };
            let place = if place < last { place } else { last };
            *bucket = (place + 4_503_599_627_370_496.0).to_bits() as u32;
        }
    }
}

/// Binary digits of a place after the point.
pub(crate) const FRACTION_BITS: u32 = 32;

by_level! {
    /// Writes the place of each `u = |x| · scale` on the grid: the integer part, or the count (at most 2¹⁵)
    /// for what lies beyond, and the rest in units of 2⁻³².
    pub(crate) fn places<T: Real>(
        level: Level, samples: &[T], grid: Grid, integers: &mut [u16], fractions: &mut [u32]
    ) {
        /// Numbers from this to its double have units of 2⁻³².
        const SHIFT: f64 = (1_u64 << (52 - FRACTION_BITS)) as f64;
        // Places are cut off, not rounded, so that none reaches the next part.
        const HALF: f64 = 0.5 / (1_u64 << FRACTION_BITS) as f64;
        let Grid { scale, low, per_unit, count } = grid;
        for ((x, integer), fraction) in samples.iter().zip(integers).zip(fractions) {
            let place = ((x.as_f64() * scale).abs() - low) * per_unit;
            let inside = place >= HALF && place < count;
            let place = if inside { place } else { count + 0.5 };
            let bits = (place - HALF + SHIFT).to_bits();
            *integer = (bits >> FRACTION_BITS) as u16;
            *fraction = bits as u32;
        }
    }
}

by_level! {
    /// Writes the bucket `f · buckets` of each fraction `f`, in units of 2⁻³².
    pub(crate) fn buckets_of_fractions(level: Level, fractions: &[u32], buckets: u32, indices: &mut [u32]) {
        for (fraction, index) in fractions.iter().zip(indices) {
            *index = ((u64::from(*fraction) * u64::from(buckets)) >> FRACTION_BITS) as u32;
        }
    }
}

by_level! {
    /// Writes the value `first + width · f` of each fraction `f`, in units of 2⁻³².
    pub(crate) fn values_of_fractions(
        level: Level, fractions: &[u32], first: f64, width: f64, values: &mut [f64]
    ) {
        let unit = width / (1_u64 << FRACTION_BITS) as f64;
        for (fraction, value) in fractions.iter().zip(values) {
            *value = first + unit * f64::from(*fraction);
        }
    }
}

/// The middle of a bin.
pub(crate) fn bin_centre(index: usize) -> f64 {
    if index == 0 {
        return LEAST_CENTRE;
    }
    f64::from_bits(((FIRST_KEY + index as u64) << (52 - BIN_BITS)) + (1 << (51 - BIN_BITS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::simd::Level;

    #[test]
    fn a_bin_holds_its_centre() {
        let centres: Vec<f64> = (1..1921).map(bin_centre).collect();
        let mut indices = vec![0; centres.len()];
        bin_indices(Level::Portable, &centres, 1.0, &mut indices);
        assert!(indices.iter().enumerate().all(|(i, index)| *index as usize == i + 1));
        let values: Vec<f64> = (0..4000).map(|i| (f64::from(i) * -4e-3).exp() * 0.999).chain([0.0]).collect();
        let mut indices = vec![0; values.len()];
        bin_indices(Level::Portable, &values, 1.0, &mut indices);
        // Half a bin from the middle at most; bin 0 starts at zero.
        let near = |u: f64, middle: f64| (u - middle).abs() <= 0.5 / OCTAVE_BINS as f64 * middle + LEAST_BIN;
        assert!(values.iter().zip(&indices).all(|(u, index)| near(*u, bin_centre(*index as usize))));
        assert!(indices.contains(&0));
        assert!(centres.last().is_some_and(|c| (0.99..1.0).contains(c)));
    }
}
