//! Micro-motion of machines: where something vibrates, and its lines.

use super::efficient_lines;
use super::receivers::maximum_ratio;
use crate::phase::{demodulate, displacement, unwrap};
use crate::slow_time::{Line, amplitude_spectrum};
use crate::summit::is_summit;
use mmw_core::ndarray::{Array1, ArrayRef1, ArrayRef3, Axis};
use mmw_core::stats::upper_median;
use mmw_core::{C64, Error, Result, check};

/// A range cell that vibrates.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Vibration {
    /// Index of the range bin.
    pub range_bin: usize,
    /// The highest line over the greater of the medians of the amplitude spectrum and of the bins
    /// beside the line.
    pub over_median: f64,
    /// The channels that lines were read from, that of the strongest line first; at least one.
    pub series: Vec<VibrationSeries>,
}

/// What a channel shows of a cell that vibrates.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VibrationSeries {
    /// The channel; `None`: all of them, combined by maximum ratio.
    pub channel: Option<usize>,
    /// Displacement since the first sample, m.
    pub displacement_m: Array1<f64>,
    /// The lines that no other channel shows better, strongest first.
    pub lines: Vec<Line>,
}

impl Vibration {
    /// All lines, strongest first, each with the index of its series.
    #[must_use]
    pub fn lines(&self) -> Vec<(usize, Line)> {
        let series = self.series.iter().enumerate();
        let mut lines: Vec<_> =
            series.flat_map(|(at, series)| series.lines.iter().map(move |line| (at, *line))).collect();
        lines.sort_by(|(_, a), (_, b)| b.amplitude.total_cmp(&a.amplitude));
        lines
    }
}

/// What a scan over range found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VibrationScan {
    /// The highest line in each range bin over its noise, of the channel that shows it best.
    pub over_median: Array1<f64>,
    /// Lines below this frequency count as sway, Hz.
    pub min_frequency_hz: f64,
    /// The strongest echo among the cells that vibrate.
    pub vibration: Option<Vibration>,
}

/// A cell vibrates when a line exceeds the median of its spectrum by this factor: the highest of a million
/// cells of white noise exceeds 5.4 in one record of a thousand, and mounts and air are not white.
const VIBRATES: f64 = 8.0;
/// Vibration of machines is rated from here on (ISO 20816-1), Hz; below, people and mounts sway.
const LEAST_HZ: f64 = 10.0;
/// A vibration lasts for so many cycles.
const LEAST_CYCLES: f64 = 10.0;
/// Lines that are listed.
const LINES: usize = 6;
/// Half the main lobe of a Hann window, bins, and as many beside it as tell the noise there.
const LOBE_BINS: usize = 2;
const BESIDE_BINS: usize = 16;
/// Longer records have their lines from one channel only.
const MANY_SAMPLES: usize = 1 << 14;
/// Fewest frames of a scan.
const FEWEST_SAMPLES: usize = 64;

/// Looks in each range bin of `profiles` `[channel, frame, range bin]` for lines in the spectrum of its
/// displacement.
///
/// Each channel is looked at by itself, and all together by maximum ratio: what vibrates and what stands
/// still in a range bin may lie in different directions, and then no single way of combining is best: each
/// line is read from the channel in which it stands highest over the median. Among
/// the cells with a line eight times the median, the strongest echo is reported: it has the least noise, and
/// weaker ones may be its reflections. Lines count from 10 Hz on, or a quarter of half the sample rate where
/// that is lower, and from ten cycles in the record.
///
/// # Errors
/// [`Error::TooFew`] for fewer than 64 frames, no channel or no bin, [`Error::Domain`] unless rate and
/// wavelength are above zero, [`Error::NotFinite`] for NaN and infinities, [`Error::Invalid`] for profiles
/// that are all zero.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array3, vitals::vibration_scan};
/// use std::f64::consts::TAU;
///
/// // 5 um at 120 Hz in bin 3; what stands still in the others has some noise.
/// let hum = |n: usize| 5e-6 * (TAU * 0.12 * n as f64).sin();
/// let noise = |n: usize, bin: usize| 1e-4 * ((n * n * (bin + 7)) as f64).sin();
/// let profiles = Array3::from_shape_fn((1, 1000, 5), |(_, n, bin)| {
///     C64::cis(noise(n, bin) + if bin == 3 { 2.0 * TAU / 4e-3 * hum(n) } else { 0.0 })
/// });
/// let scan = vibration_scan(&profiles, 1000.0, 4e-3)?;
/// let found = scan.vibration.unwrap();
/// assert_eq!(found.range_bin, 3);
/// assert!((found.lines()[0].1.frequency_hz - 120.0).abs() < 0.01);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn vibration_scan(
    profiles: &ArrayRef3<C64>,
    sample_rate_hz: f64,
    wavelength_m: f64,
) -> Result<VibrationScan> {
    let (channels, frames, bins) = profiles.dim();
    check::at_least("channels of the profiles", channels, 1)?;
    check::at_least("frames of the profiles", frames, FEWEST_SAMPLES)?;
    check::at_least("range bins of the profiles", bins, 1)?;
    check::positive("sample_rate_hz", sample_rate_hz)?;
    check::positive("wavelength_m", wavelength_m)?;
    check::all_finite_complex("profiles", profiles)?;
    if profiles.iter().all(|z| z.norm_sqr() == 0.0) {
        return Err(Error::invalid("profiles", "are all zero: no target"));
    }
    let lasting = LEAST_CYCLES * sample_rate_hz / frames as f64;
    let min_frequency_hz = lasting.max(LEAST_HZ.min(0.125 * sample_rate_hz));
    let interval_s = 1.0 / sample_rate_hz;
    let mut over_median = Array1::zeros(bins);
    let mut best: Option<(f64, Vibration)> = None;
    for bin in 0..bins {
        let power: f64 = profiles.index_axis(Axis(2), bin).iter().map(|z| z.norm_sqr()).sum();
        if power == 0.0 {
            continue;
        }
        for (channel, moved) in displacements(profiles, bin, wavelength_m)? {
            let level = highest(&moved, interval_s, min_frequency_hz)?;
            let improves = level > over_median[bin];
            over_median[bin] = level.max(over_median[bin]);
            let strongest = best.as_ref().is_none_or(|(most, found)| found.range_bin == bin || power > *most);
            if improves && level >= VIBRATES && strongest {
                let series = vec![VibrationSeries { channel, displacement_m: moved, lines: Vec::new() }];
                best = Some((power, Vibration { range_bin: bin, over_median: level, series }));
            }
        }
    }
    let Some((_, mut found)) = best else {
        return Ok(VibrationScan { over_median, min_frequency_hz, vibration: None });
    };
    read_lines(profiles, &mut found, interval_s, wavelength_m, min_frequency_hz)?;
    Ok(VibrationScan { over_median, min_frequency_hz, vibration: Some(found) })
}

