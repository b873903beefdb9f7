//! `mmw sense slam`: where a radar has been and what is around it.

use super::imu;
use super::input::{InputArgs, Skipped};
use super::values::{Rows, json, overruled, save_path};
use crate::error::{Error, Result};
use crate::export::save_table_csv;
use crate::output::{self, Interrupt, create_folder};
use crate::plot::{self, PlanPlot};
use crate::question::{Question, Readable, contradiction};
use mmw_sense::ego::{Moment, integrate};
use mmw_sense::registration::UncertainPoint;
use mmw_sense::slam::{Loop, Slam, SlamConfig, SlamMap};
use mmw_sense::trajectory::{TimedPose, absolute_error, pose_at, read_tum, relative_error};
use mmw_sense::{PointCloud, PolarNoise, Pose};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    input: InputArgs,

    /// Time from frame to frame, where the input has no times
    #[arg(long, value_name = "S")]
    period_s: Option<f64>,

    /// Turn rates of a gyroscope in the axes of the radar: CSV with `time_s` and `wx_rad_s`, `wy_rad_s`,
    /// `wz_rad_s`, or `yaw_rate_rad_s` alone
    #[arg(long, value_name = "FILE")]
    gyro: Option<PathBuf>,

    /// How late the times of the scans are against those of the gyroscope and the truth [default: 0]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    time_offset_s: Option<f64>,

    /// Standard deviations of range (m), azimuth, elevation (rad) and radial velocity (m/s)
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>)]
    sd: Option<Rows<f64>>,

    /// A TOML file with fields of the configuration, which overrule the usual ones
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Leave the path as it is where it comes back to a place
    #[arg(long)]
    no_loops: bool,

    /// The true path, to compare with: TUM's order, time x y z qx qy qz qw
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,

    /// Folder for trajectory.tum, loops.csv, map.ply and map.png
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What came out.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    scans: usize,
    /// Scans that went by velocity and turn rate alone.
    unmatched: usize,
    path_m: f64,
    /// Where it ends, from where it began, m.
    end_m: [f64; 3],
    loops: Vec<LoopLine>,
    map_points: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Compared>,
    skipped: Skipped,
    #[serde(skip)]
    out: Option<PathBuf>,
}

/// Two scans at the same place.
#[derive(Debug, Serialize)]
struct LoopLine {
    from: usize,
    to: usize,
    distance_m: f64,
    weight: f64,
}

/// How far the path is from the truth.
#[derive(Debug, Serialize)]
struct Compared {
    scans: usize,
    path_m: f64,
    ate_m: f64,
    ate_share: f64,
    max_m: f64,
    rpe_m: f64,
    rpe_rad: f64,
}

impl Parameters {
    fn config(&self) -> Result<SlamConfig> {
        let mut config = SlamConfig::default();
        if let Some(Rows(sd)) = &self.sd {
            mmw_core::check::same_len("sd", 4, sd.len())?;
            config.ego.noise = PolarNoise::new(sd[0], sd[1], sd[2], sd[3])?;
        }
        if let Some(path) = &self.config {
            config = overruled(&config, path)?;
        }
        config.close_loops &= !self.no_loops;
        Ok(config)
    }

    /// The mean turn rate between each scan and the one before.
    fn turn_rates(&self, clouds: &[PointCloud], late_s: f64) -> Result<Option<Vec<[f64; 3]>>> {
        let Some(file) = &self.gyro else { return Ok(None) };
        let turning = imu::read(file)?.turning;
        let moments = clouds.iter().map(|cloud| Moment::new(cloud.time_s - late_s, [0.0; 3]));
        let moments: Vec<Moment> = moments.collect::<mmw_core::Result<_>>()?;
        let way = integrate(&moments, &turning)?;
        let mut rates = vec![[0.0; 3]; clouds.len()];
        for k in 1..way.len() {
            let dt = moments[k].time_s - moments[k - 1].time_s;
            rates[k] = way[k - 1].inverse().after(&way[k]).log().0.map(|turn| turn / dt);
        }
        Ok(Some(rates))
    }

