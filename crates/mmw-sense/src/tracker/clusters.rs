//! The classical way, as a comparison: clusters first, then one measurement per track.

use super::config::TrackerConfig;
use super::follow::Follow;
use super::track::{Track, TrackStatus};
use crate::association::{Detection, gate, joint_probabilities, nearest};
use crate::cluster::{Cluster, Dbscan, Labels, PolarMetric, clusters};
use crate::filter::{ExtendedFilter, FilterConfig, Innovation, ProcessNoise, SensorPose, State, observe};
use crate::{PointCloud, PolarNoise};
use mmw_core::ndarray::Array2;
use mmw_core::{Error, Result, check};

/// How clusters and tracks are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Pairing {
    /// The most likely assignment.
    #[default]
    Nearest,
    /// Every cluster by its probability (JPDA).
    Joint,
}

mmw_core::named!(Pairing, "pairing" { Nearest = "nearest" | "gnn", Joint = "joint" | "jpda" });

/// A track of clusters.
#[derive(Debug, Clone)]
struct One {
    id: u64,
    state: State,
    hits: u32,
    seen_s: f64,
    confirmed: bool,
}

/// What a cluster is of a track: the innovation, and the covariance of state and measurement.
type Pair = (Innovation, [[f64; 4]; 6]);

/// Clusters by [`PolarMetric`], extended Kalman filters at constant velocity, and one cluster per track: by
/// global nearest neighbour or JPDA. What the field's text books do, to compare
/// [`Tracker`](super::Tracker) with.
#[derive(Debug, Clone)]
pub struct ClusterTracker {
    config: TrackerConfig,
    pairing: Pairing,
    filter: ExtendedFilter,
    clusters: Dbscan<PolarMetric>,
    detection: Detection,
    gate: f64,
    labels: Labels,
    ones: Vec<One>,
    next_id: u64,
    time_s: Option<f64>,
}

impl ClusterTracker {
    /// A tracker without tracks. Of the configuration count birth, life, and the power density of
    /// who walks on.
    ///
    /// # Errors
    /// A field of the configuration that is out of its domain.
    pub fn new(config: TrackerConfig, pairing: Pairing) -> Result<Self> {
        config.check()?;
        let process = ProcessNoise::White { density_m2_s3: config.calm_m2_s3 };
        // The mean of half a dozen points of a body, with what is common to them.
        let azimuth_rad = (config.azimuth_rad + 0.03).min(1.0);
        let noise = PolarNoise::new(0.08, azimuth_rad, 0.15, 0.25)?;
        Ok(Self {
            filter: ExtendedFilter::new(FilterConfig::new(process, noise))?,
            clusters: Dbscan::new(PolarMetric::people(), config.birth_points)?,
            detection: Detection::new(0.9, 1e-3)?,
            gate: gate(0.999, 4)?,
            config,
            pairing,
            labels: Labels::default(),
            ones: Vec::new(),
            next_id: 0,
            time_s: None,
        })
    }

    fn advance(&mut self, cloud: &PointCloud) -> Result<()> {
        check::in_range("time_s", cloud.time_s, -1e12, 1e12)?;
        cloud.points.iter().try_for_each(crate::CloudPoint::check)?;
        if let Some(before) = self.time_s {
            if cloud.time_s <= before {
                let domain = format!("a time after that of the scan before, {before}");
                return Err(Error::domain("time_s", cloud.time_s, domain));
            }
            let step_s = (cloud.time_s - before).min(100.0);
            // A track that has left the world is no track any more.
            self.ones.retain_mut(|one| {
                self.filter.predict(&mut one.state, step_s).is_ok()
                    && one.state.mean.iter().all(|x| x.abs() < 1e6)
            });
        }
        self.time_s = Some(cloud.time_s);
        Ok(())
    }

    /// Tracks and measurements within the gate of each other.
    fn pairs(&self, measured: &[[f64; 4]]) -> Vec<Vec<Option<Pair>>> {
        let pose = SensorPose::default();
        let within = |one: &One, z: &[f64; 4]| {
            self.filter.innovation(&one.state, *z, &pose).ok().filter(|pair| pair.0.nis <= self.gate)
        };
        self.ones.iter().map(|one| measured.iter().map(|z| within(one, z)).collect()).collect()
    }

