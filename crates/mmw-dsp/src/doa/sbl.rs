//! Sparse Bayesian learning.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AngleEstimator};
use super::lags::Lags;
use super::scanned::Scanned;
use super::sparse::{Modelled, check_iterations};
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Result, check};

/// What [`Sbl`] takes for echoes, and how long it iterates.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct SblConfig {
    /// How many summits are echoes: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
    /// Most iterations; 300 by default.
    pub iterations: usize,
    /// Ends once an iteration lowers the likelihood by less than this a channel; 1e-4 by default.
    pub tolerance: f64,
}

impl Default for SblConfig {
    fn default() -> Self {
        Self {
            sources: SourceCount::default(),
            covariance: CovarianceConfig::default(),
            iterations: 300,
            tolerance: 1e-4,
        }
    }
}

/// Sparse Bayesian learning on a fixed array and grid: the powers of all grid points, and of the noise, under
/// which the snapshots are most likely; most powers go to zero.
///
/// ```text
/// min ln det R + tr(R⁻¹ R̂),   R = Σ_g γ_g a_g a_gᴴ + σ² 1
/// γ_g ← γ_g √( a_gᴴ R⁻¹ R̂ R⁻¹ a_g / a_gᴴ R⁻¹ a_g ),   σ² ← σ² √( tr(R⁻¹ R̂ R⁻¹) / tr R⁻¹ )
/// ```
/// The model and the rule for `γ` of [^gerstoft], with the rule for `σ²` that belongs to it: each iteration
/// makes a bound of the likelihood from above as small as it can be, so none raises it. From one snapshot on,
/// and coherent echoes do not matter. The spectrum, `γ`, is in the unit of the power of an echo. Its summits,
/// as many as there are sources, are led off the grid by least squares, all together; the height of a peak is
/// the power of its echo in that fit.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Axis};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, Sbl, SblConfig, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(-0.2, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.11, 0.0)?)?;
/// let x = (left + right * C64::new(0.0, 2.0)).insert_axis(Axis(1));
///
/// let config = SblConfig { sources: SourceCount::Given(2), ..SblConfig::default() };
/// let found = Sbl::new(&ula, 4e-3, AngleGrid::azimuth_sector(1.5, 181)?, config)?.estimate(&x)?.angles;
/// assert!((found[0].direction.azimuth_rad - 0.11).abs() < 1e-9 && (found[0].height - 4.0).abs() < 1e-6);
/// assert!((found[1].direction.azimuth_rad + 0.2).abs() < 1e-9 && (found[1].height - 1.0).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^gerstoft]: P. Gerstoft, C. F. Mecklenbräuker, A. Xenaki and S. Nannuru, "Multisnapshot sparse Bayesian
/// learning for DOA", IEEE Signal Process. Lett., vol. 23, no. 10, pp. 1469-1473, 2016.
#[derive(Debug, Clone)]
pub struct Sbl {
    scanned: Scanned,
    lags: Lags,
    iterations: usize,
    tolerance: f64,
}

impl Sbl {
    /// Plans for the channels of `array`, in their order, scanned over `grid`.
    ///
    /// # Errors
    /// As [`Bartlett::new`](super::Bartlett::new), and [`mmw_core::Error::Domain`] unless there are from 1 to
    /// a million iterations and the tolerance is finite and not negative.
    pub fn new(array: &AntennaArray, wavelength_m: f64, grid: AngleGrid, config: SblConfig) -> Result<Self> {
        let iterations = check_iterations(config.iterations)?;
        let tolerance = check::non_negative("tolerance", config.tolerance)?;
        let scanned = Scanned::new(array, wavelength_m, grid, config.sources, config.covariance)?;
        Ok(Self { lags: scanned.lags(), scanned, iterations, tolerance })
    }

