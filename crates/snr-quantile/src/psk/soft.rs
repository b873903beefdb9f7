//! What a sample says about its symbol, and what all samples say together.

use super::modulation::Modulation;
use crate::likelihood::log_cosh_with;
use mmw_core::C64;

/// Over the symbols `s` with weights `exp(κ z)`, `z = Re(y s*)`, `u = Im(y s*)`: the logarithm of the mean
/// weight, and means, variances and covariance of `z` and `u`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Soft {
    pub(super) log: f64,
    pub(super) z: f64,
    pub(super) u: f64,
    pub(super) zz: f64,
    pub(super) uu: f64,
    pub(super) zu: f64,
}

impl Soft {
    fn add(&mut self, weight: f64, other: &Self) {
        self.log += weight * other.log;
        self.z += weight * other.z;
        self.u += weight * other.u;
        self.zz += weight * other.zz;
        self.uu += weight * other.uu;
        self.zu += weight * other.zu;
    }

    /// First derivative of the mean logarithm by κ (`z`) is at hand; these are the others: by the phase that
    /// the constellation is turned by, and the second ones by κ, by both, by the phase.
    pub(super) fn slopes(&self, kappa: f64) -> Slopes {
        Slopes {
            kappa: self.z,
            phase: kappa * self.u,
            kappa_2: self.zz,
            mixed: self.u + kappa * self.zu,
            phase_2: kappa * kappa * self.uu - kappa * self.z,
        }
    }
}

/// Derivatives of the mean logarithm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slopes {
    pub(super) kappa: f64,
    pub(super) phase: f64,
    pub(super) kappa_2: f64,
    pub(super) mixed: f64,
    pub(super) phase_2: f64,
}

/// `ln cosh x` and `tanh x`.
fn ln_cosh_and_tanh(x: f64) -> (f64, f64) {
    let decay = (-2.0 * x.abs()).exp();
    // For small arguments 1 − decay cancels; tanh does not.
    let tanh = if x.abs() < 0.3 { x.tanh() } else { ((1.0 - decay) / (1.0 + decay)).copysign(x) };
    let ln_cosh =
        if x.abs() < 0.3 { 0.5 * (x.sinh() * x.sinh()).ln_1p() } else { log_cosh_with(x.abs(), decay) };
    (ln_cosh, tanh)
}

/// Two opposite phases along one axis: `y` there, and across.
fn two(along: f64, across: f64, kappa: f64) -> Soft {
    let (log, t) = ln_cosh_and_tanh(kappa * along);
    let rest = 1.0 - t * t;
    Soft {
        log,
        z: along * t,
        u: across * t,
        zz: along * along * rest,
        uu: across * across * rest,
        zu: along * across * rest,
    }
}

/// Four phases are two independent pairs, half as strong, along the diagonals.
fn four(y: C64, kappa: f64) -> Soft {
    let (a, b) = (0.5 * (y.re + y.im), 0.5 * (y.re - y.im));
    let (mut both, other) = (two(a, -b, kappa), two(b, a, kappa));
    both.add(1.0, &other);
    both
}

/// Any even number of phases, from the half of them whose directions are given.
fn many(y: C64, kappa: f64, directions: &[C64]) -> Soft {
    let along = |s: &C64| y.re * s.re + y.im * s.im;
    let greatest = directions.iter().fold(0.0_f64, |most, s| most.max(along(s).abs()));
    let (mut sum, mut raw) = (0.0, Soft::default());
    for s in directions {
        let (z, u) = (along(s), y.im * s.re - y.re * s.im);
        let near = (kappa * (z.abs() - greatest)).exp();
        let far = near * (-2.0 * kappa * z.abs()).exp();
        let (both, signed) = (near + far, (near - far).copysign(z));
        sum += both;
        raw.z += z * signed;
        raw.u += u * signed;
        raw.zz += z * z * both;
        raw.uu += u * u * both;
        raw.zu += z * u * both;
    }
    let (z, u) = (raw.z / sum, raw.u / sum);
    Soft {
        log: kappa * greatest + (0.5 * sum / directions.len() as f64).ln(),
        z,
        u,
        zz: raw.zz / sum - z * z,
        uu: raw.uu / sum - u * u,
        zu: raw.zu / sum - z * u,
    }
}

/// A constellation, ready to weigh samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constellation {
    modulation: Modulation,
    directions: Vec<C64>,
}

