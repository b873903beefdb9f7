//! Soft association: every point is shared among all bodies and the clutter, in proportion to how well each
//! explains it.

use super::birth::Birth;
use super::body::Body;
use super::config::TrackerConfig;
use super::follow::Follow;
use super::memory::Memory;
use super::motion::Motion;
use super::sharing::{Echo, Outline, Seen};
use super::track::Track;
use crate::PointCloud;
use mmw_core::{Error, Result, check};

/// Follows people through point clouds.
///
/// A body is a normal belief of place and velocity in two modes of motion, and an expected number of points.
/// A point `z` is of body `k` with the probability
///
/// ```text
/// w_k(z) = rate_k visible_k p(z | k) / (clutter + Σ_i rate_i visible_i p(z | i))
/// ```
///
/// where `p` is the spread of points about a body in its polar frame, times a mixture of the radial
/// velocities of trunk and limbs, and `visible_k` what nearer bodies leave of it. Each body takes the
/// weighted mean of its points; then the points are shared anew.
///
/// # Examples
/// ```
/// use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
/// use mmw_sense::{Tracker, TrackerConfig};
///
/// let mut tracker = Tracker::new(TrackerConfig::people())?;
/// let mut tracks = Vec::new();
/// for scan in People::new(PeopleConfig::new(PeopleKind::Crossing, 1))?.take(120) {
///     tracker.step_into(&scan.cloud, &mut tracks)?;
/// }
/// assert_eq!(tracks.len(), 4);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tracker {
    config: TrackerConfig,
    birth: Birth,
    bodies: Vec<Body>,
    memory: Memory,
    next_id: u64,
    time_s: Option<f64>,
    /// Time since the scan before, s.
    step_s: f64,
    echoes: Vec<Echo>,
    /// The place of each echo in the cloud.
    places: Vec<usize>,
    /// Shares of the points: a row for each body.
    shares: Vec<f64>,
    /// What is left of each point for the clutter.
    left: Vec<f64>,
    predicted: Vec<Body>,
}

impl Tracker {
    /// A tracker without tracks.
    ///
    /// # Errors
    /// A field of the configuration that is out of its domain.
    pub fn new(config: TrackerConfig) -> Result<Self> {
        config.check()?;
        Ok(Self {
            birth: Birth::new(&config)?,
            config,
            bodies: Vec::new(),
            memory: Memory::default(),
            next_id: 0,
            time_s: None,
            step_s: 0.0,
            echoes: Vec::new(),
            places: Vec::new(),
            shares: Vec::new(),
            left: Vec::new(),
            predicted: Vec::new(),
        })
    }

    /// What it was made of.
    #[must_use]
    pub fn config(&self) -> &TrackerConfig {
        &self.config
    }

    /// All tracks, also tentative ones, at the time of the last scan.
    #[must_use]
    pub fn tracks(&self) -> Vec<Track> {
        let time_s = self.time_s.unwrap_or(0.0);
        self.bodies.iter().map(|body| body.track(time_s)).collect()
    }

    /// Takes in a scan; the confirmed tracks after it.
    ///
    /// # Errors
    /// As for [`Tracker::step_into`].
    pub fn step(&mut self, cloud: &PointCloud) -> Result<Vec<Track>> {
        let mut tracks = Vec::new();
        self.step_into(cloud, &mut tracks)?;
        Ok(tracks)
    }

    /// Takes in a scan; the confirmed tracks after it replace what `tracks` held. Allocates nothing but for
    /// more points or tracks than ever before.
    ///
    /// # Errors
    /// A time that is not after that of the scan before or is not finite, a point that is not finite; the
    /// tracker stays as it was.
    pub fn step_into(&mut self, cloud: &PointCloud, tracks: &mut Vec<Track>) -> Result<()> {
        self.advance(cloud)?;
        self.echoes.clear();
        self.places.clear();
        for (place, point) in cloud.points.iter().enumerate() {
            if let Some(echo) = Echo::new(point) {
                self.echoes.push(echo);
                self.places.push(place);
            }
        }
        self.hide();
        self.share();
        self.judge(cloud.time_s);
        self.bear(cloud);
        self.bury(cloud.time_s);
        tracks.clear();
        tracks.extend(self.bodies.iter().filter(|b| b.confirmed).map(|body| body.track(cloud.time_s)));
        Ok(())
    }

