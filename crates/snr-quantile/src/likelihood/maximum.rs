//! The likelihood of BPSK in white noise along the ridge `σ² = m2 − S²`, and its greatest point.
//!
//! With samples scaled to unit mean square and `r = |x|`, the likelihood equations of `S` and `σ²` together
//! say `S² + σ² = 1` and `G(S) = mean(r tanh(S r/(1 − S²))) − S = 0`. Maxima of the likelihood along the
//! ridge are the points where `G` falls through zero. `G = S³ (1 − k/3)` near `S = 0`, with `k` the kurtosis:
//! for `k < 3` there is a maximum within (0, 1); for `k >= 3`, `S = 0` is one.
//!
//! At low SNR `G` is what is left of terms of order `S` that cancel. There its place takes, with `w = S²`,
//! `q = S/(1 − w)` and `mean r² = 1`,
//!
//! ```text
//! H(w) = G/q³ = (1 − k/3) − w (2 − w) + mean r⁴ χ(q r),   χ(z) = ⅓ − (z − tanh z)/z³ >= 0
//! ```
//! whose terms are of the order of what they say; its sign at `w → 0` is that of `3 − k`.

use super::magnitudes::{Binned, Magnitudes, Slope, noise_fraction};
use crate::record::PowerMeans;
use mmw_core::quadrature::gauss_legendre;

/// The log-likelihood of one sample along the ridge, over that of `S = 0`.
///
/// At low SNR it is of order `S⁴ (3 − k)` to `S⁸`, and is integrated from `dL/dS = G (1 + S²)/(1 − S²)²`.
pub(crate) fn gain(magnitudes: &impl Magnitudes, s: f64) -> f64 {
    if s <= SCAN[INTEGRATED_END] {
        let slope = |part: f64| {
            let at = s * part;
            let v = noise_fraction(at);
            magnitudes.low_slope(at * at).g * (at / v).powi(3) * (1.0 + at * at) / (v * v)
        };
        return s * RULE.iter().map(|(node, weight)| weight * slope(*node)).sum::<f64>();
    }
    let v = noise_fraction(s);
    // −½ ln v − (1 + S²)/(2 v) + ½, with the last two taken together.
    -0.5 * (-s * s).ln_1p() - s * s / v + magnitudes.log_cosh(s)
}

/// Poles of the integrand are at `S r = iπ/2`: for `r` up to 10 and `S` up to 0.37 this is right to 1e-6.
static RULE: std::sync::LazyLock<Vec<(f64, f64)>> = std::sync::LazyLock::new(|| gauss_legendre(16));

/// Signal-to-noise ratios at which the sign of `G` is looked at, dB: close where two maxima can stand. Places
/// 18 and 24 are −10 and 0.5 dB.
///
/// At low SNR `H` is a parabola in `w` but for little. Where it starts below zero, its maximum must be at
/// twice the `w` of its minimum or beyond for a positive gain: 3 dB, which the steps do not exceed.
const SCAN_SNR_DB: [f64; 30] = [
    -60.0, -57.0, -54.0, -51.0, -48.0, -45.0, -42.0, -39.0, -36.0, -33.0, -30.0, -27.0, -24.0, -21.0, -18.0,
    -16.0, -14.0, -12.0, -10.0, -8.0, -6.0, -4.0, -2.5, -1.0, 0.5, 2.0, 3.5, 7.0, 11.0, 18.0,
];
/// Place of −8 dB.
const INTEGRATED_END: usize = 19;

fn amplitude_of_db(snr_db: f64) -> f64 {
    let snr = 10_f64.powf(snr_db / 10.0);
    (snr / (1.0 + snr)).sqrt()
}

static SCAN: std::sync::LazyLock<[f64; 30]> = std::sync::LazyLock::new(|| SCAN_SNR_DB.map(amplitude_of_db));

/// How far the kurtosis must lie below 3 to be told from 3: rounding of the samples' powers moves it by less.
const RESOLVED: f64 = 1e-15;
/// Least `S²` that counts as a solution, −90 dB.
const LEAST_POWER: f64 = 1e-9;

