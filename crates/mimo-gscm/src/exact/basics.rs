//! What the exact capacities share: the limits of their arguments, and three functions.

use mmw_core::{Result, check, special};

/// Most antennas at one end that the exact formulas take.
const MOST_ANTENNAS: usize = 512;
/// Greatest signal-to-noise ratio: 200 dB.
const GREATEST_SNR: f64 = 1e20;
/// Least signal-to-noise ratio: -200 dB.
const LEAST_SNR: f64 = 1e-20;

pub(super) fn check_antennas(name: &'static str, count: usize) -> Result<usize> {
    check::at_least(name, count, 1)?;
    check::in_range(name, count as f64, 1.0, MOST_ANTENNAS as f64)?;
    Ok(count)
}

pub(super) fn check_snr(snr: f64) -> Result<f64> {
    check::in_range("snr", snr, LEAST_SNR, GREATEST_SNR)
}

/// `ln n!`.
pub(super) fn ln_factorial(n: usize) -> f64 {
    special::unchecked::ln_gamma_of(n as f64 + 1.0)
}

/// The distribution of a gamma variable of whole order.
pub(super) fn gamma_p(order: usize, x: f64) -> Result<f64> {
    special::gamma_p(order as f64, x.min(f64::MAX))
}

/// `log2(1 + x)`.
pub(super) fn log2_1p(x: f64) -> f64 {
    x.ln_1p() / std::f64::consts::LN_2
}
