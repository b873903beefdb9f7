//! The two floating-point types that the array kernels are generic over.

use num_traits::{Float, FloatConst, NumAssign};
use std::fmt::{Debug, Display};
use std::iter::Sum;

mod sealed {
    #[cfg(feature = "fourier")]
    pub trait Sealed: crate::fourier::Planned {}
    #[cfg(not(feature = "fourier"))]
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`; sealed, so that bounds may grow without breaking anyone.
///
/// # Examples
/// ```
/// use mmw_core::Real;
///
/// fn half<T: Real>(x: T) -> T {
///     x * T::lit(0.5)
/// }
/// assert_eq!(half(3.0_f32), 1.5);
/// ```
pub trait Real:
    Float + FloatConst + NumAssign + Sum + Default + Debug + Display + Send + Sync + 'static + sealed::Sealed
{
    /// The constant `x` in this type, rounded to nearest.
    fn lit(x: f64) -> Self;
    /// This value as `f64`, exactly.
    fn as_f64(self) -> f64;
}

impl Real for f32 {
    fn lit(x: f64) -> Self {
        x as Self
    }
    fn as_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn lit(x: f64) -> Self {
        x
    }
    fn as_f64(self) -> f64 {
        self
    }
}
