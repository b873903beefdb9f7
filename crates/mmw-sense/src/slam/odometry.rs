//! One scan after another.

use super::closure::{SlamMap, closed};
use super::config::SlamConfig;
use super::keyframe::{Keyframe, map_of};
use crate::ego::{EgoVelocity, Ray};
use crate::matrix::{applied, length};
use crate::pose::rotation_vector;
use crate::registration::{PlaneMap, Prior, UncertainPoint};
use crate::trajectory::TimedPose;
use crate::{CloudPoint, PointCloud, Pose};
use mmw_core::{Error, Result};

/// The way of a radar through surroundings that it maps as it goes.
///
/// # Examples
/// ```
/// use mmw_sense::simulate::{RoomWalk, RoomWalkConfig};
/// use mmw_sense::slam::{Slam, SlamConfig};
/// use mmw_sense::trajectory::absolute_error;
///
/// let walk: Vec<_> = RoomWalk::new(RoomWalkConfig::new(1))?.take(60).collect();
/// let mut slam = Slam::new(SlamConfig::default())?;
/// for scan in &walk {
///     slam.step(&scan.cloud, None)?;
/// }
/// let truth: Vec<_> = walk.iter().map(|scan| scan.pose).collect();
/// let found: Vec<_> = slam.path().iter().map(|timed| timed.pose).collect();
/// // 2 cm after 5 m, without a gyroscope.
/// assert!(absolute_error(&truth, &found)?.rms_m < 0.02);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Slam {
    config: SlamConfig,
    ego: EgoVelocity,
    path: Vec<TimedPose>,
    keys: Vec<Keyframe>,
    map: Option<PlaneMap>,
    /// Velocity at the last scan in the axes of the radar, and turn rate about the upward one.
    velocity_m_s: [f64; 3],
    turn_rate_rad_s: f64,
    /// What a gyroscope is found to be off by.
    gyro_offset_rad_s: [f64; 3],
    unmatched: usize,
}

/// Share of a scan in what a gyroscope is taken to be off by: it follows within some fifty.
const OFFSET_GAIN: f64 = 0.02;

impl Slam {
    /// A radar at the origin, looking along y.
    ///
    /// # Errors
    /// A field of the configuration that is out of its domain.
    pub fn new(config: SlamConfig) -> Result<Self> {
        config.check()?;
        let ego = EgoVelocity::new(config.ego.clone())?;
        Ok(Self {
            config,
            ego,
            path: Vec::new(),
            keys: Vec::new(),
            map: None,
            velocity_m_s: [0.0; 3],
            turn_rate_rad_s: 0.0,
            gyro_offset_rad_s: [0.0; 3],
            unmatched: 0,
        })
    }

    /// Takes a scan, with the mean turn rate (rad/s, in the axes of the radar) since the one before where a
    /// gyroscope is at hand, and says where the radar is. A scan of which too little is at rest or known goes
    /// by velocity and turn rate alone.
    ///
    /// # Errors
    /// A time that is not after that of the scan before, a turn rate that is not finite or beyond 1e3 rad/s,
    /// a point that is none. Nothing has changed then.
    pub fn step(&mut self, cloud: &PointCloud, turn_rate_rad_s: Option<[f64; 3]>) -> Result<Pose> {
        let timed = TimedPose::new(cloud.time_s, Pose::identity())?;
        if self.path.last().is_some_and(|last| last.time_s >= timed.time_s) {
            return Err(Error::invalid("time_s", "is not after that of the scan before"));
        }
        cloud.points.iter().try_for_each(CloudPoint::check)?;
        let rates = turn_rate_rad_s.iter().flatten();
        rates
            .copied()
            .try_for_each(|w| mmw_core::check::in_range("turn_rate_rad_s", w, -1e3, 1e3).map(|_| ()))?;
        // Where no velocity is to be had, the last one holds.
        let velocity = self.ego.estimate(cloud).map_or(self.velocity_m_s, |ego| ego.velocity_m_s);
        let points = self.at_rest(cloud, &velocity);
        let pose = match self.path.last() {
            Some(&TimedPose { time_s, pose: before }) => {
                let dt = timed.time_s - time_s;
                let pose = self.found(&points, &before, dt, &velocity, turn_rate_rad_s)?;
                let turned = rotation_vector(&before.inverse().after(&pose).rotation);
                // A mean of what was and is, for the next guess; a radar that is carried is level again.
                self.turn_rate_rad_s = 0.5 * (self.turn_rate_rad_s + turned[2] / dt);
                if let Some(gyro) = turn_rate_rad_s {
                    for (i, offset) in self.gyro_offset_rad_s.iter_mut().enumerate() {
                        *offset += OFFSET_GAIN * (gyro[i] - turned[i] / dt - *offset);
                    }
                }
                pose
            }
            None => Pose::identity(),
        };
        self.velocity_m_s = velocity;
        self.path.push(TimedPose { pose, ..timed });
        self.remember(points, &pose)?;
        Ok(pose)
    }

