//! A checked scene: levels, paths, times.

use super::motion::Track;
use super::scene::{Scene, Strength};
use super::tone::longest_stretch;
use crate::fmcw::Fmcw;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::Vector3;
use mmw_core::units::Db;
use mmw_core::{Error, Result, check};
use std::f64::consts::TAU;

/// Nearest that a target may come to an antenna, m: closer is no far field of any antenna, and the
/// radar equation grows without bound.
const MIN_DISTANCE_M: f64 = 0.01;

/// Fastest target, m/s: a thousandth of the speed of light, beyond which its motion during the flight of
/// the wave would count.
const MAX_SPEED_M_S: f64 = 1e-3 * SPEED_OF_LIGHT_M_S;

/// Longest phase, cycles: double precision then still resolves 1e-7 of one.
const MAX_CYCLES: f64 = 1e9;

/// Most counts of any one echo or of the noise: far beyond every converter, far below overflow.
const MAX_COUNTS: f64 = 1e15;

/// Least counts of any one echo, below which single precision ends.
const MIN_COUNTS: f64 = f32::MIN_POSITIVE as f64;

/// A checked [`Scene`], ready to make any of its frames.
///
/// # Examples
/// ```
/// use mmw_core::rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use mmw_dsp::{Board, simulate::{Scene, Simulator}};
///
/// let mut scene = Scene::preset(Board::Awr1642);
/// scene.fmcw.chirps = 8;
/// let simulator = Simulator::new(scene)?;
/// // Nothing but noise: its power is the one announced.
/// let cube = simulator.frame(0, &mut Xoshiro256PlusPlus::seed_from_u64(3))?;
/// let power = cube.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>() / cube.len() as f64;
/// assert!((power / simulator.noise_power_counts2() - 1.0).abs() < 0.05);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulator {
    scene: Scene,
    fmcw: Fmcw,
    pub(super) transmitters_m: Vec<Vector3>,
    pub(super) receivers_m: Vec<Vector3>,
    phase_centre_m: Vector3,
    pub(super) tracks: Vec<Track>,
    /// Magnitude of each target, counts: at unit `R²` where the radar equation rules.
    levels: Vec<f64>,
    noise_power_counts2: f64,
}

impl Simulator {
    /// Checks the scene: every number, every path over the whole time of the scene.
    ///
    /// Ranges and velocities beyond the unambiguous ones are no errors, see the [module](super).
    ///
    /// # Errors
    /// [`Error::Missing`] without an antenna layout; the errors of [`Fmcw::new`];
    /// [`Error::Domain`] naming the field or the target for a number out of range, for a target that comes
    /// within 1 cm of an antenna, goes so far that its phase loses precision (hundreds of kilometres),
    /// moves faster than a thousandth of the speed of light, vibrates faster than the samples can follow,
    /// or is stronger than 1e15 counts; [`Error::TooFew`] for no frames; [`Error::Invalid`] for
    /// [`Firing::BinaryPhase`](crate::Firing::BinaryPhase).
    pub fn new(scene: Scene) -> Result<Self> {
        check::at_least("frames", scene.frames, 1)?;
        scene.radio.check()?;
        let fmcw = Fmcw::new(scene.fmcw.clone())?;
        if scene.fmcw.firing.binary_phase().is_some() {
            return Err(Error::invalid(
                "fmcw.firing",
                "two transmitters that send together are not simulated",
            ));
        }
        let duration_s = scene.frames as f64 * scene.fmcw.frame_period_s;
        check::finite("frames times frame_period_s", duration_s)?;
        let layout = scene.fmcw.antennas.clone().ok_or_else(|| {
            Error::missing("fmcw.antennas", "an echo needs the places of the transmitters and receivers")
        })?;
        let phase_centre_m = midway(mean(&layout.tx_positions_m), mean(&layout.rx_positions_m));
        let sample_rate_hz = scene.fmcw.sample_rate_hz;
        let noise_counts =
            scene.radio.counts_per_root_w() * scene.radio.noise_power_w(sample_rate_hz)?.sqrt();
        check::in_range("thermal noise, counts", noise_counts, 1.0 / MAX_COUNTS, MAX_COUNTS)?;
        let noise_power_counts2 = noise_counts * noise_counts;
        let tracks =
            scene.targets.iter().enumerate().map(|(k, t)| Track::new(k, t)).collect::<Result<_>>()?;
        let mut simulator = Self {
            transmitters_m: layout.tx_positions_m,
            receivers_m: layout.rx_positions_m,
            phase_centre_m,
            tracks,
            levels: Vec::new(),
            noise_power_counts2,
            fmcw,
            scene,
        };
        simulator.levels = (0..simulator.tracks.len()).map(|k| simulator.level(k)).collect::<Result<_>>()?;
        (0..simulator.tracks.len()).try_for_each(|k| simulator.check_track(k))?;
        Ok(simulator)
    }

