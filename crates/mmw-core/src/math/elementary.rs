//! Sine, cosine and logarithm by Taylor polynomials of correctly rounded operations.

use crate::Real;

/// What the functions need of `f32` and of `f64`.
pub trait Elementary: Real {
    /// Terms of the series of the logarithm that the precision asks for.
    #[doc(hidden)]
    const TERMS: usize;
    /// `(m, e)` with `self = m · 2^e` and `m` from √½ to √2, for a normal number in (0, 1].
    #[doc(hidden)]
    fn split(self) -> (Self, Self);
    /// The nearest whole number, for numbers of less than 2²² in `f32` and 2⁵¹ in `f64`.
    #[doc(hidden)]
    fn near(self) -> Self;
    /// `sin x/x` and `cos x` as polynomials in `x²`, `|x| ≤ π/4`.
    #[doc(hidden)]
    fn sin_cos_series(square: Self) -> (Self, Self);
}

/// `(−1)ᵏ/(2k + first)!`: the terms of the sine for 1, of the cosine for 0.
const fn series<const N: usize>(first: usize) -> [f64; N] {
    let mut terms = [1.0; N];
    let mut k = 1;
    while k < N {
        let order = (2 * k + first) as f64;
        terms[k] = -terms[k - 1] / (order * (order - 1.0));
        k += 1;
    }
    terms
}

const fn narrow<const N: usize>(wide: [f64; N]) -> [f32; N] {
    let mut terms = [0.0; N];
    let mut k = 0;
    while k < N {
        terms[k] = wide[k] as f32;
        k += 1;
    }
    terms
}

#[inline(always)]
fn horner<T: Real, const N: usize>(x: T, coefficients: &[T; N]) -> T {
    let mut sum = coefficients[N - 1];
    for k in (0..N - 1).rev() {
        sum = sum * x + coefficients[k];
    }
    sum
}

impl Elementary for f32 {
    /// The first term left out is below 3e-9 for each series.
    const TERMS: usize = 5;

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        const ROOT_HALF: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
        let shifted = self.to_bits().wrapping_sub(ROOT_HALF);
        let exponent = (shifted as i32) >> 23;
        let mantissa = Self::from_bits((shifted & 0x007f_ffff).wrapping_add(ROOT_HALF));
        (mantissa, exponent as Self)
    }

    #[inline(always)]
    fn near(self) -> Self {
        const SHIFT: f32 = 1.5 * 8_388_608.0;
        (self + SHIFT) - SHIFT
    }

    #[inline(always)]
    fn sin_cos_series(square: Self) -> (Self, Self) {
        // The first terms left out are below 2e-9 and 3e-8.
        const SINE: [f32; 5] = narrow(series(1));
        const COSINE: [f32; 5] = narrow(series(0));
        (horner(square, &SINE), horner(square, &COSINE))
    }
}

impl Elementary for f64 {
    /// The first term left out is below 1e-17 for each series.
    const TERMS: usize = 10;

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        const ROOT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
        const MAGIC: u64 = (1023 + 52) << 52;
        let shifted = self.to_bits().wrapping_sub(ROOT_HALF);
        let mantissa = Self::from_bits((shifted & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF));
        // The number is at most 1, so the exponent is e = −n with n from 0 to 1023: n becomes the low bits of
        // 2⁵² + n, because vector units lack the conversion from 64-bit words.
        let n = (shifted >> 52).wrapping_neg() & 0xfff;
        (mantissa, Self::from_bits(MAGIC) - Self::from_bits(MAGIC | n))
    }

    #[inline(always)]
    fn near(self) -> Self {
        const SHIFT: f64 = 1.5 * 4_503_599_627_370_496.0;
        (self + SHIFT) - SHIFT
    }

    #[inline(always)]
    fn sin_cos_series(square: Self) -> (Self, Self) {
        // The first terms left out are below 5e-17 and 3e-18.
        const SINE: [f64; 8] = series(1);
        const COSINE: [f64; 9] = series(0);
        (horner(square, &SINE), horner(square, &COSINE))
    }
}

/// `ln x` for a normal number in (0, 1]: `ln m = 2 artanh s`, `s = (m − 1)/(m + 1)`, `|s| < 0.1716`.
///
/// The error is below 4e-16 (`f64`) or 3e-7 (`f32`) of `1 + |ln x|`.
///
/// # Examples
/// ```
/// use mmw_core::math::ln;
/// assert!((ln(0.25_f64) + 2.0 * std::f64::consts::LN_2).abs() < 1e-15);
/// ```
#[inline(always)]
#[must_use]
pub fn ln<T: Elementary>(x: T) -> T {
    let (mantissa, exponent) = x.split();
    let s = (mantissa - T::one()) / (mantissa + T::one());
    let square = s * s;
    let mut series = T::zero();
    for term in (0..T::TERMS).rev() {
        series = series * square + T::lit(1.0 / (2 * term + 1) as f64);
    }
    exponent * T::LN_2() + (s + s) * series
}

