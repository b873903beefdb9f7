//! Argument checks that name the argument: each returns its value, so that a check reads as an assignment.

use crate::error::plain;
use crate::reinterpret::as_real;
use crate::{Error, Real, Result};
use ndarray::{ArrayRef, Dimension};
use num_complex::Complex;
use std::borrow::Cow;

/// `value`, when it is finite.
///
/// # Errors
/// [`Error::Domain`] for NaN and infinities.
///
/// # Examples
/// ```
/// use mmw_core::check;
/// assert_eq!(check::finite("delay_s", -1e-9)?, -1e-9);
/// assert!(check::finite("delay_s", f64::NAN).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn finite(name: impl Into<Cow<'static, str>>, value: f64) -> Result<f64> {
    if value.is_finite() { Ok(value) } else { Err(Error::domain(name, value, "a finite number")) }
}

/// `value`, when it is finite and above zero.
///
/// # Errors
/// [`Error::Domain`] otherwise.
///
/// # Examples
/// ```
/// use mmw_core::check;
/// assert_eq!(check::positive("carrier_hz", 77e9)?, 77e9);
/// assert!(check::positive("carrier_hz", 0.0).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn positive(name: impl Into<Cow<'static, str>>, value: f64) -> Result<f64> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Error::domain(name, value, "a finite number above 0"))
    }
}

/// `value`, when it is finite and not below zero.
///
/// # Errors
/// [`Error::Domain`] otherwise.
pub fn non_negative(name: impl Into<Cow<'static, str>>, value: f64) -> Result<f64> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::domain(name, value, "a finite number not below 0"))
    }
}

/// `value`, when `low <= value <= high`.
///
/// # Errors
/// [`Error::Domain`] otherwise, NaN included.
///
/// # Examples
/// ```
/// use mmw_core::check;
/// let error = check::in_range("probability", 1.5, 0.0, 1.0).unwrap_err();
/// assert_eq!(error.to_string(), "probability is 1.5, but must be a number from 0 to 1");
/// let error = check::in_range("cn2", -1e-14, 0.0, 1e45).unwrap_err();
/// assert_eq!(error.to_string(), "cn2 is -1e-14, but must be a number from 0 to 1e45");
/// ```
pub fn in_range(name: impl Into<Cow<'static, str>>, value: f64, low: f64, high: f64) -> Result<f64> {
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(Error::domain(name, value, format!("a number from {} to {}", plain(low), plain(high))))
    }
}

/// `value`, when it is above 0 and below 1: a probability that leaves both outcomes possible, a share.
///
/// # Errors
/// [`Error::Domain`] otherwise, NaN included.
///
/// # Examples
/// ```
/// use mmw_core::check;
/// assert_eq!(check::open_unit("probability", 1e-9)?, 1e-9);
/// let error = check::open_unit("probability", 1.0).unwrap_err();
/// assert_eq!(error.to_string(), "probability is 1, but must be a number above 0 and below 1");
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn open_unit(name: impl Into<Cow<'static, str>>, value: f64) -> Result<f64> {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(Error::domain(name, value, "a number above 0 and below 1"))
    }
}

/// The confidence `value`, when it is above 0 and below 1, by more than a rounding.
///
/// # Errors
/// [`Error::Domain`] otherwise, NaN included.
///
/// # Examples
/// ```
/// use mmw_core::check;
/// assert_eq!(check::confidence(0.95)?, 0.95);
/// assert!(check::confidence(1.0 - f64::EPSILON / 2.0).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn confidence(value: f64) -> Result<f64> {
    // The upper end of an interval is the quantile of ½ + value/2, which rounds to 1 from there on.
    if value > 0.0 && value < 1.0 - f64::EPSILON {
        Ok(value)
    } else {
        Err(Error::domain("confidence", value, "a number above 0 and below 1"))
    }
}

/// `count`, when it is at least `needed`.
///
/// # Errors
/// [`Error::TooFew`] otherwise.
///
/// # Examples
/// ```
/// use mmw_core::{Error, check};
/// assert_eq!(check::at_least("snapshots", 3, 1)?, 3);
/// assert!(matches!(check::at_least("snapshots", 0, 1), Err(Error::TooFew { needed: 1, got: 0, .. })));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn at_least(name: impl Into<Cow<'static, str>>, count: usize, needed: usize) -> Result<usize> {
    if count >= needed { Ok(count) } else { Err(Error::too_few(name, needed, count)) }
}

