//! The velocity of a radar from one scan.

use super::consensus::{Draws, through};
use super::fit::{Normal, inverse};
use super::ray::{Ray, slopes};
use super::zero::ZeroTest;
use crate::matrix::{Cholesky, check_spread, diagonal, dot};
use crate::{PointCloud, PolarNoise};
use mmw_core::{Error, Result, check};

/// What [`EgoVelocity`] assumes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[non_exhaustive]
pub struct EgoConfig {
    /// Standard deviations of what is measured.
    pub noise: PolarNoise,
    /// Width of a Doppler bin, m/s: what is rounded to bins is uncertain by a twelfth of its square. 0 for
    /// none.
    pub velocity_step_m_s: f64,
    /// Triples that are tried; all of them below 12 points.
    pub draws: usize,
    /// The draws of a scan follow from this and the number of its frame.
    pub seed: u64,
    /// Residual beyond which a point does not speak for a triple, m/s; what the azimuth makes uncertain at
    /// the mean radial speed is added.
    pub threshold_m_s: f64,
    /// Width over which the residuals of points that move are spread, m/s. The narrower, the less counts what
    /// is a few deviations off.
    pub movers_m_s: f64,
    /// When the radar stands.
    pub zero: ZeroTest,
    /// Standard deviation of the velocity of a radar that stands, m/s.
    pub standing_m_s: f64,
}

impl Default for EgoConfig {
    /// A radar of the size of the IWR6843 that is carried: 38 draws find the mode among 40 % of outliers with
    /// a probability of 0.9999.
    fn default() -> Self {
        Self {
            noise: PolarNoise::iwr6843(),
            velocity_step_m_s: 0.0,
            draws: 38,
            seed: 0,
            threshold_m_s: 0.15,
            movers_m_s: 2.0,
            zero: ZeroTest::default(),
            standing_m_s: 0.025,
        }
    }
}

impl EgoConfig {
    fn check(&self) -> Result<()> {
        self.noise.check()?;
        self.zero.check()?;
        check::in_range("velocity_step_m_s", self.velocity_step_m_s, 0.0, 1e3)?;
        check::in_range("draws", self.draws as f64, 1.0, 1e6)?;
        check::in_range("threshold_m_s", self.threshold_m_s, 1e-6, 1e6)?;
        check::in_range("movers_m_s", self.movers_m_s, 1e-3, 1e6)?;
        check::in_range("standing_m_s", self.standing_m_s, 1e-9, 1e6)?;
        Ok(())
    }

    /// Standard deviations with the rounding of the velocity to bins.
    fn effective(&self) -> PolarNoise {
        let step = self.velocity_step_m_s;
        let rounded = self.noise.velocity_m_s * self.noise.velocity_m_s + step * step / 12.0;
        PolarNoise { velocity_m_s: rounded.sqrt(), ..self.noise }
    }
}

/// The velocity of a radar in its own axes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Ego {
    /// Right, forward and up, m/s.
    pub velocity_m_s: [f64; 3],
    /// Its covariance.
    pub covariance: [[f64; 3]; 3],
    /// Points that agree.
    pub inliers: usize,
    /// Points with a velocity.
    pub points: usize,
    /// Whether the radar stands, and the velocity is zero.
    pub standing: bool,
}

mmw_core::checked_serde!(Ego, |ego| {
    mmw_core::checked_serde::finite("velocity_m_s", &ego.velocity_m_s)?;
    check_spread("covariance", &ego.covariance)?;
    check::in_range("inliers", ego.inliers as f64, 0.0, ego.points as f64)?;
    if ego.standing && ego.velocity_m_s != [0.0; 3] {
        return Err(Error::invalid("standing", "does not go with a velocity"));
    }
    Ok(())
});

