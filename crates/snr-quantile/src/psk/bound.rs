//! The Cramér-Rao bounds of complex samples.

use super::modulation::Modulation;
use super::soft::Constellation;
use crate::bound;
use crate::snr::Snr;
use mmw_core::{C64, Result, check};
use std::f64::consts::{LN_10, PI};

/// The least variance, in dB², of an unbiased estimate of the SNR in dB from complex samples of unknown
/// symbols. That the phase is unknown, too, costs nothing: its score is odd where the others are even.
///
/// Four phases are two pairs of real samples: [`crate::bound::crlb_db2`] of `2 N` samples at an SNR of
/// `Es/N0`, the bound of Alagha[^alagha] for QPSK. Two phases have noise alone in the other part. The others
/// are integrated over the plane by the trapezoidal rule, which is exact to rounding here.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for no samples; [`mmw_core::Error::Domain`] for an `Es/N0` outside
/// −40 to 200 dB.
///
/// # Examples
/// ```
/// use snr_quantile::{Snr, psk::{self, Modulation}};
/// let bound = |modulation, es_n0| psk::crlb_db2(modulation, Snr::from_es_n0(es_n0)?, 1000);
/// // At high SNR that of known symbols, (10/ln 10)² (2/ρ + 1)/N, sooner for fewer phases.
/// assert!((bound(Modulation::Qpsk, 1000.0)? / 0.018_898_893 - 1.0).abs() < 1e-6);
/// assert!(bound(Modulation::Psk16, 10.0)? > bound(Modulation::Psk8, 10.0)?);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
///
/// [^alagha]: N. S. Alagha, "Cramer-Rao bounds of SNR estimates for BPSK and QPSK modulated signals", IEEE
///     Communications Letters 5 (2001).
pub fn crlb_db2(modulation: Modulation, snr: Snr, samples: usize) -> Result<f64> {
    check::at_least("samples", samples, 1)?;
    check::in_range("es_n0_db", snr.es_n0_db(), -40.0, 200.0)?;
    if modulation == Modulation::Qpsk {
        return bound::crlb_db2(Snr::from_linear(snr.es_n0())?, samples.saturating_mul(2));
    }
    // The distance from a symbol to the border of its sector, in deviations: beyond it, 2e-22 of the noise.
    let reach = snr.linear().sqrt() * (PI / modulation.order() as f64).sin();
    if reach >= 10.0 {
        return data_aided_crlb_db2(snr, samples);
    }
    let c = snr.linear().sqrt();
    let slope_db = 20.0 / (LN_10 * c);
    Ok(slope_db * slope_db / (information(modulation, c, reach) * samples as f64))
}

/// The bound when the symbols are known, `(10/ln 10)² (2/ρ + 1)/N` with `ρ = Es/N0`: that of the phase
/// unknown.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for no samples.
///
/// # Examples
/// ```
/// use snr_quantile::{Snr, psk};
/// assert!((psk::data_aided_crlb_db2(Snr::from_es_n0(2.0)?, 100)? - 0.377_223).abs() < 1e-6);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
pub fn data_aided_crlb_db2(snr: Snr, samples: usize) -> Result<f64> {
    check::at_least("samples", samples, 1)?;
    Ok(100.0 * (2.0 / snr.es_n0() + 1.0) / (LN_10 * LN_10 * samples as f64))
}

/// Fisher information of `c = S/σ` in one sample when σ is unknown.
///
/// With `u = y/σ` and the expected symbol ŝ, the scores of `c` and `ln σ` are `a = Re(u ŝ*) − c` and `b =
/// |u|² − 2 − c Re(u ŝ*)`; the information is `E a² − (E a b)²/E b²`. At low SNR `a` is replaced by `a −
/// (c/2) b`, which has the same residual and cancels less. The mean is taken around one symbol: the scores
/// are the same in all sectors.
fn information(modulation: Modulation, c: f64, reach: f64) -> f64 {
    let constellation = Constellation::new(modulation);
    // The poles of the expected symbol lie π/(2 reach) off the real axis across a border.
    let step = 0.25 / reach.max(1.0);
    let nodes = (9.0 / step) as i32;
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    for row in 0..nodes {
        // Symmetric about the symbol's ray: half a step off it on one side.
        let across = (f64::from(row) + 0.5) * step;
        for column in -nodes..=nodes {
            let along = f64::from(column) * step;
            let density = (-0.5 * (along * along + across * across)).exp();
            let u = C64::new(c + along, across);
            let z = constellation.soft(u, c).z;
            let square = u.norm_sqr();
            let a = if c < 1.0 { (z - 0.5 * c * square) + 0.5 * c * c * z } else { z - c };
            let b = square - 2.0 - c * z;
            aa += density * a * a;
            ab += density * a * b;
            bb += density * b * b;
        }
    }
    // Twice the half-plane, over 2π.
    (aa - ab * ab / bb) * step * step / PI
}
