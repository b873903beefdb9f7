//! `mmw sense cluster`: groups of points by place and velocity.

use super::input::{InputArgs, Recording, Skipped};
use super::values::{Rows, json, triangle};
use crate::error::Result;
use crate::output::Interrupt;
use crate::question::{Question, Readable, contradiction};
use mmw_core::check;
use mmw_sense::cluster::{Cluster, Dbscan, Labels, PlainMetric, PolarMetric, clusters};
use mmw_sense::{CloudPoint, PointCloud};
use serde::Serialize;

/// One length for all directions, as `plain`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    eps: f64,
    velocity_scale_s: f64,
    #[serde(default)]
    use_z: bool,
}

/// x, y, z and, where it is known, the radial velocity.
type Place = (f64, f64, f64, Option<f64>);

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
#[command(mut_arg("input", |arg| arg.required(false).required_unless_present("points")))]
pub(super) struct Parameters {
    #[command(flatten)]
    input: InputArgs,

    /// Points in place of a file: [[x, y, z, velocity], …], m and m/s; null for an unknown velocity
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<Place>>, conflicts_with = "input")]
    points: Option<Rows<Place>>,

    /// How many points within reach, itself counted, make a point the core of a group
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    least: usize,

    /// Reach along the line of sight, m [default: 0.35]
    #[arg(long, value_name = "M")]
    radial_m: Option<f64>,

    /// Reach across it, rad [default: 0.08]
    #[arg(long, value_name = "RAD")]
    angular_rad: Option<f64>,

    /// The least reach across it, m [default: 0.3]
    #[arg(long, value_name = "M")]
    tangential_least_m: Option<f64>,

    /// Reach in radial velocity, m/s [default: 0.7]
    #[arg(long, value_name = "M_S")]
    velocity_m_s: Option<f64>,

    /// One reach for all directions instead: `{"eps": 0.5, "velocity_scale_s": 0.5, "use_z": false}`
    #[arg(long, value_name = "JSON", value_parser = json::<Plain>)]
    plain: Option<Plain>,
}

/// The groups of points, or those of each frame of a file.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    One(Frame),
    Frames { frames: Vec<Frame>, skipped: Skipped },
}

/// The groups of a frame.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    frame: u64,
    /// The group of each point; -1 for a point of none.
    labels: Vec<i64>,
    clusters: usize,
    features: Vec<Features>,
}

#[derive(Debug, Serialize)]
struct Features {
    count: usize,
    /// x, y, z, m.
    centroid_m: [f64; 3],
    /// Upper triangle, row by row.
    covariance_m2: Vec<f64>,
    size_m: [f64; 3],
    velocity_median_m_s: Option<f64>,
    velocity_spread_m_s: Option<f64>,
    snr_db: Option<f64>,
}

impl From<Cluster> for Features {
    fn from(cluster: Cluster) -> Self {
        Self {
            count: cluster.count,
            centroid_m: cluster.centroid_m,
            covariance_m2: triangle(&cluster.covariance_m2),
            size_m: cluster.size_m,
            velocity_median_m_s: cluster.velocity_m_s,
            velocity_spread_m_s: cluster.velocity_spread_m_s,
            snr_db: cluster.snr_db,
        }
    }
}

enum Grouping {
    Plain(Dbscan<PlainMetric>),
    Polar(Dbscan<PolarMetric>),
}

impl Grouping {
    fn label_into(&self, points: &[CloudPoint], labels: &mut Labels) {
        match self {
            Self::Plain(dbscan) => dbscan.label_into(points, labels),
            Self::Polar(dbscan) => dbscan.label_into(points, labels),
        }
    }
}

/// Every pair is looked at: more points in a frame are no scan of a radar.
const MOST_POINTS: f64 = 20_000.0;

impl Parameters {
    fn grouping(&self) -> Result<Grouping> {
        let given = [
            ("radial_m", self.radial_m),
            ("angular_rad", self.angular_rad),
            ("tangential_least_m", self.tangential_least_m),
            ("velocity_m_s", self.velocity_m_s),
        ];
        if let Some(Plain { eps, velocity_scale_s, use_z }) = self.plain {
            if let Some((name, _)) = given.iter().find(|(_, value)| value.is_some()) {
                return Err(contradiction(name, "has no effect beside plain"));
            }
            return Ok(Grouping::Plain(Dbscan::new(
                PlainMetric::new(eps, velocity_scale_s, use_z)?,
                self.least,
            )?));
        }
        let [radial_m, angular_rad, tangential_least_m, velocity_m_s] = given.map(|(_, value)| value);
        let usual = PolarMetric::people();
        let metric = PolarMetric::new(
            radial_m.unwrap_or(usual.radial_m),
            angular_rad.unwrap_or(usual.angular_rad),
            tangential_least_m.unwrap_or(usual.tangential_least_m),
            velocity_m_s.unwrap_or(usual.velocity_m_s),
        )?;
        Ok(Grouping::Polar(Dbscan::new(metric, self.least)?))
    }

    fn frame(&self, grouping: &Grouping, labels: &mut Labels, cloud: &PointCloud) -> Result<Frame> {
        check::in_range("points of a frame", cloud.points.len() as f64, 0.0, MOST_POINTS)?;
        grouping.label_into(&cloud.points, labels);
        Ok(Frame {
            frame: cloud.frame,
            labels: labels.labels().iter().map(|label| label.map_or(-1, |one| one as i64)).collect(),
            clusters: labels.count(),
            features: clusters(&cloud.points, labels)?.into_iter().map(Features::from).collect(),
        })
    }
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let (grouping, mut labels) = (self.grouping()?, Labels::default());
        if let Some(Rows(points)) = &self.points {
            self.input.without_files()?;
            let points = points.iter().map(|&(x, y, z, velocity)| CloudPoint::new([x, y, z], velocity));
            let cloud = PointCloud::new(0, 0.0, points.collect::<mmw_core::Result<_>>()?)?;
            return Ok(Answer::One(self.frame(&grouping, &mut labels, &cloud)?));
        }
        let Recording { clouds, skipped } = self.input.read(None)?;
        let frames = clouds.iter().map(|cloud| {
            Interrupt::check()?;
            self.frame(&grouping, &mut labels, cloud)
        });
        Ok(Answer::Frames { frames: frames.collect::<Result<_>>()?, skipped })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec!["frame  group  points       x m      y m      z m  velocity m/s".to_owned()];
        let frames = match self {
            Self::One(frame) => std::slice::from_ref(frame),
            Self::Frames { frames, .. } => frames,
        };
        for frame in frames {
            for (number, cluster) in frame.features.iter().enumerate() {
                let [x, y, z] = cluster.centroid_m;
                let velocity = cluster.velocity_median_m_s.map_or(String::new(), |v| format!("{v:13.3}"));
                lines.push(format!(
                    "{:5} {number:6} {:7}  {x:8.3} {y:8.3} {z:8.3} {velocity}",
                    frame.frame, cluster.count
                ));
            }
        }
        if let Self::Frames { skipped, .. } = self {
            lines.extend(skipped.lines());
        }
        lines
    }
}
