//! What is reported of a frame: its tracks.

use crate::error::Result;
use crate::export::save_table_csv;
use crate::output;
use mmw_sense::{PointCloud, Track, TrackStatus};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// A frame and who is in it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Scan {
    pub(super) frame: u64,
    pub(super) time_s: f64,
    pub(super) points: usize,
    pub(super) tracks: Vec<Person>,
}

/// Somebody at the time of a frame.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Person {
    pub(super) id: u64,
    pub(super) x_m: f64,
    pub(super) y_m: f64,
    pub(super) vx_m_s: f64,
    pub(super) vy_m_s: f64,
    /// Standard deviation of the place in its worst direction, m.
    pub(super) deviation_m: f64,
    pub(super) status: TrackStatus,
}

impl From<&Track> for Person {
    fn from(track: &Track) -> Self {
        let ([x_m, y_m], [vx_m_s, vy_m_s]) = (track.position_m, track.velocity_m_s);
        Self {
            id: track.id,
            x_m,
            y_m,
            vx_m_s,
            vy_m_s,
            deviation_m: track.deviation_m(),
            status: track.status,
        }
    }
}

impl Scan {
    pub(super) fn new(cloud: &PointCloud, tracks: &[Track]) -> Self {
        let tracks = tracks.iter().map(Person::from).collect();
        Self { frame: cloud.frame, time_s: cloud.time_s, points: cloud.points.len(), tracks }
    }
}

/// One row for each person and frame. Heights are not followed, and their columns are empty.
pub(super) fn save_csv(path: &Path, scans: &[Scan]) -> Result<()> {
    let names = "frame,time_s,id,x_m,y_m,z_m,vx_m_s,vy_m_s,vz_m_s,status";
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    let row = |scan: &Scan, one: &Person| {
        let number = |value: f64| format!("{value:?}");
        let none = String::new();
        let Person { id, x_m, y_m, vx_m_s, vy_m_s, status, .. } = one;
        let start = [scan.frame.to_string(), number(scan.time_s), id.to_string()];
        let place = [number(*x_m), number(*y_m), none.clone(), number(*vx_m_s), number(*vy_m_s), none];
        start.into_iter().chain(place).chain([status.to_string()]).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> =
        scans.iter().flat_map(|scan| scan.tracks.iter().map(|one| row(scan, one))).collect();
    save_table_csv(path, &names, &rows)
}

/// One line for each frame.
pub(super) fn save_json_lines(path: &Path, scans: &[Scan]) -> Result<()> {
    let lines: Vec<String> = scans.iter().map(crate::json::to_line).collect::<Result<_>>()?;
    output::save(path, |file| lines.iter().try_for_each(|line| writeln!(file, "{line}")))
}
