//! Which fold of the velocity: a test over the virtual array.
//!
//! Transmitters that fire in turn repeat after `M T_c`, so velocities that differ by `λ / 2 M T_c` make the
//! same Doppler bins. But between two transmitters only `T_c` passes: a fold more turns each of them by
//! another `2π / M` against the one before, and only with the right number of folds do the channels look like
//! one plane wave. After `M` folds the turns repeat.
//!
//! Transmitters of a board that is not calibrated differ by tens of degrees, up to a quarter turn, which is
//! as much as a fold does to three of them. So another fold than the slowest is believed only when it leaves
//! next to nothing, and even less for what seems to stand still: of a room that is nearly everything.

use crate::doa::{SingleFit, SingleTarget};
use crate::fmcw::Fmcw;
use crate::tdm::DopplerCompensation;
use mmw_core::ndarray::Array1;
use mmw_core::{C64, Result};

/// Log-likelihood ratio, `ln 10⁶`, from which another fold than the slowest one is believed.
const UNFOLD: f64 = 13.8;
/// Log-likelihood ratio, `ln 100`, from which the slowest velocity, or a direction, is no longer
/// called ambiguous.
pub(super) const CONFIRM: f64 = 4.6;
/// Most that a plane wave may leave unexplained for a fold to be believed: phase errors of the channels of 8
/// degrees, what a calibrated board has.
const MAX_RESIDUAL: f64 = 0.02;
/// The same within a velocity cell of standing still: the best fold of a wall seen by a board without
/// calibration left 0.03.
const MAX_RESIDUAL_STILL: f64 = 0.005;
/// Least residual that is told from zero: rounding of the transforms.
pub(super) const ROUNDING: f64 = 1e-9;

/// A Doppler frequency with its fold decided as far as it can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unfolded {
    pub(super) doppler_hz: f64,
    pub(super) ambiguous: bool,
    /// Frequencies that differ by this much remain alike, Hz.
    pub(super) interval_hz: f64,
    /// Whether a fold that may be the right one sees the target in another direction.
    pub(super) turns: bool,
    /// What one plane wave of this frequency explains of the channels, where it was tested.
    pub(super) fit: Option<SingleFit>,
    /// The fold that explains the channels best, whether it is believed or not.
    pub(super) best: Option<Best>,
    /// What is said of the velocity: `doppler_hz`, but where that is not believed.
    pub(super) told_hz: f64,
}

/// The fold that explains the channels best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Best {
    pub(super) doppler_hz: f64,
    /// Log-likelihood ratio against any other.
    pub(super) ratio: f64,
    /// What it leaves of the channels.
    pub(super) residual: f64,
}

impl Unfolded {
    /// The least frequency, for want of a test.
    pub(super) fn untested(fmcw: &Fmcw, doppler_hz: f64) -> Self {
        let ambiguous = fmcw.config().transmitters > 1;
        let interval_hz = fmcw.repetition_s().recip();
        let (fit, best, told_hz) = (None, None, doppler_hz);
        Self { doppler_hz, ambiguous, interval_hz, turns: ambiguous, fit, best, told_hz }
    }

    /// The same with directions by the fold that explains the channels best, as transmitters of which some
    /// are inverted have it, and a velocity that nothing is known of but the slowest fold.
    pub(super) fn doubted(self, fmcw: &Fmcw, slowest_hz: f64) -> Self {
        let doppler_hz = self.best.map_or(self.doppler_hz, |best| best.doppler_hz);
        let interval_hz = fmcw.repetition_s().recip();
        let (ambiguous, turns) = (true, false);
        Self { doppler_hz, ambiguous, interval_hz, turns, fit: None, told_hz: slowest_hz, ..self }
    }