impl Constellation {
    pub(super) fn new(modulation: Modulation) -> Self {
        let half = modulation.order() / 2;
        let directions = (0..half).map(|k| C64::cis(k as f64 * modulation.turn_rad())).collect();
        Self { modulation, directions }
    }

    /// Of one sample, in the frame of the constellation.
    pub(super) fn soft(&self, y: C64, kappa: f64) -> Soft {
        match self.modulation {
            Modulation::Bpsk => two(y.re, y.im, kappa),
            Modulation::Qpsk => four(y, kappa),
            _ => many(y, kappa, &self.directions),
        }
    }

    /// The mean over points, for a constellation turned by `phase_rad`.
    pub(super) fn mean(&self, points: &Points, kappa: f64, phase_rad: f64) -> Soft {
        let turn = C64::cis(-phase_rad);
        let mut mean = Soft::default();
        match &points.weights {
            None => points.y.iter().for_each(|y| mean.add(points.share, &self.soft(y * turn, kappa))),
            Some(weights) => {
                points.y.iter().zip(weights).for_each(|(y, w)| mean.add(*w, &self.soft(y * turn, kappa)));
            }
        }
        mean
    }
}

/// Samples of unit power, or what stands for them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Points {
    pub(super) y: Vec<C64>,
    /// Shares of the record; equal ones where none are given.
    pub(super) weights: Option<Vec<f64>>,
    /// The equal share.
    pub(super) share: f64,
}

impl Points {
    pub(super) fn equal(y: Vec<C64>) -> Self {
        let share = 1.0 / y.len() as f64;
        Self { y, weights: None, share }
    }

    /// The weighted sum of a function.
    pub(super) fn sum(&self, f: impl Fn(C64) -> C64) -> C64 {
        match &self.weights {
            None => self.y.iter().map(|y| f(*y)).sum::<C64>() * self.share,
            Some(weights) => self.y.iter().zip(weights).map(|(y, w)| f(*y) * w).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_and_four_phases_are_special_cases_of_many() {
        for modulation in [Modulation::Bpsk, Modulation::Qpsk] {
            let constellation = Constellation::new(modulation);
            for (y, kappa) in
                [((0.3, -0.8), 2.5), ((1.2, 0.1), 0.05), ((-0.4, -0.9), 40.0), ((0.0, 0.0), 1.0)]
            {
                let y = C64::new(y.0, y.1);
                let (short, long) = (constellation.soft(y, kappa), many(y, kappa, &constellation.directions));
                for (a, b) in [
                    (short.log, long.log),
                    (short.z, long.z),
                    (short.u, long.u),
                    (short.zz, long.zz),
                    (short.uu, long.uu),
                    (short.zu, long.zu),
                ] {
                    // Rounding, of means whose squares are subtracted.
                    assert!((a - b).abs() < 4e-15 * (1.0 + kappa), "{modulation} {y} {kappa}: {a} {b}");
                }
            }
        }
    }

    #[test]
    fn slopes_are_those_of_the_logarithm() {
        let y = vec![C64::new(0.7, 0.2), C64::new(-0.3, 0.9), C64::new(1.1, -0.6)];
        let points = Points::equal(y);
        for modulation in Modulation::ALL {
            let constellation = Constellation::new(*modulation);
            let at = |kappa: f64, phase: f64| constellation.mean(&points, kappa, phase);
            let (kappa, phase, h) = (2.2, 0.3, 1e-5);
            let slopes = at(kappa, phase).slopes(kappa);
            let by = |f: &dyn Fn(f64) -> f64| (f(h) - f(-h)) / (2.0 * h);
            let numeric = [
                by(&|d| at(kappa + d, phase).log),
                by(&|d| at(kappa, phase + d).log),
                by(&|d| at(kappa + d, phase).slopes(kappa + d).kappa),
                by(&|d| at(kappa, phase + d).slopes(kappa).kappa),
                by(&|d| at(kappa, phase + d).slopes(kappa).phase),
            ];
            let exact = [slopes.kappa, slopes.phase, slopes.kappa_2, slopes.mixed, slopes.phase_2];
            for (a, b) in exact.iter().zip(numeric) {
                // h² times a third derivative, and rounding over h.
                assert!((a - b).abs() < 1e-8, "{modulation}: {exact:?} {numeric:?}");
            }
        }
    }
}
