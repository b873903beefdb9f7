//! Intervals from the law of a statistic under each SNR.

use mmw_core::Result;
use mmw_core::math::false_position;
use mmw_core::stats::{normal_cdf, normal_quantile};
use std::convert::Infallible;

/// A statistic that grows with the SNR. Its laws are numbered by `c = ln(1 + SNR)`, from 0, no signal, on.
pub(crate) trait Statistic {
    /// The normal quantile at the probability that the statistic stays below `value` under `c`, and how many
    /// deviations `c` lies above no signal.
    fn look(&self, c: f64, value: f64) -> [f64; 2];
    /// The `c` that a value is near the middle of the law of.
    fn near(&self, value: f64) -> f64;
    /// The value that a normal quantile stands for under `c`.
    fn quantile(&self, c: f64, z: f64) -> f64;
}

/// `ln(1 + SNR)` of 110 dB.
const GREATEST: f64 = 25.328;
/// Deviations below the mean at which nothing is rejected any more.
const FAR: f64 = 8.0;

/// Deviations below and above its mean that a normal statistic is accepted in, when the mean lies `theta`
/// above its least value.
///
/// With the ratio of the likelihood to its greatest among means that are not below zero for an order, `x`
/// from `theta − a` to `theta + b` is accepted; where `theta − a < 0`, equal ratios at both ends say
/// `a = theta/2 + b²/(2 theta)`, and the probability within decides `b`.
fn accepted(theta: f64, confidence: f64, two_sided: f64) -> [f64; 2] {
    if theta >= two_sided {
        return [two_sided; 2];
    }
    let theta_or_more = theta.max(1e-3);
    let mut b = two_sided;
    // Convex from above: Newton's steps descend to the root, the last to its square.
    for _ in 0..8 {
        let a = 0.5 * (theta + b * b / theta_or_more);
        let [tail_b, density_b] = upper_tail(b);
        let [tail_a, density_a] = upper_tail(a);
        let step = (1.0 - tail_b - tail_a - confidence) / (density_b + density_a * b / theta_or_more);
        b -= step;
        if step.abs() < 1e-4 {
            break;
        }
    }
    [(0.5 * (theta + b * b / theta_or_more)).min(FAR), b]
}

