//! What the paper prints: its formulas as they stand, its tables, its figures, and how wrong they are.
//!
//! Nothing here is used by the rest of the crate. The paper is that of Lambrechts and Sinha
//! ([references](crate#references)), whose equations (1) to (3), Tables 1 to 3 and Figs. 1 to 9 this crate
//! implements or corrects.

mod tables;

pub use tables::{
    Column, Component, REPORTED_RANGES, ReportedRange, TABLE_2, TABLE_3, network_of, values_of,
};

use crate::knife_edge::p526_db;
use crate::reflection::{Field, return_loss_db};
use crate::scenario::Scenario;
use mmw_core::{Result, check};

/// Attenuation of the Butterworth filter at 60 GHz, dB: order 7, 10 GHz. Exact: 108.9412.
pub const BUTTERWORTH_ATTENUATION_DB: f64 = 108.94;

/// Attenuation of the Chebyshev filter at 60 GHz, dB: order 7, ripple 0.01 dB, ratio 3.5.
///
/// # Erratum
/// Order 7 gives 84.640 dB at 3.5 times the ripple edge and 93.198 dB at 3.5 times the 3 dB point; 96.81 dB
/// need order 8. No reading of the printed parameters gives the number, and the ratio disagrees with the
/// printed 19 GHz (60/19 = 3.158).
pub const CHEBYSHEV_ATTENUATION_DB: f64 = 96.81;

/// Frequency ratio of the Chebyshev design.
pub const CHEBYSHEV_RATIO: f64 = 3.5;

/// "Approximately" the Chebyshev cut-off, Hz.
pub const CHEBYSHEV_CUTOFF_HZ: f64 = 19e9;

/// Impedance that the filter is said to see, ohm.
///
/// # Erratum
/// A thin half-wave dipole has 73.08 + j42.5 ohm: on 50 ohm it returns −8.6 dB. It is real, 65 ohm,
/// at 57.6 GHz.
pub const DIPOLE_OHM: f64 = 73.0;

/// Measured `S11` of the antenna's equivalent circuit at its resonance, dB, and where, Hz (Fig. 7).
pub const MEASURED_RESONANCE: (f64, f64) = (-24.0, 56.7e9);

/// Variable attenuation that a varactor reached, dB: why the stage of Fig. 3 exists.
pub const VARACTOR_RANGE_DB: f64 = 0.3;

/// Greatest attenuation of the simulated Butterworth filter above 90 GHz, dB.
pub const BUTTERWORTH_FLOOR_DB: f64 = 83.0;

/// The constant of equation (2), m^2: `Pr = 6.34e-5 Pt / (d^2 L)`.
///
/// # Erratum
/// `(λ/4π)^2` at 60 GHz is 1.580954e-7: the printed constant is 26.03 dB too large. It is the constant of
/// 2.996 GHz.
pub const FRIIS_AS_PRINTED: f64 = 6.34e-5;

/// The rain term as printed in equation (3), dB: `1398.5 R^0.0031 d0`.
///
/// # Erratum
/// It gives 1405 dB *per metre* at 5 mm/h, where P.838-3 gives 2.95 dB per kilometre; base and exponent look
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
/// Section II-A and equation (3) of the paper. `limit` is 0.7 as the text has it, or −0.7 with the lost minus
/// sign put back.
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

/// The Friis loss with the printed constant, dB.
///
/// ```text
/// −10 log10(6.34e-5 / d²)
/// ```
/// Equation (2) of the paper. See [`FRIIS_AS_PRINTED`].
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless `distance_m` is finite and above zero.
///
/// # Examples
/// ```
/// let db = linkbudget::paper::friis_as_printed_db(30.0)?;
/// assert!((db - 71.52).abs() < 0.01, "97.55 dB is right");
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn friis_as_printed_db(distance_m: f64) -> Result<f64> {
    check::positive("distance_m", distance_m)?;
    Ok(20.0 * distance_m.log10() - 10.0 * FRIIS_AS_PRINTED.log10())
}

/// The rain term with base and exponent exchanged, dB/km: `0.0031 R^1.3985`.
///
/// An inference from the printed digits, not a correction: these are the coefficients of P.838-3, vertical,
/// at 7.8 GHz (`k` 0.00295, `α` 1.3985), and 60 GHz has `k` 0.86.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless the rate is finite and not below zero.
pub fn rain_exchanged_db_per_km(rain_rate_mm_h: f64) -> Result<f64> {
    check::non_negative("rain_rate_mm_h", rain_rate_mm_h)?;
    check::finite("rain_exchanged_db_per_km", 0.0031 * rain_rate_mm_h.powf(1.3985))
}

/// Equation (3) as printed, dB; `None` where its diffraction term is minus infinity.
///
/// ```text
/// TL = PL(d0) + 10 n log10(d/d0) + 0.01 d0 − 20 log10|Γ| + 20 log10|F(v)| + 1398.5 R^0.0031 d0
/// ```
/// `PL(d0)` with the printed constant of equation (2), the diffraction limit at −0.7.
///
/// # Erratum
/// Oxygen and rain multiply the reference distance and do not grow with the path; the rain is five orders of
/// magnitude too large; the diffraction is logged twice. At `d0 = d = 30 m` the scenarios give minus
/// infinity, 42 556 and 42 707 dB where [`crate::path_loss::PathLoss`] gives 94.7, 105.7 and 135.1.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless both distances are finite and above zero; as
/// [`crate::reflection::return_loss_db`].
///
/// # Examples
/// ```
/// use linkbudget::paper::total_as_printed_db;
/// use linkbudget::reflection::Field;
/// use linkbudget::scenario::Scenario;
///
/// assert_eq!(total_as_printed_db(&Scenario::ONE, 30.0, 30.0, Field::Te)?, None);
/// let printed_db = total_as_printed_db(&Scenario::TWO, 30.0, 30.0, Field::Te)?;
/// assert!(printed_db.is_some_and(|db| (db - 42_556.0).abs() < 1.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn total_as_printed_db(
    scenario: &Scenario,
    distance_m: f64,
    reference_m: f64,
    field: Field,
) -> Result<Option<f64>> {
    check::positive("distance_m", distance_m)?;
    let permittivity = scenario.surface.permittivity(scenario.frequency_hz)?;
    let reflection_db = return_loss_db(permittivity, scenario.incidence_rad, field)?;
    let base_db = friis_as_printed_db(reference_m)?
        + 10.0 * scenario.exponent * (distance_m / reference_m).log10()
        + scenario.oxygen_db_per_m * reference_m
        + reflection_db
        + rain_as_printed_db(scenario.climate.rain_rate_mm_h(), reference_m)?;
    check::finite("total_as_printed_db", base_db)?;
    Ok(knife_edge_as_printed_db(scenario.v, -0.7)?.map(|edge_db| base_db + edge_db))
}
