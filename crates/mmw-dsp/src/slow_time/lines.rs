//! Spectral lines between the bins: frequency and amplitude of the sinusoids in a real signal.

use super::amplitude_spectrum;
use crate::summit::is_summit;
use crate::window::Window;
use mmw_core::linalg::solve_definite;
use mmw_core::math::greatest_within;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::stats::upper_median;
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

/// Probability that a record of white noise has a line at all.
const FALSE_ALARM: f64 = 1e-3;
/// Independent bins whose mean is known as well as a bin's share of the median of Hann-weighted noise:
/// `ln² 2` over the 1.5 bins that are one. Measured with it: 0.4 times the stated probability for 32 to
/// 1024 samples.
const MEDIAN_FREEDOM: f64 = 0.32;
/// What has fewer cycles in the record is not told from drift: a parabola explains most of it.
const LEAST_CYCLES: f64 = 2.0;
/// Half the main lobe of a Hann window, bins: what stands nearer to a stronger line is its skirt.
const APART_BINS: f64 = 2.0;
/// Bins on each side of a peak, beyond its main lobe, that tell the noise there.
const AROUND: usize = 16;
/// Lines nearer to each other than this many bins are fitted in turn: farther away a line leaves less than a
/// thousandth of itself behind Hann weights.
const PULL_BINS: f64 = 8.0;
/// Lines below this share of the greatest sample are rounding.
const ROUNDING: f64 = 1e-8;
/// Slow components that are taken out beside the lines asked for.
const SLOW: usize = 4;

/// The sinusoids of a signal sampled every `interval_s` at or above `min_frequency_hz`, at most `count`,
/// strongest first, each fitted between the bins.
///
/// ```text
/// min over f, a, b, c of   Σ w_n² (x_n − a cos 2πfnT − b sin 2πfnT − c_0 − c_1 n − c_2 n²)²
/// ```
/// The least squares of section 4.3 of [^stoica] with Hann weights `w`, so that other lines do not leak in.
/// The signal is real, and the fit knows it: the image at minus `f` pulls no slow line, and the drift takes
/// no part of it. The bins alone would read up to 1.4 dB too little, at frequencies off by half a bin.
///
/// One line after the other is found in the spectrum of what the stronger ones leave, and must there exceed
/// the noise `σ²`, the greater of the median of all bins and of those around it, each over `ln 2`:
///
/// ```text
/// A² > σ² K ((N / P)^(1/K) − 1),   P = 0.001
/// ```
/// with `N` bins, from which `σ²` is known as from `K = 0.32 N` independent ones, so that white noise has a
/// line in at most one record of a thousand. Fewer than two cycles in the record are taken out as drift and
/// not listed; what is nearer than two bins to a stronger line is taken for its skirt.
///
/// # Errors
/// As [`amplitude_spectrum`], and [`mmw_core::Error::NotFinite`] unless `min_frequency_hz` is finite.
///
/// # Examples
/// ```
/// use mmw_dsp::{ndarray::Array1, slow_time::spectral_lines};
/// use std::f64::consts::TAU;
///
/// // Breathing at 16.5 per minute for 20 s: 5.5 cycles, between two bins.
/// let x = Array1::from_shape_fn(400, |n| 1e-3 * (TAU * 0.275 * 0.05 * n as f64).sin());
/// let lines = spectral_lines(&x, 0.05, 6, 0.0)?;
/// assert!(lines.len() == 1);
/// assert!((lines[0].frequency_hz - 0.275).abs() < 1e-8 && (lines[0].amplitude - 1e-3).abs() < 1e-10);
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
    let median = median_of(spectrum.data().to_vec()).max(f64::MIN_POSITIVE);
    let bin_hz = 1.0 / (signal.len() as f64 * interval_s);
    let fit = Fit::new(signal)?;
    let mut tones: Vec<Tone> = Vec::new();
    for _ in 0..count.saturating_add(SLOW) {
        let rest = fit.without(&tones, None);
        let spectrum = amplitude_spectrum(&rest, interval_s)?;
        let Some(bin) = strongest_peak(spectrum.data(), &tones) else { break };
        let unfitted = Tone { bin: bin as f64, amplitude: spectrum.data()[bin], parts: [0.0; 2] };
        tones.push(fit.summit(&rest, bin as f64, 1.0).unwrap_or(unfitted));
        fit.settle(&mut tones);
    }
    let line = |tone: &Tone| {
        let amplitude = tone.amplitude * fit.scale;
        let over_median = (amplitude / median).min(f64::MAX);
        Line { frequency_hz: tone.bin * bin_hz, amplitude, over_median }
    };
    let listed = |tone: &&Tone| tone.bin >= LEAST_CYCLES && tone.bin * bin_hz >= min_frequency_hz;
    let mut lines: Vec<Line> = tones.iter().filter(listed).map(line).collect();
    lines.retain(|line| line.amplitude.is_finite());
    lines.sort_by(|a, b| b.amplitude.total_cmp(&a.amplitude));
    lines.truncate(count);
    Ok(lines)
}

