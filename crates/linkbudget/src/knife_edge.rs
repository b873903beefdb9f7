//! Diffraction over a knife edge: exact, and three approximations of it.

use crate::fresnel_integral::knife_edge_loss_db;
use crate::map::map;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Error, Result, check};

/// How the loss of a knife edge is computed from `v`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum KnifeEdge {
    /// The Fresnel integral: may be a gain, down to −1.37 dB, where the edge is below the line of sight.
    Exact,
    /// The formula of ITU-R P.526: 0 at and below `v = −0.78`; within 0.123 dB of the exact loss from −0.78
    /// to 20.
    #[default]
    P526,
    /// Lee's piecewise approximation: 0 at and below `v = −1`.
    Lee,
    /// The paper's: the formula of P.526 above `v = −0.7`, else 0, with the lost minus signs put back. It
    /// steps by 0.536 dB. What is printed literally is [`crate::paper::knife_edge_as_printed_db`].
    Paper,
}

mmw_core::named!(KnifeEdge, "knife edge" { Exact = "exact", P526 = "p526", Lee = "lee", Paper = "paper" });

impl KnifeEdge {
    /// Loss at the Fresnel-Kirchhoff parameter `v`, dB.
    ///
    /// ```text
    /// exact: J(v) = −20 log10 ( √[(1 − C − S)² + (C − S)²] / 2 )
    /// P.526: J(v) = 6.9 + 20 log10 ( √[(v − 0.1)² + 1] + v − 0.1 )
    /// ```
    /// Equations (30) and (31) of ITU-R P.526-15; Lee, *Mobile Communications Engineering*, 1982.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `v` is finite.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::knife_edge::KnifeEdge;
    ///
    /// assert!((KnifeEdge::Exact.loss_db(0.0)? - 6.020_599_913_28).abs() < 1e-10);
    /// assert!((KnifeEdge::P526.loss_db(1.0)? - 13.925_729).abs() < 1e-6);
    /// // No asymptote at 28 dB: twenty decibels more for each decade of v.
    /// let decade = KnifeEdge::Exact.loss_db(50.0)? - KnifeEdge::Exact.loss_db(5.0)?;
    /// assert!((decade - 19.9965).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn loss_db(self, v: f64) -> Result<f64> {
        check::finite("v", v)?;
        match self {
            Self::Exact => knife_edge_loss_db(v),
            Self::P526 => Ok(if v > -0.78 { p526_db(v) } else { 0.0 }),
            Self::Lee => Ok(lee_db(v)),
            Self::Paper => Ok(if v > -0.7 { p526_db(v) } else { 0.0 }),
        }
    }

    /// [`KnifeEdge::loss_db`] at each `v` of an array.
    ///
    /// # Errors
    /// As [`KnifeEdge::loss_db`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::knife_edge::KnifeEdge;
    /// use mmw_core::ndarray::array;
    /// let loss_db = KnifeEdge::Lee.loss_db_array(&array![-2.0, 0.0, 10.0])?;
    /// assert!(loss_db[0] == 0.0 && (loss_db[1] - 6.0206).abs() < 1e-4 && (loss_db[2] - 32.956).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn loss_db_array(self, v: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        map(v, |v| self.loss_db(v))
    }
}

/// The formula of P.526 without its limit. Below `v = 0.1` the sum is a difference of nearly equal numbers,
/// so its inverse hyperbolic form is used.
pub(crate) fn p526_db(v: f64) -> f64 {
    if v > 1e100 {
        return 6.9 + 20.0 * (v.log10() + std::f64::consts::LOG10_2);
    }
    6.9 + 20.0 * (v - 0.1).asinh() / std::f64::consts::LN_10
}

fn lee_db(v: f64) -> f64 {
    let amplitude = if v <= -1.0 {
        return 0.0;
    } else if v <= 0.0 {
        0.5 - 0.62 * v
    } else if v <= 1.0 {
        0.5 * (-0.95 * v).exp()
    } else if v <= 2.4 {
        0.4 - (0.1184 - (0.38 - 0.1 * v).powi(2)).sqrt()
    } else {
        0.225 / v
    };
    -20.0 * amplitude.log10()
}

/// The Fresnel-Kirchhoff parameter of an edge.
///
/// ```text
/// v = h √( 2 (d1 + d2) / (λ d1 d2) )
/// ```
/// Equation (26) of ITU-R P.526-15. `height_m` is that of the edge above the line of sight, negative below.
///
/// # Errors
/// [`Error::Domain`] unless the wavelength and the distances are finite and above zero, the height is
/// finite, and so is the result.
///
/// # Examples
/// ```
/// use linkbudget::knife_edge::fresnel_parameter;
/// // At 60 GHz a hand's breadth across a 10 m link is a deep shadow.
/// let v = fresnel_parameter(0.1, 5.0, 5.0, 0.005)?;
/// assert!((v - 1.264_911_064).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn fresnel_parameter(height_m: f64, before_m: f64, behind_m: f64, wavelength_m: f64) -> Result<f64> {
    check::finite("height_m", height_m)?;
    check::positive("before_m", before_m)?;
    check::positive("behind_m", behind_m)?;
    check::positive("wavelength_m", wavelength_m)?;
    let v = height_m * ((2.0 / wavelength_m) * (1.0 / before_m + 1.0 / behind_m)).sqrt();
    if v.is_finite() { Ok(v) } else { Err(Error::domain("v", v, "finite: the edge is too near an end")) }
}

/// [`fresnel_parameter`] of an edge of each height of an array.
///
/// # Errors
/// As [`fresnel_parameter`].
pub fn fresnel_parameter_array(
    heights_m: &ArrayRef1<f64>,
    before_m: f64,
    behind_m: f64,
    wavelength_m: f64,
) -> Result<Array1<f64>> {
    map(heights_m, |height_m| fresnel_parameter(height_m, before_m, behind_m, wavelength_m))
}