/// The velocity of a radar from the points of each scan: a test whether it stands, the consensus of triples
/// by truncated squares, and least squares in which a point of residual `r` weighs by its own uncertainty and
/// by the probability `p` that it is at rest, movers being spread evenly over a width `W`:
///
/// ```text
/// s² = s_v² + (s_az du/daz·v)² + (s_el du/del·v)²
/// w = p / s²      p = (1 - ε) N(r; s²) / ((1 - ε) N(r; s²) + ε/W)      ε = 1 - mean p
/// ```
///
/// Counting who agrees misses the mode now and then; how well they agree does not. The covariance is the
/// inverse of `Σ w u uᵀ`: among 30 % of movers, at walking speed as at that of a runner, errors are as large
/// as it says (a gate of three deviations lets in movers that make it too small by a tenth). The same seed
/// and frame give the same bits.
///
/// # Examples
/// ```
/// use mmw_sense::ego::{EgoConfig, EgoVelocity};
/// use mmw_sense::{CloudPoint, PointCloud};
///
/// // A radar that moves ahead at 0.8 m/s past six posts, of which one is a person.
/// let posts = [[1.0, 3.0, 0.2], [-1.5, 4.0, 0.5], [0.3, 2.0, -0.4], [2.0, 2.0, 0.1], [-2.0, 1.0, 0.3]];
/// let seen = |at: [f64; 3]| CloudPoint::new(at, Some(-0.8 * at[1] / (at[0] * at[0] + at[1] * at[1] + at[2] * at[2]).sqrt()));
/// let mut points = posts.map(seen).into_iter().collect::<Result<Vec<_>, _>>()?;
/// points.push(CloudPoint::new([0.0, 3.0, 0.0], Some(0.6))?);
/// let ego = EgoVelocity::new(EgoConfig::default())?.estimate(&PointCloud::new(0, 0.0, points)?)?;
/// assert!((ego.velocity_m_s[1] - 0.8).abs() < 1e-9 && ego.inliers == 5 && !ego.standing);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct EgoVelocity {
    config: EgoConfig,
    noise: PolarNoise,
    rays: Vec<Ray>,
    /// Derivatives of each direction by its angles, times their deviations.
    slopes: Vec<[[f64; 3]; 2]>,
    /// Directions and velocities again, each coordinate in a row, for the scores: in single precision,
    /// because a score only has to find the mode, and in whole blocks.
    columns: [Vec<f32>; 4],
}

/// Below this number of rays all triples are fewer than a few hundred.
const FEW: usize = 12;
/// Sweeps of weights, at most.
const SWEEPS: usize = 20;
/// A change below this share of a standard deviation is none: each sweep leaves a tenth of the one before.
const REST: f64 = 0.03;
/// Squared deviations beyond which a point is surely no point at rest.
const FAR: f64 = 25.0;

impl EgoVelocity {
    /// A plan.
    ///
    /// # Errors
    /// A field of the configuration that is out of its domain.
    pub fn new(config: EgoConfig) -> Result<Self> {
        config.check()?;
        let noise = config.effective();
        Ok(Self { config, noise, rays: Vec::new(), slopes: Vec::new(), columns: Default::default() })
    }

    /// The velocity during a scan. Allocates nothing but for more points than ever before.
    ///
    /// # Errors
    /// A point that is not finite; fewer than 3 points with a velocity, or 3 that agree; directions in one
    /// plane.
    pub fn estimate(&mut self, cloud: &PointCloud) -> Result<Ego> {
        cloud.points.iter().try_for_each(crate::CloudPoint::check)?;
        self.rays.clear();
        self.rays.extend(cloud.points.iter().filter_map(Ray::of_point));
        self.estimate_rays(cloud.frame)
    }

    /// The same of rays.
    ///
    /// # Errors
    /// As for [`EgoVelocity::estimate`].
    pub fn estimate_of(&mut self, frame: u64, rays: &[Ray]) -> Result<Ego> {
        self.rays.clear();
        self.rays.extend_from_slice(rays);
        self.estimate_rays(frame)
    }

    fn estimate_rays(&mut self, frame: u64) -> Result<Ego> {
        check::at_least("points with a velocity", self.rays.len(), 3)?;
        if self.config.zero.holds(self.rays.iter().map(|ray| ray.velocity_m_s)) {
            return Ok(self.standing());
        }
        let mut velocity = self.mode(frame)?;
        let PolarNoise { azimuth_rad, elevation_rad, .. } = self.noise;
        self.slopes.clear();
        self.slopes.extend(self.rays.iter().map(|ray| {
            let [along, up] = slopes(ray.direction);
            [along.map(|x| azimuth_rad * x), up.map(|x| elevation_rad * x)]
        }));
        let mut movers = 0.3;
        let mut sweep = self.sweep(&velocity, movers)?;
        for _ in 0..SWEEPS {
            let change: [f64; 3] = std::array::from_fn(|i| sweep.velocity[i] - velocity[i]);
            (velocity, movers) = (sweep.velocity, sweep.movers);
            let deviations = sweep.root.half(&change);
            if dot(&deviations, &deviations) <= REST * REST {
                break;
            }
            sweep = self.sweep(&velocity, movers)?;
        }
        let (covariance, inliers, points) = (inverse(&sweep.root), sweep.inliers, self.rays.len());
        check::at_least("points that agree", inliers, 3)?;
        if !velocity.iter().chain(covariance.as_flattened()).all(|x| x.is_finite()) {
            return Err(Error::Singular { name: "directions".into() });
        }
        Ok(Ego { velocity_m_s: velocity, covariance, inliers, points, standing: false })
    }

