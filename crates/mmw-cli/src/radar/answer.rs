//! The result of `mmw radar process`: as JSON, and as a table that a person reads.

use super::damage::{ClippedFrame, DamagedFrame, InterferedFrame};
use super::maps::MapSet;
use crate::error::Result;
use crate::plot::median;
use crate::question::Readable;
use mmw_dsp::forms;
use mmw_dsp::processor::Reason;
use mmw_dsp::{Findings, Frame, Point};
use serde::Serialize;
use std::path::PathBuf;

/// Points, and what a person should know beside them.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(super) range_resolution_m: f64,
    pub(super) max_range_m: f64,
    /// Absent for frames of one chirp, as the next two.
    pub(super) velocity_resolution_m_s: Option<f64>,
    pub(super) max_velocity_m_s: Option<f64>,
    /// Velocities that differ by this much share a Doppler bin.
    pub(super) velocity_interval_m_s: Option<f64>,
    pub(super) frames: u64,
    /// Which of azimuth and elevation the array resolves; the other is null in every point.
    pub(super) angles_resolved: Vec<&'static str>,
    pub(super) map_frame: u64,
    pub(super) strongest_cells: Vec<Cell>,
    /// Energy that the clutter filter left of range bins 3 to N/2 - 1 in the map frame.
    pub(super) mti_residual: f64,
    /// In which ways the samples contradict lanes and order of I and Q.
    pub(super) layout_doubts: Vec<String>,
    /// Frames in which samples are missing.
    pub(super) damaged_frames: Vec<DamagedFrame>,
    /// Frames with words at the limits of the converter.
    pub(super) clipped_frames: Vec<ClippedFrame>,
    /// Frames that other radars sent into; null where nobody asked for them to be repaired.
    pub(super) interfered_frames: Option<Vec<InterferedFrame>>,
    /// Frame after frame, in each the strongest cell first.
    pub(super) points: Vec<Point>,
    /// Whether a clutter filter was at work, for people.
    #[serde(skip)]
    pub(super) filtered: bool,
    /// Where maps and points are, for people.
    #[serde(skip)]
    pub(super) out: Option<PathBuf>,
}

/// One of the strongest cells of the range-Doppler map.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    range_bin: usize,
    /// Signed: 0 is zero velocity.
    doppler_bin: i64,
    range_m: f64,
    /// Absent for frames of one chirp.
    velocity_m_s: Option<f64>,
    over_median_db: f64,
    /// Whether it made a point, or stands on the slope of one that did.
    point: bool,
    /// Why not.
    reason: Option<String>,
    /// Whether a person should be told: it is no part of another target, and no noise.
    #[serde(skip)]
    missing: bool,
}

/// Cells that are listed.
const CELLS: usize = 6;
/// A cell this much above its threshold over the median, and yet no point, is worth a line.
const MARGIN_DB: f64 = 6.0;

/// The strongest cells, the coupling of the antennas in the first bins among them, and what became of them.
///
/// # Errors
/// As [`Frame::reason`].
pub(super) fn strongest_cells(frame: &Frame<'_>, findings: &Findings, set: &MapSet) -> Result<Vec<Cell>> {
    let power = set.range_doppler.data();
    let median = median(&set.range_doppler);
    let (range, velocity) = (&set.range_doppler.axes()[0], &set.range_doppler.axes()[1]);
    let zero = velocity.len() / 2;
    let cell = |[r, d]: [usize; 2]| -> Result<Cell> {
        let reason = frame.reason(findings, [r, d])?;
        let over_median_db = 10.0 * (f64::from(power[[r, d]]) / median).log10();
        let missing = match reason {
            None | Some(Reason::Response { .. } | Reason::Shoulder { .. }) => false,
            Some(Reason::BelowThreshold { threshold_db, .. }) => over_median_db > threshold_db + MARGIN_DB,
            Some(_) => true,
        };
        Ok(Cell {
            missing,
            range_bin: r,
            doppler_bin: d as i64 - zero as i64,
            range_m: range.at(r as f64),
            velocity_m_s: (velocity.len() > 1).then(|| velocity.at(d as f64)),
            over_median_db,
            point: reason.is_none(),
            reason: reason.map(|reason| reason.to_string()),
        })
    };
    forms::strongest_cells(power, CELLS, [3, 2], 0).into_iter().map(cell).collect()
}

/// Points of the table that a person reads.
const TABLE_ROWS: usize = 20;

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let (resolution, max) = with_resolution(self.range_resolution_m, self.max_range_m);
        let mut lines = vec![format!("range     {resolution} m resolution, up to {max} m")];
        lines.push(match (self.velocity_resolution_m_s, self.max_velocity_m_s) {
            (Some(resolution), Some(max)) => {
                let (resolution, max) = with_resolution(resolution, max);
                format!("velocity  {resolution} m/s resolution, up to ±{max} m/s")
            }
            _ => "velocity  none: one chirp per frame".to_owned(),
        });
        lines.push(format!("frames    {}", self.frames));
        if self.filtered {
            let (left, frame) = (100.0 * self.mti_residual, self.map_frame);
            lines.push(format!("clutter   {left:.2} % left (frame {frame})"));
        }
        if let Some(frames) = &self.interfered_frames {
            let samples: usize = frames.iter().map(|frame| frame.samples).sum();
            let repaired: usize = frames.iter().map(|frame| frame.repaired_samples).sum();
            let count = frames.len();
            lines.push(format!("bursts    {samples} samples in {count} frames, {repaired} of them repaired"));
        }
        self.list_points(&mut lines);
        self.list_cells(&mut lines);
        lines.extend(self.out.iter().map(|out| format!("\nmaps and points are in {}", out.display())));
        lines
    }
}

