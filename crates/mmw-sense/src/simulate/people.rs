//! Walking people as the point clouds of one radar, with the truth.

use super::paths::{Path, PeopleKind, SCAN_S, State, TURN, between, paths};
use super::split_mix::SplitMix64;
use crate::{CloudPoint, PointCloud};
use mmw_core::{Result, check};
use std::f64::consts::PI;

/// What is simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct PeopleConfig {
    /// What people do.
    pub kind: PeopleKind,
    /// Seed: the same scene on every machine, and in other languages to the last digits of their sines.
    pub seed: u64,
    /// Length of the recording, s: 20 scans each second.
    pub seconds: f64,
    /// Mean number of false points in a scan.
    pub clutter: f64,
    /// Mean number of points of a person who walks at up to 5 m and is not hidden.
    pub points: f64,
}

impl PeopleConfig {
    /// Twelve seconds with 11 points per person and 3 of clutter.
    #[must_use]
    pub fn new(kind: PeopleKind, seed: u64) -> Self {
        Self { kind, seed, seconds: 12.0, clutter: 3.0, points: 11.0 }
    }
}

/// A person at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Person {
    /// Which.
    pub id: u64,
    /// Right and forward, m.
    pub position_m: [f64; 2],
    /// The same, a second, m/s.
    pub velocity_m_s: [f64; 2],
}

mmw_core::checked_serde!(Person { position_m, velocity_m_s });

/// One scan and its truth.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Scan {
    /// What the radar sees.
    pub cloud: PointCloud,
    /// Who gave each point, none for clutter.
    pub sources: Vec<Option<u64>>,
    /// Where everybody in sight is.
    pub people: Vec<Person>,
}

mmw_core::checked_serde!(Scan, |scan| check::same_len(
    "sources",
    scan.cloud.points.len(),
    scan.sources.len()
));

/// Walking people before one radar at the origin, 1 m above the floor; its scans are an iterator.
///
/// A person is a body of 13 cm by 10 cm (standard deviations) from the floor up. Three points of ten are of
/// limbs, which swing with the gait. Fewer points come from far away (above 5 m), from who stands, and from
/// behind a nearer body. Range (4.5 cm) and velocity (8 cm/s) are quantised; deviations are those of
/// [`PolarNoise::iwr6843`](crate::PolarNoise::iwr6843).
///
/// # Examples
/// ```
/// use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
///
/// let scans: Vec<_> = People::new(PeopleConfig::new(PeopleKind::Crossing, 1))?.collect();
/// assert_eq!(scans.len(), 240);
/// assert_eq!(scans[120].people.len(), 4);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct People {
    config: PeopleConfig,
    rng: SplitMix64,
    paths: Vec<Path>,
    gaits: Vec<Gait>,
    scan: u64,
    scans: u64,
}

#[derive(Debug, Clone, Copy)]
struct Gait {
    frequency_hz: f64,
    phase: f64,
    height_m: f64,
}

impl People {
    /// A scene.
    ///
    /// # Errors
    /// A length that is not from 0 to 1e6 s, means that are not from 0 to 500.
    pub fn new(config: PeopleConfig) -> Result<Self> {
        check::in_range("seconds", config.seconds, 0.0, 1e6)?;
        // `exp(-mean)`, which the Poisson draws compare with, is a normal number up to 700.
        check::in_range("clutter", config.clutter, 0.0, 500.0)?;
        check::in_range("points", config.points, 0.0, 500.0)?;
        let mut rng = SplitMix64::new(config.seed);
        let paths = paths(config.kind, &mut rng);
        let mut gait = || Gait {
            frequency_hz: rng.uniform(1.6, 2.1),
            phase: rng.uniform(0.0, TURN),
            height_m: rng.uniform(1.55, 1.9),
        };
        let gaits = paths.iter().map(|_| gait()).collect();
        Ok(Self { config, rng, paths, gaits, scan: 0, scans: (config.seconds / SCAN_S) as u64 })
    }

