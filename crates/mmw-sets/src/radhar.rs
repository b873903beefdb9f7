//! `RadHAR`: five activities as point clouds of a 77 GHz radar, 30 frames/s.[^radhar]
//!
//! The recordings are texts of ROS messages ([`mmw_sense::read::radhar`]), as they come or packed by gzip,
//! below `Data/{Train,Test}/CLASS/` as published, or in one folder with names of the form
//! `CLASS__PART__NAME.txt`.
//!
//! [^radhar]: A. D. Singh, S. S. Sandha, L. Garcia, M. Srivastava, "`RadHAR`: human activity recognition from
//!     point clouds generated through a millimeter-wave radar", mmNets 2019, doi:10.1145/3349624.3356768;
//!     data: github.com/nesl/RadHAR.

use crate::features::PointFeatures;
use crate::samples::Samples;
use crate::split::{Fold, hold_out, sessions_by_return};
use crate::text_file::read_text;
use mmw_core::{Error, Result};
use mmw_sense::PointCloud;
use mmw_sense::read::{RadharDropped, radhar_recording};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The activities, in the order of their numbers.
pub const CLASSES: [&str; 5] = ["boxing", "jack", "jump", "squats", "walk"];

/// Side of the published split that a recording stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// To learn from.
    Train,
    /// To judge by.
    Test,
}

mmw_core::named!(Part, "part" { Train = "train" | "Train", Test = "test" | "Test" });

/// A recording of one activity.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// Name of the file.
    pub name: String,
    /// Number of the activity in [`CLASSES`].
    pub label: usize,
    /// Side of the published split, where the path tells.
    pub part: Option<Part>,
    /// The frames.
    pub clouds: Vec<PointCloud>,
    /// What was left out of them, and why.
    pub dropped: RadharDropped,
}

impl Recording {
    /// Time of the first frame, s since 1970.
    #[must_use]
    pub fn start_s(&self) -> f64 {
        self.clouds.first().map_or(0.0, |cloud| cloud.time_s)
    }
}

/// The recording in a file.
///
/// # Errors
/// [`Error::Invalid`] for a path that names no activity, [`Error::Io`] when reading fails, [`Error::Format`]
/// for a damaged gzip stream and for a text without frames. Damaged rows are no error: they are counted.
pub fn read_recording(path: &Path) -> Result<Recording> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (label, part) = class_and_part(path, &name)?;
    let read = radhar_recording(&path.display().to_string(), &read_text(path)?)?;
    Ok(Recording { name, label, part, clouds: read.clouds, dropped: read.dropped })
}

/// All recordings (`.txt`, `.txt.gz`) in a folder and below, in the order of their paths.
///
/// # Errors
/// As [`read_recording`]; [`Error::TooFew`] for a folder without recordings.
pub fn read_folder(folder: &Path) -> Result<Vec<Recording>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    if paths.is_empty() {
        return Err(Error::too_few(format!("{}: recordings (.txt, .txt.gz)", folder.display()), 1, 0));
    }
    paths.iter().map(|path| read_recording(path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |e: &std::io::Error| Error::io(folder, "list", e);
    for entry in std::fs::read_dir(folder).map_err(|e| failed(&e))? {
        let path = entry.map_err(|e| failed(&e))?.path();
        let name = path.to_string_lossy();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if name.ends_with(".txt") || name.ends_with(".txt.gz") {
            paths.push(path);
        }
    }
    Ok(())
}

/// What the names of a file and its folders say.
fn class_and_part(path: &Path, name: &str) -> Result<(usize, Option<Part>)> {
    let above = |steps: usize| {
        let folder = path.ancestors().nth(steps)?.file_name()?;
        Some(folder.to_string_lossy().into_owned())
    };
    let class = |word: &str| CLASSES.iter().position(|&class| class == word);
    let mut words = name.split("__");
    if let Some(label) = words.next().and_then(class) {
        return Ok((label, words.next().and_then(|word| word.parse().ok())));
    }
    match above(1).as_deref().and_then(class) {
        Some(label) => Ok((label, above(2).and_then(|word| word.parse().ok()))),
        None => Err(Error::invalid(
            format!("{}: class", path.display()),
            format!("neither the folder nor the name begins with one of {}", CLASSES.join(", ")),
        )),
    }
}

/// The windows of recordings as rows of features, one unit for each recording.
///
/// # Errors
/// As [`PointFeatures::samples`].
pub fn samples(recordings: &[Recording], features: &PointFeatures) -> Result<Samples> {
    let units: Vec<_> = recordings.iter().map(|one| (one.clouds.as_slice(), one.label)).collect();
    features.samples(&units, CLASSES.len())
}

/// The session of each recording, from 0 in the order of time.
///
/// The 60 recordings that this was checked with were taken in three sessions, the activities one after the
/// other in each, 20 recordings per session: on 28 June 2019 from 00:27 and from 00:53, and on 30 June from
/// 03:01 UTC.
///
/// # Errors
/// None for recordings that were read: their times are finite.
pub fn sessions(recordings: &[Recording]) -> Result<Vec<usize>> {
    let starts_s: Vec<f64> = recordings.iter().map(Recording::start_s).collect();
    let labels: Vec<usize> = recordings.iter().map(|recording| recording.label).collect();
    sessions_by_return(&starts_s, &labels)
}

/// The published split, in numbers of recordings.
///
/// **It does not measure how well an activity is recognised.** The test recordings are the last takes of the
/// same series as the training's, minutes later, by all signs of the same person at the same place: logistic
/// regression on hand features reaches 0.98 of the windows there, more than every network published with it,
/// and 0.74 to 0.92 on a session that it has not seen. Report it beside papers that do, and judge by
/// [`leave_one_group_out`](crate::split::leave_one_group_out) over [`sessions`].
///
/// # Errors
/// [`Error::Missing`] for a recording whose path does not tell its side, [`Error::TooFew`] when one side is
/// empty.
pub fn official_split(recordings: &[Recording]) -> Result<Fold> {
    let side = |recording: &Recording| match recording.part {
        Some(part) => Ok(usize::from(part == Part::Test)),
        None => Err(Error::missing(
            format!("part of {}", recording.name),
            "it stands in the path: below Train or Test, or CLASS__Train__NAME.txt",
        )),
    };
    let sides = recordings.iter().map(side).collect::<Result<Vec<_>>>()?;
    match sides.contains(&1) {
        true => hold_out(&sides, &[1]),
        false => Err(Error::too_few("recordings of the test part", 1, 0)),
    }
}