/// The displacement that each channel of a range bin shows, and all of them together.
fn displacements(
    profiles: &ArrayRef3<C64>,
    bin: usize,
    wavelength_m: f64,
) -> Result<Vec<(Option<usize>, Array1<f64>)>> {
    let cell = profiles.index_axis(Axis(2), bin);
    let rows = cell.rows().into_iter().enumerate().map(|(channel, row)| (Some(channel), row.to_owned()));
    let together = (cell.nrows() > 1).then(|| maximum_ratio(&cell)).transpose()?.map(|row| (None, row));
    rows.chain(together)
        .map(|(channel, row)| Ok((channel, displacement(&unwrap(&demodulate(&row)?)?, wavelength_m)?)))
        .collect()
}

/// Reads the lines of a cell, each from the channel that shows it best: what lies in different directions
/// leaves different lines in each.
fn read_lines(
    profiles: &ArrayRef3<C64>,
    found: &mut Vibration,
    interval_s: f64,
    wavelength_m: f64,
    min_frequency_hz: f64,
) -> Result<()> {
    let (_, frames, _) = profiles.dim();
    let apart_hz = 2.0 / (frames as f64 * interval_s);
    // Fits of long records take seconds each.
    if frames <= MANY_SAMPLES {
        let of = |(channel, displacement_m)| VibrationSeries { channel, displacement_m, lines: Vec::new() };
        let best = found.series[0].channel;
        found.series = displacements(profiles, found.range_bin, wavelength_m)?.into_iter().map(of).collect();
        found.series.sort_by_key(|series| series.channel != best);
    }
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for (at, series) in found.series.iter().enumerate() {
        let of = efficient_lines(&series.displacement_m, interval_s, LINES, min_frequency_hz)?;
        lines.extend(of.into_iter().map(|line| (at, line)));
    }
    lines.retain(|(_, line)| line.over_median >= 0.5 * VIBRATES);
    lines.sort_by(|(_, a), (_, b)| b.over_median.total_cmp(&a.over_median));
    let mut kept: Vec<(usize, Line)> = Vec::new();
    for (at, line) in lines {
        if kept.iter().all(|(_, other)| (other.frequency_hz - line.frequency_hz).abs() >= apart_hz) {
            kept.push((at, line));
        }
    }
    kept.truncate(LINES);
    kept.sort_by(|(_, a), (_, b)| b.amplitude.total_cmp(&a.amplitude));
    for (at, line) in kept {
        found.series[at].lines.push(line);
    }
    found.series.sort_by(|a, b| strongest(b).total_cmp(&strongest(a)));
    let shown = found.series.iter().filter(|series| !series.lines.is_empty()).count();
    found.series.truncate(shown.max(1));
    Ok(())
}

/// Amplitude of the strongest line; 0 without one.
fn strongest(series: &VibrationSeries) -> f64 {
    series.lines.first().map_or(0.0, |line| line.amplitude)
}

/// The highest peak at or above a frequency over its noise: the greater of the medians of the spectrum there
/// and of the bins beside it. A phase of noise walks and has much at low frequencies, but no line.
fn highest(moved: &ArrayRef1<f64>, interval_s: f64, min_frequency_hz: f64) -> Result<f64> {
    let spectrum = amplitude_spectrum(moved, interval_s)?;
    let levels: Vec<f64> = spectrum.data().to_vec();
    let first = ((min_frequency_hz * interval_s * moved.len() as f64).ceil() as usize).max(1);
    let median = |mut values: Vec<f64>| upper_median(&mut values).unwrap_or_default().max(f64::MIN_POSITIVE);
    let everywhere = median(levels.iter().skip(first).copied().collect());
    let mut best = 0.0_f64;
    for at in first..levels.len().saturating_sub(1) {
        let level = levels[at];
        if is_summit(&levels, at) && level > best * everywhere {
            let beside = |i: &usize| (LOBE_BINS + 1..=LOBE_BINS + BESIDE_BINS).contains(&i.abs_diff(at));
            let near = (at.saturating_sub(LOBE_BINS + BESIDE_BINS)..levels.len())
                .take(2 * (LOBE_BINS + BESIDE_BINS) + 1);
            let near = median(near.filter(beside).map(|i| levels[i]).collect());
            best = best.max((level / near.max(everywhere)).min(f64::MAX));
        }
    }
    Ok(best)
}