    /// Compares the folds by what a plane wave leaves of the channels' amplitudes.
    ///
    /// With the noise unknown, the likelihood ratio of two folds is `(r₁/r₂)^(N−1)` for residuals `r` of `N`
    /// channels, of which one complex number is fitted.
    pub(super) fn tested(
        fmcw: &Fmcw,
        doppler_hz: f64,
        amplitudes: &Array1<C64>,
        array: &SingleTarget,
        compensation: &DopplerCompensation<f64>,
    ) -> Result<Self> {
        let untested = Self::untested(fmcw, doppler_hz);
        let transmitters = fmcw.config().transmitters;
        let freedom = amplitudes.len() as f64 - 1.0;
        if transmitters == 1 || fmcw.config().chirps < 2 || freedom < 2.0 {
            return Ok(untested);
        }
        let (mut folds, mut fits) = (Vec::with_capacity(transmitters), Vec::with_capacity(transmitters));
        for candidate_hz in candidates(doppler_hz, untested.interval_hz, transmitters) {
            let mut turned = amplitudes.to_vec();
            compensation.apply(&mut turned, candidate_hz)?;
            let fit = array.fit(&Array1::from(turned))?;
            fits.push((candidate_hz, fit));
            folds.push((candidate_hz, (1.0 - fit.share).max(ROUNDING)));
        }
        let (slowest, best) = (folds[0], least(folds.iter().copied()).unwrap_or(folds[0]));
        let second = least(folds.iter().copied().filter(|fold| fold.0 != best.0)).unwrap_or(best);
        let ratio = freedom * (second.1 / best.1).ln();
        let cell_hz = untested.interval_hz / fmcw.config().chirps as f64;
        let still = doppler_hz.abs() < cell_hz;
        let enough = if still { MAX_RESIDUAL_STILL } else { MAX_RESIDUAL };
        let told = Best { doppler_hz: best.0, ratio, residual: best.1 };
        let untested = Self { best: Some(told), ..untested };
        let interval_hz = untested.interval_hz * transmitters as f64;
        let settled = Self { ambiguous: false, turns: false, interval_hz, ..untested };
        let chosen = match best.0 == slowest.0 {
            true if ratio >= CONFIRM => settled,
            false if ratio >= UNFOLD && best.1 <= enough => {
                Self { doppler_hz: best.0, told_hz: best.0, ..settled }
            }
            // Most of what seems to stand still does, and what speaks against it must be a plane wave.
            _ if still && (best.1 > MAX_RESIDUAL || freedom * (slowest.1 / best.1).ln() < CONFIRM) => {
                Self { ambiguous: false, turns: false, ..untested }
            }
            _ => {
                let likely = |fold: f64| freedom * (fold / best.1).ln() < CONFIRM;
                let others = folds.iter().zip(&fits).filter(|(fold, _)| likely(fold.1));
                let turns = others.into_iter().any(|(_, (_, fit))| is_elsewhere(fit, &fits[0].1));
                Self { turns, ..untested }
            }
        };
        let fit = fits.into_iter().find(|fit| fit.0 == chosen.doppler_hz);
        Ok(Self { fit: fit.map(|(_, fit)| fit), ..chosen })
    }
}

/// Whether two fits see a target in directions more than a degree apart.
fn is_elsewhere(one: &SingleFit, other: &SingleFit) -> bool {
    let directions = one.direction.zip(other.direction);
    directions.is_some_and(|(a, b)| {
        let apart = a.unit_vector().iter().zip(b.unit_vector()).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        apart.sqrt() > 1_f64.to_radians()
    })
}

fn least(folds: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    folds.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The slowest frequency of each of the `count` classes that the channels tell apart, slowest first.
fn candidates(doppler_hz: f64, interval_hz: f64, count: usize) -> Vec<f64> {
    let mut all: Vec<(usize, f64)> = (-(count as i64)..=count as i64)
        .map(|k| (k.rem_euclid(count as i64) as usize, doppler_hz + k as f64 * interval_hz))
        .collect();
    all.sort_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let mut seen = vec![false; count];
    all.retain(|&(class, _)| !std::mem::replace(&mut seen[class], true));
    all.into_iter().map(|(_, frequency)| frequency).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_folds_has_its_slowest_candidate() {
        assert_eq!(candidates(-5.0, 16.0, 2), [-5.0, 11.0]);
        assert_eq!(candidates(1.0, 10.0, 3), [1.0, -9.0, 11.0]);
        assert_eq!(candidates(0.0, 4.0, 4).len(), 4);
        assert_eq!(candidates(3.0, 10.0, 1), [3.0]);
    }
}
