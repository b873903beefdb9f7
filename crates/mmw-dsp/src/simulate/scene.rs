//! What is simulated: a waveform, a front end and moving point targets.

use super::radio::RadioFrontEnd;
use crate::board::Board;
use crate::fmcw::FmcwConfig;
use mmw_core::geometry::Vector3;

/// A radar and the point targets before it: plain data, checked by
/// [`Simulator::new`](super::Simulator::new).
///
/// As a TOML file (feature `config-files`, [`Scene::from_toml`]): either `board` with the fields of `[fmcw]`
/// that differ from its preset, or a whole `[fmcw]`.
///
/// ```toml
/// board = "iwr1843"
/// frames = 20
/// seed = 7
///
/// [fmcw]
/// chirps = 64
///
/// [radio]
/// noise_figure_db = 12.0
///
/// [[target]]                          # a walker, followed by the radar equation
/// position_m = [1.0, 3.0, 0.2]        # x right, y forward, z up, at time 0
/// velocity_m_s = [0.0, -0.5, 0.0]
/// rcs_m2 = 1.0
///
/// [[target]]                          # a fan, as strong as the noise of one sample
/// position_m = [-1.0, 2.0, 0.0]
/// snr_db = 0.0
/// vibration = { amplitude_m = 0.001, frequency_hz = 30.0 }
/// ```
///
/// # Examples
/// ```
/// use mmw_dsp::{Board, simulate::{PointTarget, Scene}};
///
/// let scene = Scene {
///     frames: 10,
///     targets: vec![PointTarget::polar(3.0, 0.2, 0.0, -0.5, 1.0)],
///     ..Scene::preset(Board::Iwr1843)
/// };
/// assert_eq!(scene.fmcw.chirps, 128);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(
    feature = "config-files",
    derive(serde::Deserialize),
    serde(try_from = "super::scene_file::SceneRecord")
)]
pub struct Scene {
    /// Frames to simulate, at least 1.
    pub frames: usize,
    /// Seed of the noise, for whoever makes the stream of each frame.
    pub seed: u64,
    /// The waveform and the antennas, which must be given.
    pub fmcw: FmcwConfig,
    /// Powers, noise and converter.
    pub radio: RadioFrontEnd,
    /// The targets; none at all leaves noise alone.
    #[cfg_attr(feature = "serde", serde(rename = "target"))]
    pub targets: Vec<PointTarget>,
}

impl Scene {
    /// One frame of an empty scene with the preset waveform of a board and the default front end.
    #[must_use]
    pub fn preset(board: Board) -> Self {
        Self {
            frames: 1,
            seed: 0,
            fmcw: FmcwConfig::preset(board),
            radio: RadioFrontEnd::default(),
            targets: Vec::new(),
        }
    }

    /// One frame of the same targets by a radar that has moved, without turning, to `place_m`: a scan of an
    /// aperture is a row of such frames, each at a standstill.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{Board, simulate::{PointTarget, Scene}};
    /// let scene = Scene {
    ///     targets: vec![PointTarget::polar(3.0, 0.0, 0.0, 0.0, 1.0)],
    ///     ..Scene::preset(Board::Iwr1843)
    /// };
    /// assert_eq!(scene.seen_from([0.5, 1.0, 0.0]).targets[0].position_m, [-0.5, 2.0, 0.0]);
    /// ```
    #[must_use]
    pub fn seen_from(&self, place_m: Vector3) -> Self {
        let mut scene = Self { frames: 1, ..self.clone() };
        for target in &mut scene.targets {
            target.position_m = std::array::from_fn(|i| target.position_m[i] - place_m[i]);
        }
        scene
    }
}

/// A point that moves at constant velocity, with or without a vibration on top.
///
/// # Examples
/// ```
/// use mmw_dsp::simulate::{PointTarget, Strength, Vibration};
///
/// let breath = Vibration { amplitude_m: 4e-3, frequency_hz: 0.25, phase_rad: 0.0, direction: None };
/// let sleeper = PointTarget {
///     vibration: Some(breath),
///     ..PointTarget::polar(1.5, 0.0, 0.0, 0.0, 0.5).with_snr_db(10.0)
/// };
/// assert_eq!(sleeper.strength, Strength::SnrDb(10.0));
/// assert_eq!(sleeper.position_m, [0.0, 1.5, 0.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "super::target_file::TargetRecord", into = "super::target_file::TargetRecord")
)]
pub struct PointTarget {
    /// Place at time 0, m: x right, y forward, z up, in the frame of the antenna layout.
    pub position_m: Vector3,
    /// Velocity, m/s.
    pub velocity_m_s: Vector3,
    /// How strong the echo is; in a file, one of the keys `rcs_m2` and `snr_db`.
    pub strength: Strength,
    /// A sinusoidal motion on top.
    pub vibration: Option<Vibration>,
}

/// How strong the echo of a target is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Strength {
    /// Radar cross-section, m², above zero: the radar equation gives the power, falling with the fourth
    /// power of the range.
    RcsM2(f64),
    /// Power of the echo over the thermal noise in one sample of one channel, dB, before any processing:
    /// the same at all ranges. (Real sampling halves both powers, and keeps their ratio.)
    SnrDb(f64),
}

/// A sinusoidal motion: chest, fan, engine.
///
/// ```text
/// Δp(t) = u A sin(2π f t + φ)
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Vibration {
    /// Amplitude `A` (half the stroke), m.
    pub amplitude_m: f64,
    /// Frequency `f`, Hz.
    pub frequency_hz: f64,
    /// Phase `φ` at time 0, rad.
    #[cfg_attr(feature = "serde", serde(default))]
    pub phase_rad: f64,
    /// Direction `u`, of any length; `None` is away from the origin, seen from the place at time 0.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub direction: Option<Vector3>,
}

impl PointTarget {
    /// A target at a range and direction from the origin that recedes at `radial_velocity_m_s`.
    ///
    /// Azimuth counts from y towards x, elevation from the horizon up, rad.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::simulate::PointTarget;
    /// let right = PointTarget::polar(2.0, std::f64::consts::FRAC_PI_2, 0.0, 1.5, 1.0);
    /// assert!((right.position_m[0] - 2.0).abs() < 1e-15 && (right.velocity_m_s[0] - 1.5).abs() < 1e-15);
    /// ```
    #[must_use]
    pub fn polar(
        range_m: f64,
        azimuth_rad: f64,
        elevation_rad: f64,
        radial_velocity_m_s: f64,
        rcs_m2: f64,
    ) -> Self {
        let (sin_az, cos_az) = azimuth_rad.sin_cos();
        let (sin_el, cos_el) = elevation_rad.sin_cos();
        let away = [cos_el * sin_az, cos_el * cos_az, sin_el];
        Self {
            position_m: away.map(|u| range_m * u),
            velocity_m_s: away.map(|u| radial_velocity_m_s * u),
            strength: Strength::RcsM2(rcs_m2),
            vibration: None,
        }
    }

    /// The same target with its signal-to-noise ratio set directly, see [`Strength::SnrDb`].
    #[must_use]
    pub fn with_snr_db(self, snr_db: f64) -> Self {
        Self { strength: Strength::SnrDb(snr_db), ..self }
    }
}