impl Answer {
    fn list_points(&self, lines: &mut Vec<String>) {
        let order = if self.points.len() > 1 { ", strongest first in each frame" } else { "" };
        lines.push(format!("points    {}{order}", self.points.len()));
        if self.points.is_empty() {
            return;
        }
        let resolved = |name: &str| self.angles_resolved.contains(&name);
        let columns = [resolved("azimuth"), resolved("elevation")];
        lines.push(table_line(
            "frame   range m",
            "  velocity m/s",
            [columns[0].then_some("  azimuth deg "), columns[1].then_some("  elevation deg")],
            "  SNR dB",
        ));
        lines.extend(self.points.iter().take(TABLE_ROWS).map(|point| row(point, columns)));
        if self.points.len() > TABLE_ROWS {
            let more = self.points.len() - TABLE_ROWS;
            lines.push(format!("… and {more} more; -o DIR or --json gives all"));
        }
        let folded = self.points.iter().find(|p| p.velocity_ambiguous).and_then(|p| p.velocity_interval_m_s);
        if let Some(interval) = folded {
            let interval = significant(interval, 4);
            lines.push(format!("? the velocity may be off by multiples of {interval} m/s"));
        }
        if self.points.iter().any(|p| p.angle_ambiguous) {
            lines.push("? the angle is one of several that these antennas do not tell apart".to_owned());
        }
        if self.points.iter().any(unexplained) {
            lines.push(
                "* one direction leaves more than a tenth of the power unexplained: several targets in the cell, or \
                 antennas that are not calibrated"
                    .to_owned(),
            );
        }
    }

    fn list_cells(&self, lines: &mut Vec<String>) {
        let missing = self.strongest_cells.iter().filter(|cell| cell.missing);
        let missing = missing.filter_map(|cell| Some((cell, cell.reason.as_ref()?)));
        for (i, (cell, reason)) in missing.enumerate() {
            if i == 0 {
                let frame = self.map_frame;
                lines.push(format!("\namong the strongest cells of frame {frame}, but no points"));
            }
            let (range, level) = (cell.range_m, cell.over_median_db);
            let velocity =
                cell.velocity_m_s.map_or(String::new(), |v| format!(" {:+8.3} m/s", no_minus_zero(v, 3)));
            lines.push(format!("{range:9.3} m{velocity} {level:5.1} dB over the median: {reason}"));
        }
    }
}

/// Whether a person should be told that the direction does not explain the channels: noise leaves less than a
/// tenth of a detected target, errors of a calibrated board a few hundredths.
fn unexplained(p: &Point) -> bool {
    p.unexplained_share.is_some_and(|share| share > 0.1)
}

/// A point in the table, with azimuth and elevation where there are such columns.
fn row(p: &Point, columns: [bool; 2]) -> String {
    let velocity = p.velocity_m_s.map_or(String::new(), |v| {
        format!("{:.3}{}", no_minus_zero(v, 3), if p.velocity_ambiguous { "?" } else { " " })
    });
    let angle = |radians: Option<f64>, width: usize| {
        let mark = match p.angle_ambiguous {
            true => "?",
            false if unexplained(p) => "*",
            false => " ",
        };
        let text =
            radians.map_or(String::new(), |a| format!("{:.2}{mark}", no_minus_zero(a.to_degrees(), 2)));
        format!("{text:>width$}")
    };
    table_line(
        &format!("{:5} {:9.3}", p.frame, p.range_m),
        &format!("{velocity:>14}"),
        [
            columns[0].then(|| angle(p.azimuth_rad, 14)).as_deref(),
            columns[1].then(|| angle(p.elevation_rad, 15)).as_deref(),
        ],
        &format!("{:8.1}", p.snr_db),
    )
}

fn table_line(place: &str, velocity: &str, angles: [Option<&str>; 2], snr: &str) -> String {
    let [azimuth, elevation] = angles.map(Option::unwrap_or_default);
    format!("{place}{velocity}{azimuth}{elevation}{snr}")
}

/// A resolution with three significant digits, and a greatest value to its last one.
fn with_resolution(resolution: f64, max: f64) -> (String, String) {
    let decimals = decimals(resolution, 3);
    (format!("{resolution:.decimals$}"), format!("{max:.0$}", decimals.saturating_sub(1)))
}

fn significant(value: f64, digits: usize) -> String {
    format!("{value:.0$}", decimals(value, digits))
}

/// Decimals that show `digits` significant digits.
fn decimals(value: f64, digits: usize) -> usize {
    let exponent = value.abs().max(f64::MIN_POSITIVE).log10().floor() as i64;
    (digits as i64 - 1 - exponent).clamp(0, 12) as usize
}

/// What rounds to zero without its sign.
fn no_minus_zero(value: f64, decimals: i32) -> f64 {
    if value.abs() < 0.5 * 10f64.powi(-decimals) { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolutions_have_three_digits_and_limits_go_with_them() {
        assert_eq!(with_resolution(0.039_248, 20.095), ("0.0392".to_owned(), "20.095".to_owned()));
        assert_eq!(with_resolution(1.005, 8.04), ("1.00".to_owned(), "8.0".to_owned()));
        assert_eq!(significant(16.0796, 4), "16.08");
        assert_eq!(no_minus_zero(-0.0001, 3).to_string(), "0");
    }
}
