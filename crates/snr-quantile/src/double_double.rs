//! Numbers of twice the precision: what differences of moments need that nearly cancel.

use std::ops::{Add, Div, Mul, Sub};

/// The unevaluated sum of a number and of what its rounding left over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DoubleDouble(f64, f64);

impl DoubleDouble {
    /// π/2 to 32 digits.
    pub(crate) const FRAC_PI_2: Self = Self(std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17);

    pub(crate) fn value(self) -> f64 {
        self.0 + self.1
    }

    /// A number, and what its rounding left over.
    #[inline(always)]
    pub(crate) fn new(near: f64, rest: f64) -> Self {
        Self(near, rest)
    }

    /// The root of a positive number.
    pub(crate) fn sqrt(self) -> Self {
        let near = self.0.sqrt();
        let rest = self - Self::from(near) * Self::from(near);
        Self::of_sum(near, rest.value() / (2.0 * near))
    }

    /// Adds a number without carrying from the rest, which is soon done: for many terms in a row.
    #[inline(always)]
    pub(crate) fn take(self, Self(near, rest): Self) -> Self {
        let Self(sum, lost) = Self::of_sum(self.0, near);
        Self(sum, self.1 + (lost + rest))
    }

    /// The exact sum of two numbers.
    #[inline(always)]
    fn of_sum(a: f64, b: f64) -> Self {
        let sum = a + b;
        let from_b = sum - a;
        Self(sum, (a - (sum - from_b)) + (b - from_b))
    }
}

impl From<f64> for DoubleDouble {
    #[inline(always)]
    fn from(x: f64) -> Self {
        Self(x, 0.0)
    }
}

impl From<i128> for DoubleDouble {
    fn from(x: i128) -> Self {
        let near = x as f64;
        Self(near, (x - near as i128) as f64)
    }
}

impl Add for DoubleDouble {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let Self(sum, rest) = Self::of_sum(self.0, other.0);
        Self::of_sum(sum, rest + (self.1 + other.1))
    }
}

impl Sub for DoubleDouble {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self(-other.0, -other.1)
    }
}

impl Mul for DoubleDouble {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.0 * other.0;
        let rest = self.0.mul_add(other.0, -product);
        Self::of_sum(product, rest + (self.0 * other.1 + self.1 * other.0))
    }
}

impl Div for DoubleDouble {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let near = self.0 / other.0;
        let rest = self - other * Self::from(near);
        Self::of_sum(near, rest.value() / other.0)
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
}
