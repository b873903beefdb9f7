//! The likelihood of BPSK in white noise along the ridge `σ² = m2 − S²`, and its greatest point.
//!
//! With samples scaled to unit mean square and `r = |x|`, the likelihood equations of `S` and `σ²` together say
//! `S² + σ² = 1` and `G(S) = mean(r tanh(S r/(1 − S²))) − S = 0`. Maxima of the likelihood along the ridge are
//! the points where `G` falls through zero. `G = S³ (1 − k/3)` near `S = 0`, with `k` the kurtosis: for `k < 3`
//! there is a maximum within (0, 1); for `k >= 3`, `S = 0` is one.
//!
//! At low SNR `G` is what is left of terms of order `S` that cancel. There its place takes, with `w = S²`,
//! `q = S/(1 − w)` and `mean r² = 1`,
//!
//! ```text
//! H(w) = G/q³ = (1 − k/3) − w (2 − w) + mean r⁴ χ(q r),   χ(z) = ⅓ − (z − tanh z)/z³ >= 0
//! ```
//! whose terms are of the order of what they say; its sign at `w → 0` is that of `3 − k`.

use crate::dispatch;
use crate::fixed_sum::FixedSum;
use crate::histogram::Histogram;
use crate::kernels::{BLOCK, LEAST_BIN, OCTAVE_BINS, UNIT, tangent_rest_gain};
use crate::sums::{PowerMeans, times_power_of_two};
use mmw_core::Real;
use mmw_core::quadrature::gauss_legendre;

/// `G` and its derivative along the ridge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slope {
    pub(crate) g: f64,
    pub(crate) dg: f64,
}

/// `1 − S²`, kept away from zero.
fn noise_fraction(s: f64) -> f64 {
    ((1.0 - s) * (1.0 + s)).max(1e-15)
}

/// Magnitudes over their root mean square, in one form or another.
pub(crate) trait Magnitudes {
    /// Relative size of a step of Newton's iteration that is the last: what it leaves is of the order of its square.
    const LAST_STEP: f64;

    /// `mean r (1 − t)` and `mean r² (1 − t²)` with `t = tanh(S r/(1 − S²))` at an amplitude within (0, 1).
    fn tangent(&self, s: f64) -> [f64; 2];
    /// `mean ln cosh(S r/(1 − S²))`.
    fn log_cosh(&self, s: f64) -> f64;
    /// `mean r⁴ χ(S r/(1 − S²))` and `mean r⁴ z χ'(z)` there.
    fn tangent_rest(&self, s: f64) -> [f64; 2];
    /// The moments.
    fn means(&self) -> &PowerMeans;
    /// The amplitude, one of the scan, up to which `H` stands for `G`.
    fn low_end(&self) -> f64;

    /// `mean r`.
    fn mean(&self) -> f64 {
        self.means().m1
    }

    /// The slope of the likelihood at an amplitude within (0, 1).
    ///
    /// `mean r t` is written as `mean r − mean r (1 − t)`: the first is known exactly, and the second only
    /// looks at samples near 0, which makes a histogram as good as the samples at high SNR.
    fn slope(&self, s: f64) -> Slope {
        let v = noise_fraction(s);
        let [first, second] = self.tangent(s);
        Slope { g: self.mean() - first - s, dg: second * (1.0 + s * s) / (v * v) - 1.0 }
    }

    /// `mean r (1 − t)`.
    fn tail(&self, s: f64) -> f64 {
        let [first, _] = self.tangent(s);
        first
    }

    /// `H` and its derivative, over `w = S²` above 0.
    fn low_slope(&self, w: f64) -> Slope {
        let [rest, slope] = self.tangent_rest(w.sqrt());
        let stretch = (1.0 + w) / (2.0 * w * (1.0 - w));
        Slope { g: low_value(self.means(), w, rest), dg: slope * stretch - 2.0 * (1.0 - w) }
    }

    /// The same magnitudes on bins, for a quick look.
    fn bins(&self) -> Option<&Binned> {
        None
    }
}

/// `H` from `mean r⁴ χ`.
fn low_value(means: &PowerMeans, w: f64, rest: f64) -> f64 {
    means.below_3 / 3.0 - w * (2.0 - w) + rest
}

/// Bins with their shares of the samples.
pub(crate) struct Binned {
    means: PowerMeans,
    /// Magnitudes in units of 2^exponent.
    points: Vec<f64>,
    weights: Vec<f64>,
}

impl Binned {
    pub(crate) fn new(means: &PowerMeans, histogram: &Histogram) -> Self {
        let (points, weights) = histogram.points(1.0 / means.count as f64);
        Self { means: *means, points, weights }
    }

    /// Bins in use.
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// The bins of a record so short that it is not worth to look for those that are empty.
    pub(crate) fn of_short<T: Real>(means: &PowerMeans, samples: &[T]) -> Self {
        let mut points = vec![0.0; samples.len()];
        dispatch::bin_centres(samples, times_power_of_two(1.0, -means.exponent), &mut points);
        Self { means: *means, points, weights: vec![1.0 / means.count as f64; samples.len()] }
    }
}

