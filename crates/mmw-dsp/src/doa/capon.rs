//! The beamformer of least power that keeps its direction.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AngleEstimator, AnglePeak};
use super::front::{Eigen, RELATIVE_FLOOR};
use super::scanned::Scanned;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Error, Result, check};

/// What [`Capon`] takes for echoes, and how it loads the covariance.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct CaponConfig {
    /// How many summits are echoes: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
    /// Added to the diagonal, as a share of the mean power of a channel; above zero where there are fewer
    /// snapshots than channels. 0.001 by default.
    pub loading: f64,
}

impl Default for CaponConfig {
    fn default() -> Self {
        Self { sources: SourceCount::default(), covariance: CovarianceConfig::default(), loading: 1e-3 }
    }
}

/// Capon's beamformer on a fixed array and grid: the power of the beam that passes its direction and as
/// little else as it can.
///
/// ```text
/// P(Ω) = 1 / (aᴴ R_DL⁻¹ a),   R_DL = R + ε (tr R / M) 1
/// ```
/// The maximum-likelihood filter of [^capon] with [`diagonal loading`](crate::covariance::diagonal_loading).
/// Narrower than [`Bartlett`](super::Bartlett) and without its side lobes; coherent echoes cancel each other
/// unless the covariance is smoothed.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Array2};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, Capon, CaponConfig, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(-0.35, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.21, 0.0)?)?;
/// // Two echoes whose phases turn against each other, whole turns in all.
/// let step = std::f64::consts::TAU / 16.0;
/// let x = Array2::from_shape_fn((12, 16), |(n, s)| left[n] + right[n] * C64::cis(3.0 * step * s as f64));
///
/// let config = CaponConfig { sources: SourceCount::Given(2), ..CaponConfig::default() };
/// let capon = Capon::new(&ula, 4e-3, AngleGrid::azimuth_sector(1.5, 181)?, config)?;
/// let found = capon.estimate(&x)?.angles;
/// assert!(found.iter().any(|peak| (peak.direction.azimuth_rad - 0.21).abs() < 1e-3));
/// assert!(found.iter().any(|peak| (peak.direction.azimuth_rad + 0.35).abs() < 1e-3));
/// // The loading, a thousandth of the power of both, adds its 12th part.
/// assert!(found.iter().all(|peak| (peak.height - 1.0).abs() < 1e-3));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^capon]: J. Capon, "High-resolution frequency-wavenumber spectrum analysis", Proc. IEEE, vol. 57, no. 8,
/// pp. 1408-1418, 1969.
#[derive(Debug, Clone)]
pub struct Capon {
    scanned: Scanned,
    loading: f64,
}

impl Capon {
    /// Plans for the channels of `array`, in their order, scanned over `grid`.
    ///
    /// # Errors
    /// As [`Bartlett::new`](super::Bartlett::new), and [`Error::Domain`] unless the loading is finite and not
    /// negative.
    pub fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        grid: AngleGrid,
        config: CaponConfig,
    ) -> Result<Self> {
        let loading = check::non_negative("loading", config.loading)?;
        let scanned = Scanned::new(array, wavelength_m, grid, config.sources, config.covariance)?;
        Ok(Self { scanned, loading })
    }

    /// The eigenvalues of the loaded covariance.
    fn loaded(&self, eigen: &Eigen) -> Result<Vec<f64>> {
        let level = self.loading * eigen.values.iter().sum::<f64>() / eigen.values.len() as f64;
        let values: Vec<f64> = eigen.values.iter().map(|value| value + level).collect();
        let (least, greatest) = (values[0], values[values.len() - 1]);
        check::finite("loading", greatest)?;
        if greatest > 0.0 && least <= RELATIVE_FLOOR * greatest {
            return Err(Error::Singular { name: "covariance, for lack of snapshots or loading".into() });
        }
        Ok(values)
    }
}

impl AngleEstimator for Capon {
    /// As the trait says, and [`Error::Singular`] for a covariance without inverse: load it, or take more
    /// snapshots than channels.
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.scanned.front.decompose(snapshots)?;
        let loaded = self.loaded(&eigen)?;
        let name = "Capon spectrum";
        if loaded[0] == 0.0 {
            let nothing = vec![0.0; self.scanned.grid.directions()];
            return Ok(AngleEstimate {
                spectrum: Some(self.scanned.map(name, nothing)?),
                angles: Vec::new(),
            });
        }
        let inverse = eigen.weighted(|k, _| loaded[k].recip());
        let of_form = |form: f64| eigen.power(form.recip());
        let spectrum = self.scanned.forms(&inverse, |form| form);
        let spectrum = spectrum.into_iter().map(of_form).collect::<Result<Vec<f64>>>()?;
        // The sum of |aᴴ e_k|² over all k is M: the least of aᴴ R⁻¹ a is the greatest of M/λ₀ less it.
        let climbed = eigen.weighted(|k, _| loaded[0].recip() - loaded[k].recip());
        self.scanned.estimate(name, spectrum, eigen.sources, |summit| {
            let (at, _) = self.scanned.climb(&climbed, summit);
            let form = self.scanned.front.manifold.projection(inverse.chunks_exact(loaded.len()), at).value;
            Ok(AnglePeak { direction: at.direction(), height: of_form(form)? })
        })
    }
}
