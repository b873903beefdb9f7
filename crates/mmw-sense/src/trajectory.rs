//! Paths with their times, how far they are from the truth, and files of TUM.

use crate::Pose;
use crate::pose::{rotation_of, rotation_vector};
use crate::read::lines::lines;
use crate::registration::closed_form;
use mmw_core::{Result, check};
use std::f64::consts::PI;

/// A pose at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct TimedPose {
    /// Time, s.
    pub time_s: f64,
    /// Where and how.
    pub pose: Pose,
}

mmw_core::checked_serde!(TimedPose, |timed| TimedPose::new(timed.time_s, timed.pose).map(|_| ()));

impl TimedPose {
    /// A pose at a time, s.
    ///
    /// # Errors
    /// A time beyond 1e12.
    pub fn new(time_s: f64, pose: Pose) -> Result<Self> {
        check::in_range("time_s", time_s, -1e12, 1e12)?;
        Ok(Self { time_s, pose })
    }
}

/// How far a path is from the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct AbsoluteError {
    /// Root of the mean squared distance, m (ATE).
    pub rms_m: f64,
    /// The greatest distance, m.
    pub max_m: f64,
    /// Length of the true path, m.
    pub path_m: f64,
    /// What brings the path to the truth.
    pub alignment: Pose,
}

mmw_core::checked_serde!(AbsoluteError, |error| {
    check::non_negative("max_m", error.max_m)?;
    check::in_range("rms_m", error.rms_m, 0.0, error.max_m * (1.0 + 1e-9))?;
    check::non_negative("path_m", error.path_m).map(|_| ())
});

/// The absolute trajectory error[^ate]: what is left of the distances when the path is moved as a whole to
/// where it fits the truth best.
///
/// # Errors
/// Other numbers of poses, fewer than 3, poses on a line or beyond 1e9 m.
///
/// # Examples
/// ```
/// use mmw_sense::{Pose, trajectory::absolute_error};
///
/// let path = |by: f64| [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]].map(|[x, y]| Pose::new(Pose::identity().rotation, [by + x, y, 0.0]));
/// let truth = path(0.0).into_iter().collect::<Result<Vec<_>, _>>()?;
/// let found = path(5.0).into_iter().collect::<Result<Vec<_>, _>>()?;
/// let error = absolute_error(&truth, &found)?;
/// assert!(error.rms_m < 1e-12 && error.path_m == 2.0);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
///
/// [^ate]: J. Sturm et al., "A benchmark for the evaluation of RGB-D SLAM systems", IROS 2012.
pub fn absolute_error(truth: &[Pose], found: &[Pose]) -> Result<AbsoluteError> {
    let places = |poses: &[Pose]| poses.iter().map(|pose| pose.translation_m).collect::<Vec<_>>();
    let (truth, found) = (places(truth), places(found));
    let fit = closed_form(&found, &truth, false)?;
    let off = found.iter().zip(&truth).map(|(a, b)| distance(fit.pose.of(*a), *b));
    let path_m = truth.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    Ok(AbsoluteError { rms_m: fit.rms_m, max_m: off.fold(0.0, f64::max), path_m, alignment: fit.pose })
}

/// How far steps of a path are from the true ones.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct RelativeError {
    /// Root of the mean squared error of the place, m (RPE).
    pub rms_m: f64,
    /// Root of the mean squared angle, rad.
    pub rms_rad: f64,
}

mmw_core::checked_serde!(RelativeError, |error| {
    check::non_negative("rms_m", error.rms_m)?;
    check::in_range("rms_rad", error.rms_rad, 0.0, PI).map(|_| ())
});

