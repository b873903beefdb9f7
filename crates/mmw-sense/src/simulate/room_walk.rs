//! A radar that is carried through a furnished room.

use super::room::{Rectangle, furniture, shell};
use super::split_mix::SplitMix64;
use crate::matrix::{applied, transposed};
use crate::pose::turned;
use crate::{CloudPoint, PointCloud, PolarNoise, Pose};
use mmw_core::{Result, check};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// How a radar is carried and what it measures.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[non_exhaustive]
pub struct RoomWalkConfig {
    /// Names the room and the walk.
    pub seed: u64,
    /// Directions in which it looks in a scan; most of them give a point.
    pub rays: usize,
    /// Scans in a second.
    pub rate_hz: f64,
    /// Laps around the room, 17.8 m each.
    pub laps: f64,
    /// Speed, m/s.
    pub speed_m_s: f64,
    /// Errors of a point.
    pub noise: PolarNoise,
    /// Share of the points that are nothing.
    pub clutter: f64,
}

impl RoomWalkConfig {
    /// Two laps at 0.8 m/s with ten scans per second of 160 rays, a tenth of them clutter: 3 cm, 1°
    /// and 2°, 5 cm/s.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut noise = PolarNoise::iwr6843();
        (noise.azimuth_rad, noise.elevation_rad, noise.velocity_m_s) = (PI / 180.0, PI / 90.0, 0.05);
        Self { seed, rays: 160, rate_hz: 10.0, laps: 2.0, speed_m_s: 0.8, noise, clutter: 0.1 }
    }

    /// `self`, when such a walk can be made.
    fn check(&self) -> Result<()> {
        check::in_range("rays", self.rays as f64, 1.0, 1e5)?;
        check::in_range("rate_hz", self.rate_hz, 0.1, 1e3)?;
        check::in_range("laps", self.laps, 0.01, 1e3)?;
        check::in_range("speed_m_s", self.speed_m_s, 0.01, 10.0)?;
        check::in_range("clutter", self.clutter, 0.0, 1.0)?;
        self.noise.check().map(|_| ())
    }
}

impl Default for RoomWalkConfig {
    fn default() -> Self {
        Self::new(0)
    }
}

/// A scan with the truth.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct RoomScan {
    /// What the radar saw.
    pub cloud: PointCloud,
    /// Where it was, in the axes of the room.
    pub pose: Pose,
    /// How it moved until the next scan, in its own axes, m/s.
    pub velocity_m_s: [f64; 3],
    /// How it turned until the next scan, as a gyroscope has it: with its offset and noise, rad/s.
    pub turn_rate_rad_s: [f64; 3],
}

mmw_core::checked_serde!(RoomScan { velocity_m_s, turn_rate_rad_s });

/// A walk of two laps around a room of 9 m by 11 m with eight boxes along its walls, looking ahead (±60° by
/// ±25°, 0.3 m to 12 m): an iterator over its scans. The nearest surface answers each ray.
///
/// # Examples
/// ```
/// use mmw_sense::simulate::{RoomWalk, RoomWalkConfig};
///
/// let scan = RoomWalk::new(RoomWalkConfig::new(1))?.next().unwrap();
/// assert!(scan.cloud.points.len() > 100);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RoomWalk {
    config: RoomWalkConfig,
    random: SplitMix64,
    surfaces: Vec<Rectangle>,
    offset_rad_s: f64,
    /// Where it has been and looks, one scan ahead of what was given out.
    steps: Vec<([f64; 3], f64)>,
    given: usize,
}

/// Where phases of the sway end, rad.
const WHOLE_TURN: f64 = 628.0 / 100.0;
/// Half axes of the ellipse that it walks, m.
const HALF_AXES: [f64; 2] = [2.4, 3.2];

impl RoomWalk {
    /// A walk.
    ///
    /// # Errors
    /// A field of the configuration that is out of its domain.
    pub fn new(config: RoomWalkConfig) -> Result<Self> {
        config.check()?;
        let mut random = SplitMix64::new(config.seed);
        let mut surfaces = shell(9.0, 11.0);
        for k in 0..8 {
            let size = [random.uniform(0.5, 1.3), random.uniform(0.4, 0.9), random.uniform(0.6, 1.9)];
            let around = TAU * (f64::from(k) + random.uniform(-0.3, 0.3)) / 8.0;
            let place = [3.9 * around.cos(), 4.9 * around.sin()];
            surfaces.extend(furniture(place, size, around + FRAC_PI_2 + random.uniform(-0.3, 0.3)));
        }
        let ceiling = [[9.0, 0.0, 0.0], [0.0, 11.0, 0.0]];
        surfaces.push(Rectangle { corner: [-4.5, -5.5, 1.6], edges: ceiling });
        let phase = random.uniform(0.0, TAU);
        let offset_rad_s = random.normal(0.3_f64.to_radians());
        // Not quite a whole turn, as the reference program has it.
        let sways = [0.0; 2].map(|low| random.uniform(low, WHOLE_TURN));
        let steps = steps(&config, phase, sways);
        Ok(Self { config, random, surfaces, offset_rad_s, steps, given: 0 })
    }

