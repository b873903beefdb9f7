//! `mmw sense register`: the rigid motion between two clouds.

use super::input::InputArgs;
use super::values::{Rows, json};
use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line, named};
use mmw_sense::Pose;
use mmw_sense::registration::{Aligned, Icp, IcpConfig, Residual, Stop, Surface};
use serde::Serialize;
use std::path::Path;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
#[command(mut_arg("input", |arg| arg.required(false).required_unless_present("target")
    .help("The cloud that stays, and the one that is moved onto it, each as one frame or all frames of a file")))]
pub(super) struct Parameters {
    #[command(flatten)]
    input: InputArgs,

    /// Points of the cloud that stays in place of files, m: [[x, y, z], …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<[f64; 3]>>, conflicts_with = "input", requires = "source")]
    target: Option<Rows<[f64; 3]>>,

    /// Points of the cloud that is moved, m
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<[f64; 3]>>, requires = "target", conflicts_with = "input")]
    source: Option<Rows<[f64; 3]>>,

    /// What is made small: distances to points or planes (`point`, `plane`), or between planes (`gicp`)
    #[arg(long, value_name = "NAME", default_value = "plane", value_parser = named::<Residual>)]
    method: Residual,

    /// Points farther from every other are left out
    #[arg(long, value_name = "M", default_value_t = 1.0, alias = "max-distance")]
    max_distance_m: f64,

    /// Points of a neighbourhood, for normals and planes
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    neighbours: usize,

    /// Steps at most
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    steps: usize,

    /// Where to begin: rotation and translation, the first three rows of a matrix of four, [r11, r12, r13, x,
    /// …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>)]
    start: Option<Rows<f64>>,
}

/// The motion from the source to the target.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// Three rows of a matrix of four: rotation and translation, m.
    pose: Vec<f64>,
    quaternion_xyzw: [f64; 4],
    inliers: usize,
    error: f64,
    iterations: usize,
    stop: Stop,
}

impl Parameters {
    fn clouds(&self) -> Result<[Vec<[f64; 3]>; 2]> {
        if let (Some(Rows(target)), Some(Rows(source))) = (&self.target, &self.source) {
            self.input.without_files()?;
            return Ok([target.clone(), source.clone()]);
        }
        let [target, source] = &self.input.input[..] else {
            return Err(contradiction(
                "input",
                "must be two files: the cloud that stays, and the one that is moved",
            ));
        };
        let read = |path: &Path| -> Result<Vec<[f64; 3]>> {
            let recording = self.input.only(path).read(None)?;
            let points = recording.clouds.iter().flat_map(|cloud| &cloud.points);
            Ok(points.map(|point| point.position_m).collect())
        };
        Ok([read(target)?, read(source)?])
    }

    fn start(&self) -> Result<Pose> {
        let Some(Rows(rows)) = &self.start else { return Ok(Pose::identity()) };
        mmw_core::check::same_len("start", 12, rows.len())?;
        let row = |i: usize| [rows[4 * i], rows[4 * i + 1], rows[4 * i + 2]];
        Ok(Pose::new([row(0), row(1), row(2)], [rows[3], rows[7], rows[11]])?)
    }
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let [target, source] = self.clouds()?;
        let surface = |points: &[[f64; 3]]| Surface::new(points, self.neighbours);
        let mut config = IcpConfig::default();
        (config.residual, config.max_distance_m, config.steps) =
            (self.method, self.max_distance_m, self.steps);
        let plan = Icp::new(config)?;
        let Aligned { pose, inliers, error, steps, stop, .. } =
            plan.align(&surface(&target)?, &surface(&source)?, &self.start()?)?;
        let row = |i: usize| pose.rotation[i].into_iter().chain([pose.translation_m[i]]);
        Ok(Answer {
            pose: (0..3).flat_map(row).collect(),
            quaternion_xyzw: pose.quaternion_xyzw(),
            inliers,
            error,
            iterations: steps,
            stop,
        })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let row =
            |i: usize| self.pose[4 * i..4 * i + 4].iter().map(|x| format!("{x:12.6}")).collect::<String>();
        let mut lines: Vec<String> = (0..3).map(row).collect();
        lines.push(line("error", self.error, ""));
        lines.push(format!(
            "{} points with a partner, {} steps, ended by {}",
            self.inliers, self.iterations, self.stop
        ));
        lines
    }
}