/// The relative pose error over `step` poses: `(T_k⁻¹ T_{k+step})⁻¹ (F_k⁻¹ F_{k+step})` of truth and path.
///
/// # Errors
/// Other numbers of poses, no step, no pose a step behind another.
pub fn relative_error(truth: &[Pose], found: &[Pose], step: usize) -> Result<RelativeError> {
    check::same_len("found", truth.len(), found.len())?;
    check::at_least("step", step, 1)?;
    check::at_least("poses", truth.len(), step + 1)?;
    let (mut place, mut angle) = (0.0, 0.0);
    let count = truth.len() - step;
    for k in 0..count {
        let moved = |poses: &[Pose]| poses[k].inverse().after(&poses[k + step]);
        let off = moved(truth).inverse().after(&moved(found));
        place += squared(off.translation_m);
        angle += squared(rotation_vector(&off.rotation));
    }
    Ok(RelativeError { rms_m: (place / count as f64).sqrt(), rms_rad: (angle / count as f64).sqrt() })
}

fn squared(x: [f64; 3]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    squared(std::array::from_fn(|i| a[i] - b[i])).sqrt()
}

/// Reads a path as TUM writes it: lines `time x y z qx qy qz qw`, s and m; `#` begins a remark. Commas
/// separate as blanks do, and a first line of names is passed over.
///
/// # Errors
/// [`Error::Format`](mmw_core::Error::Format) with the byte of a line that is none; times that do not grow.
///
/// # Examples
/// ```
/// use mmw_sense::trajectory::{read_tum, write_tum};
///
/// let path = read_tum("path.txt", "# a remark\n0.5 1 2 3 0 0 0 1\n")?;
/// assert_eq!(path[0].pose.translation_m, [1.0, 2.0, 3.0]);
/// assert_eq!(write_tum(&path), "0.5 1 2 3 0 0 0 1\n");
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn read_tum(name: &str, text: &str) -> Result<Vec<TimedPose>> {
    let mut path: Vec<TimedPose> = Vec::new();
    for (at, line) in lines(name, text).filter(|line| !line.text.starts_with('#')).enumerate() {
        let words: Vec<&str> = line.text.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
        if at == 0 && words.iter().all(|word| word.parse::<f64>().is_err()) {
            continue;
        }
        let [time, x, y, z, qx, qy, qz, qw] = words[..] else {
            return Err(line.unlike("time, place and quaternion: 8 numbers", line.text));
        };
        let value = |word: &str| line.number("a value", word);
        let quaternion = [value(qx)?, value(qy)?, value(qz)?, value(qw)?];
        let rotation = line.explain_as("a quaternion", rotation_of(quaternion))?;
        let pose = line.explain_as("a pose", Pose::new(rotation, [value(x)?, value(y)?, value(z)?]))?;
        let timed = line.explain_as("a time", TimedPose::new(value(time)?, pose))?;
        if path.last().is_some_and(|last| last.time_s >= timed.time_s) {
            return Err(line.unlike("a time after the one before", time));
        }
        path.push(timed);
    }
    Ok(path)
}

/// A path as TUM writes it.
#[must_use]
pub fn write_tum(path: &[TimedPose]) -> String {
    let line = |timed: &TimedPose| {
        let [x, y, z] = timed.pose.translation_m;
        let [qx, qy, qz, qw] = timed.pose.quaternion_xyzw();
        format!("{} {x} {y} {z} {qx} {qy} {qz} {qw}\n", timed.time_s)
    };
    path.iter().map(line).collect()
}

/// The pose at a time between two of a path, on the screw from one to the other; `None` outside.
#[must_use]
pub fn pose_at(path: &[TimedPose], time_s: f64) -> Option<Pose> {
    let next = path.partition_point(|timed| timed.time_s < time_s);
    let after = path.get(next)?;
    if after.time_s == time_s {
        return Some(after.pose);
    }
    let before = path.get(next.checked_sub(1)?)?;
    let share = (time_s - before.time_s) / (after.time_s - before.time_s);
    let (turn, shift) = before.pose.inverse().after(&after.pose).log();
    let part = Pose::exp(turn.map(|x| share * x), shift.map(|x| share * x)).ok()?;
    Some(before.pose.after(&part))
}