    /// The distance to what is nearest in a direction of the room, within 12 m.
    fn nearest_m(&self, origin: &[f64; 3], direction: &[f64; 3]) -> Option<f64> {
        let met = self.surfaces.iter().filter_map(|one| one.met_m(origin, direction));
        met.min_by(f64::total_cmp).filter(|distance| (0.3..=12.0).contains(distance))
    }

    /// A point of a ray: what it meets or nothing at all, with its errors.
    fn point(&mut self, [az, el]: [f64; 2], pose: &Pose, velocity: &[f64; 3]) -> Option<CloudPoint> {
        let unit = direction(az, el);
        let clutter = self.random.uniform(0.0, 1.0) < self.config.clutter;
        let (range_m, receding) = if clutter {
            (self.random.uniform(0.5, 9.0), self.random.uniform(-1.5, 1.5))
        } else {
            let range_m = self.nearest_m(&pose.translation_m, &applied(&pose.rotation, &unit))?;
            (range_m, -crate::matrix::dot(&unit, velocity))
        };
        let noise = self.config.noise;
        let range_m = range_m + self.random.normal(noise.range_m);
        let (az, el) =
            (az + self.random.normal(noise.azimuth_rad), el + self.random.normal(noise.elevation_rad));
        let velocity_m_s = Some(receding + self.random.normal(noise.velocity_m_s));
        let position_m = direction(az, el).map(|x| range_m * x);
        Some(CloudPoint { position_m, velocity_m_s, snr_db: None })
    }
}

fn direction(az: f64, el: f64) -> [f64; 3] {
    [el.cos() * az.sin(), el.cos() * az.cos(), el.sin()]
}

/// Places and headings at equal speed along the ellipse.
fn steps(config: &RoomWalkConfig, mut phase: f64, [bob, sway]: [f64; 2]) -> Vec<([f64; 3], f64)> {
    let [a, b] = HALF_AXES;
    let (dt, lap_m) = (1.0 / config.rate_hz, TAU * ((a * a + b * b) / 2.0).sqrt());
    let count = (config.laps * lap_m / config.speed_m_s * config.rate_hz) as usize;
    (0..=count)
        .map(|k| {
            let t = k as f64 * dt;
            let (sin, cos) = phase.sin_cos();
            let along = [-a * sin, b * cos];
            let heading = along[1].atan2(along[0]) - FRAC_PI_2 + 0.06 * (0.9 * t + sway).sin();
            phase += config.speed_m_s * dt / along[0].hypot(along[1]);
            ([a * cos, b * sin, 0.04 * (1.1 * t + bob).sin()], heading)
        })
        .collect()
}

impl Iterator for RoomWalk {
    type Item = RoomScan;

    fn next(&mut self) -> Option<RoomScan> {
        let k = self.given;
        let (&(at, heading), &(then, next_heading)) = (self.steps.get(k)?, self.steps.get(k + 1)?);
        self.given += 1;
        let rate = self.config.rate_hz;
        let pose = Pose { rotation: turned([0.0, 0.0, heading]), translation_m: at };
        let moved: [f64; 3] = std::array::from_fn(|i| (then[i] - at[i]) * rate);
        let velocity_m_s = applied(&transposed(&pose.rotation), &moved);
        let mut turn = next_heading - heading;
        turn -= TAU * (turn / TAU).round();
        let azimuths: Vec<f64> = (0..self.config.rays).map(|_| self.random.uniform(-1.047, 1.047)).collect();
        let elevations: Vec<f64> =
            (0..self.config.rays).map(|_| self.random.uniform(-0.436, 0.436)).collect();
        let rays = azimuths.into_iter().zip(elevations);
        let points = rays.filter_map(|(az, el)| self.point([az, el], &pose, &velocity_m_s)).collect();
        let cloud = PointCloud { frame: k as u64, time_s: k as f64 / rate, points };
        let turning = turn * rate + self.offset_rad_s + self.random.normal(0.2_f64.to_radians());
        Some(RoomScan { cloud, pose, velocity_m_s, turn_rate_rad_s: [0.0, 0.0, turning] })
    }
}
