//! Butterworth and Chebyshev amplitude responses, and the order that a specification needs.

use crate::map::map;
use mmw_core::math::try_crossing;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Error, Result, check};
use std::f64::consts::{LN_2, LN_10};

/// The low-pass family.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Response {
    /// Maximally flat.
    Butterworth,
    /// Equal ripple in the pass-band.
    Chebyshev {
        /// The ripple, dB, above 0 and at most 100.
        ripple_db: f64,
    },
}

mmw_core::checked_serde!(Response, |response| response.epsilon_squared().map(|_| ()));

/// What the cut-off frequency of a Chebyshev filter means. A Butterworth filter has only its 3 dB point.
///
/// Published tables use either, and mixing them up costs 8.6 dB in the paper's example: 84.640 dB against
/// 93.198 dB at 3.5 times the cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Cutoff {
    /// Where the response leaves the ripple band.
    #[default]
    RippleEdge,
    /// Where the response has fallen to half the power, 3.0103 dB; for a ripple of at most that.
    ThreeDb,
}

mmw_core::named!(Cutoff, "cut-off" { RippleEdge = "ripple_edge", ThreeDb = "three_db" });

/// The order that a specification needs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Order {
    /// The real number that meets the specification exactly; 0 when every order does.
    pub exact: f64,
    /// The least whole order, at least 1.
    pub order: usize,
}

mmw_core::checked_serde!(Order, |order| {
    check::non_negative("exact", order.exact)?;
    check::at_least("order", order.order, 1).map(|_| ())
});

impl Response {
    /// Attenuation relative to the least loss of the pass-band, dB.
    ///
    /// ```text
    /// Butterworth: A = 10 log10[1 + (ω/ωc)^2n],   Chebyshev: A = 10 log10[1 + ε² T_n²(ω/ωc)]
    /// ```
    /// Section II-B of [^lambrechts], the second from its reference; `ε² = 10^(ripple/10) − 1`. Logarithms
    /// throughout: no order overflows.
    ///
    /// # Errors
    /// [`Error::Domain`] for an order of 0, a negative ratio, a ripple out of range, or a ripple above
    /// 3.0103 dB with [`Cutoff::ThreeDb`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::response::{Cutoff, Response};
    ///
    /// let butterworth = Response::Butterworth.attenuation_db(7, 6.0, Cutoff::ThreeDb)?;
    /// assert!((butterworth - 108.9412).abs() < 1e-4);
    /// // Printed as 96.81 dB; neither convention gives it.
    /// let chebyshev = Response::Chebyshev { ripple_db: 0.01 };
    /// assert!((chebyshev.attenuation_db(7, 3.5, Cutoff::RippleEdge)? - 84.640).abs() < 1e-3);
    /// assert!((chebyshev.attenuation_db(7, 3.5, Cutoff::ThreeDb)? - 93.198).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^lambrechts]: J. W. Lambrechts, S. Sinha, 2015 ([references](crate#references)).
    pub fn attenuation_db(&self, order: usize, frequency_ratio: f64, cutoff: Cutoff) -> Result<f64> {
        check::at_least("order", order, 1)?;
        check::non_negative("frequency_ratio", frequency_ratio)?;
        let n = order as f64;
        let Some(epsilon_squared) = self.epsilon_squared()? else {
            return Ok(softplus_db(2.0 * n * frequency_ratio.ln()));
        };
        let x = frequency_ratio * self.cutoff_scale(n, cutoff)?;
        if x <= 1.0 {
            let t = (n * x.acos()).cos();
            return Ok(10.0 / LN_10 * (epsilon_squared * t * t).ln_1p());
        }
        let angle = n * acosh(x);
        let ln_t = angle + (-2.0 * angle).exp().ln_1p() - LN_2;
        check::finite("attenuation", softplus_db(epsilon_squared.ln() + 2.0 * ln_t))
    }

