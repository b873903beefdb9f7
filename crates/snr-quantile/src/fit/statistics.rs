//! The statistics of a record beside those of a law, each large where the record contradicts it.

use crate::theory::distribution::SquaredBpsk;
use mmw_core::Real;

/// Statistics, in the order of [`super::Test::ALL`].
pub(crate) const TESTS: usize = 6;
/// Lags of the correlations.
const LAGS: usize = 8;
/// Bins of the distribution.
const BINS: usize = 12;

/// What a record is compared with, in the unit of the samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fitted {
    pub(crate) amplitude: f64,
    pub(crate) noise_std: f64,
    /// Of quantised samples, else 0.
    pub(crate) step: f64,
    pub(crate) grid: Grid,
}

impl Fitted {
    /// Whether rounding moves the mean: on steps that are not alike on both sides of zero, by
    /// `exp(−2π²σ²/step²)` of a step and more from 0.7 on down.
    fn is_lopsided(self) -> bool {
        self.grid == Grid::Elsewhere && self.noise_std < 0.7 * self.step
    }
}

/// Where quantised samples stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grid {
    /// On multiples of the step.
    OnSteps,
    /// Half a step off them, as those of a converter without a code for zero.
    Between,
    /// Anywhere else.
    Elsewhere,
}

impl Grid {
    pub(crate) fn of<T: Real>(samples: &[T], step: f64) -> Self {
        /// Of a step.
        const NEAR: f64 = 1e-3;
        let off = |x: &T| (x.as_f64() / step - (x.as_f64() / step).round()).abs();
        match samples {
            _ if step == 0.0 || samples.iter().all(|x| off(x) < NEAR) => Self::OnSteps,
            _ if samples.iter().all(|x| off(x) > 0.5 - NEAR) => Self::Between,
            _ => Self::Elsewhere,
        }
    }
}

/// The statistics of a record over the root mean square of its law.
pub(crate) fn statistics<T: Real>(samples: &[T], fitted: Fitted) -> [f64; TESTS] {
    let rms = fitted.amplitude.hypot(fitted.noise_std);
    let x: Vec<f64> = samples.iter().map(|x| x.as_f64() / rms).collect();
    let magnitudes: Vec<f64> = x.iter().map(|x| x.abs()).collect();
    let law = SquaredBpsk::normalised_unchecked(fitted.noise_std / rms);
    let (step, x_count) = (fitted.step / rms, x.len() as f64);
    let greatest = magnitudes.iter().fold(0.0_f64, |a, b| a.max(*b));
    // How many of the record should lie beyond.
    let above = |x: f64| (law.magnitude_survival(x) * x_count).max(1e-300);
    [
        if fitted.is_lopsided() { 0.0 } else { offset(&x, &law).abs() },
        correlation(&x),
        correlation(&magnitudes),
        -above(greatest - 0.5 * step).ln(),
        above(greatest + 0.5 * step),
        shape(&magnitudes, &law, step, fitted.grid),
    ]
}

/// `mean(x³ − c x)` over its deviation, `c = S² + 3 σ²`.
///
/// Zero on average for symbols of any balance: `E x = μ S` and `E x³ = μ S c`. An offset `d` makes it `d³ +
/// 2 d S²`.
fn offset(x: &[f64], law: &SquaredBpsk) -> f64 {
    let (s2, v) = (law.signal_amplitude().powi(2), law.noise_std().powi(2));
    let c = s2 + 3.0 * v;
    let m4 = s2 * s2 + 6.0 * s2 * v + 3.0 * v * v;
    let m6 = s2.powi(3) + 15.0 * s2 * s2 * v + 45.0 * s2 * v * v + 15.0 * v.powi(3);
    let variance = m6 - 2.0 * c * m4 + c * c * (s2 + v);
    x.iter().map(|x| x * (x * x - c)).sum::<f64>() / (variance * x.len() as f64).sqrt()
}

