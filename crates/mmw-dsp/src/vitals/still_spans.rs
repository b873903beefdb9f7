//! Where the body itself moves: spans of a record that say nothing about its breathing.

use crate::slow_time::without_trend;
use mmw_core::Result;
use mmw_core::linalg::least_squares;
use mmw_core::ndarray::{Array1, Array2, ArrayRef1};
use mmw_core::stats::upper_median;
use std::f64::consts::PI;
use std::ops::Range;

/// Length over which motion is judged, s.
const SPAN_S: f64 = 1.0;
/// Breathing at any depth stays below this speed (root mean square over a second), m/s …
const MOST_SPEED_M_S: f64 = 0.05;
/// … and bends the phase by less than this from sample to sample, rad; where turns are being lost, steps
/// change at random.
const MOST_BEND_RAD: f64 = 0.9;
/// Motion stands out from the rest of the record by this factor.
const OVER_MEDIAN: f64 = 2.5;
/// Shorter spans between motions hold too little of a breath to tell their own level, s.
const SHORTEST_S: f64 = 4.0;

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
    let limit = limit.max(OVER_MEDIAN * upper_median(&mut levels.clone()).unwrap_or_default());
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

/// A stretch without its trend, in which each still span has its own level, since nobody knows how far the
/// body moved between them, and is zero elsewhere; `still` loses what is too short to have a level.
pub(super) fn level(stretch: &ArrayRef1<f64>, still: &mut [bool], rate_hz: f64) -> Result<Array1<f64>> {
    let shortest = (SHORTEST_S * rate_hz).ceil() as usize;
    let spans: Vec<Range<usize>> = spans(still).into_iter().filter(|span| span.len() >= shortest).collect();
    still.fill(false);
    spans.iter().for_each(|span| still[span.clone()].fill(true));
    if still.iter().all(|still| *still) {
        return Ok(without_trend(stretch));
    }
    let mut rest = Array1::zeros(stretch.len());
    let within: Vec<(usize, usize)> =
        spans.iter().enumerate().flat_map(|(at, span)| span.clone().map(move |i| (at, i))).collect();
    if within.is_empty() {
        return Ok(rest);
    }
    // One slope and one bend for all, and a level for each.
    let place = |i: usize| 2.0 * i as f64 / stretch.len() as f64 - 1.0;
    let columns = Array2::from_shape_fn((within.len(), 2 + spans.len()), |(row, column)| {
        let (at, i) = within[row];
        match column {
            0 | 1 => place(i).powi(column as i32 + 1),
            _ => f64::from(u8::from(column == at + 2)),
        }
    });
    let values: Array1<f64> = within.iter().map(|&(_, i)| stretch[i]).collect();
    let trend = columns.dot(&least_squares(&columns, &values)?);
    for ((&(_, i), value), trend) in within.iter().zip(&values).zip(&trend) {
        rest[i] = value - trend;
    }
    Ok(rest)
}

/// The runs of what is still.
fn spans(still: &[bool]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (i, _) in still.iter().enumerate().filter(|(_, still)| **still) {
        match spans.last_mut() {
            Some(span) if span.end == i => span.end = i + 1,
            _ => spans.push(i..i + 1),
        }
    }
    spans
}
