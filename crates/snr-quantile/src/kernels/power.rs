//! Sums of powers of magnitudes.

use super::places::{BIN_OF_1, bin_centre, bin_of};
use crate::precise::{DoubleDouble, OFFSET, UNIT, fixed, fixed_twice, total};
use mmw_core::{Real, by_level};

by_level! {
    /// Sums of `|u|`, `u²`, `u⁴` over a block for `u = x · scale`, and a number between the same powers of
    /// two as the greatest `|u|`.
    ///
    /// The sums mean something only if that is below 1; it is infinite otherwise, or if a sample is NaN.
    pub(crate) fn power_sums<T: Real>(level: Level, block: &[T], scale: f64) -> ([i64; 3], f64) {
        let (mut sums, mut greatest) = ([0; 3], Greatest::default());
        for x in block {
            greatest.take(add_powers(&mut sums, (x.as_f64() * scale).abs()));
        }
        let sums = sums.map(|sum| total(sum, block.len()));
        (sums, greatest.value().unwrap_or_else(|| greatest_below_1(block, scale)))
    }
}

/// Adds `u`, `u²` and `u⁴` as fixed terms; returns the first of them.
#[inline(always)]
fn add_powers(sums: &mut [i64; 3], u: f64) -> i64 {
    let square = u * u;
    let terms = [u, square, square * square].map(fixed);
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum = sum.wrapping_add(term));
    terms[0]
}

by_level! {
    /// [`power_sums`] without the first.
    pub(crate) fn even_power_sums<T: Real>(level: Level, block: &[T], scale: f64) -> ([i64; 3], f64) {
        let (mut second, mut fourth, mut greatest) = (0_i64, 0_i64, Greatest::default());
        for x in block {
            let u = x.as_f64() * scale;
            let square = u * u;
            let term = fixed(square);
            second = second.wrapping_add(term);
            fourth = fourth.wrapping_add(fixed(square * square));
            greatest.take(term);
        }
        let sums = [0, total(second, block.len()), total(fourth, block.len())];
        (sums, greatest.value().map_or_else(|| greatest_below_1(block, scale), f64::sqrt))
    }
}

by_level! {
    /// [`power_sums`], and the bin of each sample as [`super::bin_indices`] writes it.
    pub(crate) fn power_sums_and_bins<T: Real>(
        level: Level, block: &[T], scale: f64, bins: &mut [u32]
    ) -> ([i64; 3], f64) {
        let (mut sums, mut greatest) = ([0; 3], 0);
        for (x, bin) in block.iter().zip(bins) {
            let u = (x.as_f64() * scale).abs();
            add_powers(&mut sums, u);
            *bin = bin_of(u);
            greatest = greatest.max(*bin);
        }
        let sums = sums.map(|sum| total(sum, block.len()));
        let greatest = match greatest {
            // Anything from zero up.
            0 => greatest_below_1(block, scale),
            bin if bin < BIN_OF_1 => bin_centre(bin as usize),
            _ => f64::INFINITY,
        };
        (sums, greatest)
    }
}

/// The greatest term, and the bits that any of them has.
#[derive(Default)]
struct Greatest {
    term: i64,
    bits: i64,
}

impl Greatest {
    #[inline(always)]
    fn take(&mut self, term: i64) {
        self.term = self.term.max(term);
        self.bits |= term;
    }

    /// The number with the greatest term; none if a term is not below 1, or NaN, whatever its sign: such
    /// terms have bits in the exponent that others have not. Nor is there one when the rounding of the term,
    /// by half a unit, might have taken it across a power of two.
    fn value(&self) -> Option<f64> {
        let greatest = f64::from_bits(self.term as u64) - OFFSET;
        let exponent = |x: f64| x.to_bits() >> 52;
        let is_below_1 = exponent(f64::from_bits(self.bits as u64)) == exponent(OFFSET);
        (is_below_1 && exponent(greatest - UNIT) == exponent(greatest + UNIT)).then_some(greatest)
    }
}

/// The greatest magnitude times `scale`, infinite unless that is below 1.
fn greatest_below_1<T: Real>(block: &[T], scale: f64) -> f64 {
    let greatest = greatest_of(block) * scale;
    if greatest < 1.0 { greatest } else { f64::INFINITY }
}

by_level! {
    /// The sums of [`power_sums`], each with the sum of what rounding leaves over, that of the powers
    /// included.
    pub(crate) fn fine_power_sums<T: Real>(level: Level, block: &[T], scale: f64) -> [[i64; 2]; 3] {
        Avx512 => fine_power_sums_by::<T, true>(block, scale),
        Avx2 => fine_power_sums_by::<T, true>(block, scale),
        Portable => fine_power_sums_by::<T, false>(block, scale),
    }
}

/// `FUSED` makes no difference but in time ([`DoubleDouble::of_product`]).
#[inline(always)]
fn fine_power_sums_by<T: Real, const FUSED: bool>(block: &[T], scale: f64) -> [[i64; 2]; 3] {
    let mut sums = [[0_i64; 2]; 3];
    for x in block {
        let u = (x.as_f64() * scale).abs();
        let square = DoubleDouble::of_product::<FUSED>(u, u);
        for (sum, term) in sums.iter_mut().zip([u.into(), square, square.times::<FUSED>(square)]) {
            let [whole, rest] = fixed_twice(term);
            *sum = [sum[0].wrapping_add(whole), sum[1].wrapping_add(rest)];
        }
    }
    sums.map(|sum| sum.map(|level| total(level, block.len())))
}

