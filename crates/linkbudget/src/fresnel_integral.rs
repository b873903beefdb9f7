//! The Fresnel integrals, and their smooth parts f and g.

use mmw_core::{C64, Result, check};
use std::f64::consts::{FRAC_1_PI, FRAC_1_SQRT_2, PI, SQRT_2};

/// Where the power series hands over to the continued fraction.
const CROSSOVER: f64 = 1.6;

/// `C(v)` and `S(v)`, absolute error about 1e-15.
///
/// ```text
/// C(v) + j S(v) = ∫_0^v exp(j π t² / 2) dt
/// ```
/// Equation (7.3.1) of Abramowitz and Stegun. Power series below 1.6, continued fraction of the
/// complementary error function above.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless `v` is finite.
///
/// # Examples
/// ```
/// use linkbudget::fresnel_integral::fresnel_integrals;
/// let (c, s) = fresnel_integrals(1.0)?;
/// assert!((c - 0.779_893_400_376_822_8).abs() < 1e-15);
/// assert!((s - 0.438_259_147_390_354_8).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn fresnel_integrals(v: f64) -> Result<(f64, f64)> {
    check::finite("v", v)?;
    let z = if v.abs() < CROSSOVER {
        series(v.abs())
    } else {
        C64::new(0.5, 0.5) - complement(v.abs()) * quarter_turns(v)
    };
    Ok(if v < 0.0 { (-z.re, -z.im) } else { (z.re, z.im) })
}

/// The field behind a knife edge over the field without it: amplitude and phase.
///
/// ```text
/// F(v) = (1 + j)/2 ∫_v^∞ exp(−j π t² / 2) dt
/// ```
/// The argument of equation (27) of ITU-R P.526. Relative error about 1e-14 in the lit and in the shadowed
/// half: for `v > 0` no difference of nearly equal numbers is taken.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless `v` is finite.
///
/// # Examples
/// ```
/// // Half the field on the shadow boundary.
/// let field = linkbudget::fresnel_integral::knife_edge_field(0.0)?;
/// assert!((field.re - 0.5).abs() < 1e-15 && field.im.abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn knife_edge_field(v: f64) -> Result<C64> {
    check::finite("v", v)?;
    let half = C64::new(0.5, 0.5);
    let shadow = if v.abs() < CROSSOVER {
        half * (C64::new(0.5, -0.5) - series(v.abs()).conj())
    } else {
        half * (complement(v.abs()) * quarter_turns(v)).conj()
    };
    Ok(if v < 0.0 { C64::new(1.0, 0.0) - shadow } else { shadow })
}

/// `−20 log10 |F(v)|`; for `v > 1.6` without any trigonometric function.
pub(crate) fn knife_edge_loss_db(v: f64) -> Result<f64> {
    if check::finite("v", v)? < CROSSOVER {
        return Ok(-20.0 * knife_edge_field(v)?.norm().log10());
    }
    // Far in the shadow |F| = 1 / √2 π v; the logarithm of v, because the field itself may underflow.
    if v > 1e100 {
        return Ok(20.0 * (v.log10() + (SQRT_2 * PI).log10()));
    }
    Ok(-20.0 * (complement(v).norm() * FRAC_1_SQRT_2).log10())
}

/// `exp(jπv²/2)`, with the square reduced modulo 4 before it is rounded.
fn quarter_turns(v: f64) -> C64 {
    let square = v * v;
    if !square.is_finite() {
        return C64::new(1.0, 0.0);
    }
    let rest = v.mul_add(v, -square);
    C64::from_polar(1.0, PI / 2.0 * (square % 4.0 + rest))
}

/// `C + jS = v Σ (jπv²/2)^k / k!(2k+1)`.
fn series(v: f64) -> C64 {
    let x = PI / 2.0 * v * v;
    let mut sum = [1.0, 0.0];
    let mut term = 1.0;
    for k in 1..60_u32 {
        term *= x / f64::from(k);
        let part = term / f64::from(2 * k + 1);
        let sign = if k % 4 < 2 { 1.0 } else { -1.0 };
        sum[(k % 2) as usize] += sign * part;
        if part < 1e-18 {
            break;
        }
    }
    C64::new(v * sum[0], v * sum[1])
}

/// `exp(−jπv²/2) ∫_v^∞ exp(jπt²/2) dt = g + jf`, for `v >= 1.6`.
///
/// The integral is `(1+j)/2 · erfc(z)` with `z = (1−j) v √π / 2`, and `exp(z²) erfc(z)` has the continued
/// fraction (7.1.14) of Abramowitz and Stegun, evaluated by Lentz's method in the variable `2z²`.
fn complement(v: f64) -> C64 {
    let square = v * v;
    if !square.is_finite() || square > 1e30 {
        // The leading term, j / (π v): the next is smaller by (π v²)^-2.
        return C64::new(0.0, FRAC_1_PI / v);
    }
    let mut b = C64::new(1.0, -PI * square);
    let mut d = b.inv();
    let mut h = d;
    let mut c = C64::new(1e300, 0.0);
    for n in 1..500_u32 {
        let k = f64::from(2 * n - 1);
        let a = -k * (k + 1.0);
        b += 4.0;
        d = (d * a + b).inv();
        c = b + c.inv() * a;
        let step = c * d;
        h *= step;
        if (step - 1.0).norm() < 1e-16 {
            break;
        }
    }
    h * v
}