    fn standing(&self) -> Ego {
        let slow = |ray: &&Ray| ray.velocity_m_s.abs() < self.config.zero.threshold_m_s;
        let variance = self.config.standing_m_s * self.config.standing_m_s;
        Ego {
            velocity_m_s: [0.0; 3],
            covariance: diagonal(&[variance; 3]),
            inliers: self.rays.iter().filter(slow).count(),
            points: self.rays.len(),
            standing: true,
        }
    }

    /// The velocity through three rays with the least sum of truncated squares.
    fn mode(&mut self, frame: u64) -> Result<[f64; 3]> {
        for (i, column) in self.columns.iter_mut().enumerate() {
            column.clear();
            let of = |ray: &Ray| if i < 3 { ray.direction[i] } else { ray.velocity_m_s };
            column.extend(self.rays.iter().map(|ray| of(ray) as f32));
            // A ray without direction or velocity is off by nothing, whatever the velocity.
            column.resize(self.rays.len().next_multiple_of(BLOCK), 0.0);
        }
        // At the speed of a car the angles make more uncertain than the velocities.
        let speed_m_s =
            self.rays.iter().map(|ray| ray.velocity_m_s.abs()).sum::<f64>() / self.rays.len() as f64;
        let threshold = self.config.threshold_m_s.hypot(2.0 * self.noise.azimuth_rad * speed_m_s);
        let mut best = (f32::INFINITY, None);
        let mut attempt = |rays: &[Ray], places: [usize; 3], columns: &[Vec<f32>; 4]| {
            let Some(velocity) = through(places.map(|i| &rays[i])) else { return };
            let score = score(columns, &velocity, threshold);
            if score < best.0 {
                best = (score, Some(velocity));
            }
        };
        let (rays, n) = (&self.rays, self.rays.len());
        if n < FEW {
            for i in 0..n {
                (i + 1..n).for_each(|j| (j + 1..n).for_each(|k| attempt(rays, [i, j, k], &self.columns)));
            }
        } else {
            let mut random = Draws::of(self.config.seed, frame);
            (0..self.config.draws).for_each(|_| attempt(rays, random.triple(n), &self.columns));
        }
        best.1.ok_or_else(|| Error::Singular { name: "directions".into() })
    }

    /// Least squares with the weights that a velocity and a share of movers give.
    fn sweep(&self, velocity: &[f64; 3], movers: f64) -> Result<Sweep> {
        let own = self.noise.velocity_m_s * self.noise.velocity_m_s;
        // The odds of a mover at the height of the normal law of deviation 1.
        let odds = movers / (1.0 - movers) / self.config.movers_m_s * (2.0 * std::f64::consts::PI).sqrt();
        let (mut normal, mut still, mut inliers) = (Normal::new(), 0.0, 0);
        for (ray, [along, up]) in self.rays.iter().zip(&self.slopes) {
            let (along, up, residual) = (dot(along, velocity), dot(up, velocity), ray.residual(velocity));
            let variance = own + along * along + up * up;
            let sharpness = 1.0 / variance;
            let squared = residual * residual * sharpness;
            if squared > FAR {
                continue;
            }
            let share = 1.0 / (1.0 + odds * variance.sqrt() * (0.5 * squared).exp());
            normal.add(&ray.direction, -ray.velocity_m_s, share * sharpness);
            still += share;
            inliers += usize::from(share > 0.5);
        }
        let (velocity, root) = normal.solve()?;
        let movers = (1.0 - still / self.rays.len() as f64).clamp(0.02, 0.6);
        Ok(Sweep { velocity, root, movers, inliers })
    }
}

/// What a sweep finds.
#[derive(Debug, Clone, Copy)]
struct Sweep {
    velocity: [f64; 3],
    /// Of the inverse of the covariance.
    root: Cholesky<3>,
    movers: f64,
    inliers: usize,
}

/// Rays that are looked at side by side.
const BLOCK: usize = 16;

/// Sum of the squared residuals, each at most the squared threshold.
fn score([x, y, z, v]: &[Vec<f32>; 4], velocity: &[f64; 3], threshold: f64) -> f32 {
    let most = (threshold * threshold) as f32;
    let [a, b, c] = velocity.map(|x| x as f32);
    let [x, y, z, v] = [x, y, z, v].map(|column| column.as_chunks::<BLOCK>().0);
    // Sums that do not wait for each other.
    let mut sums = [0.0_f32; BLOCK];
    for (((x, y), z), v) in x.iter().zip(y).zip(z).zip(v) {
        for k in 0..BLOCK {
            let r = v[k] + a * x[k] + b * y[k] + c * z[k];
            sums[k] += (r * r).min(most);
        }
    }
    sums.iter().sum()
}
