//! Sums of samples in fixed point.
//!
//! For `v` in [0, 1), the bits of `v + 3` read as an integer are a constant plus `v` in units of 2⁻⁵¹: adding
//! those integers is exact, so a sum depends neither on the order of the samples nor on how they are split,
//! and each term is rounded once, by at most 2⁻⁵².

use super::double_double::DoubleDouble;

/// Samples per block: they stay in the first-level cache between the loops, and their sums do not overflow
/// (4096 terms below 2⁵¹).
pub(crate) const BLOCK: usize = 4096;

/// Terms in fixed point have this unit.
pub(crate) const UNIT: f64 = 1.0 / (1_u64 << 51) as f64;

/// What is added to a term; its bits are the constant.
pub(crate) const OFFSET: f64 = 3.0;

/// A term in fixed point, plus a constant that [`total`] takes off.
///
/// Integer sums may be reordered, so a plain loop over such terms vectorises as it stands.
#[inline(always)]
pub(crate) fn fixed(v: f64) -> i64 {
    (v + OFFSET).to_bits() as i64
}

/// The sum of `terms` terms, in units of [`UNIT`].
#[inline(always)]
pub(crate) fn total(sum: i64, terms: usize) -> i64 {
    sum.wrapping_sub((OFFSET.to_bits() as i64).wrapping_mul(terms as i64))
}

/// A term of twice the precision in fixed point as [`fixed`], and what its rounding leaves over in units of
/// 2⁻¹⁰².
#[inline(always)]
pub(crate) fn fixed_twice(v: DoubleDouble) -> [i64; 2] {
    let rounded = v.near + OFFSET;
    let rest = (v.near - (rounded - OFFSET)) + v.rest;
    [rounded.to_bits() as i64, fixed(rest / UNIT)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_levels_hold_all_digits() {
        for v in [0.0, 1e-5, 0.1, 1.0 / 3.0, 0.999_999] {
            let [whole, rest] = fixed_twice(v.into()).map(|level| total(level, 1) as f64 * UNIT);
            assert_eq!(whole + rest * UNIT, v);
            assert!(rest.abs() <= 0.5);
        }
    }
}