    /// Moves all bodies on to the time of the scan.
    fn advance(&mut self, cloud: &PointCloud) -> Result<()> {
        check::in_range("time_s", cloud.time_s, -1e12, 1e12)?;
        cloud.points.iter().try_for_each(crate::CloudPoint::check)?;
        if let Some(before) = self.time_s {
            if cloud.time_s <= before {
                let domain = format!("a time after that of the scan before, {before}");
                return Err(Error::domain("time_s", cloud.time_s, domain));
            }
            // After minutes without a scan nothing is known any more; the limit keeps the
            // covariance in bounds.
            self.step_s = (cloud.time_s - before).min(100.0);
            for body in &mut self.bodies {
                body.motion.predict(self.step_s, &self.config);
                body.belief = body.motion.merged();
            }
        }
        self.time_s = Some(cloud.time_s);
        Ok(())
    }

    /// Works out what nearer bodies leave visible of each.
    fn hide(&mut self) {
        for k in 0..self.bodies.len() {
            let [x, y, ..] = self.bodies[k].belief.mean;
            let r = x.hypot(y);
            let others = self.bodies.iter().enumerate().filter(|(i, other)| *i != k && other.confirmed);
            let visible = others.fold(1.0, |left, (_, other)| {
                let [a, b, ..] = other.belief.mean;
                if a.hypot(b) >= r - 0.1 {
                    return left;
                }
                let aside = (a * y - b * x).atan2(a * x + b * y) * r / self.config.hiding_width_m;
                left * (1.0 - self.config.hiding * (-0.5 * aside * aside).exp())
            });
            self.bodies[k].visible = visible;
        }
    }

    /// Shares the points and lets each body take its part, sweep by sweep.
    fn share(&mut self) {
        self.predicted.clone_from(&self.bodies);
        for _ in 0..self.config.sweeps {
            self.weigh();
            for (k, body) in self.bodies.iter_mut().enumerate() {
                let before = self.predicted[k];
                let shares = &self.shares[k * self.echoes.len()..][..self.echoes.len()];
                *body = before;
                body.update(&Seen::new(&self.echoes, shares, &before.belief, &self.config));
            }
        }
        if self.bodies.is_empty() {
            self.weigh();
        }
    }

    /// The share of each body in each point.
    fn weigh(&mut self) {
        let n = self.echoes.len();
        self.shares.clear();
        for body in &self.bodies {
            let outline = Outline::new(&body.belief, &self.config);
            let rate = body.rate * body.visible;
            self.shares.extend(self.echoes.iter().map(|echo| rate * outline.likelihood(echo)));
        }
        self.left.clear();
        self.left.resize(n, self.config.clutter_density);
        if n == 0 {
            return;
        }
        for row in self.shares.chunks_exact(n) {
            self.left.iter_mut().zip(row).for_each(|(total, share)| *total += share);
        }
        for row in self.shares.chunks_exact_mut(n) {
            row.iter_mut().zip(&self.left).for_each(|(share, total)| *share /= total);
        }
        self.left.iter_mut().for_each(|total| *total = self.config.clutter_density / *total);
    }

