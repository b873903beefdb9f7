//! Scaling by powers of two, which changes no digit.

/// The greatest power of two not above `|x|`, kept within 2^±1000 so that its reciprocal is
/// exact; 1 for zero.
///
/// Dividing by it keeps squares, and sums of squares, clear of overflow and underflow.
///
/// # Examples
/// ```
/// use mmw_core::math::power_of_two_below;
/// assert_eq!(power_of_two_below(-11.0), 8.0);
/// assert_eq!(power_of_two_below(0.0), 1.0);
/// ```
#[inline]
#[must_use]
pub fn power_of_two_below(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let biased = (x.to_bits() >> 52) & 0x7ff;
    f64::from_bits(biased.clamp(23, 2023) << 52)
}

/// `x · 2^exponent`, rounded once: 0 and infinity where the product leaves the range of `f64`.
///
/// # Examples
/// ```
/// use mmw_core::math::times_power_of_two;
/// assert_eq!(times_power_of_two(0.75, -3), 0.09375);
/// assert_eq!(times_power_of_two(f64::MAX, -2200), 0.0);
/// ```
#[inline]
#[must_use]
pub fn times_power_of_two(x: f64, exponent: i64) -> f64 {
    if exponent == 0 || x == 0.0 {
        return x;
    }
    // Steps that keep every product but the last away from the denormal numbers.
    let (mut value, mut left) = (x, exponent.clamp(-2200, 2200) as i32);
    while left > 1000 {
        value *= 2.0_f64.powi(1000);
        left -= 1000;
    }
    while left < -1000 && value.abs() > 1.0 {
        value *= 2.0_f64.powi(-1000);
        left += 1000;
    }
    if left < -1000 {
        value * 2.0_f64.powi(-1000) * 2.0_f64.powi(left + 1000)
    } else {
        value * 2.0_f64.powi(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_stay_within_a_safe_range() {
        assert_eq!(power_of_two_below(1.5), 1.0);
        assert_eq!(power_of_two_below(8.0), 8.0);
        for x in [f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::INFINITY, f64::NAN] {
            let p = power_of_two_below(x);
            assert!(p.is_finite() && p > 0.0 && p.recip().is_normal());
        }
    }

    #[test]
    fn a_scaled_number_is_rounded_once_down_to_the_last_denormal() {
        for x in [1.0, -1.0, 1.7, f64::MAX, f64::MIN_POSITIVE, 5e-324] {
            for exponent in [-2100_i64, -1100, -1074, -1030, -1001, -1, 1, 1000, 1023, 1500, 2100] {
                // Two halves of an exponent are exact unless the first product is denormal.
                let scaled = times_power_of_two(x, exponent);
                let back = times_power_of_two(scaled, -exponent);
                if scaled.is_normal() {
                    assert_eq!(back, x, "{x:e} {exponent}");
                }
            }
        }
        // 1.7 · 2⁻¹⁰⁷⁴ lies nearer to 2 · 2⁻¹⁰⁷⁴ than to 1 · 2⁻¹⁰⁷⁴, and 2⁻¹⁰⁷⁵ is half way to 0,
        // the even one.
        assert_eq!(times_power_of_two(1.7, -1074), 1e-323);
        assert_eq!(times_power_of_two(1.0, -1075), 0.0);
        assert_eq!(times_power_of_two(1.0, i64::MAX), f64::INFINITY);
    }
}