/// Sine and cosine of `x` from −π/4 to π/4, an eighth of a turn to either side.
///
/// The error is a rounding or two: below 3e-16 (`f64`) or 2e-7 (`f32`).
///
/// # Examples
/// ```
/// use mmw_core::math::sin_cos_of_eighth;
/// let (sin, cos) = sin_cos_of_eighth(0.5_f64);
/// assert!((sin - 0.5_f64.sin()).abs() < 1e-15 && (cos - 0.5_f64.cos()).abs() < 1e-15);
/// ```
#[inline(always)]
#[must_use]
pub fn sin_cos_of_eighth<T: Elementary>(x: T) -> (T, T) {
    let (sin, cos) = T::sin_cos_series(x * x);
    (x * sin, cos)
}

/// Sine and cosine of `2π · turns`, by quarter turns: for less than 2⁵⁰ turns in `f64`, 2²¹ in `f32`.
///
/// The error is below 1e-15 (`f64`) or 3e-7 (`f32`), and `2π` times that of `turns`.
///
/// # Examples
/// ```
/// use mmw_core::math::sin_cos_of_turns;
/// assert_eq!(sin_cos_of_turns(0.25), (1.0, 0.0));
/// assert_eq!(sin_cos_of_turns(-7.5).1, -1.0);
/// ```
#[inline(always)]
#[must_use]
pub fn sin_cos_of_turns<T: Elementary>(turns: T) -> (T, T) {
    let (x, whole) = quarters(turns - turns.near());
    in_quarter(sin_cos_of_eighth(x), whole)
}

/// [`sin_cos_of_turns`] from −½ to ½ with each series nested in quotients, `1 − x²/6 (1 − x²/20 (…))`: half
/// as many operations again, and other last bits. The normal samples of every seed are made of them.
#[inline(always)]
pub(crate) fn sin_cos_by_quotients<T: Elementary>(turns: T) -> (T, T) {
    let (x, whole) = quarters(turns);
    let square = x * x;
    let (mut sin, mut cos) = (T::zero(), T::zero());
    for term in (0..T::TERMS).rev() {
        let even = (2 * term) as f64;
        sin = T::one() - sin * square * T::lit(1.0 / ((even + 2.0) * (even + 3.0)));
        cos = T::one() - cos * square * T::lit(1.0 / ((even + 1.0) * (even + 2.0)));
    }
    in_quarter((x * sin, cos), whole)
}

/// The angle left over from the nearest quarter turn, and the number of quarters.
#[inline(always)]
fn quarters<T: Elementary>(turns: T) -> (T, T) {
    let quarters = T::lit(4.0) * turns;
    let whole = quarters.near();
    ((quarters - whole) * T::FRAC_PI_2(), whole)
}

/// Sine and cosine after `whole` quarters, −2 to 2: ±1 exchange sine and cosine, ±2 turn both round.
#[inline(always)]
fn in_quarter<T: Real>((sin, cos): (T, T), whole: T) -> (T, T) {
    let parity = whole * whole;
    let sign = T::one() - parity * T::lit(0.5);
    if parity == T::one() { (whole * cos, -whole * sin) } else { (sign * sin, sign * cos) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn elementary_functions_match_the_library() {
        for i in 1..=100_000 {
            let x = f64::from(i) / 1e5;
            assert!((ln(x) - x.ln()).abs() <= 4e-16 * (1.0 + x.ln().abs()), "{x}");
            assert!((f64::from(ln(x as f32)) - f64::from(x as f32).ln()).abs() < 3e-7 * (1.0 + x.ln().abs()));
            let x = x - 0.5;
            // The argument 2πx of the library's functions is itself rounded, by up to 4e-16.
            let (sin, cos) = (TAU * x).sin_cos();
            for (s, c) in [sin_cos_of_turns(x), sin_cos_by_quotients(x)] {
                assert!((s - sin).abs() < 1e-15 && (c - cos).abs() < 1e-15, "{x}");
            }
            let x = x as f32;
            let (sin, cos) = (TAU * f64::from(x)).sin_cos();
            for (s, c) in [sin_cos_of_turns(x), sin_cos_by_quotients(x)] {
                assert!((f64::from(s) - sin).abs() < 3e-7 && (f64::from(c) - cos).abs() < 3e-7, "{x}");
            }
        }
    }

    #[test]
    fn many_turns_are_as_good_as_none() {
        for i in 0..10_000 {
            let turns = f64::from(i) * 0.137 - 700.0;
            let (sin, cos) = (TAU * (turns - turns.round())).sin_cos();
            let (s, c) = sin_cos_of_turns(turns);
            assert!((s - sin).abs() < 1e-15 && (c - cos).abs() < 1e-15, "{turns}");
        }
    }

    #[test]
    fn the_series_of_single_precision_are_the_nearest_numbers() {
        let exact = [1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0];
        assert_eq!(narrow(series::<5>(1)), exact);
        assert_eq!(narrow(series::<5>(0)), [1.0, -0.5, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0]);
    }
}
