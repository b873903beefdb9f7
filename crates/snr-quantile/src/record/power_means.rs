//! The moments that the estimators work on.

use crate::precise::{DoubleDouble, UNIT};
use mmw_core::math::times_power_of_two;
use mmw_core::{Error, Result};

/// `σ²/S²` below which the moments hold little but rounding.
const LEAST_SPREAD: f64 = 1e-11;
/// Relative error of the moments that the SNR is taken from.
const DIGITS: f64 = 1e-13;

/// Moments of magnitudes over their root mean square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PowerMeans {
    pub(crate) count: u64,
    /// The power of two that the sums are scaled by.
    pub(crate) exponent: i32,
    /// Root of the mean square, in units of 2^exponent.
    pub(crate) rms: f64,
    /// The same, of twice the precision.
    pub(crate) precise_rms: DoubleDouble,
    /// `m1 = mean |x| / rms`, at most 1.
    pub(crate) m1: f64,
    /// `1 − m1²`, without cancelling: the share of the noise in the power at high SNR.
    pub(crate) spread: f64,
    /// `m1 √(π/2) − 1`, without cancelling: above 0 with a signal.
    pub(crate) m1_excess: f64,
    /// `k = mean x⁴ / rms⁴`, at least 1.
    pub(crate) kurtosis: f64,
    /// `k − 1`, without cancelling.
    pub(crate) above_1: f64,
    /// `3 − k`, without cancelling: above 0 with a signal.
    pub(crate) below_3: f64,
}

impl PowerMeans {
    /// From the sums of `|u|`, `u²`, `u⁴` for samples `u · 2^exponent`.
    pub(crate) fn new(count: u64, exponent: i32, [first, second, fourth]: [DoubleDouble; 3]) -> Result<Self> {
        let number = DoubleDouble::from(count as f64);
        // In units of the square of the second sum, or of the second sum.
        let (power, fourth) = (second * second, number * fourth);
        let (square, mean) = (first * first, number * second);
        let three = DoubleDouble::from(3.0);
        let excess = (square * DoubleDouble::FRAC_PI_2 - mean).value() / mean.value();
        let precise_rms = (second / number).sqrt();
        let rms = precise_rms.value();
        let means = Self {
            count,
            exponent,
            rms,
            precise_rms,
            m1: first.value() / count as f64 / rms,
            spread: (mean - square).value() / mean.value(),
            m1_excess: excess / (1.0 + (1.0 + excess).sqrt()),
            kurtosis: fourth.value() / power.value(),
            above_1: (fourth - power).value() / power.value(),
            below_3: (power * three - fourth).value() / power.value(),
        };
        match rms > 0.0 && means.m1.is_finite() && means.kurtosis.is_finite() {
            true => Ok(means),
            false => Err(Error::invalid("samples", "their powers exceed the range of f64")),
        }
    }

    /// The factor that brings samples to the scale of the sums, below 1.
    pub(crate) fn scale(&self) -> f64 {
        times_power_of_two(1.0, -i64::from(self.exponent))
    }

    /// The root of the mean square in the unit of the samples.
    pub(crate) fn rms_in_samples(&self) -> f64 {
        times_power_of_two(self.rms, self.exponent.into())
    }

    /// Whether terms rounded to 2⁻⁵¹ leave fewer than 12 digits to the SNR.
    ///
    /// Their means are then off by the `0.29 · 2⁻⁵¹/√N` of a random walk. What the SNR is taken from is, to a
    /// factor of some units, `3 − k` or the excess of `m1` at low SNR, `k − 1` or the spread at high SNR.
    pub(crate) fn are_coarse(&self) -> bool {
        let rounding = 0.29 * UNIT / (self.count as f64).sqrt();
        let [first, second, fourth] = [1, 2, 4].map(|power| rounding / self.rms.powi(power));
        fourth > DIGITS * self.below_3.abs().min(self.above_1)
            || second > DIGITS * self.spread
            || first > DIGITS * self.m1_excess.abs()
    }

    /// Refuses a record whose samples all have the same magnitude, or nearly.
    pub(crate) fn check_spread(self) -> Result<Self> {
        if self.spread < LEAST_SPREAD || self.above_1 < LEAST_SPREAD {
            return Err(Error::invalid(
                "samples",
                "all have the same magnitude, or nearly: there is no noise to measure (SNR above 110 dB)",
            ));
        }
        Ok(self)
    }
}
