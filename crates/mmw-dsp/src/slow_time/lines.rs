//! Spectral lines between the bins: frequency and amplitude of the sinusoids in a real signal.

use super::amplitude_spectrum;
use crate::window::Window;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Result, check};
use std::f64::consts::TAU;

/// A sinusoid in a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Line {
    /// Its frequency, Hz.
    pub frequency_hz: f64,
    /// Its amplitude, in the unit of the signal.
    pub amplitude: f64,
    /// Its amplitude over the median of the amplitude spectrum.
    pub over_median: f64,
}

mmw_core::checked_serde!(Line { frequency_hz, amplitude, over_median });

/// The sinusoids of a signal sampled every `interval_s`: local maxima of [`amplitude_spectrum`] at or above
/// `min_frequency_hz`, at most `count`, strongest first, each fitted between the bins.
///
/// ```text
/// min over f, a, b, c of   Σ w_n² (x_n − a cos 2πfnT − b sin 2πfnT − c_0 − c_1 n − c_2 n²)²
/// ```
/// The least squares of section 4.3 of [^stoica] with Hann weights `w`, so that other lines do not leak in. The
/// signal is real, and the fit knows it: the image at minus `f` pulls no slow line, and the drift takes no part
/// of it. The bins alone would read up to 1.4 dB too little, at frequencies off by half a bin.
///
/// # Errors
/// As [`amplitude_spectrum`], and [`mmw_core::Error::NotFinite`] unless `min_frequency_hz` is finite.
///
/// # Examples
/// ```
/// use mmw_dsp::{ndarray::Array1, slow_time::spectral_lines};
/// use std::f64::consts::TAU;
///
/// // Breathing at 16.5 a minute for 20 s: 5.5 cycles, between two bins.
/// let x = Array1::from_shape_fn(400, |n| 1e-3 * (TAU * 0.275 * 0.05 * n as f64).sin());
/// let line = spectral_lines(&x, 0.05, 1, 0.0)?[0];
/// assert!((line.frequency_hz - 0.275).abs() < 1e-9 && (line.amplitude - 1e-3).abs() < 1e-12);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^stoica]: P. Stoica and R. Moses, "Spectral Analysis of Signals", 2005.
pub fn spectral_lines(
    signal: &ArrayRef1<f64>,
    interval_s: f64,
    count: usize,
    min_frequency_hz: f64,
) -> Result<Vec<Line>> {
    check::finite("min_frequency_hz", min_frequency_hz)?;
    let spectrum = amplitude_spectrum(signal, interval_s)?;
    let values = spectrum.data();
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2].max(f64::MIN_POSITIVE);
    let at = |i: usize| values.get(i).copied().unwrap_or(f64::NEG_INFINITY);
    let mut peaks: Vec<usize> =
        (1..values.len()).filter(|&i| at(i) > at(i - 1) && at(i) >= at(i + 1)).collect();
    peaks.sort_by(|&a, &b| at(b).total_cmp(&at(a)));
    // A summit between the bins reads up to 1.4 dB less: one that comes later may be the stronger line.
    peaks.truncate(count.saturating_mul(2));
    let fit = Fit::new(signal)?;
    let bin_hz = 1.0 / (signal.len() as f64 * interval_s);
    let mut lines: Vec<Line> = peaks
        .into_iter()
        .map(|i| {
            let (bin, amplitude) = fit.summit(i).unwrap_or((i as f64, at(i)));
            Line { frequency_hz: bin * bin_hz, amplitude, over_median: (amplitude / median).min(f64::MAX) }
        })
        .filter(|line| line.frequency_hz >= min_frequency_hz)
        .collect();
    lines.sort_by(|a, b| b.amplitude.total_cmp(&a.amplitude));
    lines.truncate(count);
    Ok(lines)
}

/// Columns of the fit: cosine, sine, and a parabola.
const COLUMNS: usize = 5;

/// A signal scaled to one, with its weights.
struct Fit {
    signal: Vec<f64>,
    scale: f64,
    weights: Vec<f64>,
}

/// The solution at one frequency.
struct Solution {
    amplitude: f64,
    /// Weighted energy that the columns explain.
    explained: f64,
}

impl Fit {
    fn new(signal: &ArrayRef1<f64>) -> Result<Self> {
        let scale = signal.iter().fold(0.0_f64, |a, x| a.max(x.abs())).max(f64::MIN_POSITIVE);
        let weights: Array1<f64> = Window::Hann.weights(signal.len())?;
        Ok(Self {
            signal: signal.iter().map(|x| x / scale).collect(),
            scale,
            weights: weights.iter().map(|w| w * w).collect(),
        })
    }