    fn person(&mut self, t: f64, i: usize, everybody: &[(usize, State)], scan: &mut Scan) {
        let Some(&(_, state)) = everybody.iter().find(|(id, _)| *id == i) else { return };
        let [x, y, vx, vy] = state;
        let (r, speed) = (x.hypot(y), vx.hypot(vy));
        let moving = (0.06 + speed / 0.4).min(1.0);
        let mean = self.config.points * visible(i, state, everybody) * moving * (5.0 / r).min(1.0);
        let Gait { frequency_hz, phase, height_m } = self.gaits[i];
        for _ in 0..self.rng.poisson(mean) {
            let z = self.rng.uniform(-1.0, height_m - 1.0);
            let (x, y) = (x + self.rng.normal(0.13), y + self.rng.normal(0.10));
            let limb = self.rng.uniform(0.0, 1.0) < 0.3;
            let mut velocity = (x * vx + y * vy) / (x * x + y * y + z * z).sqrt();
            if limb {
                let side = if self.rng.uniform(0.0, 1.0) < 0.5 { 0.0 } else { PI };
                velocity += 0.6 * speed * (2.0 * PI * frequency_hz * t + phase + side).sin();
            }
            velocity += self.rng.normal(0.05);
            let snr_db = 12.0 + 8.0 * self.rng.uniform(0.0, 1.0) - 20.0 * (r / 4.0).log10();
            self.measure([x, y, z], velocity, snr_db, Some(i as u64), scan);
        }
    }

    fn clutter(&mut self, scan: &mut Scan) {
        for _ in 0..self.rng.poisson(self.config.clutter) {
            let (x, y) = (self.rng.uniform(-4.0, 4.0), self.rng.uniform(0.8, 7.5));
            let z = self.rng.uniform(-1.0, 1.2);
            let velocity = self.rng.uniform(-1.0, 1.0);
            let snr_db = 10.0 + 4.0 * self.rng.uniform(0.0, 1.0);
            self.measure([x, y, z], velocity, snr_db, None, scan);
        }
    }

    /// Adds the point that the radar makes of a place and a velocity.
    fn measure(&mut self, at: [f64; 3], velocity: f64, snr_db: f64, source: Option<u64>, scan: &mut Scan) {
        let [x, y, z] = at;
        let r = (x * x + y * y + z * z).sqrt();
        let (azimuth, elevation) = (x.atan2(y), (z / r).asin());
        let r = ((r + self.rng.normal(0.03)) / 0.045).round_ties_even() * 0.045;
        let azimuth = azimuth + self.rng.normal(1.5_f64.to_radians());
        let elevation = elevation + self.rng.normal(3_f64.to_radians());
        let velocity = ((velocity + self.rng.normal(0.06)) / 0.08).round_ties_even() * 0.08;
        if r <= 0.3 {
            return;
        }
        let ((sin_az, cos_az), (sin_el, cos_el)) = (azimuth.sin_cos(), elevation.sin_cos());
        let position_m = [r * cos_el * sin_az, r * cos_el * cos_az, r * sin_el];
        scan.cloud.points.push(CloudPoint { position_m, velocity_m_s: Some(velocity), snr_db: Some(snr_db) });
        scan.sources.push(source);
    }
}

/// The share of a person's points that nearer bodies leave.
fn visible(i: usize, [x, y, ..]: State, everybody: &[(usize, State)]) -> f64 {
    let (r, azimuth) = (x.hypot(y), x.atan2(y));
    let nearer = everybody.iter().filter(|(j, [a, b, ..])| *j != i && a.hypot(*b) < r - 0.1);
    nearer.fold(1.0, |share, (_, [a, b, ..])| {
        let aside = between(a.atan2(*b), azimuth) * r / 0.22;
        share * (1.0 - 0.85 * (-0.5 * aside * aside).exp())
    })
}

impl Iterator for People {
    type Item = Scan;

    fn next(&mut self) -> Option<Scan> {
        if self.scan >= self.scans {
            return None;
        }
        let t = self.scan as f64 * SCAN_S;
        let everybody: Vec<_> =
            self.paths.iter().enumerate().filter_map(|(i, path)| Some((i, path.at(t)?))).collect();
        let cloud = PointCloud { frame: self.scan, time_s: t, points: Vec::new() };
        let person = |&(i, [x, y, vx, vy]): &(usize, State)| Person {
            id: i as u64,
            position_m: [x, y],
            velocity_m_s: [vx, vy],
        };
        let mut scan = Scan { cloud, sources: Vec::new(), people: everybody.iter().map(person).collect() };
        (0..self.paths.len()).for_each(|i| self.person(t, i, &everybody, &mut scan));
        self.clutter(&mut scan);
        self.scan += 1;
        Some(scan)
    }
}
