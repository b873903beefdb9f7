//! Lines fitted with equal weights where what they leave is white.

use crate::slow_time::{Line, amplitude_spectrum, spectral_lines};
use mmw_core::linalg::least_squares;
use mmw_core::ndarray::{Array1, Array2, ArrayRef1};
use mmw_core::stats::upper_median;
use mmw_core::{Error, Result, check};
use std::f64::consts::{LN_2, TAU};

/// Energy that the lines leave over that of white noise of the spectrum's median, at most.
const WHITE: f64 = 2.0;

/// [`spectral_lines`], fitted once more together and with equal weights where noise is all that they leave.
///
/// The Hann weights that keep other lines out of each cost a lone line 1.4 times its Cramér-Rao bound in
/// amplitude and more in frequency. Where the energy that all lines leave is at most twice that of white
/// noise with the median of its spectrum, nothing is there to be kept out, and the least squares of all lines
/// with a parabola reaches the bound. Elsewhere the lines are as they were.
///
/// # Errors
/// As [`spectral_lines`].
///
/// # Examples
/// ```
/// use mmw_dsp::{ndarray::Array1, vitals::efficient_lines};
/// use std::f64::consts::TAU;
///
/// let hum = Array1::from_shape_fn(1000, |n| 4.5e-6 * (TAU * 0.0643 * n as f64).sin());
/// let lines = efficient_lines(&hum, 1e-3, 3, 0.0)?;
/// assert!((lines[0].frequency_hz - 64.3).abs() < 1e-6);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn efficient_lines(
    signal: &ArrayRef1<f64>,
    interval_s: f64,
    count: usize,
    min_frequency_hz: f64,
) -> Result<Vec<Line>> {
    let lines = spectral_lines(signal, interval_s, count, min_frequency_hz)?;
    // Lines that are not listed are there all the same.
    let all = if min_frequency_hz > 0.0 || lines.len() == count {
        spectral_lines(signal, interval_s, count + UNLISTED, 0.0)?
    } else {
        lines.clone()
    };
    let Some(fitted) = fit(signal, interval_s, &all)? else { return Ok(lines) };
    let near = |line: &Line| {
        let off = |other: &Line| (other.frequency_hz - line.frequency_hz).abs();
        fitted.iter().copied().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(*line)
    };
    Ok(lines.iter().map(near).collect())
}

/// Lines beside those asked for that the fit takes out.
const UNLISTED: usize = 4;

/// `None` where the lines leave more than white noise, or the fit wanders off.
fn fit(signal: &ArrayRef1<f64>, interval_s: f64, lines: &[Line]) -> Result<Option<Vec<Line>>> {
    const ROUNDS: usize = 8;
    let n = signal.len();
    if lines.is_empty() || n < 4 * (3 * lines.len() + 3) {
        return Ok(None);
    }
    check::positive("interval_s", interval_s)?;
    let middle = 0.5 * (n - 1) as f64;
    let scale = signal.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
    let scaled: Array1<f64> = signal.iter().map(|x| x / scale).collect();
    // Cycles per sample, and the parts of cosine and sine about the middle of the record.
    let mut tones: Vec<[f64; 3]> =
        lines.iter().map(|line| [line.frequency_hz * interval_s, 0.0, 0.0]).collect();
    let mut rest = scaled.clone();
    for round in 0..=ROUNDS {
        let slopes = round > 0;
        let wide = if slopes { 3 } else { 2 };
        let columns = Array2::from_shape_fn((n, wide * tones.len() + 3), |(i, j)| {
            let t = i as f64 - middle;
            if j < 3 {
                return (t / middle).powi(j as i32);
            }
            let [f, a, b] = tones[(j - 3) / wide];
            let (sin, cos) = (TAU * f * t).sin_cos();
            [cos, sin, t / middle * (b * cos - a * sin)][(j - 3) % wide]
        });
        let solved = match least_squares(&columns, &scaled) {
            Ok(solved) => solved,
            Err(Error::Singular { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        rest = scaled.iter().zip(columns.dot(&solved)).map(|(x, fitted)| x - fitted).collect();
        for (tone, parts) in tones.iter_mut().zip(solved.as_slice().unwrap_or_default()[3..].chunks(wide)) {
            [tone[1], tone[2]] = [parts[0], parts[1]];
            if slopes {
                tone[0] += parts[2] / (TAU * middle);
            }
        }
    }
    let half_cell = 0.5 / n as f64;
    let wandered =
        |(tone, line): (&[f64; 3], &Line)| (tone[0] - line.frequency_hz * interval_s).abs() > half_cell;
    let mut levels = amplitude_spectrum(&rest, interval_s)?.data().to_vec();
    let median = upper_median(&mut levels).unwrap_or_default();
    // The squared amplitude of Hann-weighted white noise has the mean 6 σ² / N and the median ln
    // 2 times that.
    let white = n as f64 * median * median / (6.0 * LN_2);
    let left = rest.dot(&rest) / n as f64;
    if left > WHITE * white.max(ROUNDING) || tones.iter().zip(lines).any(wandered) {
        return Ok(None);
    }
    let line = |(tone, line): (&[f64; 3], &Line)| {
        let amplitude = scale * tone[1].hypot(tone[2]);
        Line {
            frequency_hz: tone[0] / interval_s,
            amplitude,
            over_median: line.over_median * (amplitude / line.amplitude),
        }
    };
    let fitted: Vec<Line> = tones.iter().zip(lines).map(line).collect();
    let finite = |line: &Line| {
        line.frequency_hz.is_finite() && line.amplitude.is_finite() && line.over_median.is_finite()
    };
    Ok(fitted.iter().all(finite).then_some(fitted))
}

/// Noise of rounding, in squares of the greatest sample.
const ROUNDING: f64 = 1e-24;
