//! Motion by two modes at once: walking on, and turning or stopping.

use super::config::TrackerConfig;
use crate::matrix::{Matrix, applied, outer, product, scaled, sum, symmetric, transposed, zeros};

/// Right, forward, and their rates.
pub(super) type Vector = [f64; 4];
pub(super) type Covariance = Matrix<4, 4>;

/// A normal belief of where a body is and how it moves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Belief {
    pub(super) mean: Vector,
    pub(super) covariance: Covariance,
}

impl Belief {
    /// Moves on by `dt` with white acceleration of density `q`.
    fn predict(&mut self, dt: f64, q: f64) {
        let mut f = crate::matrix::identity::<4>();
        (f[0][2], f[1][3]) = (dt, dt);
        self.mean = applied(&f, &self.mean);
        self.covariance = product(&product(&f, &self.covariance), &transposed(&f));
        for i in 0..2 {
            self.covariance[i][i] += q * dt * dt * dt / 3.0;
            self.covariance[i][i + 2] += q * dt * dt / 2.0;
            self.covariance[i + 2][i] += q * dt * dt / 2.0;
            self.covariance[i + 2][i + 2] += q * dt;
        }
    }

    /// Takes in a number that is `h · x` but for noise of the variance `r`; the logarithm of its likelihood.
    ///
    /// One number at a time needs no inverse, and `P - k (P h)ᵀ` with `k = P h / s` is exactly symmetric.
    pub(super) fn update(&mut self, h: &Vector, value: f64, r: f64) -> f64 {
        let ph = applied(&self.covariance, h);
        let s = crate::matrix::dot(h, &ph) + r;
        let innovation = value - crate::matrix::dot(h, &self.mean);
        for i in 0..4 {
            self.mean[i] += ph[i] / s * innovation;
            for j in 0..4 {
                self.covariance[i][j] -= ph[i] * ph[j] / s;
            }
        }
        -0.5 * (innovation * innovation / s + (2.0 * std::f64::consts::PI * s).ln())
    }
}

/// A belief for each mode, and how likely each mode is: an interacting multiple model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    pub(super) modes: [Belief; 2],
    pub(super) weights: [f64; 2],
}

impl Motion {
    pub(super) fn new(mean: Vector, covariance: Covariance) -> Self {
        Self { modes: [Belief { mean, covariance }; 2], weights: [0.7, 0.3] }
    }

    /// Mixes the modes by the chance of changes and moves both on.
    pub(super) fn predict(&mut self, dt: f64, config: &TrackerConfig) {
        let leave = [config.turns_per_s, config.settles_per_s].map(|rate| -(-rate * dt).exp_m1());
        let [calm, agile] = self.weights;
        let flow = [[calm * (1.0 - leave[0]), agile * leave[1]], [calm * leave[0], agile * (1.0 - leave[1])]];
        self.weights = flow.map(|from| from[0] + from[1]);
        let before = *self;
        for (i, q) in [config.calm_m2_s3, config.agile_m2_s3].into_iter().enumerate() {
            let total = self.weights[i].max(f64::MIN_POSITIVE);
            let mixed = Self { modes: before.modes, weights: flow[i].map(|share| share / total) };
            self.modes[i] = mixed.merged();
            self.modes[i].predict(dt, q);
        }
    }

    /// One normal belief with the mean and the covariance of the mixture.
    pub(super) fn merged(&self) -> Belief {
        let [a, b] = self.modes;
        let [wa, wb] = self.weights;
        let mean = std::array::from_fn(|i| wa * a.mean[i] + wb * b.mean[i]);
        let covariance = [(a, wa), (b, wb)].into_iter().fold(zeros(), |all, (mode, weight)| {
            let off: Vector = std::array::from_fn(|i| mode.mean[i] - mean[i]);
            sum(&all, &scaled(&sum(&mode.covariance, &outer(&off, &off)), weight))
        });
        Belief { mean, covariance: symmetric(&covariance) }
    }

    /// Takes in numbers `h · x` with their variances, and judges the modes by them.
    pub(super) fn update(&mut self, measured: &[(Vector, f64, f64)]) {
        let logs: [f64; 2] = std::array::from_fn(|i| {
            let mode = &mut self.modes[i];
            measured.iter().map(|(h, value, r)| mode.update(h, *value, *r)).sum::<f64>()
        });
        let top = logs[0].max(logs[1]);
        let weights: [f64; 2] = std::array::from_fn(|i| self.weights[i] * (logs[i] - top).exp());
        let total = weights[0] + weights[1];
        if total > 0.0 {
            // Neither mode ever dies out, or it could not come back.
            self.weights = weights.map(|weight| (weight / total).clamp(1e-6, 1.0 - 1e-6));
            let total = self.weights[0] + self.weights[1];
            self.weights = self.weights.map(|weight| weight / total);
        }
    }
}