    fn compare(&self, path: &[TimedPose], late_s: f64) -> Result<Option<Compared>> {
        let Some(file) = &self.truth else { return Ok(None) };
        let text = std::fs::read_to_string(file).map_err(|error| Error::io(file, "read", &error))?;
        let truth = read_tum(&file.display().to_string(), &text)?;
        let met = path.iter().filter_map(|timed| Some((pose_at(&truth, timed.time_s - late_s)?, timed.pose)));
        let (truth, found): (Vec<Pose>, Vec<Pose>) = met.unzip();
        if truth.is_empty() {
            return Err(contradiction("truth", "has no time in common with the scans"));
        }
        let ate = absolute_error(&truth, &found)?;
        // About a second.
        let seconds = path.last().map_or(0.0, |last| last.time_s - path[0].time_s);
        let step = ((path.len() - 1) as f64 / seconds).round().clamp(1.0, (truth.len() - 1).max(1) as f64);
        let rpe = relative_error(&truth, &found, step as usize)?;
        Ok(Some(Compared {
            scans: truth.len(),
            path_m: ate.path_m,
            ate_m: ate.rms_m,
            ate_share: ate.rms_m / ate.path_m.max(f64::MIN_POSITIVE),
            max_m: ate.max_m,
            rpe_m: rpe.rms_m,
            rpe_rad: rpe.rms_rad,
        }))
    }
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        if self.time_offset_s.is_some() && self.gyro.is_none() && self.truth.is_none() {
            return Err(contradiction(
                "time_offset_s",
                "has no effect without a gyroscope (gyro) or a truth",
            ));
        }
        let late_s =
            mmw_core::check::in_range("time_offset_s", self.time_offset_s.unwrap_or(0.0), -1e6, 1e6)?;
        let recording = self.input.read_timed(self.period_s, None)?;
        let rates = self.turn_rates(&recording.clouds, late_s)?;
        let mut slam = Slam::new(self.config()?)?;
        for (k, cloud) in recording.clouds.iter().enumerate() {
            Interrupt::check()?;
            slam.step(cloud, rates.as_ref().map(|rates| rates[k]))?;
        }
        let found = slam.finish()?;
        let compared = self.compare(&found.path, late_s)?;
        if let Some(out) = &self.out {
            save(out, &found)?;
        }
        let places: Vec<[f64; 3]> = found.path.iter().map(|timed| timed.pose.translation_m).collect();
        let path_m = places.windows(2).map(|pair| distance_m(pair[0], pair[1])).sum();
        Ok(Answer {
            scans: places.len(),
            unmatched: slam.unmatched(),
            path_m,
            end_m: places.last().copied().unwrap_or_default(),
            loops: found.loops.iter().map(LoopLine::of).collect(),
            map_points: found.points.len(),
            compared,
            skipped: recording.skipped,
            out: self.out.clone(),
        })
    }
}

impl LoopLine {
    fn of(one: &Loop) -> Self {
        let distance_m = distance_m(one.measured.translation_m, [0.0; 3]);
        Self { from: one.from, to: one.to, distance_m, weight: one.weight }
    }
}

fn distance_m(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

/// Dots of a picture: more would only cover each other.
const MOST_DOTS: usize = 20_000;

fn save(out: &Path, found: &SlamMap) -> Result<()> {
    create_folder(out)?;
    save_path(&out.join("trajectory.tum"), &found.path)?;
    let names = ["from", "to", "x_m", "y_m", "z_m", "weight"].map(str::to_owned);
    let row = |one: &Loop| {
        let [x, y, z] = one.measured.translation_m;
        let numbers = [x, y, z, one.weight].map(|value| format!("{value:?}"));
        [one.from.to_string(), one.to.to_string()].into_iter().chain(numbers).collect()
    };
    save_table_csv(&out.join("loops.csv"), &names, &found.loops.iter().map(row).collect::<Vec<_>>())?;
    save_map(&out.join("map.ply"), &found.points)?;
    let above = |position: [f64; 3]| [position[0], position[1]];
    let stride = found.points.len().div_ceil(MOST_DOTS).max(1);
    let dots = found.points.iter().step_by(stride).map(|point| above(point.position_m));
    let title = format!("Path of {} scans with {} loops", found.path.len(), found.loops.len());
    let plan = PlanPlot::new(title).dots(dots);
    let plan = plan.path("radar", found.path.iter().map(|timed| above(timed.pose.translation_m)));
    plot::save(&out.join("map.png"), &plan)
}

/// The points of the map as PLY, each with the root of the trace of its covariance.
fn save_map(path: &Path, points: &[UncertainPoint]) -> Result<()> {
    output::save(path, |file| {
        write!(
            file,
            "ply\nformat ascii 1.0\ncomment metres in the axes of the first scan: x right, y forward, z up\n\
             element vertex {}\nproperty float x\nproperty float y\nproperty float z\nproperty float deviation\n\
             end_header\n",
            points.len()
        )?;
        points.iter().try_for_each(|point| {
            let [x, y, z] = point.position_m.map(|value| value as f32);
            let c = &point.covariance_m2;
            let deviation = (c[0][0] + c[1][1] + c[2][2]).sqrt() as f32;
            writeln!(file, "{x} {y} {z} {deviation}")
        })
    })
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let [x, y, z] = self.end_m;
        let false_ones = self.loops.iter().filter(|one| one.weight < 0.5).count();
        let mut lines = vec![
            format!("{} scans, {} by velocity and turn rate alone", self.scans, self.unmatched),
            format!("path {:.3} m, end at {x:.3}, {y:.3}, {z:.3} m", self.path_m),
            format!(
                "{} loops closed, {false_ones} disbelieved; {} points in the map",
                self.loops.len() - false_ones,
                self.map_points
            ),
        ];
        lines.extend(self.compared.as_ref().map(|compared| {
            format!(
                "against the truth over {:.2} m: ATE {:.4} m = {:.3} %, at most {:.4} m; over a second {:.4} m and {:.3} degrees",
                compared.path_m,
                compared.ate_m,
                100.0 * compared.ate_share,
                compared.max_m,
                compared.rpe_m,
                compared.rpe_rad.to_degrees()
            )
        }));
        lines.extend(self.skipped.lines());
        lines
            .extend(self.out.iter().map(|out| format!("trajectory, loops and map are in {}", out.display())));
        lines
    }
}