    /// [`Response::attenuation_db`] at each frequency ratio of an array.
    ///
    /// # Errors
    /// As [`Response::attenuation_db`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::response::{Cutoff, Response};
    /// use mmw_core::ndarray::array;
    /// let db = Response::Butterworth.attenuation_db_array(1, &array![0.0, 1.0], Cutoff::ThreeDb)?;
    /// assert!(db[0] == 0.0 && (db[1] - 3.0103).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn attenuation_db_array(
        &self,
        order: usize,
        frequency_ratios: &ArrayRef1<f64>,
        cutoff: Cutoff,
    ) -> Result<Array1<f64>> {
        map(frequency_ratios, |ratio| self.attenuation_db(order, ratio, cutoff))
    }

    /// The order that attenuates by `attenuation_db` at `frequency_ratio` times the cut-off.
    ///
    /// ```text
    /// Butterworth: n = ln(10^(A/10) − 1) / 2 ln x,   Chebyshev: n = acosh(√(10^(A/10) − 1) / ε) / acosh x
    /// ```
    /// The inverse of [^attenuation]; with [`Cutoff::ThreeDb`] the order also moves the ripple
    /// edge, and the equation is solved by bisection.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `attenuation_db` is finite and above 0 and `frequency_ratio` is finite and
    /// above 1; as [`Response::attenuation_db`]; [`Error::Invalid`] for an order beyond 1e9.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::response::{Cutoff, Response};
    ///
    /// let order = Response::Butterworth.order(100.0, 6.0, Cutoff::ThreeDb)?;
    /// assert!((order.exact - 6.4255).abs() < 1e-4 && order.order == 7);
    /// let chebyshev = Response::Chebyshev { ripple_db: 0.01 };
    /// assert_eq!(chebyshev.order(96.81, 3.5, Cutoff::RippleEdge)?.order, 8);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^attenuation]: [`Response::attenuation_db`].
    pub fn order(&self, attenuation_db: f64, frequency_ratio: f64, cutoff: Cutoff) -> Result<Order> {
        check::positive("attenuation_db", attenuation_db)?;
        if !(frequency_ratio.is_finite() && frequency_ratio > 1.0) {
            return Err(Error::domain("frequency_ratio", frequency_ratio, "a finite number above 1"));
        }
        let ln_excess = ln_power_excess(attenuation_db);
        let exact = match (self.epsilon_squared()?, cutoff) {
            (None, _) => ln_excess / (2.0 * frequency_ratio.ln()),
            (Some(epsilon_squared), Cutoff::RippleEdge) => {
                acosh_exp((ln_excess - epsilon_squared.ln()) / 2.0) / acosh(frequency_ratio)
            }
            (Some(epsilon_squared), Cutoff::ThreeDb) => {
                let target = acosh_exp((ln_excess - epsilon_squared.ln()) / 2.0);
                self.order_at_three_db(target, frequency_ratio)?
            }
        };
        let exact = exact.max(0.0);
        if exact > 1e9 {
            return Err(Error::invalid("order", format!("{exact:e} is beyond any ladder")));
        }
        // An order that was computed from its own attenuation must come back, in spite of rounding.
        let order = (exact - 1e-10).ceil().max(1.0) as usize;
        Ok(Order { exact, order })
    }

    /// [`Response::order`] for each attenuation of an array.
    ///
    /// # Errors
    /// As [`Response::order`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::response::{Cutoff, Response};
    /// use mmw_core::ndarray::array;
    /// let orders = Response::Butterworth.order_array(&array![40.0, 100.0], 6.0, Cutoff::ThreeDb)?;
    /// assert_eq!((orders[0].order, orders[1].order), (3, 7));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn order_array(
        &self,
        attenuations_db: &ArrayRef1<f64>,
        frequency_ratio: f64,
        cutoff: Cutoff,
    ) -> Result<Array1<Order>> {
        attenuations_db.iter().map(|&db| self.order(db, frequency_ratio, cutoff)).collect()
    }

    /// Solves `n acosh(x cosh(θ/n)) = target` for `n`; the left side grows with `n`.
    fn order_at_three_db(&self, target: f64, frequency_ratio: f64) -> Result<f64> {
        let reached = |n: f64| -> Result<bool> {
            Ok(n * acosh(frequency_ratio * self.cutoff_scale(n, Cutoff::ThreeDb)?) >= target)
        };
        let half_power = acosh_exp(-0.5 * self.epsilon_squared()?.unwrap_or(1.0).ln());
        // As n → 0 the left side tends to θ + n ln x.
        let low = (half_power / 500.0).max(1e-3);
        if reached(low)? {
            return Ok((target - half_power) / frequency_ratio.ln());
        }
        let [_, exact] = try_crossing([low, 1e10], reached)?;
        Ok(exact)
    }

    /// `ε²` of a Chebyshev response, `None` for Butterworth.
    pub(crate) fn epsilon_squared(&self) -> Result<Option<f64>> {
        match *self {
            Self::Butterworth => Ok(None),
            Self::Chebyshev { ripple_db } => {
                check::in_range("ripple_db", ripple_db, 1e-12, 100.0)?;
                let nepers = ripple_db * (LN_10 / 10.0);
                Ok(Some(if nepers <= 0.125 { small_exp_m1(nepers) } else { nepers.exp_m1() }))
            }
        }
    }

    /// The cut-off frequency over the ripple edge: 1, or `cosh(acosh(1/ε) / n)` for the 3 dB point.
    ///
    /// # Errors
    /// [`Error::Domain`] for a ripple out of range, or above 3.0103 dB with [`Cutoff::ThreeDb`]: the 3 dB
    /// point then lies between ripples.
    pub(crate) fn cutoff_scale(&self, n: f64, cutoff: Cutoff) -> Result<f64> {
        match (*self, self.epsilon_squared()?) {
            (Self::Chebyshev { ripple_db }, Some(epsilon_squared)) if cutoff == Cutoff::ThreeDb => {
                if epsilon_squared > 1.0 {
                    return Err(Error::domain("ripple_db", ripple_db, "at most 3.0103 with a 3 dB cut-off"));
                }
                Ok(three_db_scale(epsilon_squared, n))
            }
            _ => Ok(1.0),
        }
    }
}

