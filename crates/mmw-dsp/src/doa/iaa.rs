//! The iterative adaptive approach.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AngleEstimator};
use super::lags::Lags;
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
    lags: Lags,
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
        let scanned = Scanned::new(array, wavelength_m, grid, config.sources, config.covariance)?;
        Ok(Self { lags: scanned.lags(), scanned, iterations })
    }

    /// The powers on the grid after all iterations.
    fn adapted(&self, data: &[C64]) -> Result<Vec<f64>> {
        let mut powers = self.scanned.beams(data);
        let mut sums = self.lags.sums(&powers);
        for _ in 0..self.iterations {
            if sums.power <= 0.0 {
                break;
            }
            let model = Modelled::new(&self.lags, &sums, 0.0)?;
            let inverse = model.folded_inverse(&self.lags);
            let update = |_, power: f64, gain: f64| power / (gain * gain);
            sums = self.lags.update(&inverse, &model.whitened(data), &mut powers, update);
        }
        Ok(powers)
    }
}

impl AngleEstimator for Iaa {
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.scanned.front.decompose(snapshots)?;
        let data = eigen.data();
        let powers = self.adapted(&data)?;
        self.scanned.sparse_estimate("IAA spectrum", &powers, &eigen, &data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sparse::slow::Slow;
    use super::*;
    use crate::Board;
    use mmw_core::ndarray::Array2;

    #[test]
    fn differences_of_places_adapt_as_steering_vectors_do() {
        let board = Board::Iwr6843Isk.layout().virtual_array().unwrap();
        let line = AntennaArray::uniform_linear(10, 2e-3).unwrap();
        let planar = AngleGrid::sector(1.5, 41, 1.0, 21).unwrap();
        for (array, grid) in [(board, planar), (line, AngleGrid::azimuth_sector(1.5, 181).unwrap())] {
            let iaa = Iaa::new(&array, 4e-3, grid, IaaConfig::default()).unwrap();
            let x = Array2::from_shape_fn((array.len(), 3), |(n, s)| {
                C64::cis(0.9 * (n * (s + 1)) as f64) * 2.0
                    + C64::cis(-1.3 * n as f64 + (s * s) as f64)
                    + 0.05 * C64::cis((n * n * (s + 2)) as f64)
            });
            let data = iaa.scanned.front.decompose(&x).unwrap().data();
            let mut slow = iaa.scanned.beams(&data);
            for _ in 0..iaa.iterations {
                let [adapted, gains] = Slow::new(&iaa.scanned, &slow, 0.0).forms(&data);
                slow = adapted.iter().zip(gains).map(|(power, gain)| power / (gain * gain)).collect();
            }
            let fast = iaa.adapted(&data).unwrap();
            let most = slow.iter().copied().fold(0.0, f64::max);
            let off = fast.iter().zip(&slow).map(|(a, b)| (a - b).abs() / most).fold(0.0, f64::max);
            println!("{} channels: off by {off:.1e} of the greatest", array.len());
            // Rounding of forms times the condition of the matrix, at most 1e10 and mostly far less.
            assert!(off < 1e-6, "{off:e}");
        }
    }
}
