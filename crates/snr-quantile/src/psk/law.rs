//! The law of the likelihood ratio near no signal.
//!
//! There the record is seen through three means, of `|y|⁴`, and of `yᴹ` with its two parts where `M` is 2 or
//! 4. In units of their deviations the signal is a point at a distance `s` in a known direction but for the
//! unknown phase of `yᴹ`, and the likelihood is greatest at `T = a x + b r`: `x` normal about `a s`, `r` the
//! length of a normal vector about `b s` (a Rice law), `a² + b² = 1`. The ratio at a distance `s` is `(T −
//! s)²`, or `s² − 2 s T` where `T` is below 0 and noise alone is likeliest. Far from no signal it is the
//! square of a normal number. Its quantiles order values as Feldman and Cousins do.
//!
//! That is the law of large records. In shorter ones fourth powers of the samples have long tails, and ratios
//! are greater, and so they are once more where 8 or 16 phases begin to be told apart: [`Law::raise`] is what
//! thresholds grow by, a fit to 2000 simulated records per cell of 50, 200 and 1000 samples, and where phases
//! part to 12 000 of 50, 100 and 200 (the test of coverage holds it to its word).

use super::modulation::Modulation;
use crate::inversion::rise;
use mmw_core::Result;
use mmw_core::math::polynomial_value;
use mmw_core::quadrature::gauss_legendre;
use mmw_core::stats::{normal_cdf, normal_quantile};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// How many deviations from no signal the law is that of a normal number, within 1e-3 of its quantiles.
const FAR: f64 = 7.0;

/// The law for one constellation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Law {
    modulation: Modulation,
    samples: f64,
}

impl Law {
    pub(super) fn new(modulation: Modulation, samples: f64) -> Self {
        Self { modulation, samples }
    }

    /// `a` and `b`: four phases show in `y⁴`, of variance 12 in either part, and in `|y|⁴`, of 4; two phases
    /// show in `y²` long before; more than four in `|y|⁴` alone.
    fn shares(self) -> [f64; 2] {
        match self.modulation {
            Modulation::Bpsk => [0.0, 1.0],
            Modulation::Qpsk => [0.75_f64.sqrt(), 0.5],
            _ => [1.0, 0.0],
        }
    }

    /// Deviations from no signal at an `Es/N0`.
    fn distance(self, rho: f64) -> f64 {
        let share = rho / (1.0 + rho);
        let square = share * share;
        let each = match self.modulation {
            Modulation::Bpsk => -(1.0 - square).ln(),
            Modulation::Qpsk => square * square / 3.0,
            _ => square * square / 4.0,
        };
        (self.samples * each).sqrt()
    }

    /// How much greater than in large records ratios are at an `Es/N0`.
    fn raise(self, rho: f64) -> f64 {
        let distance = self.distance(rho);
        let weak = match self.modulation {
            Modulation::Bpsk => 0.0,
            Modulation::Qpsk => 1.6,
            _ => 1.9,
        };
        let parting = match self.modulation {
            Modulation::Bpsk | Modulation::Qpsk => 0.0,
            Modulation::Psk8 => 4.5,
            Modulation::Psk16 => 7.0,
        };
        // Half the way from one phase to the next over the noise, squared: 0.6 at 6.1 and 12 dB.
        let half_way = (PI / self.modulation.order() as f64).sin();
        let parted = (rho * half_way * half_way / 0.6).ln() / 0.37;
        1.0 + (2.0 + parting * (-0.5 * parted * parted).exp()) / self.samples
            + weak / (self.samples.sqrt() * (1.0 + 0.5 * distance * distance))
    }

    /// The ratio, twice the logarithm, that is exceeded with a probability of `1 − confidence` at an `Es/N0`.
    pub(super) fn threshold(self, rho: f64, confidence: f64) -> Result<f64> {
        let distance = self.distance(rho);
        let normal = normal_quantile(0.5 + 0.5 * confidence)?;
        let raise = self.raise(rho);
        if distance > FAR + normal {
            return Ok(normal * normal * raise);
        }
        let excess = |root: f64| self.within(distance, root * root) - confidence;
        let root = rise(normal, excess);
        Ok(root * root * raise)
    }