/// The strongest bin that is a peak of its own above the noise around it.
fn strongest_peak(values: &Array1<f64>, known: &[Tone]) -> Option<usize> {
    let spectrum = values.as_slice().unwrap_or_default();
    let at = |i: usize| values[i];
    let median_of_noise = 2.0_f64.ln().sqrt();
    let everywhere = median_of(values.to_vec());
    let bins = values.len() as f64;
    let freedom = MEDIAN_FREEDOM * bins;
    let enough = (freedom * ((bins / FALSE_ALARM).powf(freedom.recip()) - 1.0)).sqrt();
    let noise = |i: usize| {
        let beyond = APART_BINS as usize + 1;
        let near = |j: &usize| (beyond..beyond + AROUND).contains(&j.abs_diff(i));
        let around: Vec<f64> = (1..values.len()).filter(near).map(at).collect();
        let local = if around.len() >= AROUND { median_of(around) } else { 0.0 };
        local.max(everywhere) / median_of_noise
    };
    let is_peak = |&i: &usize| {
        let apart = known.iter().all(|tone| (tone.bin - i as f64).abs() > APART_BINS);
        apart && is_summit(spectrum, i) && at(i) > ROUNDING && at(i) > enough * noise(i)
    };
    (1..values.len()).filter(is_peak).max_by(|&a, &b| at(a).total_cmp(&at(b)))
}

/// 0 of none.
fn median_of(mut values: Vec<f64>) -> f64 {
    upper_median(&mut values).unwrap_or_default()
}

/// Columns of the fit: cosine, sine, and a parabola.
const COLUMNS: usize = 5;

/// What must be left of a column when those before it are taken out: a tone at the edge of the band
/// is a constant.
const SINGULAR: f64 = 1e-10;

/// A signal scaled to one, with its weights.
struct Fit {
    signal: Array1<f64>,
    scale: f64,
    weights: Vec<f64>,
}

/// A sinusoid in the scaled signal.
#[derive(Debug, Clone, Copy)]
struct Tone {
    /// Cycles in the record.
    bin: f64,
    amplitude: f64,
    /// Of the cosine and the sine.
    parts: [f64; 2],
}

/// The solution at one frequency.
struct Solution {
    parts: [f64; 2],
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

    /// The signal without the tones, save the one at `kept`.
    fn without(&self, tones: &[Tone], kept: Option<usize>) -> Array1<f64> {
        let mut rest = self.signal.clone();
        for (_, tone) in tones.iter().enumerate().filter(|&(i, _)| Some(i) != kept) {
            for (i, x) in rest.iter_mut().enumerate() {
                let (sin, cos) = self.turn(tone.bin, i);
                *x -= tone.parts[0] * cos + tone.parts[1] * sin;
            }
        }
        rest
    }

    fn turn(&self, bin: f64, i: usize) -> (f64, f64) {
        (TAU * (bin * i as f64 / self.signal.len() as f64).fract()).sin_cos()
    }

    /// Fits the last tone and those that it pulls in turn, each in what the others leave.
    fn settle(&self, tones: &mut [Tone]) {
        const ROUNDS: usize = 20;
        const STILL_BINS: f64 = 1e-6;
        let Some(last) = tones.last().copied() else { return };
        let pulled = |tone: &Tone| (tone.bin - last.bin).abs() < PULL_BINS && tone.parts != [0.0; 2];
        let near: Vec<usize> = (0..tones.len()).filter(|&i| pulled(&tones[i])).collect();
        if near.len() < 2 {
            return;
        }
        for _ in 0..ROUNDS {
            let mut moved = 0.0_f64;
            for &i in &near {
                let rest = self.without(tones, Some(i));
                let Some(tone) = self.summit(&rest, tones[i].bin, 0.25) else { continue };
                moved = moved.max((tone.bin - tones[i].bin).abs());
                tones[i] = tone;
            }
            if moved < STILL_BINS {
                return;
            }
        }
    }

