//! The inner loops, as portable code that the compiler vectorises; [`crate::dispatch`] compiles them again for
//! wider registers.
//!
//! Sums of samples are taken in fixed point. For `v` in [0, 1), the bits of `v + 3` read as an integer are a
//! constant plus `v` in units of 2⁻⁵¹: adding those integers is exact, so a sum depends neither on the order
//! of the samples nor on how they are split, and each term is rounded once, by at most 2⁻⁵².

use mmw_core::Real;

/// Samples a block: they stay in the first-level cache between the loops, and a lane of integer sums does not
/// overflow (4096/8 terms below 2⁵²).
pub(crate) const BLOCK: usize = 4096;
const LANES: usize = 8;

/// Terms in fixed point have this unit.
pub(crate) const UNIT: f64 = 1.0 / (1_u64 << 51) as f64;
const OFFSET: f64 = 3.0;
const SIGN: u64 = 1 << 63;

/// Eight independent fixed-point sums.
#[derive(Clone, Copy)]
struct FixedPoint([i64; LANES]);

impl FixedPoint {
    const ZERO: Self = Self([0; LANES]);

    #[inline(always)]
    fn add(&mut self, lane: usize, v: f64) {
        self.0[lane] = self.0[lane].wrapping_add((v + OFFSET).to_bits() as i64);
    }

    /// The sum of `terms` terms, in units of [`UNIT`]; padding with zeros counts as terms.
    #[inline(always)]
    fn total(self, terms: usize) -> i64 {
        let offset = (OFFSET.to_bits() as i64).wrapping_mul(terms as i64);
        self.0.iter().fold(0_i64, |sum, lane| sum.wrapping_add(*lane)).wrapping_sub(offset)
    }
}

/// Calls `visit(lane, value)` for every sample, eight at a time, the last few padded with zeros; returns the
/// number of calls.
#[inline(always)]
fn for_each_lane<T: Real>(samples: &[T], mut visit: impl FnMut(usize, f64)) -> usize {
    let (chunks, rest) = samples.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in chunk.iter().enumerate() {
            visit(lane, x.as_f64());
        }
    }
    if rest.is_empty() {
        return chunks.len() * LANES;
    }
    let mut last = [0.0; LANES];
    last.iter_mut().zip(rest).for_each(|(last, x)| *last = x.as_f64());
    last.into_iter().enumerate().for_each(|(lane, x)| visit(lane, x));
    (chunks.len() + 1) * LANES
}

/// Sums of `|u|`, `u²`, `u⁴` over a block for `u = x · scale`, and the bits of the greatest `|u|`.
///
/// The sums mean something only if that greatest value is below 1; as an integer it tells NaN and infinities.
#[inline(always)]
pub(crate) fn power_sums<T: Real>(block: &[T], scale: f64) -> ([i64; 3], u64) {
    let mut sums = [FixedPoint::ZERO; 3];
    let mut greatest = [0_i64; LANES];
    let terms = for_each_lane(block, |lane, x| {
        let u = f64::from_bits((x * scale).to_bits() & !SIGN);
        let square = u * u;
        sums[0].add(lane, u);
        sums[1].add(lane, square);
        sums[2].add(lane, square * square);
        greatest[lane] = greatest[lane].max(u.to_bits() as i64);
    });
    (sums.map(|sum| sum.total(terms)), greatest.into_iter().fold(0, i64::max) as u64)
}

/// The greatest magnitude, infinite or NaN included: as bits, so that it can be compared as an integer.
#[inline(always)]
pub(crate) fn greatest_bits<T: Real>(samples: &[T]) -> u64 {
    let mut greatest = [0_i64; LANES];
    for_each_lane(samples, |lane, x| greatest[lane] = greatest[lane].max((x.to_bits() & !SIGN) as i64));
    greatest.into_iter().fold(0, i64::max) as u64
}

/// Sums of `u (1 − tanh(q u))` and `u² (1 − tanh²(q u))` over a block for `u = |x| · scale` below 1, `q >= 0`.
#[inline(always)]
pub(crate) fn tanh_sums<T: Real>(block: &[T], [scale, q]: [f64; 2]) -> [i64; 2] {
    let mut sums = [FixedPoint::ZERO; 2];
    let terms = for_each_lane(block, |lane, x| {
        let u = f64::from_bits((x * scale).to_bits() & !SIGN);
        let [first, second] = tanh_terms(u, q);
        sums[0].add(lane, first);
        sums[1].add(lane, second);
    });
    sums.map(|sum| sum.total(terms))
}

/// The same sums over weighted points, in floating point: the points come in a fixed order.
#[inline(always)]
pub(crate) fn weighted_tanh_sums(points: &[[f64; 2 * LANES]], q: f64) -> [f64; 2] {
    let mut sums = [[0.0; LANES]; 2];
    for group in points {
        for lane in 0..LANES {
            let [first, second] = tanh_terms(group[lane], q);
            sums[0][lane] += group[LANES + lane] * first;
            sums[1][lane] += group[LANES + lane] * second;
        }
    }
    sums.map(|lanes| lanes.iter().sum())
}

