//! How what moves changes from frame to frame.

use super::spectrum::Spectrum;
use super::statistics::{deviation, mean, step_deviation};
use mmw_sense::CloudPoint;

/// Series over the frames of a window.
const SERIES: [&str; 5] =
    ["moving points", "sum of speeds", "sum of velocities", "fastest receding", "fastest approaching"];

/// First and last lag, frames, of the ranges in which the greatest autocorrelation is looked for.
const LAGS: [(usize, usize); 6] = [(1, 3), (4, 7), (8, 12), (13, 18), (19, 25), (26, 35)];

/// The features of [`features`].
pub(super) fn names() -> Vec<String> {
    let mut names = Vec::new();
    for series in SERIES {
        let plain = ["mean", "deviation", "deviation of steps"].map(String::from);
        names.extend(plain.into_iter().chain(Spectrum::names()).map(|what| format!("{series}: {what}")));
    }
    let bursts =
        ["share of frames with movers", "variance over mean of moving points", "length of bursts", "bursts"];
    names.extend(bursts.map(String::from));
    names.extend(LAGS.map(|(first, last)| format!("autocorrelation at {first} to {last} frames")));
    names
}

/// From the moving points of each frame.
pub(super) fn features(movers: &[Vec<&CloudPoint>], spectrum: &Spectrum) -> Vec<f64> {
    let velocities = |frame: &Vec<&CloudPoint>| -> Vec<f64> {
        frame.iter().filter_map(|point| point.velocity_m_s).collect()
    };
    let frames: Vec<Vec<f64>> = movers.iter().map(velocities).collect();
    let series = |of: fn(&[f64]) -> f64| frames.iter().map(|frame| of(frame)).collect::<Vec<f64>>();
    let counts = series(|frame| frame.len() as f64);
    let all = [
        counts.clone(),
        series(|frame| frame.iter().map(|v| v.abs()).sum()),
        series(|frame| frame.iter().sum()),
        series(|frame| frame.iter().copied().fold(0.0, f64::max)),
        series(|frame| frame.iter().copied().fold(0.0, f64::min)),
    ];
    let mut features = Vec::new();
    for one in &all {
        features.extend([mean(one), deviation(one), step_deviation(one)]);
        features.extend(spectrum.features(one));
    }
    features.extend(bursts(&counts));
    features.extend(autocorrelation(&counts));
    features
}

/// Share of frames in which something moves, how unevenly, and runs of such frames.
fn bursts(counts: &[f64]) -> [f64; 4] {
    let busy = counts.iter().filter(|&&count| count > 0.0).count() as f64;
    let starts = counts.iter().zip(std::iter::once(&0.0).chain(counts));
    let runs = starts.filter(|&(&now, &before)| now > 0.0 && before == 0.0).count() as f64;
    let spread = deviation(counts);
    let length = if runs > 0.0 { busy / runs } else { 0.0 };
    // A twentieth of a point keeps windows at rest from being told apart by one stray point.
    [busy / counts.len() as f64, spread * spread / (mean(counts) + 0.05), length, runs]
}

/// The greatest autocorrelation in each range of lags; half a square point keeps that of nothing at 0.
fn autocorrelation(counts: &[f64]) -> [f64; 6] {
    let centre = mean(counts);
    let off: Vec<f64> = counts.iter().map(|count| count - centre).collect();
    let product = |lag: usize| off.iter().zip(off.iter().skip(lag)).map(|(a, b)| a * b).sum::<f64>();
    let whole = product(0) + 0.5;
    LAGS.map(|(first, last)| (first..=last).map(|lag| product(lag) / whole).fold(f64::NEG_INFINITY, f64::max))
}