    /// The scene it was made from.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The waveform.
    #[must_use]
    pub fn fmcw(&self) -> &Fmcw {
        &self.fmcw
    }

    /// The point that [`Truth`](super::Truth) is seen from, m: midway between the centroid of the
    /// transmitters and that of the receivers, which is half the centroid of the virtual array.
    #[must_use]
    pub fn phase_centre_m(&self) -> Vector3 {
        self.phase_centre_m
    }

    /// Mean `|n|²` of the thermal noise of one complex sample, counts², also when the scene switches noise
    /// off; a real sample is the in-phase part and has half of it.
    #[must_use]
    pub fn noise_power_counts2(&self) -> f64 {
        self.noise_power_counts2
    }

    /// The mean of the sample times of a frame, s.
    ///
    /// # Errors
    /// [`Error::Domain`] for a frame that the scene does not have.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{Board, simulate::{Scene, Simulator}};
    /// let simulator = Simulator::new(Scene::preset(Board::Iwr1843))?;
    /// // 384 chirps of 160 us, of which the first and the last are sampled after 6 us for 51.2 us.
    /// let expected_s = 0.5 * 383.0 * 160e-6 + 6e-6 + 0.5 * 255.0 / 5e6;
    /// assert!((simulator.frame_centre_s(0)? - expected_s).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn frame_centre_s(&self, frame: usize) -> Result<f64> {
        let config = self.check_frame(frame)?.fmcw.config();
        Ok(frame as f64 * config.frame_period_s
            + 0.5 * config.span_s()
            + config.adc_start_s
            + 0.5 * (config.samples - 1) as f64 / config.sample_rate_hz)
    }

    /// Magnitude of an echo with this product of the lengths of both legs, counts.
    pub(super) fn amplitude_counts(&self, target: usize, legs_m2: f64) -> f64 {
        match self.scene.targets[target].strength {
            Strength::RcsM2(_) => self.levels[target] / legs_m2,
            Strength::SnrDb(_) => self.levels[target],
        }
    }

    fn level(&self, target: usize) -> Result<f64> {
        let radio = &self.scene.radio;
        match self.scene.targets[target].strength {
            Strength::RcsM2(rcs_m2) => {
                let rcs_m2 = check::positive(format!("target {target}: rcs_m2"), rcs_m2)?;
                let power_w = radio.echo_power_at_one_metre_w(self.fmcw.wavelength_m()) * rcs_m2;
                let counts = radio.counts_per_root_w() * power_w.sqrt();
                check::positive(format!("target {target}: amplitude at 1 m, counts"), counts)
            }
            Strength::SnrDb(snr_db) => {
                let name = || format!("target {target}: snr_db");
                let snr_db = check::in_range(name(), snr_db, -300.0, 300.0)?;
                Ok(self.noise_power_counts2.sqrt() * Db(snr_db).amplitude_ratio())
            }
        }
    }

    pub(super) fn check_frame(&self, frame: usize) -> Result<&Self> {
        if frame < self.scene.frames {
            return Ok(self);
        }
        Err(Error::domain(
            "frame",
            frame as f64,
            format!("below {}, the frames of the scene", self.scene.frames),
        ))
    }

    /// Antennas and phase centre: what a target must keep its distance from.
    fn fixed_points_m(&self) -> Vec<Vector3> {
        let mut points = vec![self.phase_centre_m];
        points.extend_from_slice(&self.transmitters_m);
        points.extend_from_slice(&self.receivers_m);
        points
    }

    fn check_track(&self, target: usize) -> Result<()> {
        let track = &self.tracks[target];
        let name = |what: &str| format!("target {target}: {what}");
        check::in_range(name("greatest speed, m/s"), track.max_speed_m_s(), 0.0, MAX_SPEED_M_S)?;
        let duration_s = self.duration_s();
        let greatest_m = self.greatest_range_m();
        track.check_distances(target, &self.fixed_points_m(), duration_s, MIN_DISTANCE_M, greatest_m)?;
        let least_m = self.least_distance_m(target, 0.0, duration_s);
        let counts = self.amplitude_counts(target, least_m * least_m);
        check::in_range(name("greatest amplitude, counts"), counts, 0.0, MAX_COUNTS)?;
        let weakest = self.amplitude_counts(target, greatest_m * greatest_m);
        check::in_range(name("least amplitude, counts"), weakest, MIN_COUNTS, MAX_COUNTS)?;
        self.stretch(target, 0.0, duration_s)?;
        Ok(())
    }

    fn duration_s(&self) -> f64 {
        self.scene.frames as f64 * self.fmcw.config().frame_period_s
    }

    /// Where one of the two terms of the phase, `f τ` and `S τ²/2`, reaches [`MAX_CYCLES`], m.
    fn greatest_range_m(&self) -> f64 {
        let config = self.fmcw.config();
        let highest_hz = config.start_frequency_hz + config.slope_hz_per_s * config.chirp_interval_s;
        let delay_s = (MAX_CYCLES / highest_hz).min((2.0 * MAX_CYCLES / config.slope_hz_per_s).sqrt());
        0.5 * SPEED_OF_LIGHT_M_S * delay_s
    }

    fn least_distance_m(&self, target: usize, from_s: f64, to_s: f64) -> f64 {
        let track = &self.tracks[target];
        let nearest = |m: f64, &p: &Vector3| m.min(track.least_distance_m(p, from_s, to_s));
        let least_m = self.transmitters_m.iter().chain(&self.receivers_m).fold(f64::INFINITY, nearest);
        least_m.max(MIN_DISTANCE_M)
    }

    /// The longest stretch over which a parabola follows the phase of a target between two times.
    ///
    /// The third derivative of the phase over 2π is, with `f = f₀ + S t'`,
    /// `f τ‴ + 3 S τ″ − S (τ τ‴ + 3 τ′ τ″)`; τ′ is far below 1, so `4 S |τ″|` covers both terms.
    pub(super) fn stretch(&self, target: usize, from_s: f64, to_s: f64) -> Result<usize> {
        let config = self.fmcw.config();
        let track = &self.tracks[target];
        let (second, third) = track.distance_derivatives(self.least_distance_m(target, from_s, to_s));
        let (second, third) = (2.0 * second / SPEED_OF_LIGHT_M_S, 2.0 * third / SPEED_OF_LIGHT_M_S);
        let farthest_m = track.greatest_distance_m(self.phase_centre_m, from_s, to_s);
        let slope = config.slope_hz_per_s;
        let latest_s = config.chirp_interval_s + 2.0 * farthest_m / SPEED_OF_LIGHT_M_S;
        let highest_hz = config.start_frequency_hz + slope * latest_s;
        let bend_rad_s3 = TAU * (highest_hz * third + 4.0 * slope * second);
        longest_stretch(bend_rad_s3, config.sample_rate_hz).ok_or_else(|| {
            let name = format!("target {target}: third derivative of its phase, rad/s³");
            Error::domain(name, bend_rad_s3, "small enough to follow over eight samples")
        })
    }
}

fn mean(places: &[Vector3]) -> Vector3 {
    std::array::from_fn(|i| places.iter().map(|p| p[i] / places.len() as f64).sum())
}

fn midway(a: Vector3, b: Vector3) -> Vector3 {
    std::array::from_fn(|i| 0.5 * a[i] + 0.5 * b[i])
}
