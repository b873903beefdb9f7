//! Amplitudes from decibels.

use super::Elementary;

/// The decibels of a factor of two, `20 log10 2`, in parts: the first has 21 bits, so that its products with
/// powers of two that there are lose nothing.
const DOUBLE_DB: [f64; 2] = [6.020_599_365_234_375, 5.480_452_489_042_748e-7];
/// `ln 10 / 20`.
const NEPERS_PER_DB: f64 = std::f64::consts::LN_10 / 20.0;
/// `1/k!`. The first term left out is below 5e-18 of the sum.
const SERIES: [f64; 14] = {
    let mut terms = [1.0; 14];
    let mut k = 1;
    while k < terms.len() {
        terms[k] = terms[k - 1] / k as f64;
        k += 1;
    }
    terms
};

/// `10^(x/20)` for a level between −6000 and 6000 dB.
///
/// A power of two and the exponential of what is left, at most half a doubling. The error is a rounding or
/// two: below 5e-16 of the amplitude.
///
/// # Examples
/// ```
/// use mmw_core::math::amplitude_of_decibels;
/// assert!((amplitude_of_decibels(-20.0) - 0.1).abs() < 1e-16);
/// assert_eq!(amplitude_of_decibels(0.0), 1.0);
/// ```
#[inline(always)]
#[must_use]
pub fn amplitude_of_decibels(x: f64) -> f64 {
    /// Whole numbers stand in the lowest bits of what they are added to.
    const SHIFT: f64 = 1.5 * 4_503_599_627_370_496.0;
    let doublings = (x * (1.0 / (DOUBLE_DB[0] + DOUBLE_DB[1]))).near();
    let left = (x - doublings * DOUBLE_DB[0] - doublings * DOUBLE_DB[1]) * NEPERS_PER_DB;
    let mut sum = SERIES[SERIES.len() - 1];
    for k in (0..SERIES.len() - 1).rev() {
        sum = sum * left + SERIES[k];
    }
    sum * f64::from_bits((doublings + SHIFT).to_bits().wrapping_add(1023) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amplitudes_match_the_library() {
        for i in -60_000..=60_000 {
            let x = f64::from(i) * 0.099_99;
            // The library's argument x/20 is itself rounded, which the power of ten multiplies by ln 10 ·
            // |x|/20.
            let library = 10_f64.powf(x / 20.0);
            let bound = 5e-16 + 1.2e-16 * (NEPERS_PER_DB * x).abs();
            assert!((amplitude_of_decibels(x) - library).abs() <= bound * library, "{x}");
        }
    }

    #[test]
    fn powers_of_ten_come_out_to_the_last_digits() {
        for decades in -299_i32..=299 {
            let exact: f64 = format!("1e{decades}").parse().unwrap_or_default();
            let found = amplitude_of_decibels(20.0 * f64::from(decades));
            assert!((found - exact).abs() <= 5e-16 * exact, "{decades}: {found}");
        }
    }
}
