//! How the moving points of a window lie and how fast they are.

use super::config::FeatureConfig;
use super::statistics::{correlation, deviation, mean, median, quantiles, skewness};
use mmw_sense::CloudPoint;

/// Shares of points faster than these, m/s: between the Doppler bins of 0.615 m/s.
const FAST_M_S: [f64; 4] = [0.7, 1.3, 1.9, 2.5];

/// Product of deviations below which a correlation says little, of m and m/s.
const FLOOR: f64 = 0.02;

/// Fewer points have no shape.
const FEWEST: usize = 3;

/// Features of the shape, all 0 for fewer than three moving points.
const SHAPE: [&str; 16] = [
    "width across",
    "width in height",
    "width in range",
    "deviation across",
    "deviation in height",
    "deviation in range",
    "skewness in height",
    "correlation of across and height",
    "correlation of velocity and height",
    "correlation of velocity and range",
    "correlation of velocity and across",
    "share receding",
    "deviation of intensity",
    "height over the body",
    "range behind the body",
    "offset across from the body",
];

/// The features of [`features`].
pub(super) fn names(config: &FeatureConfig) -> Vec<String> {
    let mut names: Vec<String> = SHAPE.map(String::from).to_vec();
    names.extend(FAST_M_S.map(|v| format!("share faster than {v} m/s")));
    names.extend(["share moving", "logarithm of moving points"].map(String::from));
    if config.position {
        names.extend(["across", "height", "range"].map(String::from));
    }
    if config.gain {
        names.extend(["intensity", "points per frame"].map(String::from));
    }
    names
}

/// From the points of all frames of a window that are not near, the moving ones among them, and the number of
/// frames.
pub(super) fn features(
    config: &FeatureConfig,
    points: &[&CloudPoint],
    movers: &[&CloudPoint],
    frames: usize,
) -> Vec<f64> {
    let mut features = match movers.len() < FEWEST {
        true => vec![0.0; SHAPE.len()],
        false => shape(config, points, movers),
    };
    let all = points.len().max(1) as f64;
    let faster = |v: f64| movers.iter().filter(|point| speed(point) > v).count() as f64 / all;
    features.extend(FAST_M_S.map(faster));
    features.extend([movers.len() as f64 / all, libm::log1p(movers.len() as f64)]);
    if config.position {
        features.extend([0, 2].map(|axis| median(&coordinate(movers, axis))));
        features.push(median(&ranges(movers)));
    }
    if config.gain {
        features.extend([mean(&intensities(movers)), points.len() as f64 / frames as f64]);
    }
    features
}

fn shape(config: &FeatureConfig, points: &[&CloudPoint], movers: &[&CloudPoint]) -> Vec<f64> {
    let [across, height, range] = [coordinate(movers, 0), coordinate(movers, 2), ranges(movers)];
    let velocities: Vec<f64> = movers.iter().filter_map(|point| point.velocity_m_s).collect();
    let width = |values: &[f64]| {
        let [low, high] = quantiles(values, [0.1, 0.9]);
        high - low
    };
    let middle_m = median(&range);
    let of_body = |point: &&&CloudPoint| (point.range_m() - middle_m).abs() < config.body_m;
    let body: Vec<&CloudPoint> = points.iter().filter(of_body).copied().collect();
    let receding = velocities.iter().filter(|&&v| v > 0.0).count() as f64 / velocities.len() as f64;
    vec![
        width(&across),
        width(&height),
        width(&range),
        deviation(&across),
        deviation(&height),
        deviation(&range),
        skewness(&height, 1e-3),
        // Left and right are alike.
        correlation(&across, &height, FLOOR).abs(),
        correlation(&velocities, &height, FLOOR),
        correlation(&velocities, &range, FLOOR),
        correlation(&velocities, &across, FLOOR).abs(),
        receding,
        deviation(&intensities(movers)),
        median(&height) - mean(&coordinate(&body, 2)),
        middle_m - median(&ranges(&body)),
        (median(&across) - mean(&coordinate(&body, 0))).abs(),
    ]
}

/// Radial speed, m/s, 0 where it is unknown.
pub(super) fn speed(point: &CloudPoint) -> f64 {
    point.velocity_m_s.map_or(0.0, f64::abs)
}

fn coordinate(points: &[&CloudPoint], axis: usize) -> Vec<f64> {
    points.iter().map(|point| point.position_m[axis]).collect()
}

fn ranges(points: &[&CloudPoint]) -> Vec<f64> {
    points.iter().map(|point| point.range_m()).collect()
}

fn intensities(points: &[&CloudPoint]) -> Vec<f64> {
    points.iter().filter_map(|point| point.snr_db).collect()
}
