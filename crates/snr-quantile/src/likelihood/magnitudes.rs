//! Magnitudes of a record, as its samples or as the bins of a histogram, and the sums of the likelihood over
//! them.
//!
//! `G`, `H` and `χ` are those of [`super::maximum`].

use crate::kernels::{self, LEAST_BIN, OCTAVE_BINS, tangent_rest_gain};
use crate::precise::{BLOCK, FixedSum, UNIT};
use crate::record::{Histogram, PowerMeans};
use mmw_core::Real;
use mmw_core::linalg::solve_definite;
use mmw_core::simd::Level;

/// `G` and its derivative along the ridge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slope {
    pub(crate) g: f64,
    pub(crate) dg: f64,
}

/// `1 − S²`, kept away from zero.
pub(crate) fn noise_fraction(s: f64) -> f64 {
    ((1.0 - s) * (1.0 + s)).max(1e-15)
}

/// Magnitudes over their root mean square, in one form or another.
pub(crate) trait Magnitudes {
    /// Relative size of a step of Newton's iteration that is the last: what it leaves is of the order of its
    /// square.
    const LAST_STEP: f64;
    /// Place in the scan of the likelihood up to which `H` stands for `G`.
    const LOW_END: usize;

    /// `mean r (1 − t)` and `mean r² (1 − t²)` with `t = tanh(S r/(1 − S²))` at an amplitude within (0, 1).
    fn tangent(&self, s: f64) -> [f64; 2];
    /// `mean ln cosh(S r/(1 − S²))`.
    fn log_cosh(&self, s: f64) -> f64;
    /// `mean r⁴ χ(S r/(1 − S²))` and `mean r⁴ z χ'(z)` there.
    fn tangent_rest(&self, s: f64) -> [f64; 2];
    /// The moments.
    fn means(&self) -> &PowerMeans;

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

    /// The samples of a record so short that bins would not save anything.
    pub(crate) fn of_short<T: Real>(means: &PowerMeans, samples: &[T]) -> Self {
        let scale = means.scale();
        let points = samples.iter().map(|x| (x.as_f64() * scale).abs()).collect();
        Self { means: *means, points, weights: vec![1.0 / means.count as f64; samples.len()] }
    }

    /// Values with their counts, in the unit of the samples.
    pub(crate) fn of_values(means: &PowerMeans, values: &[f64], counts: &[u64]) -> Self {
        let (scale, share) = (means.scale(), 1.0 / means.count as f64);
        let points = values.iter().map(|x| x * scale).collect();
        Self { means: *means, points, weights: counts.iter().map(|count| *count as f64 * share).collect() }
    }

    /// Points over the root mean square, with their weights.
    pub(crate) fn over_rms(&self) -> impl Iterator<Item = (f64, f64)> {
        self.points.iter().map(|u| u / self.means.rms).zip(self.weights.iter().copied())
    }

    /// Points moved within their bins, as little as makes their moments those of the samples.
    ///
    /// `G` is `q³ H` for points with these moments and for no others. Where `G` takes over from `H`, two
    /// functions that differ by the error of bins would otherwise show a change of sign that neither has.
    ///
    /// A point at `r` moves to `r (1 + ε)`; of all `ε` that mend `mean r^p` for `p = 1, 2, 4` to first order,
    /// `ε = Σ λ_p p r^p` has the least mean square. Each round squares what is left.
    pub(crate) fn matched(mut self) -> Self {
        let PowerMeans { m1, kurtosis, rms, .. } = self.means;
        for _ in 0..4 {
            let (mut matrix, mut rest) = ([[0.0; 3]; 3], [m1, 1.0, kurtosis]);
            for (u, weight) in self.points.iter().zip(&self.weights) {
                let terms = powers(u / rms);
                for (i, (power, term)) in POWERS.iter().zip(terms).enumerate() {
                    rest[i] -= weight * term / power;
                    (0..=i).for_each(|j| matrix[i][j] += weight * term * terms[j]);
                }
            }
            if rest.iter().zip([m1, 1.0, kurtosis]).all(|(rest, all)| rest.abs() < 1e-14 * all) {
                break;
            }
            let Some(multipliers) = solved(matrix, rest) else { break };
            for u in &mut self.points {
                let terms = powers(*u / rms);
                *u *= 1.0 + multipliers.iter().zip(terms).map(|(m, term)| m * term).sum::<f64>();
            }
        }
        self
    }
}

const POWERS: [f64; 3] = [1.0, 2.0, 4.0];

/// `p r^p`.
fn powers(r: f64) -> [f64; 3] {
    let y = r * r;
    [r, 2.0 * y, 4.0 * y * y]
}

