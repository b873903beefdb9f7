//! The iterative adaptive approach.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AngleEstimator};
use super::scanned::Scanned;
use super::sparse::{Modelled, check_iterations};
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Result};

/// What [`Iaa`] takes for echoes, and how long it iterates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct IaaConfig {
    /// How many summits are echoes: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
    /// Iterations, 15 by default, after which the authors see no change.
    pub iterations: usize,
}

impl Default for IaaConfig {
    fn default() -> Self {
        Self { sources: SourceCount::default(), covariance: CovarianceConfig::default(), iterations: 15 }
    }
}

/// The iterative adaptive approach (IAA-APES) on a fixed array and grid: weighted least squares at each point
/// of the grid, against the covariance that the powers of all points make.
///
/// ```text
/// p_g ← 1/N Σ_s |a_gᴴ R⁻¹ x_s|² / (a_gᴴ R⁻¹ a_g)²,   R = Σ_g p_g a_g a_gᴴ
/// ```
/// Table II of [^yardibi], from the powers of [`Bartlett`](super::Bartlett). Needs no more than one snapshot,
/// takes coherent echoes, and has low side lobes on any array. The spectrum is in the unit of the power of an
/// echo. Its summits, as many as there are sources, are led off the grid by least squares, all together,
/// where the authors use RELAX; the height of a peak is the power of its echo in that fit.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Axis};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, Iaa, IaaConfig, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(-0.2, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.11, 0.0)?)?;
/// let x = (left + right * C64::new(0.0, 2.0)).insert_axis(Axis(1));
///
/// let config = IaaConfig { sources: SourceCount::Given(2), ..IaaConfig::default() };
/// let found = Iaa::new(&ula, 4e-3, AngleGrid::azimuth_sector(1.5, 181)?, config)?.estimate(&x)?.angles;
/// assert!((found[0].direction.azimuth_rad - 0.11).abs() < 1e-9 && (found[0].height - 4.0).abs() < 1e-6);
/// assert!((found[1].direction.azimuth_rad + 0.2).abs() < 1e-9 && (found[1].height - 1.0).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^yardibi]: T. Yardibi, J. Li, P. Stoica, M. Xue and A. B. Baggeroer, "Source localization and sensing: a
/// nonparametric iterative adaptive approach based on weighted least squares", IEEE Trans. Aerosp. Electron.
/// Syst., vol. 46, no. 1, pp. 425-443, 2010.
#[derive(Debug, Clone)]
pub struct Iaa {
    scanned: Scanned,
    iterations: usize,
}

impl Iaa {
    /// Plans for the channels of `array`, in their order, scanned over `grid`.
    ///
    /// # Errors
    /// As [`Bartlett::new`](super::Bartlett::new), and [`mmw_core::Error::Domain`] unless there are from 1 to
    /// a million iterations.
    pub fn new(array: &AntennaArray, wavelength_m: f64, grid: AngleGrid, config: IaaConfig) -> Result<Self> {
        let iterations = check_iterations(config.iterations)?;
        Ok(Self {
            scanned: Scanned::new(array, wavelength_m, grid, config.sources, config.covariance)?,
            iterations,
        })
    }
}

impl AngleEstimator for Iaa {
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.scanned.front.decompose(snapshots)?;
        let data = eigen.weighted(|_, value| value);
        let mut powers = self.scanned.beams(&data);
        for _ in 0..self.iterations {
            if powers.iter().all(|&power| power <= 0.0) {
                break;
            }
            let model = Modelled::new(&self.scanned, &powers, 0.0)?;
            let adapted = self.scanned.forms(&model.whitened(&data), |form| form);
            let gains = self.scanned.forms(&model.root_of_inverse(), |form| form);
            powers = adapted.iter().zip(gains).map(|(power, gain)| power / (gain * gain)).collect();
        }
        self.scanned.sparse_estimate("IAA spectrum", &powers, &eigen, &data)
    }
}
