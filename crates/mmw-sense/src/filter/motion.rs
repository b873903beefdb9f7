//! How a point moves.

use super::state::State;
use crate::matrix::{Matrix, identity, product, sum, symmetric, transposed, zeros};
use mmw_core::{Result, check};

/// What keeps a point from moving at constant velocity.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", tag = "model", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ProcessNoise {
    /// White acceleration: `Q = q [[dt³/3, dt²/2], [dt²/2, dt]]` in each direction.
    White {
        /// Spectral density `q`, m²/s³.
        density_m2_s3: f64,
    },
    /// An acceleration that is constant over a step: `Q = s² [[dt⁴/4, dt³/2], [dt³/2, dt²]]`.
    Piecewise {
        /// Its standard deviation `s`, m/s².
        deviation_m_s2: f64,
    },
}

mmw_core::checked_serde!(ProcessNoise, |noise| noise.check().map(|_| ()));

impl ProcessNoise {
    pub(super) fn check(self) -> Result<Self> {
        match self {
            Self::White { density_m2_s3: q } => check::in_range("density_m2_s3", q, 0.0, 1e9)?,
            Self::Piecewise { deviation_m_s2: s } => check::in_range("deviation_m_s2", s, 0.0, 1e9)?,
        };
        Ok(self)
    }

    /// Variances of position and velocity and their covariance after `dt`.
    fn after(self, dt: f64) -> [f64; 3] {
        match self {
            Self::White { density_m2_s3: q } => [q * dt * dt * dt / 3.0, q * dt * dt / 2.0, q * dt],
            Self::Piecewise { deviation_m_s2: s } => {
                let v = s * dt;
                [v * v * dt * dt / 4.0, v * v * dt / 2.0, v * v]
            }
        }
    }

    /// Moves a belief on by `dt_s` at constant velocity, with this noise.
    ///
    /// # Errors
    /// A step that is not from 0 to 1e6 s.
    pub fn predict(self, state: &mut State, dt_s: f64) -> Result<()> {
        let dt = check::in_range("dt_s", dt_s, 0.0, 1e6)?;
        let [position, both, velocity] = self.check()?.after(dt);
        let mut f = identity::<6>();
        let mut q = zeros::<6, 6>();
        for i in 0..3 {
            f[i][i + 3] = dt;
            q[i][i] = position;
            (q[i][i + 3], q[i + 3][i]) = (both, both);
            q[i + 3][i + 3] = velocity;
        }
        state.mean = crate::matrix::applied(&f, &state.mean);
        let moved = product(&product(&f, &state.covariance), &transposed(&f));
        state.covariance = symmetric(&sum(&moved, &q));
        Ok(())
    }
}

/// A point on a circle after `dt_s`: `[x, y, vx, vy, ω]` with the turn rate `ω`, rad/s, counter-clockwise
/// seen from above, and the derivatives of what comes out by what goes in. With `a = ω dt`
///
/// ```text
/// x' = x + sin(a)/ω vx - (1 - cos(a))/ω vy      vx' = cos(a) vx - sin(a) vy
/// y' = y + (1 - cos(a))/ω vx + sin(a)/ω vy      vy' = sin(a) vx + cos(a) vy
/// ```
///
/// Below `|a| = 1e-4` the quotients are series: their derivatives would lose ten digits.
///
/// # Errors
/// A number beyond 1e9, a step that is not from 0 to 1e6 s.
pub fn turn(state: [f64; 5], dt_s: f64) -> Result<([f64; 5], [[f64; 5]; 5])> {
    state.into_iter().try_for_each(|value| check::in_range("state", value, -1e9, 1e9).map(|_| ()))?;
    let dt = check::in_range("dt_s", dt_s, 0.0, 1e6)?;
    let [x, y, vx, vy, w] = state;
    let a = w * dt;
    let (sin, cos) = a.sin_cos();
    let [s, c, ds, dc] = if a.abs() < 1e-4 {
        let b = a * a;
        let (s, c) = (1.0 - b / 6.0 + b * b / 120.0, a * (0.5 - b / 24.0));
        [dt * s, dt * c, dt * dt * a * (b / 30.0 - 1.0 / 3.0), dt * dt * (0.5 - b / 8.0)]
    } else {
        let ds = (a * cos - sin) / (w * w);
        [sin / w, (1.0 - cos) / w, ds, (a * sin - (1.0 - cos)) / (w * w)]
    };
    let next = [x + s * vx - c * vy, y + c * vx + s * vy, cos * vx - sin * vy, sin * vx + cos * vy, w];
    let jacobian: Matrix<5, 5> = [
        [1.0, 0.0, s, -c, ds * vx - dc * vy],
        [0.0, 1.0, c, s, dc * vx + ds * vy],
        [0.0, 0.0, cos, -sin, -dt * (sin * vx + cos * vy)],
        [0.0, 0.0, sin, cos, dt * (cos * vx - sin * vy)],
        [0.0, 0.0, 0.0, 0.0, 1.0],
    ];
    Ok((next, jacobian))
}
