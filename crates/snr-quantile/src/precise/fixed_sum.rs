//! Sums in fixed point of two levels, which do not depend on the order of their terms.

use super::double_double::DoubleDouble;
use super::fixed_point::UNIT;

/// Binary digits of each level after the point.
const LEVEL: u32 = 51;

/// A sum of terms below 1, to 2⁻¹⁰²: terms of 53 digits from 2⁻⁵⁰ up are added exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FixedSum {
    /// In units of 2⁻⁵¹.
    whole: i128,
    /// In units of 2⁻¹⁰², at least 0 and below a unit of `whole`.
    rest: i128,
}

impl FixedSum {
    /// Adds a sum of terms that were rounded to 2⁻⁵¹.
    pub(crate) fn add(&mut self, whole: i64) {
        self.whole += i128::from(whole);
    }

    /// Adds a sum of terms, and of what their rounding left over in units of 2⁻¹⁰².
    pub(crate) fn add_fine(&mut self, [whole, rest]: [i64; 2]) {
        let rest = self.rest + i128::from(rest);
        self.whole += i128::from(whole) + (rest >> LEVEL);
        self.rest = rest & ((1 << LEVEL) - 1);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        let rest = self.rest + other.rest;
        self.whole += other.whole + (rest >> LEVEL);
        self.rest = rest & ((1 << LEVEL) - 1);
    }

    /// Divides by 2^digits, rounded down to 2⁻¹⁰².
    pub(crate) fn lower(&mut self, digits: u32) {
        let mut left = digits.min(4 * LEVEL);
        while left > 0 {
            let step = left.min(LEVEL);
            self.rest = (((self.whole & ((1 << step) - 1)) << LEVEL) + self.rest) >> step;
            self.whole >>= step;
            left -= step;
        }
    }

    /// The sum, nearly.
    pub(crate) fn value(self) -> f64 {
        self.whole as f64 * UNIT
    }

    /// The sum, to some 31 digits.
    pub(crate) fn precise(self) -> DoubleDouble {
        let unit = DoubleDouble::from(UNIT);
        (DoubleDouble::from(self.whole) + DoubleDouble::from(self.rest as f64) * unit) * unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_levels_are_lowered() {
        let mut sum = FixedSum::default();
        sum.add_fine([(1 << 60) + 5, -3]);
        assert_eq!(sum, FixedSum { whole: (1 << 60) + 4, rest: (1 << LEVEL) - 3 });
        let mut once = sum;
        once.lower(7);
        let mut twice = sum;
        twice.lower(3);
        twice.lower(4);
        assert_eq!(once, twice);
        assert!((once.value() * 128.0 / sum.value() - 1.0).abs() < 1e-15);
        let difference = once.precise() * DoubleDouble::from(128.0) - sum.precise();
        assert!(difference.value().abs() <= 128.0 * UNIT * UNIT);
        once.lower(9000);
        assert_eq!(once, FixedSum::default());
    }
}