/// Half the width of a bin over its least value.
const HALF_BIN: f64 = 1.0 / (2 * OCTAVE_BINS) as f64;

impl Binned {
    /// `H` at `w`, where it has the sign of that of the samples for sure.
    ///
    /// `r⁴ χ(q r)` grows as a power of `r` between the fourth and the sixth.
    fn sure_low(&self, w: f64) -> Option<f64> {
        let [rest, _] = self.tangent_rest(w.sqrt());
        let h = low_value(&self.means, w, rest);
        (h.abs() > ((1.0 + HALF_BIN).powi(6) - 1.0) * rest + 1e-12).then_some(h)
    }

    /// `G` at `s`, where it has the sign of that of the samples for sure.
    ///
    /// `r (1 − tanh(q r))` changes by no more than `r` does: by half a bin, or by as much as bin 0 is wide.
    fn sure(&self, s: f64) -> Option<f64> {
        let g = self.slope(s).g;
        (g.abs() > HALF_BIN * self.mean() + LEAST_BIN / self.means.rms + 1e-12).then_some(g)
    }
}

impl Magnitudes for Binned {
    /// Bins leave errors of 1e-5.
    const LAST_STEP: f64 = 1e-6;

    fn tangent(&self, s: f64) -> [f64; 2] {
        let rms = self.means.rms;
        let q = s / noise_fraction(s) / rms;
        let [first, second] = dispatch::weighted_tanh_sums(&self.points, &self.weights, q);
        [first as f64 * UNIT / rms, second as f64 * UNIT / (rms * rms)]
    }

    fn log_cosh(&self, s: f64) -> f64 {
        let q = s / noise_fraction(s) / self.means.rms;
        self.points.iter().zip(&self.weights).map(|(u, weight)| weight * log_cosh(q * u)).sum()
    }

    fn tangent_rest(&self, s: f64) -> [f64; 2] {
        let rms = self.means.rms;
        let q = s / noise_fraction(s) / rms;
        let gain = tangent_rest_gain(q);
        let sums = dispatch::weighted_tangent_rest_sums(&self.points, &self.weights, [q, gain]);
        sums.map(|sum| sum as f64 * UNIT / gain / rms.powi(4))
    }

    fn means(&self) -> &PowerMeans {
        &self.means
    }

    /// Above, bins hurt `r⁴ χ` of large samples more than `r (1 − t)` of small ones.
    fn low_end(&self) -> f64 {
        SCAN[BINNED_LOW_END]
    }
}

/// The samples themselves.
pub(crate) struct Raw<'a, T> {
    pub(crate) samples: &'a [T],
    pub(crate) means: PowerMeans,
    /// If they are far fewer than the samples.
    pub(crate) bins: Option<&'a Binned>,
}

impl<T: Real> Magnitudes for Raw<'_, T> {
    const LAST_STEP: f64 = 1e-9;

    fn tangent(&self, s: f64) -> [f64; 2] {
        let scale = times_power_of_two(1.0, -self.means.exponent);
        let q = s / noise_fraction(s) / self.means.rms;
        let mut sums = [0_i128; 2];
        for block in self.samples.chunks(BLOCK) {
            let block = dispatch::tanh_sums(block, [scale, q]);
            sums.iter_mut().zip(block).for_each(|(total, sum)| *total += i128::from(sum));
        }
        let [first, second] = sums.map(|sum| sum as f64 * UNIT / self.means.count as f64);
        [first / self.means.rms, second / (self.means.rms * self.means.rms)]
    }

    fn log_cosh(&self, s: f64) -> f64 {
        let q = s / noise_fraction(s) / self.means.rms * times_power_of_two(1.0, -self.means.exponent);
        let sum: f64 = self.samples.iter().map(|x| log_cosh(q * x.as_f64().abs())).sum();
        sum / self.means.count as f64
    }

    fn tangent_rest(&self, s: f64) -> [f64; 2] {
        let scale = times_power_of_two(1.0, -self.means.exponent);
        let q = s / noise_fraction(s) / self.means.rms;
        let gain = tangent_rest_gain(q);
        let (mut value, mut slope) = (FixedSum::default(), FixedSum::default());
        for block in self.samples.chunks(BLOCK) {
            let [whole, rest, coarse] = dispatch::tangent_rest_sums(block, [scale, q, gain]);
            value.add_fine([whole, rest]);
            slope.add(coarse);
        }
        let unit = gain * self.means.count as f64 * self.means.rms.powi(4);
        [value.precise().value() / unit, slope.value() / unit]
    }

    fn means(&self) -> &PowerMeans {
        &self.means
    }

    fn low_end(&self) -> f64 {
        SCAN[RAW_LOW_END]
    }

    fn bins(&self) -> Option<&Binned> {
        self.bins
    }
}

fn log_cosh(z: f64) -> f64 {
    z + (-2.0 * z).exp().ln_1p() - std::f64::consts::LN_2
}

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