/// Whether `S = 0` is a minimum of the likelihood.
pub(crate) fn rises_from_zero(means: &PowerMeans) -> bool {
    means.below_3 > RESOLVED
}

/// The sign of `G` where moments tell it: a bound below that is positive, or one above that is negative.
///
/// `√y tanh(q √y)` is concave in `y = r²` with a positive third derivative (its partial fractions are
/// multiples of `y/(y + a²)`), so of all laws with `mean y = 1` and `mean y² = k`, that on `y = 0` and `y =
/// k` makes its mean the least: `G ≥ tanh(q √k)/√k − S`. And `tanh < 1`: `G < mean r − S`.
fn bound(magnitudes: &impl Magnitudes, kurtosis: f64, s: f64) -> Option<f64> {
    /// Beyond the rounding errors of both sides.
    const SURE: f64 = 1e-12;
    let above = magnitudes.mean() - s;
    if above < -SURE {
        return Some(above);
    }
    let root = kurtosis.sqrt();
    let z = s / noise_fraction(s) * root;
    // tanh = sinh/√(1 + sinh²) rises with sinh, of whose series these are the first terms: no exponential.
    let sinh = z * (1.0 + z * z / 6.0 * (1.0 + z * z / 20.0));
    let below = |tanh: f64| Some(tanh / root - s).filter(|g| *g > SURE);
    below(sinh / (1.0 + sinh * sinh).sqrt()).or_else(|| below(z.tanh()))
}

/// The greatest point of the likelihood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Greatest {
    /// Over the root mean square; none when it is `S = 0`.
    pub(crate) amplitude: Option<f64>,
    /// By how much it beats the next best in log-likelihood per sample; infinite where there is but one.
    pub(crate) margin: f64,
}

/// The greatest point of the likelihood.
pub(crate) fn greatest<M: Magnitudes>(magnitudes: &M) -> Greatest {
    let kurtosis = magnitudes.means().kurtosis;
    let mut best: Option<(f64, Option<f64>)> = None;
    let mut margin = f64::INFINITY;
    let (mut before, mut was_rising) = ([0.0, 0.0], rises_from_zero(magnitudes.means()));
    // As χ >= 0, H >= (1 − w)² − k/3: it does not fall to zero before this w.
    let surely_rising = 1.0 - (kurtosis / 3.0).sqrt();
    for s in SCAN.iter().copied().chain([1.0]) {
        if s * s < surely_rising - 1e-12 {
            before[0] = s;
            continue;
        }
        let g = sign_at(magnitudes, s);
        if was_rising && g <= 0.0 {
            let root = root_within(magnitudes, before, [s, g]);
            best = Some(match best {
                None => (root, None),
                Some((old, old_gain)) => {
                    let old_gain = old_gain.unwrap_or_else(|| gain(magnitudes, old));
                    let new_gain = gain(magnitudes, root);
                    margin = margin.min((new_gain - old_gain).abs());
                    if new_gain > old_gain { (root, Some(new_gain)) } else { (old, Some(old_gain)) }
                }
            });
        }
        (before, was_rising) = ([s, g], g > 0.0);
    }
    let Some((root, root_gain)) = best else { return Greatest { amplitude: None, margin } };
    let wins = rises_from_zero(magnitudes.means()) || {
        let over_zero = root_gain.unwrap_or_else(|| gain(magnitudes, root));
        margin = margin.min(over_zero.abs());
        over_zero > 0.0
    };
    Greatest { amplitude: (wins && root * root > LEAST_POWER).then_some(root), margin }
}

