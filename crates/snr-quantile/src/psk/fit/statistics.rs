//! What each test reads, and what it must not exceed.

use super::super::modulation::Modulation;
use super::super::record::Record;
use super::partition::{Law, Partition};
use crate::estimate::Outcome;
use crate::fit::{FALSE_ALARM, Reading, Test, normal_deviate, of_line};
use mmw_core::ndarray::ArrayView1;
use mmw_core::stats::normal_quantile;
use mmw_core::{C64, Result};

/// Tests of a record.
pub(super) const TESTS: usize = 6;
/// Those that share the rate of false alarms.
const SHARING: f64 = 5.0;
/// Lags of the correlations.
const LAGS: usize = 4;

/// The readings of a record.
pub(super) fn read(modulation: Modulation, y: &[C64]) -> Result<[Reading; TESTS]> {
    let (law, z) = fitted(modulation, y)?;
    let n = z.len() as f64;
    let level = FALSE_ALARM / SHARING;
    let normal = normal_quantile(1.0 - level)?;
    // Of short records: twice the level without it, at 50 samples.
    let of_correlation = normal + 1.9 / n.sqrt();
    let phases: Vec<C64> = z.iter().map(|z| unit(*z).powu(modulation.order() as u32)).collect();
    let reading = |test, statistic, threshold| Reading { test, statistic, threshold };
    Ok([
        // Of chi-square with two degrees.
        reading(Test::Symmetry, symmetry(&z, &law), -2.0 * level.ln()),
        reading(Test::Correlation, correlation(&z), of_correlation),
        reading(Test::PhaseCorrelation, correlation(&phases), of_correlation),
        // As many of the record should lie beyond its greatest as are seldom there at all.
        reading(Test::Tail, tail(&z, &law), -level.ln()),
        reading(Test::Shape, shape(&z, &law, n), normal),
        of_line(&z, false),
    ])
}

fn unit(z: C64) -> C64 {
    let length = z.norm();
    if length > 0.0 { z / length } else { C64::default() }
}

/// The law of greatest likelihood, and the samples over its root mean square and turned back by its phase.
fn fitted(modulation: Modulation, y: &[C64]) -> Result<(Law, Vec<C64>)> {
    let mut record = Record::new(modulation);
    record.push(&ArrayView1::from(y))?;
    let likelihood = record.likelihood()?;
    let estimate = likelihood.estimate();
    let power: f64 = y.iter().map(|y| y.norm_sqr()).sum::<f64>() / y.len() as f64;
    let rms = power.sqrt();
    let (amplitude, noise_std) = match estimate.outcome {
        Outcome::Identifiable { signal_amplitude, noise_std, .. } => {
            (signal_amplitude / rms, noise_std / rms)
        }
        Outcome::NotIdentifiable { .. } => (0.0, 0.5_f64.sqrt()),
    };
    let order = modulation.order();
    let phase_rad = estimate
        .phase_rad
        .unwrap_or_else(|| y.iter().map(|y| unit(*y).powu(order as u32)).sum::<C64>().arg() / order as f64);
    let turn = C64::from_polar(1.0 / rms, -phase_rad);
    Ok((Law { modulation, amplitude, noise_std }, y.iter().map(|y| y * turn).collect()))
}

/// `mean y (|y|² − c)`, `c = S² + 2 N₀`, over its deviation, squared, both parts together.
///
/// Zero in the mean for symbols of any balance: `E |y|² y = S s (S² + 2 N₀)`. An offset `d` makes it `S² d +
/// d |d|²`, but of two phases only along their line; across it the mean of the samples is zero.
fn symmetry(z: &[C64], law: &Law) -> f64 {
    let c = law.amplitude.powi(2) + 4.0 * law.noise_std.powi(2);
    let across = |z: &C64| match law.modulation {
        Modulation::Bpsk => z.im,
        _ => z.im * (z.norm_sqr() - c),
    };
    let along: Vec<f64> = z.iter().map(|z| z.re * (z.norm_sqr() - c)).collect();
    let across: Vec<f64> = z.iter().map(across).collect();
    let n = z.len() as f64;
    let square = |x: &[f64]| {
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        if variance > 0.0 { n * mean * mean / variance } else { 0.0 }
    };
    square(&along) + square(&across)
}

