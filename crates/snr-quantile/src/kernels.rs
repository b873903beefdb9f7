//! The inner loops, as portable code that the compiler vectorises; [`crate::dispatch`] compiles them again for
//! wider registers.
//!
//! Sums of samples are taken in fixed point. For `v` in [0, 1), the bits of `v + 3` read as an integer are a
//! constant plus `v` in units of 2⁻⁵¹: adding those integers is exact, so a sum depends neither on the order
//! of the samples nor on how they are split, and each term is rounded once, by at most 2⁻⁵².

use mmw_core::Real;

/// Samples a block: they stay in the first-level cache between the loops, and their sums do not overflow
/// (4096 terms below 2⁵¹).
pub(crate) const BLOCK: usize = 4096;

/// Terms in fixed point have this unit.
pub(crate) const UNIT: f64 = 1.0 / (1_u64 << 51) as f64;
const OFFSET: f64 = 3.0;
const SIGN: u64 = 1 << 63;

/// A term in fixed point, plus a constant that [`total`] takes off.
///
/// Integer sums may be reordered, so a plain loop over such terms vectorises as it stands.
#[inline(always)]
fn fixed(v: f64) -> i64 {
    (v + OFFSET).to_bits() as i64
}

/// The sum of `terms` terms, in units of [`UNIT`].
#[inline(always)]
fn total(sum: i64, terms: usize) -> i64 {
    sum.wrapping_sub((OFFSET.to_bits() as i64).wrapping_mul(terms as i64))
}

#[inline(always)]
fn magnitude(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !SIGN)
}

/// Sums of `|u|`, `u²`, `u⁴` over a block for `u = x · scale`, and a number between the same powers of two as the
/// greatest `|u|`.
///
/// The sums mean something only if that is below 1; it is infinite otherwise, or if a sample is NaN.
#[inline(always)]
pub(crate) fn power_sums<T: Real>(block: &[T], scale: f64) -> ([i64; 3], f64) {
    let (mut first, mut second, mut fourth, mut greatest) = (0_i64, 0_i64, 0_i64, Greatest::default());
    for x in block {
        let u = magnitude(x.as_f64() * scale);
        let square = u * u;
        let term = fixed(u);
        first = first.wrapping_add(term);
        second = second.wrapping_add(fixed(square));
        fourth = fourth.wrapping_add(fixed(square * square));
        greatest.take(term);
    }
    let sums = [first, second, fourth].map(|sum| total(sum, block.len()));
    (sums, greatest.value().unwrap_or_else(|| greatest_below_1(block, scale)))
}

/// [`power_sums`] without the first.
#[inline(always)]
pub(crate) fn even_power_sums<T: Real>(block: &[T], scale: f64) -> ([i64; 3], f64) {
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

    /// The number with the greatest term; none if a term is not below 1, or NaN, whatever its sign: such terms have
    /// bits in the exponent that others have not. Nor is there one when the rounding of the term, by half a unit,
    /// might have taken it across a power of two.
    fn value(&self) -> Option<f64> {
        let greatest = f64::from_bits(self.term as u64) - OFFSET;
        let exponent = |x: f64| x.to_bits() >> 52;
        let is_below_1 = exponent(f64::from_bits(self.bits as u64)) == exponent(OFFSET);
        (is_below_1 && exponent(greatest - UNIT) == exponent(greatest + UNIT)).then_some(greatest)
    }
}

/// The greatest magnitude times `scale`, infinite unless that is below 1.
fn greatest_below_1<T: Real>(block: &[T], scale: f64) -> f64 {
    let greatest = f64::from_bits(greatest_bits(block)) * scale;
    if greatest < 1.0 { greatest } else { f64::INFINITY }
}

/// A term in fixed point as [`fixed`], and what its rounding leaves over in units of 2⁻¹⁰².
#[inline(always)]
fn fixed_twice(v: f64) -> [i64; 2] {
    let rounded = v + OFFSET;
    let rest = v - (rounded - OFFSET);
    [rounded.to_bits() as i64, fixed(rest / UNIT)]
}