/// The solution of a symmetric positive system, lower half given. Scaled to a unit diagonal, with 1e-12 added
/// to it: points that are all at one or two places leave it singular.
fn solved(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> Option<[f64; 3]> {
    let scale = [0, 1, 2].map(|i: usize| a[i][i].sqrt().recip());
    for i in 0..3 {
        b[i] *= scale[i];
        (0..=i).for_each(|j| a[i][j] *= scale[i] * scale[j]);
        a[i][i] += 1e-12;
    }
    solve_definite(a.as_flattened_mut(), &mut b, 0.0).ok()?;
    Some([b[0] * scale[0], b[1] * scale[1], b[2] * scale[2]])
}

/// Half the width of a bin over its least value.
const HALF_BIN: f64 = 1.0 / (2 * OCTAVE_BINS) as f64;

impl Binned {
    /// `H` at `w`, where it has the sign of that of the samples for sure.
    ///
    /// `r⁴ χ(q r)` grows as a power of `r` between the fourth and the sixth.
    pub(crate) fn sure_low(&self, w: f64) -> Option<f64> {
        let [rest, _] = self.tangent_rest(w.sqrt());
        let h = low_value(&self.means, w, rest);
        (h.abs() > ((1.0 + HALF_BIN).powi(6) - 1.0) * rest + 1e-12).then_some(h)
    }

    /// `G` at `s`, where it has the sign of that of the samples for sure.
    ///
    /// `r (1 − tanh(q r))` changes by no more than `r` does: by half a bin (of the mean over bins, 0.4 % from
    /// that over samples at most), or by as much as bin 0 is wide.
    pub(crate) fn sure(&self, s: f64) -> Option<f64> {
        let g = self.slope(s).g;
        (g.abs() > 1.01 * HALF_BIN * self.mean() + LEAST_BIN / self.means.rms).then_some(g)
    }
}

impl Magnitudes for Binned {
    /// Bins leave errors of 1e-5.
    const LAST_STEP: f64 = 1e-6;
    /// −10 dB: above, bins hurt `r⁴ χ` of large samples more than `r (1 − t)` of small ones.
    const LOW_END: usize = 18;

    fn tangent(&self, s: f64) -> [f64; 2] {
        let rms = self.means.rms;
        let q = s / noise_fraction(s) / rms;
        let [first, second] = kernels::weighted_tanh_sums(Level::current(), &self.points, &self.weights, q);
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
        let (points, weights) = (&self.points, &self.weights);
        let sums = kernels::weighted_tangent_rest_sums(Level::current(), points, weights, q, gain);
        sums.map(|sum| sum as f64 * UNIT / gain / rms.powi(4))
    }

    fn means(&self) -> &PowerMeans {
        &self.means
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
    /// 0.5 dB.
    const LOW_END: usize = 24;

    fn tangent(&self, s: f64) -> [f64; 2] {
        let scale = self.means.scale();
        let q = s / noise_fraction(s) / self.means.rms;
        let mut sums = [0_i128; 2];
        for block in self.samples.chunks(BLOCK) {
            let block = kernels::tanh_sums(Level::current(), block, scale, q);
            sums.iter_mut().zip(block).for_each(|(total, sum)| *total += i128::from(sum));
        }
        let [first, second] = sums.map(|sum| sum as f64 * UNIT / self.means.count as f64);
        [first / self.means.rms, second / (self.means.rms * self.means.rms)]
    }

    fn log_cosh(&self, s: f64) -> f64 {
        let q = s / noise_fraction(s) / self.means.rms * self.means.scale();
        let sum: f64 = self.samples.iter().map(|x| log_cosh(q * x.as_f64().abs())).sum();
        sum / self.means.count as f64
    }

    fn tangent_rest(&self, s: f64) -> [f64; 2] {
        let scale = self.means.scale();
        let q = s / noise_fraction(s) / self.means.rms;
        let gain = tangent_rest_gain(q);
        let (mut value, mut slope) = (FixedSum::default(), FixedSum::default());
        for block in self.samples.chunks(BLOCK) {
            let [whole, rest, coarse] = kernels::tangent_rest_sums(Level::current(), block, scale, q, gain);
            value.add_fine([whole, rest]);
            slope.add(coarse);
        }
        let unit = gain * self.means.count as f64 * self.means.rms.powi(4);
        [value.precise().value() / unit, slope.value() / unit]
    }

    fn means(&self) -> &PowerMeans {
        &self.means
    }

    fn bins(&self) -> Option<&Binned> {
        self.bins
    }
}

fn log_cosh(z: f64) -> f64 {
    log_cosh_with(z, (-2.0 * z).exp())
}

/// `ln cosh z` for `z` not below 0 and `decay = exp(−2z)`, to rounding of 1.
///
/// ```text
/// ln cosh z = z + ln(1 + e^(−2z)) − ln 2
/// ```
#[inline]
pub(crate) fn log_cosh_with(z: f64, decay: f64) -> f64 {
    z + decay.ln_1p() - std::f64::consts::LN_2
}