/// A number of the sign of `G`, from what is cheap where that is sure.
fn sign_at<M: Magnitudes>(magnitudes: &M, s: f64) -> f64 {
    let bins = magnitudes.bins();
    if s <= SCAN[M::LOW_END] {
        return bins.and_then(|bins| bins.sure_low(s * s)).unwrap_or_else(|| magnitudes.low_slope(s * s).g);
    }
    // At S = 1 the noise is gone and G = mean r − 1 < 0.
    if s >= 1.0 {
        return magnitudes.mean() - 1.0;
    }
    let kurtosis = magnitudes.means().kurtosis;
    let sure = bound(magnitudes, kurtosis, s).or_else(|| bins.and_then(|bins| bins.sure(s)));
    sure.unwrap_or_else(|| magnitudes.slope(s).g)
}

/// The shares of signal and noise in the power at a root of `G`.
///
/// `S = m1 − t` with `t = mean r (1 − tanh …)`, so that `1 − S² = (1 − m1²) + t (2 m1 − t)`, without
/// cancelling at high SNR.
pub(crate) fn fractions(magnitudes: &impl Magnitudes, s: f64) -> [f64; 2] {
    /// 17 dB: below, `1 − S²` loses no digit that counts.
    const HIGH: f64 = 0.98;
    if s * s < HIGH {
        return [s * s, (1.0 - s) * (1.0 + s)];
    }
    let tail = magnitudes.tail(s);
    [s * s, magnitudes.means().spread + tail * (2.0 * magnitudes.mean() - tail)]
}

/// The root of `G` between two points of the scan.
fn root_within<M: Magnitudes>(magnitudes: &M, before: [f64; 2], [s, g]: [f64; 2]) -> f64 {
    if s <= SCAN[M::LOW_END] {
        let (low, high) = (before[0] * before[0], s * s);
        // The moments' own estimate, as H = (1 − k/3) − ⅔ w² on average.
        let start = (0.5 * magnitudes.means().below_3).max(0.0).sqrt();
        let start = if start > low && start < high { start } else { 0.5 * (low + high) };
        let start = magnitudes.bins().map_or(start, |bins| {
            polish(|w| bins.low_slope(w), [low, high], start, Binned::LAST_STEP).clamp(low, high)
        });
        return polish(|w| magnitudes.low_slope(w), [low, high], start, M::LAST_STEP).sqrt();
    }
    // At high SNR the solution is the mean magnitude, but for a few samples across zero.
    let mean = magnitudes.mean();
    let near_mean = mean > 0.9 && mean > before[0] && mean < s;
    let start = if near_mean { mean } else { chord(before, [s, g]) };
    polish(|s| magnitudes.slope(s), [before[0], s], start, M::LAST_STEP)
}

/// The root of `G` in a bracket across which it falls: Newton's iteration; where its step leaves the bracket
/// or `G` does not fall, a step of expectation-maximisation, which is `S ← S + G(S)`; the middle of the
/// bracket where that leaves it too, and every other time once the iteration has gone on for long.
pub(crate) fn polish(slope: impl Fn(f64) -> Slope, [low, high]: [f64; 2], start: f64, last_step: f64) -> f64 {
    let (mut low, mut high, mut s) = (low, high, start);
    for iteration in 0..120 {
        let Slope { g, dg } = slope(s);
        if g == 0.0 {
            return s;
        }
        if g > 0.0 {
            low = s;
        } else {
            high = s;
        }
        let newton = s - g / dg;
        let is_newton = dg < 0.0 && newton > low && newton < high;
        let candidate = if is_newton { newton } else { s + g };
        let within = candidate > low && candidate < high && (iteration < 16 || iteration % 2 == 0);
        let next = if within { candidate } else { 0.5 * (low + high) };
        let small = if is_newton && within { last_step * s.min(1.0 - s) } else { 1e-15 * s };
        if (next - s).abs() <= small {
            return next;
        }
        s = next;
    }
    s
}

/// Where the chord of `G` over a bracket crosses zero, kept off the ends.
fn chord([low, g_low]: [f64; 2], [high, g_high]: [f64; 2]) -> f64 {
    let fraction = g_low / (g_low - g_high);
    low + (high - low) * if fraction > 0.05 && fraction < 0.95 { fraction } else { 0.5 }
}