/// The sum of squared correlations at lags 1 to 8, weighted as by Ljung and Box, as a normal deviate.
fn correlation(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let centred: Vec<f64> = x.iter().map(|x| x - mean).collect();
    let power: f64 = centred.iter().map(|x| x * x).sum();
    let lags = 1..=LAGS.min(x.len().saturating_sub(1));
    let sum: f64 = lags
        .map(|lag| {
            let products: f64 = centred.iter().zip(centred.iter().skip(lag)).map(|(a, b)| a * b).sum();
            (products / power).powi(2) / (n - lag as f64)
        })
        .sum();
    normal_deviate(n * (n + 2.0) * sum, LAGS as f64)
}

/// Pearson's statistic over bins of equal probability, as a normal deviate. The edges of quantised samples
/// are those of their intervals.
fn shape(magnitudes: &[f64], law: &SquaredBpsk, step: f64, grid: Grid) -> f64 {
    let snap = |x: f64| match grid {
        Grid::OnSteps if step > 0.0 => ((x / step).floor() + 0.5) * step,
        Grid::Between => (x / step).round().max(1.0) * step,
        _ => x,
    };
    let mut edges: Vec<f64> = (1..BINS)
        .map(|k| snap(law.signal_amplitude() + law.noise_std() * law.lower_offset(k as f64 / BINS as f64)))
        .collect();
    edges.dedup();
    let counts = match grid {
        Grid::Elsewhere => shared(magnitudes, &edges, law, step),
        _ => counted(magnitudes, &edges),
    };
    let n = magnitudes.len() as f64;
    let (mut below, mut seen, mut sum, mut bins) = (0.0, 0.0, 0.0, 0_u32);
    for (k, count) in counts.iter().enumerate() {
        let up_to = edges.get(k).map_or(1.0, |edge| 1.0 - law.magnitude_survival(*edge));
        let expected = n * (up_to - below).max(1e-9);
        seen += count;
        let rest = n * (1.0 - up_to);
        // What steps leave of a bin is joined with the next, and with the last what would be left alone.
        if k < edges.len() && (expected < LEAST_EXPECTED || rest < LEAST_EXPECTED) {
            continue;
        }
        sum += (seen - expected).powi(2) / expected;
        bins += 1;
        (below, seen) = (up_to, 0.0);
    }
    normal_deviate(sum, f64::from(bins.max(2) - 1))
}

/// Expected in a bin: a twelfth of the shortest record has more.
const LEAST_EXPECTED: f64 = 4.0;

fn counted(magnitudes: &[f64], edges: &[f64]) -> Vec<f64> {
    let mut counts = vec![0.0; edges.len() + 1];
    for x in magnitudes {
        let bin: usize = edges.iter().map(|edge| usize::from(x > edge)).sum();
        if let Some(count) = counts.get_mut(bin) {
            *count += 1.0;
        }
    }
    counts
}

/// Counts where edges fall within the intervals that values stand for: each is shared as the law does.
fn shared(magnitudes: &[f64], edges: &[f64], law: &SquaredBpsk, step: f64) -> Vec<f64> {
    let mut counts = vec![0.0; edges.len() + 1];
    for x in magnitudes {
        let (low, high) = ((x - 0.5 * step).max(0.0), x + 0.5 * step);
        let above = |x: f64| law.magnitude_survival(x);
        let first: usize = edges.iter().map(|edge| usize::from(low > *edge)).sum();
        let within = edges.iter().skip(first).take_while(|edge| **edge < high).count();
        let all = above(low) - above(high);
        let mut start = low;
        for (bin, count) in counts.iter_mut().enumerate().skip(first).take(within + 1) {
            let end = edges.get(bin).map_or(high, |edge| edge.min(high));
            *count += match within == 0 || all <= 0.0 {
                true => 1.0 / (within + 1) as f64,
                false => (above(start) - above(end)) / all,
            };
            start = end;
        }
    }
    counts
}

/// A chi-square as a nearly normal deviate, after Wilson and Hilferty [^wilson].
///
/// [^wilson]: E. B. Wilson, M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931).
pub(crate) fn normal_deviate(chi_square: f64, freedom: f64) -> f64 {
    let share = 2.0 / (9.0 * freedom);
    ((chi_square / freedom).cbrt() - (1.0 - share)) / share.sqrt()
}
