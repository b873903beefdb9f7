//! Capacities that are known exactly: the yardsticks of every simulation.
//!
//! | item | what it is | how |
//! | --- | --- | --- |
//! | [`ergodic_capacity`] | mean for i.i.d. Rayleigh fading, any size | Telatar's integral |
//! | [`IidOutage`] | distribution for i.i.d. Rayleigh fading, any size | determinant, Fourier inversion |
//! | [`simo_outage_probability`], [`miso_outage_probability`] | one antenna at one end | incomplete gamma function |
//! | [`keyhole_outage_probability`], [`keyhole_outage_capacity`] | one path between rich ends | one integral |
//!
//! `snr` is the mean signal-to-noise ratio per receive branch (linear), transmit power is shared equally, and
//! capacities are in bit/s/Hz:
//!
//! ```text
//! C = log2 det(I + snr/Nt · H Hᴴ),   E|h|² = 1
//! ```

mod ergodic;
mod keyhole;
mod laguerre;
mod outage;
mod single;

pub use ergodic::ergodic_capacity;
pub use keyhole::{keyhole_outage_capacity, keyhole_outage_probability};
pub use outage::IidOutage;
pub use single::{
    miso_outage_capacity, miso_outage_probability, simo_outage_capacity, simo_outage_probability,
};

use mmw_core::{Result, check, special};

/// Most antennas at one end that the exact formulas take.
const MOST_ANTENNAS: usize = 512;
/// Greatest signal-to-noise ratio: 200 dB.
const GREATEST_SNR: f64 = 1e20;
/// Least signal-to-noise ratio: -200 dB.
const LEAST_SNR: f64 = 1e-20;

fn check_antennas(name: &'static str, count: usize) -> Result<usize> {
    check::at_least(name, count, 1)?;
    check::in_range(name, count as f64, 1.0, MOST_ANTENNAS as f64)?;
    Ok(count)
}

fn check_snr(snr: f64) -> Result<f64> {
    check::in_range("snr", snr, LEAST_SNR, GREATEST_SNR)
}

/// `ln n!`.
fn ln_factorial(n: usize) -> f64 {
    special::unchecked::ln_gamma_of(n as f64 + 1.0)
}

/// The distribution of a gamma variable of whole order.
fn gamma_p(order: usize, x: f64) -> Result<f64> {
    special::gamma_p(order as f64, x.min(f64::MAX))
}

/// `log2(1 + x)`.
fn log2_1p(x: f64) -> f64 {
    x.ln_1p() / std::f64::consts::LN_2
}
