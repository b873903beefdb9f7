//! The shapes of the Gamma-Gamma law from the Rytov variance.

use mmw_core::math::crossing;
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
    aperture_shapes(Wave::Plane, rytov_variance, 1.0)
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
    aperture_shapes(Wave::Spherical, rytov_variance, 1.0)
}

/// Shape of the wave that meets the turbulence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Wave {
    /// From a point.
    #[default]
    Spherical,
    /// From far away.
    Plane,
}

mmw_core::named!(Wave, "wave" {
    Spherical = "spherical",
    Plane = "plane",
});

impl Wave {
    /// The factors of `σ^(12/5)` and of `d²` in the variance of the large eddies.
    fn large_eddies(self) -> [f64; 2] {
        match self {
            Self::Plane => [1.11, 0.65],
            Self::Spherical => [0.56, 0.18],
        }
    }
}

/// `(α, β)` behind an aperture that leaves `aperture_factor` of the weak scintillation of a point.
///
/// ```text
/// 1/α = exp(0.49 σ² / (1 + a d² + s σ^(12/5))^(7/6)) − 1                     plane: s = 1.11, a = 0.65
/// 1/β = exp(0.51 σ² (1 + 0.69 σ^(12/5))^(−5/6) / (1 + 0.90 d² + 0.62 d² σ^(12/5))) − 1   spherical: 0.56, 0.18
/// ```
/// Section 10.3 of [^andrews], inner scale zero, outer scale infinite, where `d² = kD²/4L` on an even path.
/// Here `d` is the one with which the formulas for weak turbulence leave just `aperture_factor`: that serves
/// paths of any profile, and the limit of weak turbulence is exact whatever the formulas lack there.
///
/// The eight coefficients are those of another program for both waves [^balloon]. Towards saturation the
/// index of a point falls as
/// ```text
/// exp(0.51 · 0.69^(−5/6)) (1 + 0.49 s^(−7/6) σ^(−4/5)) − 1
/// ```
/// which is `1 + 0.87 σ^(−4/5)` and `1 + 1.93 β₀^(−4/5)`: worked out here from the coefficients, not taken
/// from a source. The asymptotic theory, chapter 9 of [^andrews], has 0.86 and 1.9.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless the variance is from 1e-10 to 1e6, the factor from 1e-9 to 1, and their
/// product at least 1e-10.
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{GammaGamma, Wave, aperture_shapes, plane_wave_shapes};
/// assert_eq!(aperture_shapes(Wave::Plane, 2.0, 1.0)?, plane_wave_shapes(2.0)?);
/// let (alpha, beta) = aperture_shapes(Wave::Plane, 1e-3, 0.2)?;
/// assert!((GammaGamma::new(alpha, beta)?.scintillation_index() / 2e-4 - 1.0).abs() < 2e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
/// [^balloon]: `free_space_losses.py` of <https://github.com/RajaYehia/balloon_qnet>.
pub fn aperture_shapes(wave: Wave, rytov_variance: f64, aperture_factor: f64) -> Result<(f64, f64)> {
    let variance = check::in_range("rytov_variance", rytov_variance, LEAST, MOST)?;
    let factor = check::in_range("aperture_factor", aperture_factor, 1e-9, 1.0)?;
    check::in_range("rytov_variance times aperture_factor", variance * factor, LEAST, MOST)?;
    let [saturation, widening] = wave.large_eddies();
    let width = equivalent_square(widening, factor);
    let power = variance.powf(1.2);
    let large = 0.49 * variance / (1.0 + widening * width + saturation * power).powf(7.0 / 6.0);
    let small = 0.51 * variance / (1.0 + 0.69 * power).powf(5.0 / 6.0) / (1.0 + (0.9 + 0.62 * power) * width);
    Ok((1.0 / large.exp_m1(), 1.0 / small.exp_m1()))
}

/// The `d²` at which weak turbulence leaves that factor.
fn equivalent_square(widening: f64, factor: f64) -> f64 {
    if factor == 1.0 {
        return 0.0;
    }
    let left = |square: f64| 0.49 / (1.0 + widening * square).powf(7.0 / 6.0) + 0.51 / (1.0 + 0.9 * square);
    let [_, ln_square] = crossing([-80.0, 80.0], |ln_square| left(ln_square.exp()) <= factor);
    ln_square.exp()
}
