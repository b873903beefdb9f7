//! The shapes of the Gamma-Gamma law from the Rytov variance.

use mmw_core::{Result, check};

/// Least Rytov variance with shapes below the largest that [`super::GammaGamma`] takes.
const LEAST: f64 = 1e-10;
const MOST: f64 = 1e6;

/// `(α, β)` of a plane wave and a point receiver.
///
/// ```text
/// 1/α = exp(0.49 σ_R² / (1 + 1.11 σ_R^(12/5))^(7/6)) − 1
/// 1/β = exp(0.51 σ_R² / (1 + 0.69 σ_R^(12/5))^(5/6)) − 1
/// ```
/// Section 9.10 of [^andrews], inner scale zero, outer scale infinite; `rytov_variance` is the plane wave's
/// `σ_R² = 1.23 C_n² k^(7/6) L^(11/6)` on a horizontal path, or
/// [`crate::atmosphere::rytov_variance_plane`] on a slant one.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless the variance is from 1e-10 to 1e6.
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{GammaGamma, plane_wave_shapes};
/// let (alpha, beta) = plane_wave_shapes(1.0)?;
/// assert!((alpha - 4.393_94).abs() < 1e-4 && (beta - 2.563_66).abs() < 1e-4);
/// // Weak turbulence: the scintillation index is the Rytov variance.
/// let (alpha, beta) = plane_wave_shapes(1e-4)?;
/// assert!((GammaGamma::new(alpha, beta)?.scintillation_index() / 1e-4 - 1.0).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
pub fn plane_wave_shapes(rytov_variance: f64) -> Result<(f64, f64)> {
    shapes(check::in_range("rytov_variance", rytov_variance, LEAST, MOST)?, 1.11)
}

/// `(α, β)` of a spherical wave and a point receiver.
///
/// ```text
/// 1/α = exp(0.49 β₀² / (1 + 0.56 β₀^(12/5))^(7/6)) − 1
/// 1/β = exp(0.51 β₀² / (1 + 0.69 β₀^(12/5))^(5/6)) − 1
/// ```
/// Section 9.10 of [^andrews]. `rytov_variance` is the spherical wave's own `β₀²`: `0.4 σ_R²` on a horizontal
/// path, or [`crate::atmosphere::rytov_variance_spherical`] on a slant one.
///
/// # Errors
/// As [`plane_wave_shapes`].
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
pub fn spherical_wave_shapes(rytov_variance: f64) -> Result<(f64, f64)> {
    shapes(check::in_range("rytov_variance", rytov_variance, LEAST, MOST)?, 0.56)
}

fn shapes(variance: f64, saturation: f64) -> Result<(f64, f64)> {
    let power = variance.powf(1.2);
    let large = 0.49 * variance / (1.0 + saturation * power).powf(7.0 / 6.0);
    let small = 0.51 * variance / (1.0 + 0.69 * power).powf(5.0 / 6.0);
    Ok((1.0 / large.exp_m1(), 1.0 / small.exp_m1()))
}
