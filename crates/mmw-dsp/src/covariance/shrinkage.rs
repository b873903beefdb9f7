//! Covariances of few snapshots, drawn towards white noise.

use super::sample::checked_square;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{C64, Result, check};

/// How far a covariance is drawn towards a multiple of the unit matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Shrinkage {
    /// Ledoit and Wolf: from the spread of the snapshots' outer products, whatever their law.
    LedoitWolf,
    /// Oracle-approximating shrinkage: for normal snapshots, better than Ledoit and Wolf when they are few.
    Oas,
}

mmw_core::named!(Shrinkage, "shrinkage" { LedoitWolf = "ledoit_wolf", Oas = "oas" });

/// The share `ρ` of white noise in the best mixture of it and the covariance of `snapshots`,
/// `[channel, snapshot]`; from 0 to 1.
///
/// ```text
/// R_ρ = (1 − ρ) R + ρ (tr R / M) 1,   d² = tr R² − tr² R / M
/// Ledoit-Wolf:  ρ = ( 1/N² Σ_s |x_s|⁴ − tr R² / N ) / d²
/// OAS:          ρ = ( tr² R − tr R² / M ) / ( (N − 1/M) d² )
/// ```
/// Section 3.2 of [^ledoit], and equation (23) of [^chen] with the moments of circular complex normal
/// snapshots, `E tr R² = tr Σ² + tr² Σ / N`, in place of those of real ones. Both are 1 at most; 1 where the
/// covariance is white or zero.
///
/// # Errors
/// As [`sample_covariance`](super::sample::sample_covariance).
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::array};
/// use mmw_dsp::covariance::{Shrinkage, shrinkage_intensity};
///
/// // One snapshot says nothing about how unlike the channels are.
/// let x = array![[C64::from(3.0)], [C64::i()]];
/// assert_eq!(shrinkage_intensity(&x, Shrinkage::LedoitWolf)?, 0.0);
/// assert_eq!(shrinkage_intensity(&x, Shrinkage::Oas)?, 1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^ledoit]: O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional covariance
/// matrices", J. Multivariate Anal., vol. 88, no. 2, pp. 365-411, 2004.
/// [^chen]: Y. Chen, A. Wiesel, Y. C. Eldar and A. O. Hero, "Shrinkage algorithms for MMSE covariance
/// estimation", IEEE Trans. Signal Process., vol. 58, no. 10, pp. 5016-5029, 2010.
pub fn shrinkage_intensity(snapshots: &ArrayRef2<C64>, kind: Shrinkage) -> Result<f64> {
    let covariance = super::sample::sample_covariance(snapshots)?;
    Ok(intensity(snapshots, &covariance, kind))
}

/// [`shrinkage_intensity`] with the covariance at hand.
pub(crate) fn intensity(snapshots: &ArrayRef2<C64>, covariance: &ArrayRef2<C64>, kind: Shrinkage) -> f64 {
    let (m, n) = (covariance.nrows() as f64, snapshots.ncols() as f64);
    let mean = covariance.diag().iter().map(|z| z.re / m).sum::<f64>();
    if mean <= 0.0 {
        return 1.0;
    }
    // In units of the mean power of a channel nothing overflows: tr R = M.
    let square: f64 = covariance.iter().map(|z| (z / mean).norm_sqr()).sum();
    let distance = square - m;
    let wanted = match kind {
        Shrinkage::LedoitWolf => {
            let power = |column: &[C64]| column.iter().map(|z| (z / mean.sqrt()).norm_sqr()).sum::<f64>();
            let fourth = snapshots.columns().into_iter().map(|column| power(&column.to_vec()).powi(2));
            (fourth.sum::<f64>() / n - square) / n
        }
        Shrinkage::Oas => (m * m - square / m) / (n - 1.0 / m),
    };
    // Below this share of the squares the distance is their rounding.
    if distance <= 1e-14 * square { 1.0 } else { (wanted / distance).clamp(0.0, 1.0) }
}

/// `(1 − ρ) R + ρ (tr R / M) 1`: a covariance drawn towards white noise of the same power.
///
/// ```text
/// R_ρ = (1 − ρ) R + ρ (tr R / M) 1
/// ```
/// Equation (4) of Chen et al. (see [`shrinkage_intensity`], which gives `ρ`).
///
/// # Errors
/// As [`forward_backward`](super::forward_backward), and [`mmw_core::Error::Domain`] unless the intensity is
/// from 0 to 1.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::array};
/// use mmw_dsp::covariance::shrunk;
///
/// let r = array![[C64::from(1.0), C64::i()], [-C64::i(), C64::from(3.0)]];
/// assert_eq!(shrunk(&r, 0.5)?, array![[C64::from(1.5), 0.5 * C64::i()], [-0.5 * C64::i(), C64::from(2.5)]]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn shrunk(covariance: &ArrayRef2<C64>, intensity: f64) -> Result<Array2<C64>> {
    let n = checked_square(covariance)?;
    check::in_range("intensity", intensity, 0.0, 1.0)?;
    let mean: f64 = covariance.diag().iter().map(|z| z.re / n as f64).sum();
    let mut shrunk = covariance.mapv(|z| z * (1.0 - intensity));
    for z in shrunk.diag_mut() {
        z.re = check::finite("shrunk diagonal", z.re + intensity * mean)?;
    }
    Ok(shrunk)
}
