//! Maximum likelihood for several sources.

use super::AngleGrid;
use super::basis::Basis;
use super::estimator::{AngleEstimate, AngleEstimator};
use super::fit::{Aim, Fitter};
use super::front::Eigen;
use super::manifold::Cosines;
use super::scanned::Scanned;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Error, Result};

/// Which likelihood [`MaximumLikelihood`] makes greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LikelihoodKind {
    /// Echoes with any amplitudes (the conditional model); from one snapshot on.
    #[default]
    Deterministic,
    /// Circular normal echoes with any covariance (the unconditional model); efficient for many snapshots.
    Stochastic,
    /// The signal subspace, weighted: as efficient as the stochastic likelihood, and used to coherent echoes.
    SubspaceFitting,
}

mmw_core::named!(LikelihoodKind, "kind of likelihood" {
    Deterministic = "deterministic", Stochastic = "stochastic", SubspaceFitting = "subspace_fitting",
});

/// How [`MaximumLikelihood`] counts the sources and treats the covariance, and what it maximises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct LikelihoodConfig {
    /// Number of sources: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
    /// Which likelihood.
    pub kind: LikelihoodKind,
}

/// Maximum likelihood for several sources on any array.
///
/// ```text
/// deterministic:     min tr(P⊥ R)
/// stochastic:        min ln det(A S Aᴴ + σ² 1),  S = A⁺ (R − σ² 1) A⁺ᴴ,  σ² = tr(P⊥ R) / (M − K)
/// subspace fitting:  min tr(P⊥ E_S (Λ − σ²)² Λ⁻¹ E_Sᴴ)
/// ```
/// The criteria of [^krim], sections on parametric methods, with `P⊥` the projection outside the span of the
/// `M` by `K` steering vectors `A`. Alternating projection [^ziskind] leads one source after the other to its
/// best grid point, the others being fixed, until none moves; Gauss-Newton steps over all angles then leave
/// the grid. Its steps should be at most half a beam width apart, `1/M` in the cosine.
///
/// No spectrum comes back. The height of a peak is the power of its echo: that of the amplitudes which fit
/// the snapshots best, all echoes together.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Axis};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, LikelihoodConfig, MaximumLikelihood, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(0.10, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.19, 0.0)?)?;
/// // One snapshot of two echoes half a beam width apart.
/// let x = (left + right * C64::new(0.0, 2.0)).insert_axis(Axis(1));
///
/// let config = LikelihoodConfig { sources: SourceCount::Given(2), ..LikelihoodConfig::default() };
/// let grid = AngleGrid::azimuth_sector(1.5, 181)?;
/// let found = MaximumLikelihood::new(&ula, 4e-3, grid, config)?.estimate(&x)?.angles;
/// assert!((found[0].direction.azimuth_rad - 0.19).abs() < 1e-9 && (found[0].height - 4.0).abs() < 1e-6);
/// assert!((found[1].direction.azimuth_rad - 0.10).abs() < 1e-9 && (found[1].height - 1.0).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^krim]: H. Krim and M. Viberg, "Two decades of array signal processing research", IEEE Signal Process.
/// Mag., vol. 13, no. 4, pp. 67-94, 1996.
/// [^ziskind]: I. Ziskind and M. Wax, "Maximum likelihood localization of multiple sources by alternating
/// projection", IEEE Trans. Acoust. Speech Signal Process., vol. 36, no. 10, pp. 1553-1560, 1988.
#[derive(Debug, Clone)]
pub struct MaximumLikelihood {
    scanned: Scanned,
    kind: LikelihoodKind,
}