/// The sums of [`power_sums`], each with the sum of what rounding leaves over.
#[inline(always)]
pub(crate) fn fine_power_sums<T: Real>(block: &[T], scale: f64) -> [[i64; 2]; 3] {
    let mut sums = [[0_i64; 2]; 3];
    for x in block {
        let u = magnitude(x.as_f64() * scale);
        let square = u * u;
        for (sum, term) in sums.iter_mut().zip([u, square, square * square]) {
            let [whole, rest] = fixed_twice(term);
            *sum = [sum[0].wrapping_add(whole), sum[1].wrapping_add(rest)];
        }
    }
    sums.map(|sum| sum.map(|level| total(level, block.len())))
}

/// Sum of `u_k² u_(k+1)²` over the neighbours in a block, for `u = x · scale` below 1 in magnitude, and the sum of
/// what rounding leaves over.
#[inline(always)]
pub(crate) fn neighbour_sums<T: Real>(block: &[T], scale: f64) -> [i64; 2] {
    let square = |x: &T| (x.as_f64() * scale) * (x.as_f64() * scale);
    let Some((_, seconds)) = block.split_first() else { return [0; 2] };
    let mut sums = [0_i64; 2];
    for (a, b) in block.iter().zip(seconds) {
        let [whole, rest] = fixed_twice(square(a) * square(b));
        sums = [sums[0].wrapping_add(whole), sums[1].wrapping_add(rest)];
    }
    sums.map(|level| total(level, seconds.len()))
}

/// The greatest magnitude, infinite or NaN included: as bits, so that it can be compared as an integer.
#[inline(always)]
pub(crate) fn greatest_bits<T: Real>(samples: &[T]) -> u64 {
    samples.iter().fold(0_i64, |greatest, x| greatest.max((x.as_f64().to_bits() & !SIGN) as i64)) as u64
}

/// Sums of `u (1 − tanh(q u))` and `u² (1 − tanh²(q u))` over a block for `u = |x| · scale` below 1, `q >= 0`.
#[inline(always)]
pub(crate) fn tanh_sums<T: Real>(block: &[T], [scale, q]: [f64; 2]) -> [i64; 2] {
    let mut sums = [0_i64; 2];
    for x in block {
        let [first, second] = tanh_terms::<EXACT>(magnitude(x.as_f64() * scale), q);
        sums[0] = sums[0].wrapping_add(fixed(first));
        sums[1] = sums[1].wrapping_add(fixed(second));
    }
    sums.map(|sum| total(sum, block.len()))
}

/// The same sums over at most [`BINS`] points with weights of at most 1.
#[inline(always)]
pub(crate) fn weighted_tanh_sums(points: &[f64], weights: &[f64], q: f64) -> [i64; 2] {
    let mut sums = [0_i64; 2];
    for (u, weight) in points.iter().zip(weights) {
        let [first, second] = tanh_terms::<FOR_BINS>(*u, q);
        sums[0] = sums[0].wrapping_add(fixed(weight * first));
        sums[1] = sums[1].wrapping_add(fixed(weight * second));
    }
    sums.map(|sum| total(sum, points.len().min(weights.len())))
}

/// `u (1 − t)` and `u² (1 − t²)` with `t = tanh(q u)`: from `E = exp(−2 q u)`, `1 − t = 2 E/(1 + E)`.
#[inline(always)]
fn tanh_terms<const DEGREE: usize>(u: f64, q: f64) -> [f64; 2] {
    let e = exp_of_minus::<DEGREE>(2.0 * q * u);
    let one_minus = 2.0 * e / (1.0 + e);
    [u * one_minus, u * u * (one_minus * (2.0 - one_minus))]
}

/// Sums of `gain · u⁴ χ(q u)` and `gain · u⁴ z χ'(z)` over a block, `z = q u`, for `u = |x| · scale` below 1, `q >= 0`
/// and the gain of [`tangent_rest_gain`]; the first of them followed by what rounding leaves over.
///
/// `χ(z) = ⅓ − (z − tanh z)/z³`: what is left of the tangent when two terms of its series are taken off.
#[inline(always)]
pub(crate) fn tangent_rest_sums<T: Real>(block: &[T], [scale, q, gain]: [f64; 3]) -> [i64; 3] {
    let mut sums = [0_i64; 3];
    for x in block {
        let [first, second] = tangent_rest_terms(magnitude(x.as_f64() * scale), q);
        let [whole, rest] = fixed_twice(gain * first);
        sums[0] = sums[0].wrapping_add(whole);
        sums[1] = sums[1].wrapping_add(rest);
        sums[2] = sums[2].wrapping_add(fixed(gain * second));
    }
    sums.map(|sum| total(sum, block.len()))
}