/// The sum of squared correlations of two parts, each with each, at lags 1 to 4, weighted as by
/// Ljung and Box, as a normal deviate.
fn correlation(z: &[C64]) -> f64 {
    let n = z.len() as f64;
    let mean = z.iter().sum::<C64>() / n;
    // Along and across the line that they spread along, where the parts are not correlated with each other.
    let spread: C64 = z.iter().map(|z| (z - mean) * (z - mean)).sum();
    let turn = C64::from_polar(1.0, -0.5 * spread.arg());
    let turned = || z.iter().map(|z| (z - mean) * turn);
    let parts: [Vec<f64>; 2] = [turned().map(|z| z.re).collect(), turned().map(|z| z.im).collect()];
    let powers = [0, 1].map(|part| parts[part].iter().map(|x| x * x).sum::<f64>());
    let (mut sum, mut freedom) = (0.0, 0.0);
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let scale = powers[a] * powers[b];
        // A part that is not there, as in real samples.
        if scale <= 1e-20 * (powers[0] + powers[1]).powi(2) {
            continue;
        }
        for lag in 1..=LAGS {
            let products: f64 = parts[a].iter().zip(parts[b].iter().skip(lag)).map(|(x, y)| x * y).sum();
            sum += n * (n + 2.0) * products * products / (scale * (n - lag as f64));
            freedom += 1.0;
        }
    }
    if freedom > 0.0 { normal_deviate(sum, freedom) } else { 0.0 }
}

/// How few of the record should lie beyond its greatest sample: minus the logarithm.
///
/// The noise is fitted to that sample too, which must not hide in it. Of `ν` deviations that a variance is
/// taken from, one lies beyond `z` with a probability not of `exp(−z²/2)` but of `(1 − z²/ν)^((ν − 3)/2)`,
/// but for factors [^thompson].
///
/// [^thompson]: W. R. Thompson, "On a criterion for the rejection of observations and the distribution of the
///     ratio of deviation to sample standard deviation", Annals of Mathematical Statistics 6 (1935).
fn tail(z: &[C64], law: &Law) -> f64 {
    let greatest = z.iter().fold(0.0_f64, |greatest, z| greatest.max(z.norm_sqr())).sqrt();
    if greatest <= law.amplitude {
        return 0.0;
    }
    let deviations = 2.0 * z.len() as f64;
    let square = ((greatest - law.amplitude) / law.noise_std).powi(2);
    let share = (square / deviations).min(1.0 - 1e-9);
    let hidden = -0.5 * (deviations - 3.0) * (-share).ln_1p() - 0.5 * square;
    hidden.max(0.0) - (law.survival(greatest) * z.len() as f64).max(1e-300).ln()
}

/// Pearson's statistic over parts of the plane, as a normal deviate.
///
/// [^chernoff]: H. Chernoff, E. L. Lehmann, "The use of maximum likelihood estimates in chi-square tests for
///     goodness of fit", Annals of Mathematical Statistics 25 (1954).
fn shape(z: &[C64], law: &Law, n: f64) -> f64 {
    // Amplitude and noise are fitted to the samples, and parts show as much of them as they have of their
    // information [^chernoff]: of strong signals these 0.86 and 0.37, or 0.92 and 0.59.
    let (parts, lost) = if n < 200.0 { ([4, 2], 1.23) } else { ([6, 4], 1.51) };
    let partition = Partition::new(law, parts);
    let counts = partition.counts(z);
    let term = |(count, p): (&u64, &f64)| (*count as f64 - n * p).powi(2) / (n * p.max(1e-9));
    let sum: f64 = counts.iter().zip(&partition.probabilities).map(term).sum();
    normal_deviate(sum, (counts.len() as f64 - 1.0 - lost).max(1.0))
}