impl MaximumLikelihood {
    /// Plans for the channels of `array`, in their order, with the first search over `grid`.
    ///
    /// # Errors
    /// As [`Bartlett::new`](super::Bartlett::new).
    pub fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        grid: AngleGrid,
        config: LikelihoodConfig,
    ) -> Result<Self> {
        let scanned = Scanned::new(array, wavelength_m, grid, config.sources, config.covariance)?;
        Ok(Self { scanned, kind: config.kind })
    }

    /// The vectors whose outer products are fitted, in rows.
    fn data(&self, eigen: &Eigen) -> Vec<C64> {
        if self.kind != LikelihoodKind::SubspaceFitting {
            return eigen.weighted(|_, value| value);
        }
        let first = eigen.values.len() - eigen.sources;
        let noise = eigen.values[..first].iter().sum::<f64>() / first as f64;
        let weight = |value: f64| if value > noise { (value - noise).powi(2) / value } else { 0.0 };
        eigen.weighted(|k, value| if k < first { 0.0 } else { weight(value) })
    }
}

impl AngleEstimator for MaximumLikelihood {
    /// As the trait says, and [`Error::Singular`] where the grid or the array does not tell as many sources
    /// apart, or, for the stochastic likelihood, where there are fewer snapshots than sources.
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.scanned.front.decompose(snapshots)?;
        if eigen.sources == 0 {
            return Ok(AngleEstimate { spectrum: None, angles: Vec::new() });
        }
        let data = self.data(&eigen);
        let singular = || Error::Singular { name: "likelihood of as many sources".into() };
        let start = alternating_projection(&self.scanned, &data, eigen.sources).ok_or_else(singular)?;
        let aim = match self.kind {
            LikelihoodKind::Stochastic => Aim::Stochastic,
            _ => Aim::LeastSquares,
        };
        let fitter =
            Fitter { manifold: &self.scanned.front.manifold, free: self.scanned.free(), aim, data: &data };
        let directions = fitter.descended(start).ok_or_else(singular)?;
        Ok(AngleEstimate { spectrum: None, angles: self.scanned.front.peaks(&eigen, &directions)? })
    }
}

/// Grid points that leave the least of `data`, each the best while the others stay. `None` where the grid
/// has fewer than `count` points whose responses differ.
fn alternating_projection(scanned: &Scanned, data: &[C64], count: usize) -> Option<Vec<Cosines>> {
    /// Each turn leaves less; few are needed.
    const MAX_TURNS: usize = 50;
    let mut points: Vec<usize> = Vec::with_capacity(count);
    for _ in 0..count {
        let next = best(scanned, data, &points)?;
        points.push(next);
    }
    for _ in 0..MAX_TURNS {
        let before = points.clone();
        for k in 0..count {
            points.remove(k);
            let next = best(scanned, data, &points)?;
            points.insert(k, next);
        }
        if points == before {
            break;
        }
    }
    Some(points.into_iter().map(|point| at(scanned, point)).collect())
}

/// The grid point that takes most of what the `others` leave.
fn best(scanned: &Scanned, data: &[C64], others: &[usize]) -> Option<usize> {
    /// Responses with less than this share outside of the others are theirs, or next to them.
    const LEAST: f64 = 1e-6;
    let len = scanned.front.len();
    let responses: Vec<Vec<C64>> = others
        .iter()
        .map(|&point| scanned.front.manifold.response(at(scanned, point).direction()).collect())
        .collect();
    let basis = Basis::of(responses.iter().map(Vec::as_slice))?;
    let left: Vec<C64> = data.chunks_exact(len).flat_map(|row| basis.outside(row)).collect();
    let span: Vec<C64> = basis.vectors().iter().flatten().copied().collect();
    let own = scanned.forms(&span, |form| 1.0 - form / len as f64);
    let gains = scanned.forms(&left, |form| form).into_iter().zip(own);
    let gains =
        gains.enumerate().filter(|(_, (_, own))| *own > LEAST).map(|(i, (gain, own))| (i, gain / own));
    gains.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(point, _)| point)
}

fn at(scanned: &Scanned, point: usize) -> Cosines {
    let columns = scanned.grid.azimuth().len();
    Cosines::of(scanned.grid.direction(point / columns, point % columns))
}