    /// The line within `reach` bins of `near`: the summit of what is explained, by golden section. `None`
    /// where the fit says nothing: too near to zero or half the sample rate.
    fn summit(&self, data: &Array1<f64>, near: f64, reach: f64) -> Option<Tone> {
        const LEAST_BIN: f64 = 0.5;
        let (low, high) = ((near - reach).max(LEAST_BIN), (near + reach).max(LEAST_BIN + reach));
        if 2.0 * high >= data.len() as f64 {
            return None;
        }
        let explained = |bin: f64| self.at(data, bin).map(|solution| solution.explained).ok_or(());
        let bin = greatest_within([low, high], 1e-9, explained).ok()?;
        let parts = self.at(data, bin)?.parts;
        let amplitude = parts[0].hypot(parts[1]);
        amplitude.is_finite().then_some(Tone { bin, amplitude, parts })
    }

    fn at(&self, data: &Array1<f64>, bin: f64) -> Option<Solution> {
        let n = data.len() as f64;
        let mut normal = [[0.0; COLUMNS]; COLUMNS];
        let mut right = [0.0; COLUMNS];
        for (i, (&x, &w)) in data.iter().zip(&self.weights).enumerate() {
            let (sin, cos) = self.turn(bin, i);
            let t = 2.0 * i as f64 / n - 1.0;
            let row = [cos, sin, 1.0, t, t * t];
            for (j, a) in row.iter().enumerate() {
                right[j] += w * a * x;
                for (k, b) in row[..=j].iter().enumerate() {
                    normal[j][k] += w * a * b;
                }
            }
        }
        let mut solved = right;
        solve_definite(normal.as_flattened_mut(), &mut solved, SINGULAR).ok()?;
        let explained = solved.iter().zip(&right).map(|(a, b)| a * b).sum();
        Some(Solution { parts: [solved[0], solved[1]], explained })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_anywhere_between_the_bins_read_right() {
        // From two cycles on, with drift and a second line; without noise the fit is exact but for what the
        // other line leaks through the Hann weights, 1e-4 at five bins.
        for cycles in [2.1, 2.3, 5.5, 20.37, 150.5] {
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
    fn clean_breathing_has_one_line_and_slow_breathing_none() {
        // Phases, cycles and lengths of records of a sinusoid in noise 60 dB below it.
        for case in 0..60 {
            let (n, cycles, phase) =
                (200 + 100 * (case % 5), 1.1 + 0.31 * f64::from(case), 0.7 * f64::from(case));
            let mut state = u64::try_from(case).unwrap() + 1;
            let x = Array1::from_shape_fn(usize::try_from(n).unwrap(), |i| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let noise = (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
                (TAU * cycles * i as f64 / f64::from(n) + phase).sin() + 2e-3 * noise
            });
            let lines = spectral_lines(&x, 0.05, 6, 0.0).unwrap();
            if cycles < 2.0 {
                assert!(lines.is_empty(), "{cycles}: {lines:?}");
                continue;
            }
            assert_eq!(lines.len(), 1, "{cycles}: {lines:?}");
            let found = lines[0].frequency_hz * 0.05 * f64::from(n);
            assert!((found - cycles).abs() < 1e-3 && (lines[0].amplitude - 1.0).abs() < 1e-2, "{lines:?}");
        }
    }

    #[test]
    fn white_noise_has_a_line_as_seldom_as_stated() {
        // 500 records at one in a thousand: 0.5 are expected, and 5 or more come in one suite of 5000.
        let mut state = 9_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        };
        let mut with_lines = 0;
        for _ in 0..500 {
            let x = Array1::from_shape_fn(256, |_| (-2.0 * uniform().ln()).sqrt() * (TAU * uniform()).cos());
            with_lines += usize::from(!spectral_lines(&x, 0.05, 6, 0.0).unwrap().is_empty());
        }
        assert!(with_lines < 5, "{with_lines} of 500 records");
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
