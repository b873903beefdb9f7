//! The complex logarithm next to one.

use num_complex::Complex;

/// `ln(1 + z)`, principal value, with all digits of a small `z`.
///
/// ```text
/// ln(1 + z) = ½ ln1p(x (2 + x) + y²) + j atan2(y, 1 + x),   z = x + jy
/// ```
/// By `|1 + z|² − 1`. On the circle `|1 + z| = 1` the two terms of its real part cancel, and what is left has
/// their rounding.
///
/// # Examples
/// ```
/// use mmw_core::{C64, math::complex_ln_1p};
/// let z = complex_ln_1p(C64::new(1e-20, 2e-20));
/// assert!((z - C64::new(1e-20, 2e-20)).norm() < 1e-35);
/// ```
#[must_use]
pub fn complex_ln_1p(z: Complex<f64>) -> Complex<f64> {
    let growth = z.re * (2.0 + z.re) + z.im * z.im;
    Complex::new(0.5 * growth.ln_1p(), z.im.atan2(1.0 + z.re))
}
