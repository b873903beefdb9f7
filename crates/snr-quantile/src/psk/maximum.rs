//! Where the likelihood of SNR and phase is greatest.
//!
//! With `mean |y|² = 1` the maximum over the scale lies where signal and noise add up to 1, and with `ρ =
//! Es/N0`, `κ = 2 √(ρ (1 + ρ))` the logarithm of the likelihood, per sample and less that of noise alone, is
//!
//! ```text
//! ln(1 + ρ) − 2 ρ + mean ln mean_m exp(κ Re(y e^(−jθ) s_m*))
//! ```

use super::modulation::Modulation;
use super::soft::{Constellation, Points, Soft};
use mmw_core::C64;

/// A point of the ridge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// `Es/N0`; 0 for noise alone.
    pub(super) rho: f64,
    pub(super) phase_rad: f64,
    /// Logarithm of the likelihood per sample, less that of noise alone.
    pub(super) gain: f64,
}

/// `Es/N0` beyond which there is no noise to speak of: 110 dB.
pub(super) const GREATEST: f64 = 1e11;
/// `Es/N0` at which the search ends downwards: −70 dB, unseen in any record.
const LEAST: f64 = 1e-7;
const MOST_STEPS: usize = 200;

/// First places of the search, `Es/N0` in dB.
const SCAN_DB: [f64; 18] = [
    -24.0, -20.0, -16.0, -12.0, -8.0, -5.0, -2.0, 1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 20.0, 25.0, 30.0, 36.0,
    44.0,
];

pub(super) fn kappa(rho: f64) -> f64 {
    2.0 * (rho * (1.0 + rho)).sqrt()
}

fn gain(rho: f64, soft: &Soft) -> f64 {
    rho.ln_1p() - 2.0 * rho + soft.log
}

/// The phase by the `M`-th power of the samples, with their magnitude to another power.
pub(super) fn power_law_phase(points: &Points, modulation: Modulation, magnitude: i32) -> f64 {
    let order = modulation.order() as i32;
    let sum = points.sum(|y| match y.norm() {
        r if r > 0.0 => (y / r).powi(order) * r.powi(magnitude),
        _ => C64::ZERO,
    });
    sum.arg() / f64::from(order)
}

/// The greatest maximum: from the best of a scan, for each of two first phases.
pub(super) fn greatest(points: &Points, constellation: &Constellation, modulation: Modulation) -> Place {
    let starts: &[i32] = if modulation == Modulation::Bpsk { &[2] } else { &[modulation.order() as i32, 2] };
    let best = |magnitude: &i32| {
        let phase_rad = power_law_phase(points, modulation, *magnitude);
        let mut best = Place { rho: 0.0, phase_rad, gain: f64::NEG_INFINITY };
        for db in SCAN_DB {
            let rho = 10_f64.powf(0.1 * db);
            let gain = gain(rho, &constellation.mean(points, kappa(rho), phase_rad));
            if gain > best.gain {
                best = Place { rho, phase_rad, gain };
            }
        }
        ascend(points, constellation, best)
    };
    let none = Place { rho: 0.0, phase_rad: 0.0, gain: 0.0 };
    starts.iter().map(best).fold(none, |best, place| if place.gain > best.gain { place } else { best })
}

/// Newton's steps in `ln ρ` and the phase where they ascend, else those of expectation and maximisation,
/// which always do.
fn ascend(points: &Points, constellation: &Constellation, start: Place) -> Place {
    let mut here = start;
    let mut soft = constellation.mean(points, kappa(here.rho), here.phase_rad);
    for _ in 0..MOST_STEPS {
        let (step, is_newton) =
            newton(here.rho, &soft).map_or_else(|| (expected(here.rho, &soft), false), |step| (step, true));
        let mut share = 1.0;
        let next = loop {
            let rho = here.rho * (share * step[0]).exp();
            let phase_rad = here.phase_rad + share * step[1];
            let soft = constellation.mean(points, kappa(rho), phase_rad);
            let next = Place { rho, phase_rad, gain: gain(rho, &soft) };
            // Close to the maximum gains differ by rounding alone.
            if next.gain >= here.gain - 1e-15 * (1.0 + rho) || share < 1e-3 {
                break (next, soft);
            }
            share *= 0.25;
        };
        let moved = share * step[0].abs().max(step[1].abs() * kappa(here.rho).max(1e-3));
        (here, soft) = next;
        let is_settled = moved < if is_newton { 1e-9 } else { 1e-13 };
        if is_settled || !(LEAST..GREATEST).contains(&here.rho) {
            break;
        }
    }
    here
}

/// None where the likelihood is not concave.
fn newton(rho: f64, soft: &Soft) -> Option<[f64; 2]> {
    let slopes = soft.slopes(kappa(rho));
    let q = rho * (1.0 + rho);
    let (by_rho, by_rho_2) = ((1.0 + 2.0 * rho) / q.sqrt(), -0.5 / (q * q.sqrt()));
    let slope = 1.0 / (1.0 + rho) - 2.0 + slopes.kappa * by_rho;
    let curvature =
        slopes.kappa_2 * by_rho * by_rho + slopes.kappa * by_rho_2 - 1.0 / ((1.0 + rho) * (1.0 + rho));
    // In ln ρ.
    let (first, second) = (rho * slope, rho * rho * curvature + rho * slope);
    let mixed = rho * by_rho * slopes.mixed;
    let step = solve([second, mixed, slopes.phase_2], [-first, -slopes.phase])?;
    (step[0].abs() < 1.5 && step[1].abs() < 0.2).then_some(step)
}

/// `[a b; b c] x = y` for a negative definite matrix; none for another.
pub(super) fn solve([a, b, c]: [f64; 3], [x, y]: [f64; 2]) -> Option<[f64; 2]> {
    let determinant = a * c - b * b;
    let is_negative = a < 0.0 && determinant > 0.0;
    is_negative.then(|| [(c * x - b * y) / determinant, (a * y - b * x) / determinant])
}

/// `A e^(jθ) = mean y ŝ*` with the expected symbols ŝ.
fn expected(rho: f64, soft: &Soft) -> [f64; 2] {
    let square = (soft.z * soft.z + soft.u * soft.u).min(1.0 - 1e-12);
    [(square / (1.0 - square) / rho).ln(), soft.u.atan2(soft.z)]
}

/// The same with decided symbols, from a phase on: `ρ` and the phase.
pub(super) fn decided(points: &Points, constellation: &Constellation, phase_rad: f64) -> Place {
    /// Decides each symbol: the next but one weighs nothing.
    const SURE: f64 = 1e9;
    let mut here = phase_rad;
    let mut soft = constellation.mean(points, SURE, here);
    for _ in 0..MOST_STEPS {
        let step = soft.u.atan2(soft.z);
        here += step;
        soft = constellation.mean(points, SURE, here);
        if step.abs() < 1e-12 {
            break;
        }
    }
    let square = soft.z * soft.z;
    Place { rho: square / (1.0 - square), phase_rad: here, gain: 0.0 }
}