/// `u (1 − t)` and `u² (1 − t²)` with `t = tanh(q u)`: from `E = exp(−2 q u)`, `1 − t = 2 E/(1 + E)`.
#[inline(always)]
fn tanh_terms(u: f64, q: f64) -> [f64; 2] {
    let e = exp_of_minus(2.0 * q * u);
    let one_minus = 2.0 * e / (1.0 + e);
    [u * one_minus, u * u * (one_minus * (2.0 - one_minus))]
}

/// `exp(−y)` for `y >= 0`, to 3e-16 relative, as `2^(−n) exp(−r)` with `|r| <= ½ ln 2` and the Taylor series
/// to degree 12; arguments beyond 700 count as 700.
#[inline(always)]
fn exp_of_minus(y: f64) -> f64 {
    /// 1.5 · 2⁵²: adding it rounds to an integer, which then stands in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let y = if y < 700.0 { y } else { 700.0 };
    let rounded = y * std::f64::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = n * LN_2_LOW - (y - n * LN_2_HIGH);
    const C: [f64; 13] = {
        let mut c = [1.0; 13];
        let mut k = 1;
        while k < 13 {
            c[k] = c[k - 1] / k as f64;
            k += 1;
        }
        c
    };
    let mut series = C[12];
    let mut k = 12;
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

/// The middle of a bin.
pub(crate) fn bin_centre(index: usize) -> f64 {
    if index == 0 {
        return 0.5_f64.powi(OCTAVES as i32 + 1);
    }
    f64::from_bits(((FIRST_KEY + index as u64) << (52 - BIN_BITS)) + (1 << (51 - BIN_BITS)))
}

/// Points and weights side by side, eight a group, the last group padded with weights of zero.
pub(crate) fn grouped(points: impl Iterator<Item = (f64, f64)>) -> Vec<[f64; 2 * LANES]> {
    let mut groups = Vec::with_capacity(64);
    let mut lane = LANES;
    for (point, weight) in points {
        if lane == LANES {
            groups.push([0.0; 2 * LANES]);
            lane = 0;
        }
        if let Some(group) = groups.last_mut() {
            group[lane] = point;
            group[LANES + lane] = weight;
        }
        lane += 1;
    }
    groups
}

/// `Σ P(k) y_k` over consecutive values with `P(t) = t⁴ − a t² + b`, `t` counted from `start`, each `y` less
/// `reference`; with it `Σ u_k²`-free of order: the values come sorted.
#[inline(always)]
pub(crate) fn quartic_dot(magnitudes: &[f64], [start, a, b, reference]: [f64; 4]) -> f64 {
    let mut sums = [0.0; LANES];
    let term = |u: f64, t: f64| {
        let t2 = t * t;
        ((t2 - a) * t2 + b) * (u * u - reference)
    };
    let (chunks, rest) = magnitudes.as_chunks::<LANES>();
    let mut t: [f64; LANES] = std::array::from_fn(|lane| start + lane as f64);
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += term(chunk[lane], t[lane]);
            t[lane] += LANES as f64;
        }
    }
    for (u, t) in rest.iter().zip(t) {
        sums[0] += term(*u, t);
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_the_last_bits() {
        for i in 0..20_000 {
            let y = f64::from(i) * 0.034_7;
            let error = exp_of_minus(y) / (-y).exp() - 1.0;
            assert!(error.abs() < 4e-16, "{y}: {error:e}");
        }
        assert!(exp_of_minus(f64::INFINITY) > 0.0 && exp_of_minus(1e300) < 1e-300);
    }

    #[test]
    fn the_sums_are_those_of_the_terms() {
        let x: Vec<f64> = (0..1003).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let (sums, greatest) = power_sums(&x, 1.0);
        for (sum, power) in sums.iter().zip([1, 2, 4]) {
            let direct: f64 = x.iter().map(|x| x.abs().powi(power)).sum();
            assert!((*sum as f64 * UNIT - direct).abs() < 1e-12);
        }
        assert_eq!(f64::from_bits(greatest), x.iter().fold(0.0_f64, |m, x| m.max(x.abs())));
        let sums = tanh_sums(&x, [1.0, 2.5]);
        let direct: f64 = x.iter().map(|x| x.abs() * (1.0 - (2.5 * x.abs()).tanh())).sum();
        assert!((sums[0] as f64 * UNIT - direct).abs() < 1e-12);
    }

    #[test]
    fn a_bin_holds_its_centre() {
        let centres: Vec<f64> = (1..1921).map(bin_centre).collect();
        let mut indices = vec![0; centres.len()];
        bin_indices(&centres, 1.0, &mut indices);
        assert!(indices.iter().enumerate().all(|(i, index)| *index as usize == i + 1));
        assert!(centres.last().is_some_and(|c| (0.99..1.0).contains(c)));
    }
}