    /// Lets every track take what is its; which measurements are nobody's.
    fn take(&mut self, measured: &[[f64; 4]], time_s: f64) -> Result<Vec<bool>> {
        let pairs = self.pairs(measured);
        let density =
            |t: usize, j: usize| pairs[t][j].map_or(0.0, |pair| pair.0.log_likelihood.exp().min(1e100));
        let likelihood = Array2::from_shape_fn((self.ones.len(), measured.len()), |(t, j)| density(t, j));
        let shares = match self.pairing {
            Pairing::Nearest => {
                let mut shares = Array2::zeros(likelihood.dim());
                let found = nearest(&likelihood, self.detection)?;
                for (t, j) in found.into_iter().enumerate() {
                    j.into_iter().for_each(|j| shares[[t, j]] = 1.0);
                }
                shares
            }
            Pairing::Joint => joint_probabilities(&likelihood, self.detection)?,
        };
        let mut free = vec![true; measured.len()];
        for (t, one) in self.ones.iter_mut().enumerate() {
            let own: Vec<(usize, Pair)> =
                pairs[t].iter().enumerate().filter_map(|(j, pair)| Some((j, (*pair)?))).collect();
            let weights: Vec<f64> = own.iter().map(|(j, _)| shares[[t, *j]]).collect();
            let innovations: Vec<Innovation> = own.iter().map(|(_, pair)| pair.0).collect();
            let Some((_, (_, cross))) = own.first() else { continue };
            let seen: f64 = weights.iter().sum();
            if seen > 0.5 && one.state.associate(&innovations, &weights, cross).is_ok() {
                one.hits += 1;
                one.seen_s = time_s;
                one.confirmed |= one.hits >= self.config.confirm_scans;
            }
            own.iter().zip(&weights).for_each(|((j, _), weight)| free[*j] &= *weight < 0.5);
        }
        Ok(free)
    }

    fn bear(&mut self, cluster: &Cluster, time_s: f64) -> Result<()> {
        let [x, y, z] = cluster.centroid_m;
        let r = x.hypot(y).max(1e-3);
        let v = cluster.velocity_m_s.unwrap_or(0.0);
        let near =
            |one: &One| (one.state.mean[0] - x).hypot(one.state.mean[1] - y) < self.config.birth_distance_m;
        if self.ones.iter().any(near) {
            return Ok(());
        }
        let covariance = crate::matrix::diagonal(&[0.04, 0.04, 0.25, 0.5, 0.5, 0.05]);
        let state = State::new([x, y, z, v * x / r, v * y / r, 0.0], covariance)?;
        let confirmed = self.config.confirm_scans <= 1;
        self.ones.push(One { id: self.next_id, state, hits: 1, seen_s: time_s, confirmed });
        self.next_id += 1;
        Ok(())
    }

    fn is_alive(&self, one: &One, time_s: f64) -> bool {
        let here = [one.state.mean[0], one.state.mean[1]];
        let life_s = match (one.confirmed, self.config.static_zone) {
            (false, _) => self.config.tentative_s,
            (true, Some(zone)) if !zone.contains(here) => self.config.outside_s,
            (true, _) => self.config.inside_s,
        };
        time_s - one.seen_s <= life_s + 1e-6
    }
}

impl Follow for ClusterTracker {
    fn step_into(&mut self, cloud: &PointCloud, tracks: &mut Vec<Track>) -> Result<()> {
        self.advance(cloud)?;
        self.clusters.label_into(&cloud.points, &mut self.labels);
        let all = clusters(&cloud.points, &self.labels)?;
        // A cluster straight above has no azimuth, and is nobody.
        let measure = |cluster: &Cluster| {
            let [x, y, z] = cluster.centroid_m;
            let seen = observe(&[x, y, z, 0.0, 0.0, 0.0], &SensorPose::default()).ok()?;
            let [range, azimuth, elevation, _] = seen.measured;
            Some((*cluster, [range, azimuth, elevation, cluster.velocity_m_s.unwrap_or(0.0)]))
        };
        let (all, measured): (Vec<Cluster>, Vec<[f64; 4]>) = all.iter().filter_map(measure).unzip();
        let free = self.take(&measured, cloud.time_s)?;
        for (cluster, _) in all.iter().zip(free).filter(|(_, free)| *free) {
            self.bear(cluster, cloud.time_s)?;
        }
        let mut ones = std::mem::take(&mut self.ones);
        ones.retain(|one| self.is_alive(one, cloud.time_s));
        self.ones = ones;
        tracks.clear();
        tracks.extend(self.ones.iter().filter(|one| one.confirmed).map(|one| track(one, cloud.time_s)));
        Ok(())
    }
}

fn track(one: &One, time_s: f64) -> Track {
    let [x, y, _, vx, vy, _] = one.state.mean;
    let flat = [0, 1, 3, 4];
    let unseen_s = time_s - one.seen_s;
    Track {
        id: one.id,
        status: if unseen_s > 0.0 { TrackStatus::Coasting } else { TrackStatus::Confirmed },
        position_m: [x, y],
        velocity_m_s: [vx, vy],
        covariance: flat.map(|i| flat.map(|j| one.state.covariance[i][j])),
        rate: 1.0,
        visible: 1.0,
        unseen_s,
    }
}