    /// Counts the points of each body.
    fn judge(&mut self, time_s: f64) {
        let n = self.echoes.len();
        for (k, body) in self.bodies.iter_mut().enumerate() {
            let count: f64 = self.shares[k * n..][..n].iter().sum();
            let expected = body.rate * body.visible;
            body.rate = (body.rate + self.config.rate_gain * (count - expected)).max(0.5);
            body.hits += u32::from(count > 1.0);
            if !body.confirmed && body.hits >= self.config.confirm_scans {
                body.confirmed = true;
                let [x, y, ..] = body.belief.mean;
                body.id = self.memory.recall([x, y], time_s, &self.config).unwrap_or(body.id);
            }
            if count > 0.8 {
                body.seen_s = time_s;
                body.missed = 0.0;
            } else {
                // Nothing of somebody who is not hidden: somebody who stops.
                body.missed += expected;
                body.brake(self.config.coasting_per_s.powf(self.step_s * body.visible));
            }
        }
    }

    /// New bodies of what nobody explains.
    fn bear(&mut self, cloud: &PointCloud) {
        let left = self.places.iter().zip(&self.left).filter(|(_, left)| **left > self.config.birth_left);
        self.birth.look(left.map(|(&place, _)| cloud.points[place]));
        for group in 0..self.birth.count() {
            let Some((mean, covariance)) = self.birth.state(group) else { continue };
            let near = |body: &Body| {
                let [x, y, ..] = body.belief.mean;
                (x - mean[0]).hypot(y - mean[1]) < self.config.birth_distance_m
            };
            if self.bodies.iter().any(near) {
                continue;
            }
            let motion = Motion::new(mean, covariance);
            self.bodies.push(Body {
                id: self.next_id,
                motion,
                belief: motion.merged(),
                rate: self.config.rate,
                visible: 1.0,
                hits: 1,
                seen_s: cloud.time_s,
                missed: 0.0,
                confirmed: self.config.confirm_scans <= 1,
            });
            self.next_id += 1;
        }
    }

    /// Removes bodies that were unseen for too long, and one of two that have become one: the one more
    /// hidden, which has been taken in by the points of the other.
    fn bury(&mut self, time_s: f64) {
        let (config, memory) = (&self.config, &mut self.memory);
        memory.fade(time_s, config);
        self.bodies.retain(|body| {
            // Times of scans are multiples of a period but for rounding.
            let alive = time_s - body.seen_s <= life_s(body, config) + 1e-6 && !gone(body, config);
            if !alive {
                memory.keep(body, time_s);
            }
            alive
        });
        let mut k = 1;
        while k < self.bodies.len() {
            let Some(other) = (0..k).find(|&i| are_one(&self.bodies[i], &self.bodies[k], config)) else {
                k += 1;
                continue;
            };
            let rank = |body: &Body| (body.confirmed, body.visible);
            let gone = if rank(&self.bodies[other]) < rank(&self.bodies[k]) { other } else { k };
            let body = self.bodies.remove(gone);
            memory.keep(&body, time_s);
        }
    }
}

/// Whether two bodies are at one place with one velocity.
fn are_one(a: &Body, b: &Body, config: &TrackerConfig) -> bool {
    let [dx, dy, dvx, dvy]: [f64; 4] = std::array::from_fn(|i| a.belief.mean[i] - b.belief.mean[i]);
    dx.hypot(dy) < config.merge_m && dvx.hypot(dvy) < config.merge_m_s
}

impl Follow for Tracker {
    fn step_into(&mut self, cloud: &PointCloud, tracks: &mut Vec<Track>) -> Result<()> {
        Self::step_into(self, cloud, tracks)
    }
}

/// For how long a body may be unseen.
fn life_s(body: &Body, config: &TrackerConfig) -> f64 {
    let [x, y, ..] = body.belief.mean;
    match (body.confirmed, config.static_zone) {
        (false, _) => config.tentative_s,
        (true, Some(zone)) if !zone.contains([x, y]) => config.outside_s,
        (true, _) => config.inside_s,
    }
}

/// Whether so many points are missing outside the static zone that there is nobody any more.
fn gone(body: &Body, config: &TrackerConfig) -> bool {
    let [x, y, ..] = body.belief.mean;
    body.missed > config.outside_points && config.static_zone.is_some_and(|zone| !zone.contains([x, y]))
}
