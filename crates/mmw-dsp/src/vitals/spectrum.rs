//! The spectrum of a stretch of displacement, zero-padded and read between its points, and its
//! autocorrelation.

use crate::fft::AxisFft;
use crate::peak::interpolate::parabolic;
use crate::summit::is_summit;
use crate::window::Window;
use mmw_core::ndarray::{Array1, ArrayRef1, Axis};
use mmw_core::stats::upper_median;
use mmw_core::{C64, Result};
use std::f64::consts::TAU;

/// Points of the padded transform per sample: the parabola through three logarithms then errs by less
/// than 1e-3 cell.
const PADDING: usize = 8;
/// Probability that a peak of noise alone is taken for a line, in a band.
const FALSE_ALARM: f64 = 1e-3;

/// Power over frequency, scaled so that a sinusoid of amplitude A reads A².
#[derive(Debug, Clone)]
pub(super) struct Spectrum {
    power: Vec<f64>,
    point_hz: f64,
    /// One over the length of the record.
    pub(super) cell_hz: f64,
}

/// A maximum between the points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peak {
    pub(super) frequency_hz: f64,
    pub(super) power: f64,
}

impl Spectrum {
    /// With a Hann window, of a signal without its trend.
    pub(super) fn of(signal: &ArrayRef1<f64>, rate_hz: f64) -> Result<Self> {
        let n = signal.len();
        let points = (PADDING * n).next_power_of_two();
        let plan = AxisFft::<f64>::new(n, points, Window::Hann, false)?;
        let spectrum = plan.process(&signal.mapv(C64::from), Axis(0))?;
        let scale = 2.0 / (Window::Hann.coherent_gain(n)? * n as f64);
        let power = spectrum.iter().take(points / 2 + 1).map(|z| (scale * z).norm_sqr()).collect();
        Ok(Self { power, point_hz: rate_hz / points as f64, cell_hz: rate_hz / n as f64 })
    }

    fn range(&self, [low, high]: [f64; 2]) -> std::ops::Range<usize> {
        let end = self.power.len() - 1;
        let first = ((low / self.point_hz).ceil() as usize).clamp(1, end);
        first..((high / self.point_hz).floor() as usize + 1).clamp(first, end)
    }

    /// The local maxima within a band, strongest first.
    pub(super) fn peaks(&self, band_hz: [f64; 2]) -> Vec<Peak> {
        let is_peak = |&i: &usize| is_summit(&self.power, i);
        let mut peaks: Vec<Peak> = self.range(band_hz).filter(is_peak).map(|i| self.between(i)).collect();
        peaks.sort_by(|a, b| b.power.total_cmp(&a.power));
        peaks
    }

    /// The summit of the parabola through the logarithms of three points.
    fn between(&self, i: usize) -> Peak {
        let [a, b, c] = [i - 1, i, i + 1].map(|j| self.power[j].max(f64::MIN_POSITIVE).ln());
        let shift = parabolic([a, b, c]).unwrap_or_default();
        Peak { frequency_hz: (i as f64 + shift) * self.point_hz, power: (b - 0.25 * (a - c) * shift).exp() }
    }

    /// Power at a frequency: the greatest within half a cell.
    pub(super) fn near(&self, frequency_hz: f64) -> f64 {
        let half = 0.5 * self.cell_hz;
        self.highest([frequency_hz - half, frequency_hz + half])
    }

    /// The greatest power within a band.
    pub(super) fn highest(&self, band_hz: [f64; 2]) -> f64 {
        self.range(band_hz).map(|i| self.power[i]).fold(0.0, f64::max)
    }

    /// Energy within a band, of the amplitude squared per cell.
    pub(super) fn energy(&self, band_hz: [f64; 2]) -> f64 {
        self.range(band_hz).map(|i| self.power[i]).sum::<f64>() * self.point_hz / self.cell_hz
    }

    /// What noise alone exceeds in a band once in a thousand records: the median of the band is `ln 2` of
    /// the mean of exponentially distributed powers, and the highest of `N` cells exceeds `ln(N / P)` means
    /// once in `1 / P`.
    pub(super) fn noise_limit(&self, band_hz: [f64; 2]) -> f64 {
        self.limit(self.range(band_hz).map(|i| self.power[i]).collect(), band_hz)
    }

    /// [`Spectrum::noise_limit`] of a band by what lies from `near` to `far` on both sides of a line.
    pub(super) fn limit_beside(&self, line_hz: f64, [near, far]: [f64; 2], band_hz: [f64; 2]) -> f64 {
        let below = self.range([line_hz - far, line_hz - near]);
        let above = self.range([line_hz + near, line_hz + far]);
        self.limit(below.chain(above).map(|i| self.power[i]).collect(), band_hz)
    }

    fn limit(&self, mut values: Vec<f64>, band_hz: [f64; 2]) -> f64 {
        let mean = upper_median(&mut values).unwrap_or_default() / 2.0_f64.ln();
        let cells = ((band_hz[1] - band_hz[0]) / self.cell_hz).max(1.0);
        mean * (cells / FALSE_ALARM).ln()
    }
}

/// The autocorrelation over lags of whole samples, each divided by as many products as it has, 1 at lag 0;
/// empty for silence.
pub(super) fn autocorrelation(signal: &ArrayRef1<f64>) -> Result<Vec<f64>> {
    let n = signal.len();
    let points = (2 * n).next_power_of_two();
    let plan = AxisFft::<f64>::new(n, points, Window::Rectangular, false)?;
    let power = plan.process(&signal.mapv(C64::from), Axis(0))?.mapv(|z| C64::from(z.norm_sqr()));
    let back = AxisFft::<f64>::new(points, points, Window::Rectangular, false)?.process(&power, Axis(0))?;
    let own = back[0].re / n as f64;
    if own <= 0.0 {
        return Ok(Vec::new());
    }
    Ok((0..n).map(|lag| back[lag].re / ((n - lag) as f64 * own)).collect())
}

/// The Hann-weighted amplitude of a signal at any frequency: one point of its Fourier transform.
pub(super) fn amplitude_at(weighted: &[f64], rate_hz: f64, frequency_hz: f64) -> f64 {
    let step = C64::cis(-TAU * frequency_hz / rate_hz);
    // Horner's rule: one product per sample in place of a sine.
    weighted.iter().rev().fold(C64::default(), |sum, &x| sum * step + x).norm()
}

/// A signal under a Hann window.
pub(super) fn hann_weighted(signal: &ArrayRef1<f64>) -> Result<Vec<f64>> {
    let weights: Array1<f64> = Window::Hann.weights(signal.len())?;
    Ok(signal.iter().zip(&weights).map(|(x, w)| x * w).collect())
}