    /// The powers on the grid after all iterations; `seen` is shown the likelihood before each.
    fn learned(&self, data: &[C64], mut seen: impl FnMut(f64)) -> Result<Vec<f64>> {
        /// Where the noise begins: a tenth of the mean power of a channel.
        const NOISE: f64 = 0.1;
        let len = self.scanned.front.len() as f64;
        let power = data.iter().map(C64::norm_sqr).sum::<f64>() / len;
        let mut powers = self.scanned.beams(data);
        let mut sums = self.lags.sums(&powers);
        let (mut noise, mut before) = (NOISE * power, f64::INFINITY);
        for _ in 0..self.iterations {
            if power <= 0.0 {
                break;
            }
            let model = Modelled::new(&self.lags, &sums, noise)?;
            let whitened = model.whitened(data);
            let fit: f64 = whitened.iter().zip(data).map(|(w, x)| (w.conj() * x).re).sum();
            let likelihood = model.values.iter().map(|value| value.ln()).sum::<f64>() + fit;
            seen(likelihood);
            if before - likelihood < self.tolerance * len {
                break;
            }
            before = likelihood;
            let inverse = model.folded_inverse(&self.lags);
            let update = |power: f64, explained: f64, expected: f64| power * (explained / expected).sqrt();
            sums = self.lags.update(&inverse, &whitened, &mut powers, update);
            let trace: f64 = model.values.iter().map(|value| value.recip()).sum();
            noise *= (whitened.iter().map(C64::norm_sqr).sum::<f64>() / trace).sqrt();
        }
        Ok(powers)
    }
}

impl AngleEstimator for Sbl {
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.scanned.front.decompose(snapshots)?;
        let data = eigen.data();
        let powers = self.learned(&data, |_| ())?;
        self.scanned.sparse_estimate("SBL spectrum", &powers, &eigen, &data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sparse::slow::Slow;
    use super::*;
    use crate::Board;
    use mmw_core::ndarray::Array2;

    #[test]
    fn no_iteration_makes_the_snapshots_less_likely() {
        let ula = AntennaArray::uniform_linear(8, 2e-3).unwrap();
        let config = SblConfig { tolerance: 0.0, iterations: 200, ..SblConfig::default() };
        let sbl = Sbl::new(&ula, 4e-3, AngleGrid::azimuth_sector(1.5, 91).unwrap(), config).unwrap();
        let x = Array2::from_shape_fn((8, 5), |(n, s)| {
            C64::cis(0.9 * (n * (s + 1)) as f64)
                + C64::cis(-1.3 * n as f64 + (s * s) as f64)
                + 0.3 * C64::cis((n * n * s) as f64)
        });
        let data = sbl.scanned.front.decompose(&x).unwrap().data();
        let mut seen = Vec::new();
        sbl.learned(&data, |likelihood| seen.push(likelihood)).unwrap();
        // Sums of a hundred terms below 100, each rounded to 1e-16.
        assert!(seen.len() > 20 && seen.windows(2).all(|w| w[1] <= w[0] + 1e-10), "{seen:?}");
    }

    #[test]
    fn differences_of_places_learn_as_steering_vectors_do() {
        let board = Board::Iwr6843Isk.layout().virtual_array().unwrap();
        let config = SblConfig { tolerance: 0.0, iterations: 100, ..SblConfig::default() };
        let sbl = Sbl::new(&board, 4e-3, AngleGrid::sector(1.5, 41, 1.0, 21).unwrap(), config).unwrap();
        let x = Array2::from_shape_fn((board.len(), 3), |(n, s)| {
            C64::cis(0.9 * (n * (s + 1)) as f64) + 0.1 * C64::cis((n * n * (s + 2)) as f64)
        });
        let data = sbl.scanned.front.decompose(&x).unwrap().data();
        let mut slow = sbl.scanned.beams(&data);
        let mut noise = 0.1 * data.iter().map(C64::norm_sqr).sum::<f64>() / board.len() as f64;
        for _ in 0..100 {
            let twin = Slow::new(&sbl.scanned, &slow, noise);
            let [explained, expected] = twin.forms(&data);
            let ratios = explained.iter().zip(expected).map(|(a, b)| (a / b).sqrt());
            slow.iter_mut().zip(ratios).for_each(|(power, ratio)| *power *= ratio);
            let trace: f64 = twin.model.values.iter().map(|value| value.recip()).sum();
            let left: f64 = twin.model.whitened(&data).iter().map(C64::norm_sqr).sum();
            noise *= (left / trace).sqrt();
        }
        let fast = sbl.learned(&data, |_| ()).unwrap();
        let most = slow.iter().copied().fold(0.0, f64::max);
        let off = fast.iter().zip(&slow).map(|(a, b)| (a - b).abs() / most).fold(0.0, f64::max);
        println!("off by {off:.1e} of the greatest");
        // A hundred iterations on forms that are right to 1e-12 and better.
        assert!(off < 1e-9, "{off:e}");
    }
}
