//! Complex numbers and arrays: type names, split and interleaved views, magnitude, power, phase and dB.

use crate::{Real, reinterpret};
use ndarray::{Array, Array1, Array2, Array3, Array4, ArrayRef, ArrayView, Dimension};
use num_complex::Complex;

/// Complex number of two `f32`.
pub type C32 = Complex<f32>;
/// Complex number of two `f64`.
pub type C64 = Complex<f64>;
/// Owned complex vector.
pub type ComplexArray1<T> = Array1<Complex<T>>;
/// Owned complex matrix.
pub type ComplexArray2<T> = Array2<Complex<T>>;
/// Owned complex array with three axes: a radar cube, a transfer function.
pub type ComplexArray3<T> = Array3<Complex<T>>;
/// Owned complex array with four axes.
pub type ComplexArray4<T> = Array4<Complex<T>>;

/// The real and the imaginary parts as two (strided) views of the same memory.
///
/// # Examples
/// ```
/// use mmw_core::{C64, complex};
/// use ndarray::array;
///
/// let z = array![C64::new(1.0, 2.0), C64::new(3.0, 4.0)];
/// let (re, im) = complex::split(&z);
/// assert_eq!((re, im), (array![1.0, 3.0].view(), array![2.0, 4.0].view()));
/// ```
pub fn split<T: Real, D: Dimension>(
    z: &ArrayRef<Complex<T>, D>,
) -> (ArrayView<'_, T, D>, ArrayView<'_, T, D>) {
    let parts = z.view().split_complex();
    (parts.re, parts.im)
}

/// Complex array from its real and imaginary parts; the inverse of [`split`].
///
/// # Errors
/// [`crate::Error::Shape`] when the shapes differ.
///
/// # Examples
/// ```
/// use mmw_core::{C64, complex};
/// use ndarray::array;
/// assert_eq!(complex::join(&array![1.0], &array![2.0])?, array![C64::new(1.0, 2.0)]);
/// assert!(complex::join(&array![1.0], &array![2.0, 3.0]).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn join<T: Real, D: Dimension>(
    re: &ArrayRef<T, D>,
    im: &ArrayRef<T, D>,
) -> crate::Result<Array<Complex<T>, D>> {
    crate::check::same_shape("im", re.shape(), im.shape())?;
    Ok(ndarray::Zip::from(re).and(im).map_collect(|&re, &im| Complex::new(re, im)))
}

/// The same memory as `re, im, re, im, …`: a complex slice of `n` is a real slice of `2n`.
///
/// # Examples
/// ```
/// use mmw_core::{C32, complex};
/// let z = [C32::new(1.0, 2.0), C32::new(3.0, 4.0)];
/// assert_eq!(complex::interleaved(&z), [1.0, 2.0, 3.0, 4.0]);
/// ```
pub fn interleaved<T: Real>(z: &[Complex<T>]) -> &[T] {
    reinterpret::as_real(z)
}

/// [`interleaved`] for a mutable slice.
///
/// # Examples
/// ```
/// use mmw_core::{C64, complex};
/// let mut z = [C64::new(1.0, 2.0)];
/// complex::interleaved_mut(&mut z)[1] = 5.0;
/// assert_eq!(z[0], C64::new(1.0, 5.0));
/// ```
pub fn interleaved_mut<T: Real>(z: &mut [Complex<T>]) -> &mut [T] {
    reinterpret::as_real_mut(z)
}

/// `|z|` of each element, without overflow.
pub fn magnitude<T: Real, D: Dimension>(z: &ArrayRef<Complex<T>, D>) -> Array<T, D> {
    z.mapv(|z| z.norm())
}

/// `|z|^2` of each element.
///
/// # Examples
/// ```
/// use mmw_core::{C64, complex};
/// use ndarray::array;
/// let z = array![C64::new(3.0, 4.0)];
/// assert_eq!(complex::power(&z), array![25.0]);
/// assert_eq!(complex::magnitude(&z), array![5.0]);
/// ```
pub fn power<T: Real, D: Dimension>(z: &ArrayRef<Complex<T>, D>) -> Array<T, D> {
    z.mapv(|z| z.norm_sqr())
}

/// Angle of each element in radians, in (-π, π]; zero for zero.
pub fn phase<T: Real, D: Dimension>(z: &ArrayRef<Complex<T>, D>) -> Array<T, D> {
    z.mapv(|z| z.im.atan2(z.re))
}

/// Powers in decibels over `reference`, none below `floor_db`: zeros come out as the floor, never as −∞.
///
/// # Errors
/// [`crate::Error::Domain`] unless `reference` is finite and above zero and `floor_db` is finite;
/// [`crate::Error::NotFinite`] for a power that is NaN or infinite.
///
/// # Examples
/// ```
/// use mmw_core::complex;
/// use ndarray::array;
/// assert_eq!(complex::power_to_db(&array![1.0, 100.0, 0.0], 1.0, -80.0)?, array![0.0, 20.0, -80.0]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn power_to_db<T: Real, D: Dimension>(
    power: &ArrayRef<T, D>,
    reference: f64,
    floor_db: f64,
) -> crate::Result<Array<T, D>> {
    let reference = crate::check::positive("reference", reference)?;
    let floor_db = crate::check::finite("floor_db", floor_db)?;
    crate::check::all_finite("power", power)?;
    Ok(power.mapv(|p| {
        let (power, ratio) = (p.as_f64(), p.as_f64() / reference);
        let bels = if ratio.is_normal() { ratio.log10() } else { power.log10() - reference.log10() };
        T::lit(if power > 0.0 { (10.0 * bels).max(floor_db) } else { floor_db })
    }))
}