    /// The points that are at rest for a radar of that velocity, with their covariances.
    fn at_rest(&self, cloud: &PointCloud, velocity: &[f64; 3]) -> Vec<UncertainPoint> {
        let rests = |point: &&CloudPoint| {
            Ray::of_point(point).is_none_or(|ray| ray.residual(velocity).abs() < self.config.moving_m_s)
        };
        let uncertain = |point: &CloudPoint| {
            let covariance_m2 = self.config.ego.noise.covariance_m2(point.position_m).ok()?;
            UncertainPoint::new(point.position_m, covariance_m2).ok()
        };
        cloud.points.iter().filter(rests).filter_map(uncertain).collect()
    }

    /// The pose of the next scan: by velocity and turn rate, then by the map.
    fn found(
        &mut self,
        points: &[UncertainPoint],
        before: &Pose,
        dt: f64,
        velocity: &[f64; 3],
        gyro: Option<[f64; 3]>,
    ) -> Result<Pose> {
        let rate = match gyro {
            Some(gyro) => std::array::from_fn(|i| gyro[i] - self.gyro_offset_rad_s[i]),
            None => [0.0, 0.0, self.turn_rate_rad_s],
        };
        let turn = rate.map(|w| w * dt);
        let turned = Pose::exp(turn, [0.0; 3])?;
        // The mean of the velocities at both ends, in the axes of the first.
        let then = applied(&turned.rotation, velocity);
        let moved = std::array::from_fn(|i| 0.5 * dt * (self.velocity_m_s[i] + then[i]));
        let guess = before.after(&Pose { translation_m: moved, ..turned });
        let SlamConfig { velocity_m_s, turn_rad_s, tilt_rad_s, gyro_rad_s, .. } = self.config;
        let rotation = match gyro {
            Some(_) => [gyro_rad_s; 3],
            None => [tilt_rad_s, tilt_rad_s, turn_rad_s],
        };
        let prior = Prior::new(rotation.map(|s| s * dt), [velocity_m_s * dt; 3])?;
        let aligned =
            self.map.as_mut().map(|map| map.align(points, &guess, Some(&prior), &self.config.align));
        match aligned {
            Some(Ok(aligned)) => Ok(aligned.pose),
            _ => {
                self.unmatched += 1;
                Ok(guess)
            }
        }
    }

    /// Lets a scan that is far enough from the last of the map join it.
    fn remember(&mut self, points: Vec<UncertainPoint>, pose: &Pose) -> Result<()> {
        if points.len() < 3 {
            return Ok(());
        }
        if let Some(last) = self.keys.last() {
            let since = self.path[last.scan].pose.inverse().after(pose);
            if length(&since.translation_m) <= self.config.keyframe_m
                && length(&rotation_vector(&since.rotation)) <= self.config.keyframe_rad
            {
                return Ok(());
            }
        }
        self.keys.push(Keyframe { scan: self.path.len() - 1, points });
        let near = &self.keys[self.keys.len().saturating_sub(self.config.map_keyframes)..];
        self.map = Some(map_of(near, &self.path)?);
        Ok(())
    }

    /// The path so far, its loops open.
    #[must_use]
    pub fn path(&self) -> &[TimedPose] {
        &self.path
    }

    /// Scans that went by velocity and turn rate alone.
    #[must_use]
    pub fn unmatched(&self) -> usize {
        self.unmatched
    }

    /// The path with its loops closed, and the map.
    ///
    /// # Errors
    /// Those of the pose graph.
    pub fn finish(&self) -> Result<SlamMap> {
        closed(&self.config, &self.path, &self.keys)
    }
}