    /// Frequency in bins and amplitude of the line at bin `i`: the summit of what is explained within a bin,
    /// by golden section. `None` where the fit says nothing: too near to zero or half the sample rate.
    fn summit(&self, i: usize) -> Option<(f64, f64)> {
        const STEPS: usize = 60;
        let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
        let n = self.signal.len();
        let (mut low, mut high) = (i as f64 - 1.0, i as f64 + 1.0);
        if i == 0 || 2 * (i + 1) >= n {
            return None;
        }
        low = low.max(0.25);
        let value = |bin: f64| self.at(bin).map(|solution| solution.explained);
        let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
        let (mut at_left, mut at_right) = (value(left)?, value(right)?);
        for _ in 0..STEPS {
            if high - low < 1e-9 {
                break;
            }
            if at_left > at_right {
                (high, right, at_right) = (right, left, at_left);
                left = high - golden * (high - low);
                at_left = value(left)?;
            } else {
                (low, left, at_left) = (left, right, at_right);
                right = low + golden * (high - low);
                at_right = value(right)?;
            }
        }
        let bin = 0.5 * (low + high);
        let amplitude = self.at(bin)?.amplitude * self.scale;
        amplitude.is_finite().then_some((bin, amplitude))
    }

    fn at(&self, bin: f64) -> Option<Solution> {
        let n = self.signal.len() as f64;
        let mut normal = [[0.0; COLUMNS]; COLUMNS];
        let mut right = [0.0; COLUMNS];
        for (i, (&x, &w)) in self.signal.iter().zip(&self.weights).enumerate() {
            let (sin, cos) = (TAU * (bin * i as f64 / n).fract()).sin_cos();
            let t = 2.0 * i as f64 / n - 1.0;
            let row = [cos, sin, 1.0, t, t * t];
            for (j, a) in row.iter().enumerate() {
                right[j] += w * a * x;
                for (k, b) in row[..=j].iter().enumerate() {
                    normal[j][k] += w * a * b;
                }
            }
        }
        let solved = solve(normal, right)?;
        let explained = solved.iter().zip(&right).map(|(a, b)| a * b).sum();
        Some(Solution { amplitude: solved[0].hypot(solved[1]), explained })
    }
}

/// Cholesky's solution of a symmetric system given by its lower half; `None` when it is singular to rounding.
fn solve(mut a: [[f64; COLUMNS]; COLUMNS], mut b: [f64; COLUMNS]) -> Option<[f64; COLUMNS]> {
    const SINGULAR: f64 = 1e-10;
    for j in 0..COLUMNS {
        let own = a[j][j];
        let pivot = own - a[j][..j].iter().map(|x| x * x).sum::<f64>();
        if pivot.is_nan() || pivot <= SINGULAR * own {
            return None;
        }
        a[j][j] = pivot.sqrt();
        for i in j + 1..COLUMNS {
            let known: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            a[i][j] = (a[i][j] - known) / a[j][j];
        }
    }
    for i in 0..COLUMNS {
        let known: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    for i in (0..COLUMNS).rev() {
        let known: f64 = (i + 1..COLUMNS).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_anywhere_between_the_bins_read_right() {
        // From 1.5 cycles on, with drift and a second line; without noise the fit is exact but for what the
        // other line leaks through the Hann weights, 1e-4 at five bins.
        for cycles in [1.5, 2.3, 5.5, 20.37, 150.5] {
            let x = Array1::from_shape_fn(400, |n| {
                let t = n as f64 / 400.0;
                2.0 * (TAU * cycles * t + 0.7).sin()
                    + 0.2 * (TAU * (cycles + 9.2) * t).cos()
                    + 3.0 * t
                    + 5.0 * t * t
            });
            let lines = spectral_lines(&x, 0.05, 2, 0.0).unwrap();
            assert!((lines[0].frequency_hz * 20.0 - cycles).abs() < 1e-3, "{cycles}: {lines:?}");
            assert!((lines[0].amplitude - 2.0).abs() < 2e-3, "{cycles}: {lines:?}");
            assert!((lines[1].frequency_hz * 20.0 - cycles - 9.2).abs() < 2e-2, "{cycles}: {lines:?}");
            assert!((lines[1].amplitude - 0.2).abs() < 4e-3, "{cycles}: {lines:?}");
        }
    }

    #[test]
    fn short_and_silent_signals_have_finite_lines() {
        for n in 4..12 {
            for signal in [Array1::zeros(n), Array1::from_shape_fn(n, |i| (i % 3) as f64)] {
                for line in spectral_lines(&signal, 0.1, 6, 0.0).unwrap() {
                    assert!(line.amplitude.is_finite() && line.frequency_hz.is_finite(), "{n}: {line:?}");
                }
            }
        }
    }
}