/// Both sums over at most [`BINS`] points with weights of at most 1.
#[inline(always)]
pub(crate) fn weighted_tangent_rest_sums(points: &[f64], weights: &[f64], [q, gain]: [f64; 2]) -> [i64; 2] {
    let mut sums = [0_i64; 2];
    for (u, weight) in points.iter().zip(weights) {
        let weight = gain * weight;
        let [first, second] = tangent_rest_terms(*u, q);
        sums[0] = sums[0].wrapping_add(fixed(weight * first));
        sums[1] = sums[1].wrapping_add(fixed(weight * second));
    }
    sums.map(|sum| total(sum, points.len().min(weights.len())))
}

/// A power of two that keeps the terms below 1: `χ(z)` is at most ⅓ and `2 z²/15`, and `z χ'` twice that.
///
/// At low SNR the terms are small, and would lose digits in fixed point without it.
pub(crate) fn tangent_rest_gain(q: f64) -> f64 {
    let greatest = 2.1 * (q * q * (2.0 / 15.0)).min(1.0 / 3.0);
    let exponent = -greatest.log2().ceil();
    2_f64.powi(exponent.clamp(0.0, 500.0) as i32)
}

/// `u⁴ χ(z)` and `u⁴ z χ'(z)`, `z = q u`, to some 1e-15 relative for every `z`.
///
/// With Lambert's fraction `tanh z = z/(1 + y/(3 + y e))`, `y = z²`, `e = 1/(5 + y/(7 + y/(9 + …)))`:
/// `χ = y (1 + e)/(3 (3 + y e + y))` and `z χ' = y (3 − 3 e − y e²)/(3 + y e + y)²`, where nothing cancels. The
/// fraction to 21 is exact to rounding up to `y = 2`; beyond, `e` follows from `tanh z` itself.
#[inline(always)]
fn tangent_rest_terms(u: f64, q: f64) -> [f64; 2] {
    let z = q * u;
    let y = z * z;
    // Convergents by their recurrence: all terms are positive.
    let (mut above, mut above_before, mut below, mut below_before) = (1.0, 0.0, 5.0, 1.0);
    for level in [7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0, 21.0] {
        (above, above_before) = (level * above + y * above_before, above);
        (below, below_before) = (level * below + y * below_before, below);
    }
    let exponential = exp_of_minus::<EXACT>(2.0 * z);
    let tanh = (1.0 - exponential) / (1.0 + exponential);
    let far = tanh / (z - tanh) - 3.0 / y;
    let e = if y < 2.0 { above / below } else { far };
    let sum = 3.0 + y * e + y;
    let (u2, share) = (u * u, y / sum);
    [u2 * u2 * share * (1.0 + e) * (1.0 / 3.0), u2 * u2 * share * (3.0 - 3.0 * e - y * e * e) / sum]
}

/// Degree that leaves 3e-16.
const EXACT: usize = 12;
/// Degree that leaves 1e-11, far below what bins do.
const FOR_BINS: usize = 9;

/// `exp(−y)` for `y >= 0`, as `2^(−n) exp(−r)` with `|r| <= ½ ln 2` and the Taylor series; arguments beyond 700 count
/// as 700.
#[inline(always)]
fn exp_of_minus<const DEGREE: usize>(y: f64) -> f64 {
    /// 1.5 · 2⁵²: adding it rounds to an integer, which then stands in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let y = if y < 700.0 { y } else { 700.0 };
    let rounded = y * std::f64::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = n * LN_2_LOW - (y - n * LN_2_HIGH);
    const C: [f64; EXACT + 1] = {
        let mut c = [1.0; EXACT + 1];
        let mut k = 1;
        while k <= EXACT {
            c[k] = c[k - 1] / k as f64;
            k += 1;
        }
        c
    };
    let mut series = C[DEGREE];
    let mut k = DEGREE;
    while k > 0 {
        k -= 1;
        series = series * r + C[k];
    }
    // The low bits of `rounded` are n; 1023 − n is the exponent of 2^(−n).
    series * f64::from_bits(1023_u64.wrapping_sub(rounded.to_bits()) << 52)
}

