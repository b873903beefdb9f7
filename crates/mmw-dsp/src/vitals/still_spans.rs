//! Where the body itself moves: spans of a record that say nothing about its breathing.

use mmw_core::ndarray::{Array1, ArrayRef1};
use std::f64::consts::PI;

/// Length over which motion is judged, s.
const SPAN_S: f64 = 1.0;
/// Breathing at any depth stays below this speed (root mean square over a second), m/s …
const MOST_SPEED_M_S: f64 = 0.05;
/// … and bends the phase by less than this from sample to sample, rad; where turns are being lost, steps
/// change at random.
const MOST_BEND_RAD: f64 = 0.9;
/// Motion stands out from the rest of the record by this factor.
const OVER_MEDIAN: f64 = 2.5;

/// Which samples belong to motion of the body.
pub(super) fn moving(phase_rad: &ArrayRef1<f64>, rate_hz: f64, wavelength_m: f64) -> Vec<bool> {
    let steps: Vec<f64> = phase_rad.windows(2).into_iter().map(|pair| pair[1] - pair[0]).collect();
    let bends: Vec<f64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let most_step = MOST_SPEED_M_S / rate_hz * 4.0 * PI / wavelength_m;
    let width = ((SPAN_S * rate_hz).round() as usize).max(1);
    let mut moving = vec![false; phase_rad.len()];
    for (values, limit) in [(steps, most_step), (bends, MOST_BEND_RAD)] {
        mark(&values, width, limit, &mut moving);
    }
    moving
}

/// Marks the spans over which the root mean square exceeds `limit` and the record's own level.
fn mark(values: &[f64], width: usize, limit: f64, moving: &mut [bool]) {
    let width = width.min(values.len());
    if width == 0 {
        return;
    }
    // Sums of squares by differences of a running sum: what motion added leaves again, up to rounding
    // of the motion.
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    sums.extend(values.iter().map(|x| {
        sum += x * x;
        sum
    }));
    let levels: Vec<f64> =
        sums.windows(width + 1).map(|s| ((s[width] - s[0]) / width as f64).max(0.0).sqrt()).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f64::total_cmp);
    let limit = limit.max(OVER_MEDIAN * sorted[sorted.len() / 2]);
    for (start, _) in levels.iter().enumerate().filter(|(_, level)| **level > limit) {
        moving[start..=start + width].iter_mut().for_each(|m| *m = true);
    }
}

/// The phase with the motion's steps left out, so that what is before and after a span meet.
pub(super) fn without_motion(phase_rad: &ArrayRef1<f64>, moving: &[bool]) -> Array1<f64> {
    let mut left_out = 0.0;
    (0..phase_rad.len())
        .map(|i| {
            if i > 0 && (moving[i] || moving[i - 1]) {
                left_out += phase_rad[i] - phase_rad[i - 1];
            }
            phase_rad[i] - left_out
        })
        .collect()
}
