//! The conventional beamformer.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AngleEstimator, AnglePeak};
use super::scanned::Scanned;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Result};

/// What [`Bartlett`] takes for echoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct BartlettConfig {
    /// How many summits are echoes: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
}

/// Bartlett's beamformer on a fixed array and grid: the mean power of the beam that is steered to each
/// direction.
///
/// ```text
/// P(Ω) = aᴴ R a / (aᴴ a)²
/// ```
/// The conventional beamformer of [^krim]; an echo of amplitude A reads A² in its direction, as in
/// [`super::AngleFft`]. The maximum-likelihood estimate for a single source, from one snapshot on. Sources
/// nearer than a beam width share a summit, and the side lobes of a strong one (13 dB below it on a ULA) may
/// hide a weak one, or pass for one when more sources are asked for than there are.
///
/// # Examples
/// ```
/// use mmw_core::{antenna::AntennaArray, geometry::Direction, ndarray::Axis};
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, Bartlett, BartlettConfig, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(8, 2e-3)?;
/// let grid = AngleGrid::azimuth_sector(1.2, 121)?;
/// let bartlett = Bartlett::new(&ula, 4e-3, grid, BartlettConfig::default())?;
///
/// let x = snapshot_of(&ula, 4e-3, Direction::new(0.25, 0.0)?)? * mmw_core::C64::from(3.0);
/// let found = bartlett.estimate(&x.insert_axis(Axis(1)))?.angles[0];
/// assert!((found.direction.azimuth_rad - 0.25).abs() < 1e-9 && (found.height - 9.0).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^krim]: H. Krim and M. Viberg, "Two decades of array signal processing research", IEEE Signal Process.
/// Mag., vol. 13, no. 4, pp. 67-94, 1996.
#[derive(Debug, Clone)]
pub struct Bartlett {
    scanned: Scanned,
}

impl Bartlett {
    /// Plans for the channels of `array`, in their order, scanned over `grid`.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] below two channels (of a subarray, when smoothed),
    /// [`mmw_core::Error::Domain`] for the wavelength, a subarray longer than the array, or a given number of
    /// sources that is not below the number of channels, [`mmw_core::Error::Invalid`] for smoothing on
    /// anything but a ULA, or forward-backward averaging on an array that is not symmetric.
    pub fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        grid: AngleGrid,
        config: BartlettConfig,
    ) -> Result<Self> {
        Ok(Self { scanned: Scanned::new(array, wavelength_m, grid, config.sources, config.covariance)? })
    }
}

impl AngleEstimator for Bartlett {
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.scanned.front.decompose(snapshots)?;
        let vectors = eigen.weighted(|_, value| value);
        let gain = (self.scanned.front.len() as f64).powi(2);
        let of_beam = |form: f64| eigen.power(form / gain);
        let spectrum = self.scanned.forms(&vectors, |form| form);
        let spectrum = spectrum.into_iter().map(of_beam).collect::<Result<Vec<f64>>>()?;
        self.scanned.estimate("Bartlett spectrum", spectrum, eigen.sources, |summit| {
            let (at, form) = self.scanned.climb(&vectors, summit);
            Ok(AnglePeak { direction: at.direction(), height: of_beam(form)? })
        })
    }
}