/// Nothing, when two lengths that belong together are equal.
///
/// # Errors
/// [`Error::Shape`] otherwise.
pub fn same_len(name: impl Into<Cow<'static, str>>, expected: usize, got: usize) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::shape(name, &[expected], &[got])) }
}

/// Nothing, when two shapes are equal.
///
/// # Errors
/// [`Error::Shape`] otherwise.
///
/// # Examples
/// ```
/// use mmw_core::check;
/// assert!(check::same_shape("cube", &[12, 128, 256], &[12, 128, 256]).is_ok());
/// assert!(check::same_shape("cube", &[12, 128, 256], &[12, 256, 128]).is_err());
/// ```
pub fn same_shape(name: impl Into<Cow<'static, str>>, expected: &[usize], got: &[usize]) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::shape(name, expected, got)) }
}

/// Nothing, when every element of a real array is finite.
///
/// # Errors
/// [`Error::NotFinite`] with the index of the first element that is not.
///
/// # Examples
/// ```
/// use mmw_core::{Error, check};
/// let bad = ndarray::array![[1.0, 2.0], [f64::NAN, 4.0]];
/// assert!(matches!(check::all_finite("map", &bad), Err(Error::NotFinite { index: 2, .. })));
/// ```
pub fn all_finite<T: Real, D: Dimension>(
    name: impl Into<Cow<'static, str>>,
    array: &ArrayRef<T, D>,
) -> Result<()> {
    if array.as_slice().is_some_and(slice_is_finite) {
        return Ok(());
    }
    match array.iter().position(|x| !x.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::NotFinite { name: name.into(), index }),
    }
}

/// Zero for a finite number, NaN for NaN and infinities: `0 x`. In a sum NaN stays NaN, so that a loop which
/// computes something else tells by one sum, without a branch, whether all numbers were finite.
///
/// # Examples
/// ```
/// use mmw_core::check::zero_if_finite;
/// let sum = |x: &[f64]| x.iter().map(|&x| zero_if_finite(x)).sum::<f64>();
/// assert!(sum(&[1.0, -1e308]) == 0.0 && sum(&[1.0, f64::INFINITY]).is_nan());
/// ```
#[inline(always)]
pub fn zero_if_finite<T: Real>(x: T) -> T {
    x * T::zero()
}

/// Whether all numbers of a slice are finite; a pass at the speed of memory.
///
/// # Examples
/// ```
/// use mmw_core::check::slice_is_finite;
/// assert!(slice_is_finite(&[1.0, -1e308]) && !slice_is_finite(&[1.0, f64::NAN]));
/// ```
pub fn slice_is_finite<T: Real>(slice: &[T]) -> bool {
    const LANES: usize = 32;
    let (blocks, rest) = slice.as_chunks::<LANES>();
    let mut sums = [T::zero(); LANES];
    for block in blocks {
        sums.iter_mut().zip(block).for_each(|(sum, &x)| *sum += zero_if_finite(x));
    }
    (blocks.is_empty() || sums.iter().all(|sum| sum.is_finite())) && rest.iter().all(|x| x.is_finite())
}

/// Nothing, when every element of a complex array is finite.
///
/// # Errors
/// [`Error::NotFinite`] with the index of the first element that is not.
///
/// # Examples
/// ```
/// use mmw_core::{C32, check};
/// use ndarray::Array1;
/// let mut x = Array1::from_elem(100, C32::new(1.0, 2.0));
/// assert!(check::all_finite_complex("x", &x).is_ok());
/// x[42].im = f32::NAN;
/// let error = check::all_finite_complex("x", &x).unwrap_err();
/// assert_eq!(error.to_string(), "x holds a value that is not finite at flat index 42");
/// ```
pub fn all_finite_complex<T: Real, D: Dimension>(
    name: impl Into<Cow<'static, str>>,
    array: &ArrayRef<Complex<T>, D>,
) -> Result<()> {
    if let Some(slice) = array.as_slice()
        && slice_is_finite(as_real(slice))
    {
        return Ok(());
    }
    match array.iter().position(|z| !(z.re.is_finite() && z.im.is_finite())) {
        None => Ok(()),
        Some(index) => Err(Error::NotFinite { name: name.into(), index }),
    }
}