/// Binary digits of the significand that tell bins apart: 128 bins an octave.
const BIN_BITS: u32 = 7;
const OCTAVES: u64 = 15;
/// Bins of a histogram, a power of two that holds 15 octaves below 1 and the rest.
pub(crate) const BINS: usize = 2048;
/// Key of the first octave that is resolved, less one: bin 0 holds everything below.
const FIRST_KEY: u64 = ((1023 - OCTAVES) << BIN_BITS) - 1;
/// The end of bin 0, and what stands for its values.
pub(crate) const LEAST_BIN: f64 = 1.0 / (1_u64 << OCTAVES) as f64;
const LEAST_CENTRE: f64 = 0.5 * LEAST_BIN;
/// Bins an octave.
pub(crate) const OCTAVE_BINS: usize = 1 << BIN_BITS;

/// Writes the bin of each `u = |x| · scale`, for values below 1.
#[inline(always)]
pub(crate) fn bin_indices<T: Real>(block: &[T], scale: f64, out: &mut [u32]) {
    for (out, x) in out.iter_mut().zip(block) {
        let bits = (x.as_f64() * scale).to_bits() & !SIGN;
        let key = (bits >> (52 - BIN_BITS)) as u32;
        *out = key.max(FIRST_KEY as u32) - FIRST_KEY as u32;
    }
}

/// Writes the middle of the bin of each `u = |x| · scale`, for values below 1.
#[inline(always)]
pub(crate) fn bin_centres<T: Real>(block: &[T], scale: f64, out: &mut [f64]) {
    const KEY: u64 = u64::MAX << (52 - BIN_BITS);
    for (out, x) in out.iter_mut().zip(block) {
        let bits = (x.as_f64() * scale).to_bits() & !SIGN & KEY;
        let centre = f64::from_bits(bits | (1 << (51 - BIN_BITS)));
        *out = if bits > FIRST_KEY << (52 - BIN_BITS) { centre } else { LEAST_CENTRE };
    }
}

/// Writes each `u = |x| · scale`, and its bucket `(u − low) · per_unit`, at least 0 and at most `last` (below 2³²).
#[inline(always)]
pub(crate) fn bucket_indices<T: Real>(
    samples: &[T],
    [scale, low, per_unit, last]: [f64; 4],
    magnitudes: &mut [f64],
    buckets: &mut [u32],
) {
    for ((x, u), bucket) in samples.iter().zip(magnitudes).zip(buckets) {
        *u = magnitude(x.as_f64() * scale);
        let place = (*u - low) * per_unit;
        // Comparisons in this order also send NaN to 0; adding 2⁵² leaves the integer in the low bits.
        let place = if place > 0.5 { place - 0.5 } else { 0.0 };
        let place = if place < last { place } else { last };
        *bucket = (place + 4_503_599_627_370_496.0).to_bits() as u32;
    }
}

/// Binary digits of a place after the point.
pub(crate) const FRACTION_BITS: u32 = 32;

/// Writes the place `(u − low) · per_unit` of each `u = |x| · scale`: the integer part, or `parts` (at most 2¹⁵) for a
/// place below 0 or above, and the rest in units of 2⁻³².
#[inline(always)]
pub(crate) fn places<T: Real>(
    samples: &[T],
    [scale, low, per_unit, parts]: [f64; 4],
    integers: &mut [u16],
    fractions: &mut [u32],
) {
    /// Numbers from this to its double have units of 2⁻³².
    const SHIFT: f64 = (1_u64 << (52 - FRACTION_BITS)) as f64;
    // Places are cut off, not rounded, so that none reaches the next part.
    const HALF: f64 = 0.5 / (1_u64 << FRACTION_BITS) as f64;
    for ((x, integer), fraction) in samples.iter().zip(integers).zip(fractions) {
        let place = (magnitude(x.as_f64() * scale) - low) * per_unit;
        let inside = place >= HALF && place < parts;
        let place = if inside { place } else { parts + 0.5 };
        let bits = (place - HALF + SHIFT).to_bits();
        *integer = (bits >> FRACTION_BITS) as u16;
        *fraction = bits as u32;
    }
}

/// Writes the bucket `f · buckets` of each fraction `f`, in units of 2⁻³².
#[inline(always)]
pub(crate) fn buckets_of_fractions(fractions: &[u32], buckets: u32, indices: &mut [u32]) {
    for (fraction, index) in fractions.iter().zip(indices) {
        *index = ((u64::from(*fraction) * u64::from(buckets)) >> FRACTION_BITS) as u32;
    }
}