    /// Probability that noise alone gives a ratio of signal against no signal beyond `ratio`.
    pub(super) fn p_value(self, ratio: f64) -> f64 {
        (1.0 - self.below(0.0, (ratio.max(0.0) / self.raise(0.0)).sqrt())).clamp(0.0, 1.0)
    }

    /// Probability that the ratio stays within a threshold at a distance.
    fn within(self, distance: f64, threshold: f64) -> f64 {
        let root = threshold.sqrt();
        let least = distance - root;
        let least =
            if least >= 0.0 { least } else { 0.5 * (distance * distance - threshold) / distance.max(1e-9) };
        self.below(distance, distance + root) - self.below(distance, least)
    }

    /// Probability that `T` stays below a value.
    fn below(self, distance: f64, value: f64) -> f64 {
        let [a, b] = self.shares();
        if b == 0.0 {
            return normal_cdf(value - distance);
        }
        let mean = b * distance;
        let (start, mut end) = ((mean - SPREAD).max(0.0), mean + SPREAD);
        if a == 0.0 {
            end = end.min(value / b);
        }
        if end <= start {
            return 0.0;
        }
        let at = |(node, weight): &(f64, f64)| {
            let r = start + (end - start) * node;
            let rest = if a == 0.0 { 1.0 } else { normal_cdf((value - b * r) / a - a * distance) };
            weight * rice(r, mean) * rest
        };
        (end - start) * RULE.iter().map(at).sum::<f64>()
    }
}

/// Deviations beyond which nothing lies.
const SPREAD: f64 = 7.5;
/// Better than the Bessel function's 2e-7.
pub(super) static RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(48));

/// Density of the length of a normal vector of two parts whose mean has a length.
fn rice(r: f64, mean: f64) -> f64 {
    r * (-0.5 * (r - mean) * (r - mean)).exp() * scaled_bessel_i0(r * mean)
}

/// `exp(−x) I₀(x)` for x from 0 on, to 2e-7: Abramowitz and Stegun, equations (9.8.1) and (9.8.2).
pub(super) fn scaled_bessel_i0(x: f64) -> f64 {
    if x < 3.75 {
        const NEAR: [f64; 7] =
            [1.0, 3.515_622_9, 3.089_942_4, 1.206_749_2, 0.265_973_2, 0.036_076_8, 0.004_581_3];
        return (-x).exp() * polynomial_value(&NEAR, (x / 3.75) * (x / 3.75));
    }
    const FAR: [f64; 9] = [
        0.398_942_28,
        0.013_285_92,
        0.002_253_19,
        -0.001_575_65,
        0.009_162_81,
        -0.020_577_06,
        0.026_355_37,
        -0.016_476_33,
        0.003_923_77,
    ];
    polynomial_value(&FAR, 3.75 / x) / x.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_a_probability_and_tends_to_that_of_a_normal_number() {
        for modulation in Modulation::ALL {
            let law = Law::new(*modulation, 1000.0);
            for distance in [0.0, 0.5, 2.0, 5.0, 8.0] {
                // By the Bessel function.
                assert!((law.below(distance, 1e3) - 1.0).abs() < 1e-6, "{modulation} {distance}");
            }
            assert!((law.within(8.0, 3.841_459) - 0.95).abs() < 1e-3, "{modulation}");
            let strong = normal_quantile(0.975).unwrap().powi(2) * (1.0 + 2e-3);
            // At a distance of 15 the raise of weak records has fallen below 6e-4.
            assert!((law.threshold(100.0, 0.95).unwrap() / strong - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn noise_alone_has_the_thresholds_of_its_law() {
        // Two means without a sign: chi-square of two degrees, −2 ln 0.05. One that must be positive: 1.645².
        for (modulation, threshold) in [(Modulation::Bpsk, 5.991_465), (Modulation::Psk8, 2.705_543)] {
            let law = Law::new(modulation, 1e12);
            assert!((law.threshold(0.0, 0.95).unwrap() - threshold).abs() < 0.02, "{modulation}");
            assert!((law.p_value(threshold) - 0.05).abs() < 1e-4);
        }
    }
}