by_level! {
    /// Sum of `u_k² u_(k+1)²` over the neighbours in a block, for `u = x · scale` below 1 in magnitude, and
    /// the sum of what rounding leaves over.
    pub(crate) fn neighbour_sums<T: Real>(level: Level, block: &[T], scale: f64) -> [i64; 2] {
        Avx512 => neighbour_sums_by::<T, true>(block, scale),
        Avx2 => neighbour_sums_by::<T, true>(block, scale),
        Portable => neighbour_sums_by::<T, false>(block, scale),
    }
}

#[inline(always)]
fn neighbour_sums_by<T: Real, const FUSED: bool>(block: &[T], scale: f64) -> [i64; 2] {
    let Some((_, seconds)) = block.split_first() else { return [0; 2] };
    let mut sums = [0_i64; 2];
    for (a, b) in block.iter().zip(seconds) {
        let [a, b] = [a, b].map(|x| x.as_f64() * scale).map(|u| DoubleDouble::of_product::<FUSED>(u, u));
        let [whole, rest] = fixed_twice(a.times::<FUSED>(b));
        sums = [sums[0].wrapping_add(whole), sums[1].wrapping_add(rest)];
    }
    sums.map(|level| total(level, seconds.len()))
}

by_level! {
    /// The greatest magnitude, infinite or NaN included; NaN counts as the greatest.
    pub(crate) fn greatest_magnitude<T: Real>(level: Level, samples: &[T]) -> f64 {
        greatest_of(samples)
    }
}

/// Magnitudes are compared by their bits, as integers.
#[inline(always)]
fn greatest_of<T: Real>(samples: &[T]) -> f64 {
    let bits = |x: &T| x.as_f64().abs().to_bits() as i64;
    f64::from_bits(samples.iter().fold(0, |greatest, x| greatest.max(bits(x))) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::bin_indices;
    use mmw_core::simd::Level;

    #[test]
    fn the_sums_are_those_of_the_terms() {
        let x: Vec<f64> = (0..1003).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let (sums, greatest) = power_sums(Level::Portable, &x, 1.0);
        for (sum, power) in sums.iter().zip([1, 2, 4]) {
            let direct: f64 = x.iter().map(|x| x.abs().powi(power)).sum();
            assert!((*sum as f64 * UNIT - direct).abs() < 1e-12);
        }
        assert!((greatest - x.iter().fold(0.0_f64, |m, x| m.max(x.abs()))).abs() <= UNIT);
        let (mut bins, mut expected) = (vec![0; x.len()], vec![0; x.len()]);
        assert_eq!(power_sums_and_bins(Level::Portable, &x, 1.0, &mut bins).0, sums);
        bin_indices(Level::Portable, &x, 1.0, &mut expected);
        assert_eq!(bins, expected);
        let (even, greatest_even) = even_power_sums(Level::Portable, &x, 1.0);
        assert_eq!(even, [0, sums[1], sums[2]]);
        assert!((greatest_even - greatest).abs() < 1e-15);
    }

    #[test]
    fn fine_sums_are_those_of_exact_squares() {
        // Magnitudes of 53 digits in units of 2⁻⁵³: their squares fit into 106 binary digits.
        let integers: Vec<u64> = (0..1003_u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11).collect();
        let x: Vec<f64> = integers.iter().map(|i| *i as f64 / (1_u64 << 53) as f64).collect();
        for sums in [fine_power_sums_by::<_, false>(&x, 1.0), fine_power_sums_by::<_, true>(&x, 1.0)] {
            let [whole, rest] = sums[1].map(i128::from);
            let exact: u128 = integers.iter().map(|i| u128::from(*i).pow(2)).sum();
            let fixed = (whole << 55) + (rest << 4);
            assert!((fixed - exact as i128).abs() <= 8 * 1003, "{fixed} {exact}");
        }
    }

    #[test]
    fn the_greatest_magnitude_is_on_the_right_side_of_a_power_of_two() {
        let below = |x: f64| f64::from_bits(x.to_bits() - 1);
        let above = |x: f64| f64::from_bits(x.to_bits() + 1);
        for power in [1.0, 0.5, 0.125, 2_f64.powi(-20), 2_f64.powi(-26), 2_f64.powi(-60)] {
            for x in [below(power), power, above(power)] {
                let block = [0.1 * x, -x, 0.0];
                let with_bins = power_sums_and_bins(Level::Portable, &block, 1.0, &mut [0; 3]);
                for (_, greatest) in [
                    power_sums(Level::Portable, &block, 1.0),
                    even_power_sums(Level::Portable, &block, 1.0),
                    with_bins,
                ] {
                    let is_same = greatest.to_bits() >> 52 == x.to_bits() >> 52;
                    assert!(if x < 1.0 { is_same } else { greatest == f64::INFINITY }, "{x:e} {greatest:e}");
                }
            }
        }
        for x in [f64::NAN, -f64::NAN, f64::INFINITY, -1e300] {
            let block = [0.1, x, 0.2];
            assert_eq!(power_sums(Level::Portable, &block, 1.0).1, f64::INFINITY);
            assert_eq!(even_power_sums(Level::Portable, &block, 1.0).1, f64::INFINITY);
            assert_eq!(power_sums_and_bins(Level::Portable, &block, 1.0, &mut [0; 3]).1, f64::INFINITY);
        }
    }
}
