//! A page that plays the frames: one file, nothing from a network.

use super::scan::Scan;
use crate::error::Result;
use crate::json::to_line;
use crate::output;
use crate::stdout::warn;
use mmw_sense::PointCloud;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

const TEMPLATE: &str = include_str!("page.html");
/// What stands in the template where the frames go.
const PLACE: &str = "\"FRAMES\"";
/// Points beyond this number would make a page of a hundred megabytes: it then shows the tracks alone.
const MOST_POINTS: usize = 2_000_000;

/// A frame, its numbers as short as a screen needs them.
#[derive(Debug, Serialize)]
struct Shown {
    frame: u64,
    time: f64,
    /// x, y and radial velocity, where known.
    points: Vec<(f64, f64, Option<f64>)>,
    /// Number, x, y, velocity, and whether it is seen.
    tracks: Vec<(u64, f64, f64, f64, f64, bool)>,
}

fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

pub(super) fn save(path: &Path, clouds: &[PointCloud], scans: &[Scan]) -> Result<()> {
    let all: usize = clouds.iter().map(|cloud| cloud.points.len()).sum();
    if all > MOST_POINTS {
        warn(&format!("{all} points are too many for a page: it shows the tracks alone"));
    }
    let shown = |(cloud, scan): (&PointCloud, &Scan)| Shown {
        frame: scan.frame,
        time: rounded(scan.time_s),
        points: cloud
            .points
            .iter()
            .filter(|_| all <= MOST_POINTS)
            .map(|point| {
                let [x, y, _] = point.position_m;
                (rounded(x), rounded(y), point.velocity_m_s.map(rounded))
            })
            .collect(),
        tracks: scan
            .tracks
            .iter()
            .map(|one| {
                let [x, y, vx, vy] = [one.x_m, one.y_m, one.vx_m_s, one.vy_m_s].map(rounded);
                (one.id, x, y, vx, vy, one.status == mmw_sense::TrackStatus::Confirmed)
            })
            .collect(),
    };
    let frames: Vec<Shown> = clouds.iter().zip(scans).map(shown).collect();
    let (before, after) = TEMPLATE.split_once(PLACE).unwrap_or((TEMPLATE, ""));
    let frames = to_line(&frames)?;
    output::save(path, |file| [before, &frames, after].iter().try_for_each(|part| write!(file, "{part}")))
}
