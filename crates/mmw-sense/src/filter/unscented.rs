//! The unscented Kalman filter.

use super::extended::FilterConfig;
use super::polar::{SensorPose, observe};
use super::state::{Innovation, State};
use crate::matrix::{Cholesky, Matrix, outer, sandwich, scaled, sum, symmetric, zeros};
use mmw_core::math::wrapped_angle;
use mmw_core::{Error, Result, check};

/// How far sigma points are spread, and how they are weighted.
///
/// The usual `α = 1e-3` costs six digits of the mean, because weights of a million cancel; the default is ½.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Spread {
    /// Spread about the mean, `α`.
    pub alpha: f64,
    /// What is known of the fourth moment, `β`: 2 for a normal belief.
    pub beta: f64,
    /// `κ`.
    pub kappa: f64,
}

mmw_core::checked_serde!(Spread, |spread| Spread::new(spread.alpha, spread.beta, spread.kappa).map(|_| ()));

impl Spread {
    /// `α`, `β` and `κ`.
    ///
    /// # Errors
    /// An `α` that is not from 1e-4 to 1e3, a `β` that is not from -1e3 to 1e3, a `κ` that is not
    /// from -5 to 1e3.
    pub fn new(alpha: f64, beta: f64, kappa: f64) -> Result<Self> {
        check::in_range("alpha", alpha, 1e-4, 1e3)?;
        check::in_range("beta", beta, -1e3, 1e3)?;
        check::in_range("kappa", kappa, -5.0, 1e3)?;
        Ok(Self { alpha, beta, kappa })
    }

    /// `n + λ = α² (n + κ)` for six dimensions.
    fn scale(&self) -> f64 {
        self.alpha * self.alpha * (6.0 + self.kappa)
    }

    /// Weights of the middle point for the mean and for the covariance, and of every other point.
    fn weights(&self) -> [f64; 3] {
        let mean = (self.scale() - 6.0) / self.scale();
        [mean, mean + 1.0 - self.alpha * self.alpha + self.beta, 0.5 / self.scale()]
    }
}

impl Default for Spread {
    fn default() -> Self {
        Self { alpha: 0.5, beta: 2.0, kappa: 0.0 }
    }
}

/// An unscented Kalman filter[^ukf] in polar coordinates with the radial velocity. The motion is
/// linear and exact.
///
/// [^ukf]: E. A. Wan, R. van der Merwe, "The unscented Kalman filter for nonlinear estimation", IEEE Adaptive
///     Systems for Signal Processing, Communications, and Control Symposium, 2000.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnscentedFilter {
    config: FilterConfig,
    spread: Spread,
}

impl UnscentedFilter {
    /// A filter.
    ///
    /// # Errors
    /// A noise or a spread that is out of its domain.
    pub fn new(config: FilterConfig, spread: Spread) -> Result<Self> {
        let spread = Spread::new(spread.alpha, spread.beta, spread.kappa)?;
        Ok(Self { config: config.check()?, spread })
    }

    /// Moves a belief on by `dt_s`.
    ///
    /// # Errors
    /// A step that is not from 0 to 1e6 s.
    pub fn predict(&self, state: &mut State, dt_s: f64) -> Result<()> {
        self.config.process.predict(state, dt_s)
    }

    /// Mean and covariance of what a radar measures of a belief, without its noise, and the
    /// covariance of both.
    ///
    /// # Errors
    /// A belief with a sigma point at the radar or straight above it, where there is no azimuth; a covariance
    /// that is not positive definite.
    #[allow(clippy::type_complexity, reason = "three parts of one moment")]
    pub fn transform(
        &self,
        state: &State,
        pose: &SensorPose,
    ) -> Result<([f64; 4], [[f64; 4]; 4], [[f64; 4]; 6])> {
        let root = Cholesky::new(&scaled(&state.covariance, self.spread.scale()))
            .ok_or_else(|| Error::Singular { name: "covariance".into() })?;
        let [middle, middle_spread, other] = self.spread.weights();
        let mut steps = [[0.0; 6]; 13];
        for j in 0..6 {
            steps[1 + j] = std::array::from_fn(|i| root.lower[i][j]);
            steps[7 + j] = std::array::from_fn(|i| -root.lower[i][j]);
        }
        let mut seen = [[0.0; 4]; 13];
        for (step, z) in steps.iter().zip(&mut seen) {
            *z = observe(&std::array::from_fn(|i| state.mean[i] + step[i]), pose)?.measured;
        }
        let mean = |of: &dyn Fn(&[f64; 4]) -> f64| {
            middle * of(&seen[0]) + other * seen[1..].iter().map(of).sum::<f64>()
        };
        let angle = |k: usize| mean(&|z| z[k].sin()).atan2(mean(&|z| z[k].cos()));
        let expected = [mean(&|z| z[0]), angle(1), angle(2), mean(&|z| z[3])];
        let (mut covariance, mut cross) = (zeros::<4, 4>(), zeros::<6, 4>());
        for (k, (step, z)) in steps.iter().zip(&seen).enumerate() {
            let mut off: [f64; 4] = std::array::from_fn(|i| z[i] - expected[i]);
            (off[1], off[2]) = (wrapped_angle(off[1]), wrapped_angle(off[2]));
            let weight = if k == 0 { middle_spread } else { other };
            covariance = sum(&covariance, &scaled(&outer(&off, &off), weight));
            cross = sum(&cross, &scaled(&outer(step, &off), weight));
        }
        Ok((expected, covariance, cross))
    }

    /// Takes in a measurement.
    ///
    /// # Errors
    /// As for [`UnscentedFilter::transform`], and a number beyond 1e9: the state stays.
    pub fn update(&self, state: &mut State, measured: [f64; 4], pose: &SensorPose) -> Result<Innovation> {
        measured
            .into_iter()
            .try_for_each(|value| check::in_range("measured", value, -1e9, 1e9).map(|_| ()))?;
        let (expected, covariance, cross) = self.transform(state, pose)?;
        let covariance: Matrix<4, 4> = sum(&covariance, &self.config.measured());
        let innovation = Innovation::new(&measured, expected, covariance)?;
        let gain = innovation.gain(&cross)?;
        let step = crate::matrix::applied(&gain, &innovation.difference);
        let less = scaled(&sandwich(&gain, &covariance), -1.0);
        let after = symmetric(&sum(&state.covariance, &less));
        Cholesky::new(&after).ok_or_else(|| Error::Singular { name: "covariance".into() })?;
        state.mean = std::array::from_fn(|i| state.mean[i] + step[i]);
        state.covariance = after;
        Ok(innovation)
    }
}
