//! The motion of a radar through the scans of files.

use super::args::{Late, Method, Parameters, none_of};
use crate::error::{Error, Result};
use crate::export::save_table_csv;
use crate::output::{Interrupt, create_folder};
use crate::question::contradiction;
use crate::sense::imu::{self, Imu};
use crate::sense::input::{Recording, Skipped};
use crate::sense::values::{save_path, triangle};
use mmw_sense::EgoVelocity;
use mmw_sense::ego::{Moment, TimeOffset, body_velocity, integrate, rate_at, time_offset};
use mmw_sense::trajectory::TimedPose;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The velocity in each scan, in the axes of the vehicle.
#[derive(Debug, Serialize)]
pub(in crate::sense) struct Driven {
    scans: Vec<Scan>,
    /// Scans of too few points, or of such that fix no velocity.
    without: usize,
    standing: usize,
    /// What was subtracted from the times of the scans, s.
    late_s: f64,
    /// How far velocities are from those of the inertial unit, m/s, where the lateness was found by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale_m_s: Option<f64>,
    path_m: f64,
    /// Where it ends, from where it began, m.
    end_m: [f64; 3],
    skipped: Skipped,
    #[serde(skip)]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Serialize)]
struct Scan {
    frame: u64,
    time_s: f64,
    velocity_m_s: [f64; 3],
    /// Upper triangle, row by row.
    covariance: Vec<f64>,
    inliers: usize,
    points: usize,
    standing: bool,
}

/// How early and how late scans may be, s.
const BOUNDS_S: [f64; 2] = [-0.2, 0.5];
/// Variance of a turn rate of an inertial unit, rad²/s²: half a degree per second.
const RATE_VARIANCE: f64 = 7.6e-5;

pub(super) fn follow(args: &Parameters) -> Result<Driven> {
    let other = args.method.is_some_and(|method| method != Method::Robust);
    none_of(&[("method", other), ("scale_m_s", args.scale_m_s.is_some())], "has no effect on files")?;
    let imu = args.imu.as_deref().map(imu::read).transpose()?;
    if args.lever_m.is_some() && imu.is_none() {
        return Err(contradiction("lever_m", "has no effect without turn rates (imu)"));
    }
    let mounting = args.mounting()?;
    let recording = args.input.read_timed(args.period_s, None)?;
    let mut driven = scans(args, recording)?;
    let found = late(args, &driven.scans, imu.as_ref())?;
    (driven.late_s, driven.scale_m_s) = found;
    let turning = imu.map_or_else(Vec::new, |imu| imu.turning);
    for scan in &mut driven.scans {
        scan.time_s -= driven.late_s;
        let covariance = crate::sense::values::symmetric(&scan.covariance).unwrap_or_default();
        let rate = rate_at(&turning, scan.time_s);
        let variance = if turning.is_empty() { 0.0 } else { RATE_VARIANCE };
        let (velocity, covariance) =
            body_velocity(&mounting, scan.velocity_m_s, &covariance, rate, variance)?;
        (scan.velocity_m_s, scan.covariance) = (velocity, triangle(&covariance));
    }
    let moments = moments(&driven.scans)?;
    let way = integrate(&moments, &turning)?;
    for pair in way.windows(2) {
        let off: [f64; 3] = std::array::from_fn(|i| pair[1].translation_m[i] - pair[0].translation_m[i]);
        driven.path_m += off.iter().map(|x| x * x).sum::<f64>().sqrt();
    }
    driven.end_m = way.last().map_or([0.0; 3], |pose| pose.translation_m);
    if let Some(out) = &args.out {
        create_folder(out)?;
        save_velocities(&out.join("velocity.csv"), &driven.scans)?;
        let times = moments.iter().map(|moment| moment.time_s);
        let path = times.zip(&way).map(|(time_s, pose)| TimedPose::new(time_s, *pose));
        save_path(&out.join("trajectory.tum"), &path.collect::<mmw_sense::Result<Vec<_>>>()?)?;
        driven.out = Some(out.clone());
    }
    Ok(driven)
}

fn scans(args: &Parameters, recording: Recording) -> Result<Driven> {
    let mut plan = EgoVelocity::new(args.config()?)?;
    let (mut scans, mut without) = (Vec::new(), 0);
    for cloud in &recording.clouds {
        Interrupt::check()?;
        match plan.estimate(cloud) {
            Ok(found) => scans.push(Scan {
                frame: cloud.frame,
                time_s: cloud.time_s,
                velocity_m_s: found.velocity_m_s,
                covariance: triangle(&found.covariance),
                inliers: found.inliers,
                points: found.points,
                standing: found.standing,
            }),
            Err(mmw_core::Error::TooFew { .. } | mmw_core::Error::Singular { .. }) => without += 1,
            Err(error) => return Err(Error::Core(error)),
        }
    }
    Ok(Driven {
        standing: scans.iter().filter(|scan| scan.standing).count(),
        scans,
        without,
        late_s: 0.0,
        scale_m_s: None,
        path_m: 0.0,
        end_m: [0.0; 3],
        skipped: recording.skipped,
        out: None,
    })
}

fn moments(scans: &[Scan]) -> Result<Vec<Moment>> {
    let moment = |scan: &Scan| Moment::new(scan.time_s, scan.velocity_m_s);
    Ok(scans.iter().map(moment).collect::<mmw_core::Result<_>>()?)
}

/// How late the scans are, and how well the velocities then agree with the inertial unit.
fn late(args: &Parameters, scans: &[Scan], imu: Option<&Imu>) -> Result<(f64, Option<f64>)> {
    let known = match args.time_offset_s {
        None => return Ok((0.0, None)),
        Some(Late::Known(late_s)) => mmw_core::check::in_range("time_offset_s", late_s, -1e6, 1e6)?,
        Some(Late::Auto) => {
            let unit = imu.and_then(|imu| imu.inertial.as_ref());
            let unit = unit.ok_or_else(|| {
                contradiction("time_offset_s", "auto needs an inertial unit with forces (imu)")
            })?;
            let mounting = args.mounting()?;
            let mut turned = scans.to_vec();
            for scan in &mut turned {
                let still = [[0.0; 3]; 3];
                scan.velocity_m_s = body_velocity(&mounting, scan.velocity_m_s, &still, [0.0; 3], 0.0)?.0;
            }
            let TimeOffset { late_s, scale_m_s, .. } = time_offset(&moments(&turned)?, unit, BOUNDS_S)?;
            return Ok((late_s, Some(scale_m_s)));
        }
    };
    Ok((known, None))
}

fn save_velocities(path: &Path, scans: &[Scan]) -> Result<()> {
    let names = "frame,time_s,vx_m_s,vy_m_s,vz_m_s,cxx_m2_s2,cxy_m2_s2,cxz_m2_s2,cyy_m2_s2,cyz_m2_s2,czz_m2_s2,\
                 inliers,points,standing";
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    let row = |scan: &Scan| {
        let numbers = std::iter::once(&scan.time_s).chain(&scan.velocity_m_s).chain(&scan.covariance);
        let counts = [scan.inliers, scan.points, usize::from(scan.standing)].map(|n| n.to_string());
        std::iter::once(scan.frame.to_string())
            .chain(numbers.map(|value| format!("{value:?}")))
            .chain(counts)
            .collect::<Vec<_>>()
    };
    save_table_csv(path, &names, &scans.iter().map(row).collect::<Vec<_>>())
}

impl Driven {
    pub(super) fn lines(&self) -> Vec<String> {
        let [x, y, z] = self.end_m;
        let mut lines = vec![
            format!(
                "{} scans with a velocity, {} without, {} standing",
                self.scans.len(),
                self.without,
                self.standing
            ),
            format!("path {:.3} m, end at {x:.3}, {y:.3}, {z:.3} m", self.path_m),
        ];
        if self.late_s != 0.0 {
            lines.push(format!("scans are {:.4} s late", self.late_s));
        }
        lines.extend(
            self.scale_m_s.map(|scale| format!("velocities differ by {scale:.3} m/s from the inertial unit")),
        );
        lines.extend(self.skipped.lines());
        lines
            .extend(self.out.iter().map(|out| format!("velocities and trajectory are in {}", out.display())));
        lines
    }
}