/// `1 − Φ(x)` to 7.5e-8 and the density, from 0 on [^tail].
///
/// [^tail]: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964), (26.2.17).
fn upper_tail(x: f64) -> [f64; 2] {
    const COEFFICIENTS: [f64; 5] =
        [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let density = (-0.5 * x * x).exp() * 0.398_942_280_401_432_7;
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    [density * t * COEFFICIENTS.iter().rev().fold(0.0, |sum, c| sum * t + c), density]
}

/// `ln(1 + SNR)` at both ends of the interval for a value of the statistic; 0 where no signal is within.
pub(crate) fn ends(statistic: &impl Statistic, value: f64, confidence: f64) -> Result<[f64; 2]> {
    let two_sided = normal_quantile(0.5 + 0.5 * confidence)?;
    let near = statistic.near(value).min(GREATEST);
    // By how much the value is not too high, and by how much it is too low.
    let excess = |c: f64| {
        let [place, distance] = statistic.look(c, value);
        let [a, b] = accepted(distance, confidence, two_sided);
        [b - place, -a - place]
    };
    let here = excess(near);
    // Where the value would be at that quantile if laws did not vary.
    let step = |z: f64| {
        let reach = statistic.near(2.0 * value - statistic.quantile(near, z)).min(GREATEST) - near;
        reach.abs().max(LEAST_STEP)
    };
    let lower = rise_by([near, here[0]], step(two_sided), |c| excess(c)[0]);
    let upper = rise_by([near, here[1]], step(-two_sided), |c| excess(c)[1]);
    Ok([lower, upper.max(lower)])
}

const LEAST_STEP: f64 = 1e-3;

/// Where a rising function passes zero, sought from `near` on; 0 where it does not.
pub(crate) fn rise(near: f64, f: impl Fn(f64) -> f64) -> f64 {
    rise_by([near, f(near)], 0.02 + 0.02 * near, f)
}

/// The same from a known point by a first step, then by steps that aim beyond the root.
fn rise_by(mut here: [f64; 2], mut step: f64, f: impl Fn(f64) -> f64) -> f64 {
    let is_below = here[1] < 0.0;
    let (end, direction) = if is_below { (GREATEST, 1.0) } else { (0.0, -1.0) };
    let mut least = 0.1;
    while here[0] != end {
        let c = (here[0] + direction * step).clamp(0.0, GREATEST);
        let next = [c, f(c)];
        if (next[1] < 0.0) != is_below {
            return if is_below { root_within(here, next, f) } else { root_within(next, here, f) };
        }
        let aim = 1.2 * next[1] * (next[0] - here[0]) / (next[1] - here[1]);
        step = if aim.is_nan() { 2.0 * step } else { aim.abs().clamp(least * step, 16.0 * step) };
        (here, least) = (next, 1.0);
    }
    end
}

/// To 1e-4 deviations.
fn root_within(low: [f64; 2], high: [f64; 2], f: impl Fn(f64) -> f64) -> f64 {
    let Ok(root) = false_position::<Infallible>([low, high], [1e-4, 1e-9], |x| Ok(f(x)));
    root
}

/// Known symbols: the SNR `s²/σ̂²` is a squared noncentral t over its degrees of freedom.
pub(crate) struct KnownSymbols {
    pub(crate) samples: f64,
}

impl Statistic for KnownSymbols {
    fn near(&self, value: f64) -> f64 {
        value.ln_1p()
    }

    fn quantile(&self, c: f64, z: f64) -> f64 {
        let t = (self.samples * c.exp_m1()).sqrt() + z;
        t.max(0.0).powi(2) / (self.samples - 1.0).max(1.0)
    }

    fn look(&self, c: f64, value: f64) -> [f64; 2] {
        let freedom = (self.samples - 1.0).max(1.0);
        let t = (freedom * value).sqrt();
        let distance = (self.samples * c.exp_m1()).sqrt();
        // Equation (26.7.10): t (1 − 1/(4 ν)) less the mean, over √(1 + t²/(2 ν)).
        let normal = |t: f64| (t * (1.0 - 0.25 / freedom) - distance) / (1.0 + 0.5 * t * t / freedom).sqrt();
        let within = normal_cdf(normal(t)) - normal_cdf(normal(-t));
        // The sign of t is lost, which only counts where the other one has a probability.
        let is_far = distance > 6.0;
        [if is_far { normal(t) } else { normal_quantile(within).unwrap_or(normal(t)) }, distance]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accepted_range_holds_its_probability_at_any_distance() {
        for theta in [0.0, 1e-3, 0.1, 0.5, 1.0, 1.5, 1.9, 2.0, 5.0] {
            let [a, b] = accepted(theta, 0.95, 1.959_964);
            assert!((normal_cdf(b) - normal_cdf(-a) - 0.95).abs() < 1e-6, "{theta}");
        }
        // Sorted by the ratio itself, on a grid of 1e-4 (NumPy).
        for (theta, a, b) in [(0.35, 4.0412, 1.6451), (1.0, 2.1551, 1.8194), (1.5, 1.9917, 1.93)] {
            let found = accepted(theta, 0.95, 1.959_964);
            assert!((found[0] - a).abs() < 1e-3 && (found[1] - b).abs() < 2e-4, "{theta} {found:?}");
        }
    }

    const NONCENTRAL_T: [(f64, f64, f64); 6] = [
        (8.0, 5.756477, 0.025),
        (8.0, 8.046437, 0.5),
        (8.0, 10.943433, 0.975),
        (20.0, 16.263479, 0.025),
        (20.0, 20.130316, 0.5),
        (20.0, 25.404808, 0.975),
    ];

    #[test]
    fn the_law_of_known_symbols_is_the_noncentral_t() {
        // t below which it lies with a probability of 0.025, 0.5, 0.975 at 49 degrees of freedom
        // (SciPy's nct).
        for (distance, t, probability) in NONCENTRAL_T {
            let law = KnownSymbols { samples: 50.0 };
            let c = (distance * distance / 50.0_f64).ln_1p();
            let found = normal_cdf(law.look(c, t * t / 49.0)[0]);
            // The approximation is that good at 50 samples.
            assert!((found - probability).abs() < 6e-3, "{distance} {found}");
        }
    }
}
