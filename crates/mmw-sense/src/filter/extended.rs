//! The extended Kalman filter.

use super::motion::ProcessNoise;
use super::polar::{SensorPose, observe};
use super::state::{Innovation, State, cross};
use crate::PolarNoise;
use crate::matrix::{Matrix, diagonal, sandwich, sum};
use mmw_core::{Result, check};

/// How a point moves, and how well it is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FilterConfig {
    /// How it moves.
    pub process: ProcessNoise,
    /// Standard deviations of what is measured.
    pub noise: PolarNoise,
}

impl FilterConfig {
    /// How a point moves, and how well it is measured.
    #[must_use]
    pub fn new(process: ProcessNoise, noise: PolarNoise) -> Self {
        Self { process, noise }
    }

    /// A walking person before an IWR6843.
    #[must_use]
    pub fn people() -> Self {
        Self { process: ProcessNoise::White { density_m2_s3: 0.5 }, noise: PolarNoise::iwr6843() }
    }

    pub(super) fn check(self) -> Result<Self> {
        self.process.check()?;
        self.noise.check()?;
        Ok(self)
    }

    /// Covariance of a measurement.
    pub(super) fn measured(&self) -> Matrix<4, 4> {
        let PolarNoise { range_m, azimuth_rad, elevation_rad, velocity_m_s } = self.noise;
        diagonal(&[range_m, azimuth_rad, elevation_rad, velocity_m_s].map(|s| s * s))
    }
}

/// An extended Kalman filter in polar coordinates with the radial velocity, in Joseph's form.
///
/// # Examples
/// ```
/// use mmw_sense::filter::{ExtendedFilter, FilterConfig, SensorPose, State};
///
/// let filter = ExtendedFilter::new(FilterConfig::people())?;
/// let mut covariance = [[0.0; 6]; 6];
/// (0..6).for_each(|i| covariance[i][i] = 0.25);
/// let mut state = State::new([0.1, 4.0, 0.0, 0.0, -0.8, 0.0], covariance)?;
/// filter.predict(&mut state, 0.05)?;
/// let innovation = filter.update(&mut state, [3.9, 0.0, 0.0, -1.0], &SensorPose::default())?;
/// assert!(innovation.nis < 1.0 && (state.mean[4] + 1.0).abs() < 0.01);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExtendedFilter {
    config: FilterConfig,
}

impl ExtendedFilter {
    /// A filter.
    ///
    /// # Errors
    /// A noise that is out of its domain.
    pub fn new(config: FilterConfig) -> Result<Self> {
        Ok(Self { config: config.check()? })
    }

    /// Moves a belief on by `dt_s`.
    ///
    /// # Errors
    /// A step that is not from 0 to 1e6 s.
    pub fn predict(&self, state: &mut State, dt_s: f64) -> Result<()> {
        self.config.process.predict(state, dt_s)
    }

    /// How a measurement differs from what is expected, without taking it in, and the covariance of state and
    /// measurement: what gates and [`State::associate`] need.
    ///
    /// # Errors
    /// As for [`ExtendedFilter::update`].
    pub fn innovation(
        &self,
        state: &State,
        measured: [f64; 4],
        pose: &SensorPose,
    ) -> Result<(Innovation, [[f64; 4]; 6])> {
        let seen = self.expect(state, measured, pose)?;
        Ok((seen.0, cross(state, &seen.1)))
    }

    fn expect(
        &self,
        state: &State,
        measured: [f64; 4],
        pose: &SensorPose,
    ) -> Result<(Innovation, Matrix<4, 6>)> {
        measured
            .into_iter()
            .try_for_each(|value| check::in_range("measured", value, -1e9, 1e9).map(|_| ()))?;
        let seen = observe(&state.mean, pose)?;
        let covariance = sum(&sandwich(&seen.jacobian, &state.covariance), &self.config.measured());
        Ok((Innovation::new(&measured, seen.measured, covariance)?, seen.jacobian))
    }

    /// Takes in a measurement.
    ///
    /// # Errors
    /// A number beyond 1e9; a belief at the radar or straight above it, where there is no azimuth: the
    /// state stays.
    pub fn update(&self, state: &mut State, measured: [f64; 4], pose: &SensorPose) -> Result<Innovation> {
        let (innovation, jacobian) = self.expect(state, measured, pose)?;
        let gain = innovation.gain(&cross(state, &jacobian))?;
        state.joseph(&innovation, &gain, &jacobian, &self.config.measured());
        Ok(innovation)
    }
}
