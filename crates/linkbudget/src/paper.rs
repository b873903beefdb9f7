//! What the source prints: constants and formulas that are wrong, and how wrong they are.

use crate::knife_edge::p526_db;
use mmw_core::{Result, check};

/// The constant of equation (2), m^2: `Pr = 6.34e-5 Pt / (d^2 L)`.
///
/// # Erratum
/// `(λ/4π)^2` at 60 GHz is 1.580954e-7: the printed constant is 26.03 dB too large. It is the constant of
/// 2.996 GHz.
pub const FRIIS_AS_PRINTED: f64 = 6.34e-5;

/// The rain term as printed in equation (3), dB: `1398.5 R^0.0031 d0`.
///
/// # Erratum
/// It gives 1405 dB *a metre* at 5 mm/h, where P.838-3 gives 2.95 dB a kilometre; base and exponent look
/// exchanged (`0.0031 R^1.398` is P.838-3, vertical, near 7.8 GHz). The text has 1398, the equation 1398.5.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless both arguments are finite and not below zero.
///
/// # Examples
/// ```
/// let db = linkbudget::paper::rain_as_printed_db(5.0, 1.0)?;
/// assert!((db - 1405.5).abs() < 0.1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn rain_as_printed_db(rain_rate_mm_h: f64, reference_m: f64) -> Result<f64> {
    check::non_negative("rain_rate_mm_h", rain_rate_mm_h)?;
    check::non_negative("reference_m", reference_m)?;
    check::finite("rain_as_printed_db", 1398.5 * rain_rate_mm_h.powf(0.0031) * reference_m)
}

/// The diffraction term as printed: `20 log10 |F(v)|` of an `F` that is in decibels already, dB.
///
/// ```text
/// F(v) = 6.9 + 20 log10(√[(v − 0.1)² + 1] + v − 0.1) for v > limit, else 0
/// ```
/// `limit` is 0.7 as the text has it, or −0.7 with the lost minus sign put back.
///
/// # Erratum
/// The logarithm is taken twice: 22.88 dB instead of 13.93 at `v = 1`, and minus infinity at `v = −1`, where
/// `None` is returned. [`crate::knife_edge::KnifeEdge::Paper`] adds `F` once.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless both arguments are finite.
///
/// # Examples
/// ```
/// use linkbudget::paper::knife_edge_as_printed_db;
/// assert!((knife_edge_as_printed_db(1.0, 0.7)?.unwrap() - 22.876).abs() < 1e-3);
/// assert_eq!(knife_edge_as_printed_db(-1.0, 0.7)?, None);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn knife_edge_as_printed_db(v: f64, limit: f64) -> Result<Option<f64>> {
    check::finite("v", v)?;
    check::finite("limit", limit)?;
    let f_db = if v > limit { p526_db(v) } else { 0.0 };
    Ok((f_db != 0.0).then(|| 20.0 * f_db.abs().log10()))
}
