//! MUSIC without a grid: the roots of the null spectrum of a uniform line.

use super::estimator::{AngleEstimate, AngleEstimator};
use super::front::Front;
use super::manifold::Cosines;
use super::uniform::UniformLine;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::math::roots_within_unit_circle;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Result};

/// How [`RootMusic`] counts the sources and treats the covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct RootMusicConfig {
    /// Number of sources: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
}

/// Root-MUSIC on a uniform linear array.
///
/// ```text
/// D(z) = Σ_{l=1−M}^{M−1} c_l z^l,   c_l = Σ_m C_{m,m+l},   C = 1 − E_S E_Sᴴ
/// ```
/// The polynomial of [^barabell], `aᴴ C a` on the unit circle, where `z` is the phase from one element to the
/// next. Its roots inside the circle, as many as there are sources and the nearest to it, are the echoes.
/// A root that noise moves along its radius keeps its angle, so two sources are told apart at a lower SNR
/// than by the summits of [`Music`](super::Music), at the same asymptotic variance. Roots at phases that no
/// direction has are passed over. Without noise a root is double, and its angle exact to some 1e-8.
///
/// No spectrum comes back. The height of a peak is the power of its echo: that of the amplitudes which fit
/// the snapshots best, all echoes together.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Array2};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, RootMusic, RootMusicConfig, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(-0.35, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.21, 0.0)?)?;
/// let x = Array2::from_shape_fn((12, 16), |(n, s)| left[n] + 2.0 * right[n] * C64::cis(0.9 * s as f64));
///
/// let config = RootMusicConfig { sources: SourceCount::Given(2), ..RootMusicConfig::default() };
/// let found = RootMusic::new(&ula, 4e-3, config)?.estimate(&x)?.angles;
/// assert!((found[0].direction.azimuth_rad - 0.21).abs() < 1e-7 && (found[0].height - 4.0).abs() < 1e-6);
/// assert!((found[1].direction.azimuth_rad + 0.35).abs() < 1e-7 && (found[1].height - 1.0).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^barabell]: A. J. Barabell, "Improving the resolution performance of eigenstructure-based
/// direction-finding algorithms", Proc. IEEE ICASSP, pp. 336-339, 1983.
#[derive(Debug, Clone)]
pub struct RootMusic {
    front: Front,
    line: UniformLine,
}

impl RootMusic {
    /// Plans for the channels of `array`, in their order along the line.
    ///
    /// # Errors
    /// [`mmw_core::Error::Invalid`] unless `array` is a uniform line in the plane of x and z, and as
    /// [`Bartlett::new`](super::Bartlett::new).
    pub fn new(array: &AntennaArray, wavelength_m: f64, config: RootMusicConfig) -> Result<Self> {
        Ok(Self {
            front: Front::new(array, wavelength_m, config.sources, config.covariance)?,
            line: UniformLine::of("root-MUSIC", array, wavelength_m)?,
        })
    }
}

impl AngleEstimator for RootMusic {
    /// As the trait says, and [`mmw_core::Error::NoConvergence`] when the roots are not found (not seen).
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.front.decompose(snapshots)?;
        if eigen.sources == 0 {
            return Ok(AngleEstimate { spectrum: None, angles: Vec::new() });
        }
        let mut roots = roots_within_unit_circle(&coefficients(eigen.signal(), self.front.len()))?;
        roots.sort_by(|a, b| b.norm_sqr().total_cmp(&a.norm_sqr()));
        let directions: Vec<Cosines> =
            roots.iter().filter_map(|z| self.line.direction(z.arg())).take(eigen.sources).collect();
        Ok(AngleEstimate { spectrum: None, angles: self.front.peaks(&eigen, &directions)? })
    }
}

/// `c_0` to `c_{M−1}` for signal vectors in rows.
fn coefficients(signal: &[C64], len: usize) -> Vec<C64> {
    let along = |l: usize| -> C64 {
        signal.chunks_exact(len).map(|e| (l..len).map(|n| e[n - l] * e[n].conj()).sum::<C64>()).sum()
    };
    (0..len).map(|l| if l == 0 { C64::from(len as f64) - along(0) } else { -along(l) }).collect()
}