/// Writes the value `first + width · f` of each fraction `f`, in units of 2⁻³².
#[inline(always)]
pub(crate) fn values_of_fractions(fractions: &[u32], [first, width]: [f64; 2], values: &mut [f64]) {
    let unit = width / (1_u64 << FRACTION_BITS) as f64;
    for (fraction, value) in fractions.iter().zip(values) {
        *value = first + unit * f64::from(*fraction);
    }
}

/// The middle of a bin.
pub(crate) fn bin_centre(index: usize) -> f64 {
    if index == 0 {
        return LEAST_CENTRE;
    }
    f64::from_bits(((FIRST_KEY + index as u64) << (52 - BIN_BITS)) + (1 << (51 - BIN_BITS)))
}

/// Enough lanes that the compiler vectorises along them.
const LANES: usize = 32;

/// `Σ P(k) y_k` over consecutive values with `P(t) = t⁴ − a t² + b`, `t` counted from `start`, each `y = u²`
/// less `reference`; in floating point, as sorted values have but one order.
#[inline(always)]
pub(crate) fn quartic_dot(magnitudes: &[f64], [start, a, b, reference]: [f64; 4]) -> f64 {
    let mut sums = [0.0; LANES];
    let term = |u: f64, t: f64| {
        let t2 = t * t;
        ((t2 - a) * t2 + b) * (u * u - reference)
    };
    let (chunks, rest) = magnitudes.as_chunks::<LANES>();
    let offsets: [f64; LANES] = std::array::from_fn(|lane| lane as f64);
    let mut first = start;
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += term(chunk[lane], first + offsets[lane]);
        }
        first += LANES as f64;
    }
    for (u, offset) in rest.iter().zip(offsets) {
        sums[0] += term(*u, first + offset);
    }
    sums.iter().sum()
}

