//! What is believed of a point, and what a measurement adds.

use crate::matrix::{
    Cholesky, Matrix, check_spread, is_finite, outer, product, sandwich, scaled, sum, symmetric, transposed,
};
use mmw_core::math::wrapped_angle;
use mmw_core::{Error, Result, check};
use std::f64::consts::PI;

/// A normal belief of position and velocity, `[x, y, z, vx, vy, vz]` in m and m/s.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct State {
    /// Mean.
    pub mean: [f64; 6],
    /// Covariance, row by row.
    pub covariance: [[f64; 6]; 6],
}

mmw_core::checked_serde!(State, |state| State::new(state.mean, state.covariance).map(|_| ()));

impl State {
    /// A belief.
    ///
    /// # Errors
    /// A mean beyond 1e9, a covariance that is not symmetric and positive definite.
    pub fn new(mean: [f64; 6], covariance: [[f64; 6]; 6]) -> Result<Self> {
        mean.into_iter().try_for_each(|value| check::in_range("mean", value, -1e9, 1e9).map(|_| ()))?;
        let largest = covariance.iter().flatten().fold(0.0, |a: f64, b| a.max(b.abs()));
        let off = |i: usize, j: usize| (covariance[i][j] - covariance[j][i]).abs();
        if !is_finite(&covariance) || (0..36).any(|k| off(k / 6, k % 6) > 1e-9 * largest) {
            return Err(Error::invalid("covariance", "is not symmetric and finite"));
        }
        let covariance = symmetric(&covariance);
        Cholesky::new(&covariance).ok_or_else(|| Error::invalid("covariance", "is not positive definite"))?;
        Ok(Self { mean, covariance })
    }

    /// Takes in a measurement that differs by `innovation`, by the gain `P Hᵀ S⁻¹` and Joseph's form
    /// `(I - K H) P (I - K H)ᵀ + K R Kᵀ`, which stays positive definite whatever is rounded.
    pub(super) fn joseph(
        &mut self,
        innovation: &Innovation,
        gain: &Matrix<6, 4>,
        jacobian: &Matrix<4, 6>,
        noise: &Matrix<4, 4>,
    ) {
        let rest = crate::matrix::difference(&crate::matrix::identity(), &product(gain, jacobian));
        let step = crate::matrix::applied(gain, &innovation.difference);
        self.mean = std::array::from_fn(|i| self.mean[i] + step[i]);
        self.covariance = symmetric(&sum(&sandwich(&rest, &self.covariance), &sandwich(gain, noise)));
    }

    /// Takes in the mean of several measurements, weighted by the probability of each, with what is left of
    /// it for none[^pda]:
    ///
    /// ```text
    /// x = x⁻ + K y      P = P⁻ - (1 - β₀) K S Kᵀ + K (Σ β_j y_j y_jᵀ - y yᵀ) Kᵀ      y = Σ β_j y_j
    /// ```
    ///
    /// # Errors
    /// A probability that is negative, or more than 1 of them in all; innovations of different covariances
    /// are the caller's mistake, the first counts.
    ///
    /// [^pda]: Y. Bar-Shalom, T. E. Fortmann, "Tracking and Data Association", Academic Press, 1988,
    ///     section 6.4.
    pub fn associate(
        &mut self,
        innovations: &[Innovation],
        probabilities: &[f64],
        cross: &[[f64; 4]; 6],
    ) -> Result<()> {
        check::same_len("probabilities", innovations.len(), probabilities.len())?;
        let Some(first) = innovations.first() else { return Ok(()) };
        probabilities.iter().try_for_each(|&p| check::in_range("probability", p, 0.0, 1.0).map(|_| ()))?;
        let all = check::in_range("sum of the probabilities", probabilities.iter().sum(), 0.0, 1.0 + 1e-9)?;
        let gain = first.gain(cross)?;
        let mut mean = [0.0; 4];
        let mut spread = scaled(&first.covariance, 0.0);
        for (innovation, &p) in innovations.iter().zip(probabilities) {
            let y = innovation.difference;
            mean = std::array::from_fn(|i| mean[i] + p * y[i]);
            spread = sum(&spread, &scaled(&outer(&y, &y), p));
        }
        spread = sum(&spread, &scaled(&outer(&mean, &mean), -1.0));
        let change = sum(&spread, &scaled(&first.covariance, -all));
        let step = crate::matrix::applied(&gain, &mean);
        let after = Self {
            mean: std::array::from_fn(|i| self.mean[i] + step[i]),
            covariance: symmetric(&sum(&self.covariance, &sandwich(&gain, &change))),
        };
        Cholesky::new(&after.covariance).ok_or_else(|| Error::Singular { name: "covariance".into() })?;
        *self = after;
        Ok(())
    }
}

/// How a measurement differs from what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Innovation {
    /// The measurement expected.
    pub expected: [f64; 4],
    /// The measurement less that, angles from -π to below π.
    pub difference: [f64; 4],
    /// Covariance of the difference.
    pub covariance: [[f64; 4]; 4],
    /// Normalised innovation squared: chi-square of four degrees of freedom.
    pub nis: f64,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
}

mmw_core::checked_serde!(Innovation, Innovation::check);

impl Innovation {
    /// The distance and the likelihood are those of the difference.
    fn check(&self) -> Result<()> {
        mmw_core::checked_serde::finite("expected", &self.expected)?;
        mmw_core::checked_serde::finite("difference", &self.difference)?;
        let z = std::array::from_fn(|i| self.expected[i] + self.difference[i]);
        check_spread("covariance", &self.covariance)?;
        let again = Self::new(&z, self.expected, self.covariance)?;
        for (name, told, is) in
            [("nis", self.nis, again.nis), ("log_likelihood", self.log_likelihood, again.log_likelihood)]
        {
            let rounding = 1e-6 * (1.0 + is.abs());
            check::in_range(name, told, is - rounding, is + rounding)?;
        }
        Ok(())
    }

    /// # Errors
    /// A covariance that is not positive definite.
    pub(super) fn new(z: &[f64; 4], expected: [f64; 4], covariance: Matrix<4, 4>) -> Result<Self> {
        let mut difference: [f64; 4] = std::array::from_fn(|i| z[i] - expected[i]);
        difference[1] = wrapped_angle(difference[1]);
        difference[2] = wrapped_angle(difference[2]);
        let root = root(&covariance)?;
        let nis = root.distance_squared(&difference);
        let log_likelihood = -0.5 * (nis + root.ln_determinant() + 4.0 * (2.0 * PI).ln());
        Ok(Self { expected, difference, covariance, nis, log_likelihood })
    }

    /// The gain `C S⁻¹` for the covariance `C` of state and measurement, by solving, never by an inverse.
    pub(super) fn gain(&self, cross: &Matrix<6, 4>) -> Result<Matrix<6, 4>> {
        let root = root(&self.covariance)?;
        Ok(cross.map(|row| root.solve(&row)))
    }
}

fn root(covariance: &Matrix<4, 4>) -> Result<Cholesky<4>> {
    Cholesky::new(covariance).ok_or_else(|| Error::Singular { name: "innovation covariance".into() })
}

/// `P Hᵀ`.
pub(super) fn cross(state: &State, jacobian: &Matrix<4, 6>) -> Matrix<6, 4> {
    product(&state.covariance, &transposed(jacobian))
}
