//! Numbers of twice the precision: what differences of moments need that nearly cancel.

use std::ops::{Add, Div, Mul, Sub};

/// The unevaluated sum of a number and of what its rounding left over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DoubleDouble {
    pub(crate) near: f64,
    pub(crate) rest: f64,
}

impl DoubleDouble {
    /// π/2 to 32 digits.
    pub(crate) const FRAC_PI_2: Self =
        Self { near: std::f64::consts::FRAC_PI_2, rest: 6.123_233_995_736_766e-17 };

    pub(crate) fn value(self) -> f64 {
        self.near + self.rest
    }

    /// The root of a positive number.
    pub(crate) fn sqrt(self) -> Self {
        let near = self.near.sqrt();
        let rest = self - Self::of_product::<true>(near, near);
        Self::of_sum(near, rest.value() / (2.0 * near))
    }

    /// Adds a number and leaves the sum of the rests uncarried, which saves time where many terms follow.
    #[inline(always)]
    pub(crate) fn take(self, other: Self) -> Self {
        let Self { near, rest } = Self::of_sum(self.near, other.near);
        Self { near, rest: self.rest + (rest + other.rest) }
    }

    /// The exact sum of two numbers.
    #[inline(always)]
    fn of_sum(a: f64, b: f64) -> Self {
        let near = a + b;
        let from_b = near - a;
        Self { near, rest: (a - (near - from_b)) + (b - from_b) }
    }

    /// The exact product of two numbers: by one fused operation, or by Dekker's way, which is faster where a
    /// processor has no such operation.
    #[inline(always)]
    pub(crate) fn of_product<const FUSED: bool>(a: f64, b: f64) -> Self {
        let near = a * b;
        if FUSED {
            return Self { near, rest: a.mul_add(b, -near) };
        }
        let ([a1, a2], [b1, b2]) = (halves(a), halves(b));
        Self { near, rest: (((a1 * b1 - near) + a1 * b2) + a2 * b1) + a2 * b2 }
    }

    /// The product, without carrying from the rest.
    #[inline(always)]
    pub(crate) fn times<const FUSED: bool>(self, other: Self) -> Self {
        let Self { near, rest } = Self::of_product::<FUSED>(self.near, other.near);
        Self { near, rest: rest + (self.near * other.rest + self.rest * other.near) }
    }
}

/// A number as the sum of two of 26 binary digits (Veltkamp).
#[inline(always)]
fn halves(x: f64) -> [f64; 2] {
    let stretched = x * f64::from((1_u32 << 27) + 1);
    let upper = stretched - (stretched - x);
    [upper, x - upper]
}

impl From<f64> for DoubleDouble {
    #[inline(always)]
    fn from(near: f64) -> Self {
        Self { near, rest: 0.0 }
    }
}

impl From<i128> for DoubleDouble {
    fn from(x: i128) -> Self {
        let near = x as f64;
        Self { near, rest: (x - near as i128) as f64 }
    }
}

impl Add for DoubleDouble {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let sum = self.take(other);
        Self::of_sum(sum.near, sum.rest)
    }
}

impl Sub for DoubleDouble {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self { near: -other.near, rest: -other.rest }
    }
}

impl Mul for DoubleDouble {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.times::<true>(other);
        Self::of_sum(product.near, product.rest)
    }
}

impl Div for DoubleDouble {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let near = self.near / other.near;
        let rest = self - other * Self::from(near);
        Self::of_sum(near, rest.value() / other.near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_keep_their_digits() {
        let third = 1_i128 << 110;
        let (a, b) = (DoubleDouble::from(third + 7), DoubleDouble::from(third));
        assert_eq!((a - b).value(), 7.0);
        let x = DoubleDouble::from(1.0 + 1e-15);
        let square = x * x - DoubleDouble::from(1.0);
        // (1 + d)² − 1 = 2 d + d².
        let d = 1.0 + 1e-15 - 1.0;
        assert_eq!(square.value(), 2.0 * d + d * d);
        let half_pi = DoubleDouble::FRAC_PI_2 - DoubleDouble::from(std::f64::consts::FRAC_PI_2);
        assert_eq!(half_pi.value(), 6.123_233_995_736_766e-17);
    }

    #[test]
    fn quotients_and_roots_have_twice_the_digits() {
        let three = DoubleDouble::from(3.0);
        let third = DoubleDouble::from(1.0) / three;
        assert!((third * three - DoubleDouble::from(1.0)).value().abs() < 1e-31);
        let root = third.sqrt();
        assert!((root * root - third).value().abs() < 1e-31);
    }

    #[test]
    fn both_ways_to_multiply_give_the_same_bits() {
        let numbers: Vec<f64> =
            (1..500).map(|i| (f64::from(i) * 0.7).sin() * 2_f64.powi(i % 90 - 45)).collect();
        for (a, b) in numbers.iter().zip(&numbers[1..]) {
            let [fused, dekker] =
                [DoubleDouble::of_product::<true>(*a, *b), DoubleDouble::of_product::<false>(*a, *b)];
            assert_eq!(fused, dekker);
            assert_eq!(fused.near, a * b);
        }
    }
}