/// Poles of the integrand stand at `S r = iπ/2`: for `r` up to 10 and `S` up to 0.37 this is right to 1e-6.
static RULE: std::sync::LazyLock<Vec<(f64, f64)>> = std::sync::LazyLock::new(|| gauss_legendre(16));

/// Signal-to-noise ratios at which the sign of `G` is looked at, dB: close where two maxima can stand.
///
/// At low SNR `H` is a parabola in `w` but for little. Where it starts below zero, its maximum must stand at
/// twice the `w` of its minimum or beyond for a positive gain: 3 dB, which the steps do not exceed.
const SCAN_SNR_DB: [f64; 30] = [
    -60.0, -57.0, -54.0, -51.0, -48.0, -45.0, -42.0, -39.0, -36.0, -33.0, -30.0, -27.0, -24.0, -21.0, -18.0,
    -16.0, -14.0, -12.0, -10.0, -8.0, -6.0, -4.0, -2.5, -1.0, 0.5, 2.0, 3.5, 7.0, 11.0, 18.0,
];
/// Place of −8 dB.
const INTEGRATED_END: usize = 19;
/// Place of −10 dB.
const BINNED_LOW_END: usize = 18;
/// Place of 0.5 dB.
const RAW_LOW_END: usize = 24;

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
/// `√y tanh(q √y)` is concave in `y = r²` with a positive third derivative (its partial fractions are multiples
/// of `y/(y + a²)`), so of all laws with `mean y = 1` and `mean y² = k`, that on `y = 0` and `y = k` makes its
/// mean the least: `G ≥ tanh(q √k)/√k − S`. And `tanh < 1`: `G < mean r − S`.
fn bound(magnitudes: &impl Magnitudes, kurtosis: f64, s: f64) -> Option<f64> {
    let above = magnitudes.mean() - s;
    let root = kurtosis.sqrt();
    let below = (s / noise_fraction(s) * root).tanh() / root - s;
    // Beyond the rounding errors of both sides.
    [above, below].into_iter().zip([-1.0, 1.0]).find(|(g, sign)| g * sign > 1e-12).map(|(g, _)| g)
}

/// The amplitude (over the root mean square) of the greatest likelihood; none when that is `S = 0`.
pub(crate) fn greatest(magnitudes: &impl Magnitudes) -> Option<f64> {
    let kurtosis = magnitudes.means().kurtosis;
    let mut best: Option<(f64, Option<f64>)> = None;
    let (mut before, mut was_rising) = ([0.0, 0.0], rises_from_zero(magnitudes.means()));
    let low_end = magnitudes.low_end();
    // As χ >= 0, H >= (1 − w)² − k/3: it does not fall to zero before this w.
    let surely_rising = 1.0 - (kurtosis / 3.0).sqrt();
    for s in SCAN.iter().copied().chain([1.0]) {
        if s * s < surely_rising - 1e-12 {
            before[0] = s;
            continue;
        }
        // At S = 1 the noise is gone and G = mean r − 1 < 0.
        let bins = magnitudes.bins();
        let g = if s <= low_end {
            bins.and_then(|bins| bins.sure_low(s * s)).unwrap_or_else(|| magnitudes.low_slope(s * s).g)
        } else if s < 1.0 {
            let sure = bound(magnitudes, kurtosis, s).or_else(|| bins.and_then(|bins| bins.sure(s)));
            sure.unwrap_or_else(|| magnitudes.slope(s).g)
        } else {
            magnitudes.mean() - 1.0
        };
        if was_rising && g <= 0.0 {
            let root = root_within(magnitudes, before, [s, g]);
            best = Some(match best {
                None => (root, None),
                Some((old, old_gain)) => {
                    let old_gain = old_gain.unwrap_or_else(|| gain(magnitudes, old));
                    let new_gain = gain(magnitudes, root);
                    if new_gain > old_gain { (root, Some(new_gain)) } else { (old, Some(old_gain)) }
                }
            });
        }
        (before, was_rising) = ([s, g], g > 0.0);
    }
    let (root, root_gain) = best?;
    let wins =
        rises_from_zero(magnitudes.means()) || root_gain.unwrap_or_else(|| gain(magnitudes, root)) > 0.0;
    (wins && root * root > LEAST_POWER).then_some(root)
}

/// The shares of signal and noise in the power at a root of `G`.
///
/// `S = m1 − t` with `t = mean r (1 − tanh …)`, so that `1 − S² = (1 − m1²) + t (2 m1 − t)`, without cancelling at
/// high SNR.
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
    if s <= magnitudes.low_end() {
        let (low, high) = (before[0] * before[0], s * s);
        // The moments' own estimate, as H = (1 − k/3) − ⅔ w² in the mean.
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
/// or `G` does not fall, a step of expectation-maximisation, which is `S ← S + G(S)`; the middle of the bracket
/// where that leaves it too, and every other time once the iteration has gone on for long.
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
