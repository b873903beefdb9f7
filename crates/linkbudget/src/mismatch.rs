//! How well an impedance fits a line: reflection coefficient, return loss, VSWR.

use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Error, Result, check};

/// Reflection coefficient of an impedance against a real reference.
///
/// ```text
/// Γ = (Z − Z0) / (Z + Z0)
/// ```
/// Equation (2.35) of Pozar, *Microwave Engineering*.
///
/// # Errors
/// [`Error::Domain`] unless the reference is finite and above zero and the impedance finite;
/// [`Error::Singular`] for `Z = −Z0`.
///
/// # Examples
/// ```
/// use linkbudget::mismatch::{return_loss_db, s11, vswr};
/// use mmw_core::C64;
/// // The thin half-wave dipole on a 50 ohm line: -8.6 dB, not the match of a real 73 ohm.
/// let gamma = s11(C64::new(73.08, 42.52), 50.0)?;
/// assert!((return_loss_db(gamma)? - 8.60).abs() < 0.01);
/// assert!((vswr(gamma)? - 2.18).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn s11(impedance_ohm: C64, reference_ohm: f64) -> Result<C64> {
    check::positive("reference_ohm", reference_ohm)?;
    check::finite("impedance_ohm", impedance_ohm.re)?;
    check::finite("impedance_ohm", impedance_ohm.im)?;
    let gamma = (impedance_ohm - reference_ohm) / (impedance_ohm + reference_ohm);
    if gamma.re.is_finite() && gamma.im.is_finite() {
        Ok(gamma)
    } else {
        Err(Error::Singular { name: "impedance plus reference".into() })
    }
}

/// [`s11`] of each impedance of an array.
///
/// # Errors
/// As [`s11`].
pub fn s11_array(impedances_ohm: &ArrayRef1<C64>, reference_ohm: f64) -> Result<Array1<C64>> {
    impedances_ohm.iter().map(|&impedance| s11(impedance, reference_ohm)).collect()
}

/// Return loss, dB, at least 0 for a passive impedance: `−20 log10 |Γ|`.
///
/// # Errors
/// [`Error::Domain`] unless `Γ` is finite and not zero: a perfect match has no finite return loss.
pub fn return_loss_db(gamma: C64) -> Result<f64> {
    Ok(-20.0 * check::positive("modulus of the reflection coefficient", gamma.norm())?.log10())
}

/// Voltage standing-wave ratio, at least 1.
///
/// ```text
/// VSWR = (1 + |Γ|) / (1 − |Γ|)
/// ```
/// Equation (2.41) of Pozar, *Microwave Engineering*.
///
/// # Errors
/// [`Error::Domain`] unless `|Γ|` is below 1.
pub fn vswr(gamma: C64) -> Result<f64> {
    let modulus = gamma.norm();
    if modulus < 1.0 {
        check::finite("vswr", (1.0 + modulus) / (1.0 - modulus))
    } else {
        Err(Error::domain("modulus of the reflection coefficient", modulus, "below 1"))
    }
}

/// [`vswr`] of each reflection coefficient of an array.
///
/// # Errors
/// As [`vswr`].
///
/// # Examples
/// ```
/// use linkbudget::mismatch::{s11_array, vswr_array};
/// use mmw_core::{C64, ndarray::array};
/// let gamma = s11_array(&array![C64::new(100.0, 0.0), C64::new(50.0, 0.0)], 50.0)?;
/// assert!((vswr_array(&gamma)?[0] - 2.0).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn vswr_array(gamma: &ArrayRef1<C64>) -> Result<Array1<f64>> {
    gamma.iter().map(|&gamma| vswr(gamma)).collect()
}

/// VSWR of a return loss: 24 dB is 1.1347.
///
/// # Errors
/// [`Error::Domain`] unless the return loss is finite and above zero.
///
/// # Examples
/// ```
/// // The measured resonance of Fig. 7.
/// assert!((linkbudget::mismatch::vswr_of_return_loss(24.0)? - 1.1347).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn vswr_of_return_loss(return_loss_db: f64) -> Result<f64> {
    check::positive("return_loss_db", return_loss_db)?;
    vswr(C64::new(10_f64.powf(-return_loss_db / 20.0), 0.0))
}
