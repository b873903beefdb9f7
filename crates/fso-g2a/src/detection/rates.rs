//! Error rates of decisions between normal currents.

use crate::special::adaptive;
use mmw_core::stats::normal_cdf;
use std::f64::consts::TAU;

/// Relative error that the integral over the slots aims at.
const TOLERANCE: f64 = 1e-12;

/// Two currents `apart` with the variances `low` (of the lesser) and `high`, told apart at the threshold
/// where their densities are equal.
///
/// ```text
/// BER = ½ [Q(x/σ₀) + Q((Δ − x)/σ₁)],   (σ₁² − σ₀²) x² + 2Δ σ₀² x = σ₀² (Δ² + σ₁² ln(σ₁²/σ₀²))
/// ```
pub(super) fn two_levels(apart: f64, low: f64, high: f64) -> f64 {
    if high == 0.0 {
        return if apart > 0.0 { 0.0 } else { 0.5 };
    }
    if low == 0.0 {
        // The threshold lies next to the level that does not flicker.
        return 0.5 * normal_cdf(-apart / high.sqrt());
    }
    let right = low * (apart * apart + high * (high / low).ln());
    let half = apart * low;
    let denominator = half + (half * half + (high - low) * right).sqrt();
    // Equal levels of equal noise leave nothing to be told apart.
    let x = if denominator > 0.0 { right / denominator } else { 0.0 };
    0.5 * (normal_cdf(-x / low.sqrt()) + normal_cdf((x - apart) / high.sqrt()))
}

/// The bit error rate of the choice of the greatest of `slots` currents, one of which is `apart`
/// above the others.
///
/// ```text
/// SER = ∫ φ(x) [1 − Φ((Δ + σ₁x)/σ₀)^(M−1)] dx,   BER = SER · M/(2(M − 1))
/// ```
pub(super) fn greatest_of(slots: f64, apart: f64, low: f64, high: f64) -> f64 {
    let per_symbol = 0.5 * slots / (slots - 1.0);
    if low == 0.0 {
        let missed =
            if high == 0.0 { f64::from(u8::from(apart == 0.0)) } else { normal_cdf(-apart / high.sqrt()) };
        return per_symbol * missed * (1.0 - 1.0 / slots);
    }
    let (offset, slope) = (apart / low.sqrt(), (high / low).sqrt());
    let integrand = |x: f64| {
        // 1 − (1 − Q)^(M−1) keeps the digits of a small Q.
        let miss = -((slots - 1.0) * (-normal_cdf(-(offset + slope * x))).ln_1p()).exp_m1();
        (-0.5 * x * x).exp() * miss
    };
    // Where the product of the two densities peaks, and how wide it is there.
    let square = 1.0 + slope * slope;
    let (peak, width) = (-offset * slope / square, 1.0 / square.sqrt());
    let all_lost = -offset / slope;
    let mut ends = vec![peak.min(all_lost) - 12.0, all_lost, 9.0_f64.max(peak + 12.0)];
    ends.extend([-12.0, -4.0, -1.5, 0.0, 1.5, 4.0, 12.0].map(|step| peak + step * width));
    ends.extend([-4.0, 0.0, 4.0].map(|step| all_lost + step * width));
    ends.sort_unstable_by(f64::total_cmp);
    ends.dedup();
    let symbol = adaptive(&ends, TOLERANCE, 0.0, integrand) / TAU.sqrt();
    (per_symbol * symbol).min(0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_noise_puts_the_threshold_in_the_middle() {
        assert!((two_levels(12.0, 1.0, 1.0) / normal_cdf(-6.0) - 1.0).abs() < 1e-14);
        assert_eq!(two_levels(0.0, 1.0, 1.0), 0.5);
        assert_eq!(two_levels(0.0, 0.0, 0.0), 0.5);
        // No threshold does better.
        let (apart, low, high) = (5.0, 0.5_f64, 2.0_f64);
        let at = |x: f64| 0.5 * (normal_cdf(-x / low.sqrt()) + normal_cdf((x - apart) / high.sqrt()));
        let best = (0..50_000).map(|i| at(f64::from(i) * 1e-4)).fold(1.0, f64::min);
        let found = two_levels(apart, low, high);
        assert!(found <= best && found > best * (1.0 - 1e-7));
    }

    #[test]
    fn two_slots_are_a_difference_of_two_currents() {
        for (apart, low, high) in
            [(0.0, 1.0, 1.0), (3.0, 1.0, 1.0), (9.0, 1.0, 4.0), (40.0, 1.0, 9.0), (2.0, 1e-4, 1.0)]
        {
            let exact = normal_cdf(-apart / f64::sqrt(low + high));
            let found = greatest_of(2.0, apart, low, high);
            assert!((found / exact - 1.0).abs() < 1e-11, "{apart} {low} {high}: {found:e} {exact:e}");
        }
    }
}