/// `e^z − 1` for `0 <= z <= 1/8`: twelve terms of the series, of which the next is below 2e-20, summed in
/// pairs so that the sums run side by side.
#[inline]
pub(crate) fn small_exp_m1(z: f64) -> f64 {
    const C: [f64; 12] = [
        1.0,
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
    ];
    let (z2, pair) = (z * z, |k: usize| C[k] + C[k + 1] * z);
    let z4 = z2 * z2;
    let (low, middle, high) = (pair(0) + pair(2) * z2, pair(4) + pair(6) * z2, pair(8) + pair(10) * z2);
    z * (low + z4 * (middle + z4 * high))
}

/// `cosh(acosh(1/ε) / n)`: the 3 dB point over the ripple edge, for a ripple of at most 3.0103 dB
/// (`ε² <= 1`).
pub(crate) fn three_db_scale(epsilon_squared: f64, n: f64) -> f64 {
    // acosh(1/ε) = ln((1 + √(1 − ε²)) / ε); its absolute error is all that the cosine sees.
    let angle = ((1.0 + (1.0 - epsilon_squared).max(0.0).sqrt()) / epsilon_squared.sqrt()).ln();
    let e = (angle / n).exp();
    0.5 * (e + 1.0 / e)
}

/// `10 log10(1 + e^z)`.
fn softplus_db(z: f64) -> f64 {
    10.0 / LN_10 * (z.max(0.0) + (-z.abs()).exp().ln_1p())
}

/// `ln(10^(A/10) − 1)`.
fn ln_power_excess(attenuation_db: f64) -> f64 {
    let nepers = attenuation_db * (LN_10 / 10.0);
    if nepers < 1.0 { nepers.exp_m1().ln() } else { nepers + (-(-nepers).exp()).ln_1p() }
}

/// `acosh(x)` for `x >= 1`, accurate near 1.
pub(crate) fn acosh(x: f64) -> f64 {
    ((x - 1.0).sqrt() * (x + 1.0).sqrt()).asinh()
}

/// `acosh(e^z)`, 0 for `z <= 0`.
fn acosh_exp(z: f64) -> f64 {
    if z <= 0.0 {
        return 0.0;
    }
    // e^z + √(e^2z − 1) = e^z (1 + √(1 − e^−2z)), and 1 − e^−2z = −expm1(−2z).
    z + (-(-2.0 * z).exp_m1()).sqrt().ln_1p()
}