/// `Σ r_k` and `Σ k r_k`, with `k` from 0.
#[inline(always)]
pub(crate) fn rank_sums(values: &[f64]) -> [f64; 2] {
    const FEW: usize = 8;
    let (mut sums, mut ranked) = ([0.0; FEW], [0.0; FEW]);
    let (chunks, rest) = values.as_chunks::<FEW>();
    let mut first = 0.0;
    for chunk in chunks {
        // Ranks within the chunk are weighed once, at the end.
        for lane in 0..FEW {
            sums[lane] += chunk[lane];
            ranked[lane] += first * chunk[lane];
        }
        first += FEW as f64;
    }
    let offsets = sums.iter().zip(0_u32..).map(|(sum, lane)| sum * f64::from(lane));
    let ranked = ranked.iter().sum::<f64>() + offsets.sum::<f64>();
    rest.iter().zip(0_u32..).fold([sums.iter().sum(), ranked], |[sum, ranked], (r, lane)| {
        [sum + r, ranked + (first + f64::from(lane)) * r]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_the_last_bits() {
        for i in 0..20_000 {
            let y = f64::from(i) * 0.034_7;
            let error = exp_of_minus::<EXACT>(y) / (-y).exp() - 1.0;
            assert!(error.abs() < 4e-16, "{y}: {error:e}");
            let error = exp_of_minus::<FOR_BINS>(y) / (-y).exp() - 1.0;
            assert!(error.abs() < 1e-11, "{y}: {error:e}");
        }
        assert!(exp_of_minus::<EXACT>(f64::INFINITY) > 0.0 && exp_of_minus::<EXACT>(1e300) < 1e-300);
    }

    #[test]
    fn the_sums_are_those_of_the_terms() {
        let x: Vec<f64> = (0..1003).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let (sums, greatest) = power_sums(&x, 1.0);
        for (sum, power) in sums.iter().zip([1, 2, 4]) {
            let direct: f64 = x.iter().map(|x| x.abs().powi(power)).sum();
            assert!((*sum as f64 * UNIT - direct).abs() < 1e-12);
        }
        assert!((greatest - x.iter().fold(0.0_f64, |m, x| m.max(x.abs()))).abs() <= UNIT);
        let (even, greatest_even) = even_power_sums(&x, 1.0);
        assert_eq!(even, [0, sums[1], sums[2]]);
        assert!((greatest_even - greatest).abs() < 1e-15);
        let sums = tanh_sums(&x, [1.0, 2.5]);
        let direct: f64 = x.iter().map(|x| x.abs() * (1.0 - (2.5 * x.abs()).tanh())).sum();
        assert!((sums[0] as f64 * UNIT - direct).abs() < 1e-12);
    }

    #[test]
    fn the_greatest_magnitude_is_on_the_right_side_of_a_power_of_two() {
        let below = |x: f64| f64::from_bits(x.to_bits() - 1);
        let above = |x: f64| f64::from_bits(x.to_bits() + 1);
        for power in [1.0, 0.5, 0.125, 2_f64.powi(-20), 2_f64.powi(-26), 2_f64.powi(-60)] {
            for x in [below(power), power, above(power)] {
                let block = [0.1 * x, -x, 0.0];
                for (_, greatest) in [power_sums(&block, 1.0), even_power_sums(&block, 1.0)] {
                    let is_same = greatest.to_bits() >> 52 == x.to_bits() >> 52;
                    assert!(if x < 1.0 { is_same } else { greatest == f64::INFINITY }, "{x:e} {greatest:e}");
                }
            }
        }
        for x in [f64::NAN, -f64::NAN, f64::INFINITY, -1e300] {
            let block = [0.1, x, 0.2];
            assert_eq!(power_sums(&block, 1.0).1, f64::INFINITY);
            assert_eq!(even_power_sums(&block, 1.0).1, f64::INFINITY);
        }
    }

    #[test]
    fn two_levels_hold_all_digits() {
        for v in [0.0, 1e-5, 0.1, 1.0 / 3.0, 0.999_999] {
            let [whole, rest] = fixed_twice(v).map(|level| total(level, 1) as f64 * UNIT);
            assert_eq!(whole + rest * UNIT, v);
            assert!(rest.abs() <= 0.5);
        }
    }

    #[test]
    fn the_rest_of_the_tangent_is_that_of_its_series_and_of_its_definition() {
        for i in 1..4000 {
            let z = f64::from(i) * 0.01;
            let [rest, slope] = tangent_rest_terms(0.5, 2.0 * z).map(|term| 16.0 * term);
            let direct = |z: f64| 1.0 / 3.0 - (z - z.tanh()) / (z * z * z);
            if z > 1.0 {
                // The definition loses a factor of 4 at 1.
                assert!((rest / direct(z) - 1.0).abs() < 4e-15, "{z}");
            }
            if z < 0.12 {
                let y = z * z;
                let series =
                    y * (2.0 / 15.0 - y * (17.0 / 315.0 - y * (62.0 / 2835.0 - y * 1382.0 / 155_925.0)));
                // The next term of the series is 0.027 y⁴ of the first.
                assert!((rest / series - 1.0).abs() < 0.03 * y.powi(4) + 1e-15, "{z}");
            }
            let at = |z: f64| 16.0 * tangent_rest_terms(0.5, 2.0 * z)[0];
            let difference = z * (at(z * 1.0001) - at(z * 0.9999)) / (2e-4 * z);
            assert!((slope - difference).abs() < 1e-7 * rest, "{z} {slope} {difference}");
        }
        assert_eq!(tangent_rest_terms(0.0, 3.0), [0.0; 2]);
    }

    #[test]
    fn a_bin_holds_its_centre() {
        let centres: Vec<f64> = (1..1921).map(bin_centre).collect();
        let mut indices = vec![0; centres.len()];
        bin_indices(&centres, 1.0, &mut indices);
        assert!(indices.iter().enumerate().all(|(i, index)| *index as usize == i + 1));
        let values: Vec<f64> = (0..4000).map(|i| (f64::from(i) * -4e-3).exp() * 0.999).chain([0.0]).collect();
        let (mut indices, mut middles) = (vec![0; values.len()], vec![0.0; values.len()]);
        bin_indices(&values, 1.0, &mut indices);
        bin_centres(&values, 1.0, &mut middles);
        assert!(indices.iter().zip(&middles).all(|(index, middle)| bin_centre(*index as usize) == *middle));
        assert!(indices.contains(&0));
        assert!(centres.last().is_some_and(|c| (0.99..1.0).contains(c)));
    }
}
