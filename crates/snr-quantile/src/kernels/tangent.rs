//! Sums for the likelihood: of the hyperbolic tangent, and of what its series leaves at low SNR.

use crate::precise::{fixed, fixed_twice, total};
use mmw_core::{Real, by_level};

by_level! {
    /// Sums of `u (1 − tanh(q u))` and `u² (1 − tanh²(q u))` over a block for `u = |x| · scale` below 1, `q
    /// >= 0`.
    pub(crate) fn tanh_sums<T: Real>(level: Level, block: &[T], scale: f64, q: f64) -> [i64; 2] {
        let mut sums = [0_i64; 2];
        for x in block {
            let [first, second] = tanh_terms::<EXACT>((x.as_f64() * scale).abs(), q);
            sums[0] = sums[0].wrapping_add(fixed(first));
            sums[1] = sums[1].wrapping_add(fixed(second));
        }
        sums.map(|sum| total(sum, block.len()))
    }
}

by_level! {
    /// The same sums over at most [`BINS`](super::places::BINS) points with weights of at most 1.
    pub(crate) fn weighted_tanh_sums(level: Level, points: &[f64], weights: &[f64], q: f64) -> [i64; 2] {
        let mut sums = [0_i64; 2];
        for (u, weight) in points.iter().zip(weights) {
            let [first, second] = tanh_terms::<FOR_BINS>(*u, q);
            sums[0] = sums[0].wrapping_add(fixed(weight * first));
            sums[1] = sums[1].wrapping_add(fixed(weight * second));
        }
        sums.map(|sum| total(sum, points.len().min(weights.len())))
    }
}

/// `u (1 − t)` and `u² (1 − t²)` with `t = tanh(q u)`: from `E = exp(−2 q u)`, `1 − t = 2 E/(1 + E)`.
#[inline(always)]
fn tanh_terms<const DEGREE: usize>(u: f64, q: f64) -> [f64; 2] {
    let e = exp_of_minus::<DEGREE>(2.0 * q * u);
    let one_minus = 2.0 * e / (1.0 + e);
    [u * one_minus, u * u * (one_minus * (2.0 - one_minus))]
}

by_level! {
    /// Sums of `gain · u⁴ χ(q u)` and `gain · u⁴ z χ'(z)` over a block, `z = q u`, for `u = |x| · scale`
    /// below 1, `q >= 0` and the gain of [`tangent_rest_gain`]; the first of them followed by what rounding
    /// leaves over.
    ///
    /// `χ(z) = ⅓ − (z − tanh z)/z³`: what is left of the tangent when two terms of its series are taken off.
    pub(crate) fn tangent_rest_sums<T: Real>(
        level: Level, block: &[T], scale: f64, q: f64, gain: f64
    ) -> [i64; 3] {
        let mut sums = [0_i64; 3];
        for x in block {
            let [first, second] = tangent_rest_terms((x.as_f64() * scale).abs(), q);
            let [whole, rest] = fixed_twice((gain * first).into());
            sums[0] = sums[0].wrapping_add(whole);
            sums[1] = sums[1].wrapping_add(rest);
            sums[2] = sums[2].wrapping_add(fixed(gain * second));
        }
        sums.map(|sum| total(sum, block.len()))
    }
}

by_level! {
    /// Both sums over at most [`BINS`](super::places::BINS) points with weights of at most 1.
    pub(crate) fn weighted_tangent_rest_sums(
        level: Level, points: &[f64], weights: &[f64], q: f64, gain: f64
    ) -> [i64; 2] {
        let mut sums = [0_i64; 2];
        for (u, weight) in points.iter().zip(weights) {
            let weight = gain * weight;
            let [first, second] = tangent_rest_terms(*u, q);
            sums[0] = sums[0].wrapping_add(fixed(weight * first));
            sums[1] = sums[1].wrapping_add(fixed(weight * second));
        }
        sums.map(|sum| total(sum, points.len().min(weights.len())))
    }
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
/// With Lambert's fraction `tanh z = z/(1 + y/(3 + y e))`, `y = z²`, `e = 1/(5 + y/(7 + y/(9 + …)))`: `χ = y
/// (1 + e)/(3 (3 + y e + y))` and `z χ' = y (3 − 3 e − y e²)/(3 + y e + y)²`, where nothing cancels. The
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

/// `exp(−y)` for `y >= 0`, as `2^(−n) exp(−r)` with `|r| <= ½ ln 2` and the Taylor series; arguments beyond
/// 700 count as 700.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precise::UNIT;
    use mmw_core::simd::Level;

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
    fn the_sums_of_the_tangent_are_those_of_its_terms() {
        let x: Vec<f64> = (0..1003).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let sums = tanh_sums(Level::Portable, &x, 1.0, 2.5);
        let direct: f64 = x.iter().map(|x| x.abs() * (1.0 - (2.5 * x.abs()).tanh())).sum();
        assert!((sums[0] as f64 * UNIT - direct).abs() < 1e-12);
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
}
