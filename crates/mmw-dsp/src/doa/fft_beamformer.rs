//! The angle FFT as one of the family.

use super::AngleFft;
use super::estimator::{AngleEstimate, AngleEstimator, AnglePeak};
use super::front::Front;
use super::manifold::Cosines;
use super::music::summits;
use super::refine::Climber;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{C64, DataArray2, Result};

/// What [`FftBeamformer`] takes for echoes, and its transforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct FftBeamformerConfig {
    /// How many summits are echoes: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// Points of the transform along x; 64 by default. One, for an array that has no extent there.
    pub azimuth_fft: usize,
    /// Points of the transform along z; 16 by default. One, for an array that has no extent there.
    pub elevation_fft: usize,
}

impl Default for FftBeamformerConfig {
    fn default() -> Self {
        Self { sources: SourceCount::default(), azimuth_fft: 64, elevation_fft: 16 }
    }
}

/// [`AngleFft`] of all snapshots, its mean power climbed off the bins: what [`Bartlett`](super::Bartlett)
/// does, for arrays on a uniform grid, and over bins of direction cosines in place of angles.
///
/// ```text
/// P[i, j] = 1/S Σ_s | 1/C Σ_c x_cs exp(+j 2π/λ (u_j x_c + w_i z_c)) |²
/// ```
/// The conventional beamformer of [^krim]. The axes of the spectrum are `w` and `u`; bins that hold no
/// direction make no peaks.
///
/// # Examples
/// ```
/// use mmw_core::{geometry::Direction, ndarray::Axis};
/// use mmw_dsp::{Board, doa::{AngleEstimator, FftBeamformer, FftBeamformerConfig, snapshot_of}};
///
/// let array = Board::Iwr1843.layout().virtual_array()?;
/// let x = snapshot_of(&array, 3.9e-3, Direction::new(0.3, 0.1)?)?;
/// let fft = FftBeamformer::new(&array, 3.9e-3, FftBeamformerConfig::default())?;
/// let found = fft.estimate(&x.insert_axis(Axis(1)))?;
/// let peak = found.angles[0];
/// assert!((peak.direction.azimuth_rad - 0.3).abs() < 1e-9 && (peak.height - 1.0).abs() < 1e-9);
/// assert_eq!(found.spectrum.expect("scanned").data().dim(), (16, 64));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^krim]: H. Krim and M. Viberg, "Two decades of array signal processing research", IEEE Signal Process.
/// Mag., vol. 13, no. 4, pp. 67-94, 1996.
#[derive(Debug, Clone)]
pub struct FftBeamformer {
    front: Front,
    fft: AngleFft<f64>,
}

impl FftBeamformer {
    /// Plans for the channels of `array`, in their order.
    ///
    /// # Errors
    /// As [`AngleFft::new`], [`mmw_core::Error::TooFew`] below two channels, and [`mmw_core::Error::Domain`]
    /// for a given number of sources that is not below the number of channels.
    pub fn new(array: &AntennaArray, wavelength_m: f64, config: FftBeamformerConfig) -> Result<Self> {
        /// Extents below this share of the whole are none.
        const NO_EXTENT: f64 = 1e-6;
        let front = Front::new(array, wavelength_m, config.sources, CovarianceConfig::default())?;
        let least = NO_EXTENT * front.manifold.aperture_rad();
        let [along_x, along_z] = front.manifold.extents_rad().map(|extent| extent > least);
        let azimuth_fft = if along_x { config.azimuth_fft } else { 1 };
        let elevation_fft = if along_z { config.elevation_fft } else { 1 };
        Ok(Self { front, fft: AngleFft::new(array, wavelength_m, azimuth_fft, elevation_fft)? })
    }
}

impl AngleEstimator for FftBeamformer {
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let eigen = self.front.decompose(snapshots)?;
        // R = Σ r_c r_cᴴ: the mean over the snapshots is the sum over no more vectors than channels.
        let vectors = eigen.weighted(|_, value| value);
        let rows = || vectors.chunks_exact(self.front.len());
        let (mut one, mut sum) = (Array2::zeros(self.fft.shape()), Array2::<f64>::zeros(self.fft.shape()));
        let mut scratch = self.fft.scratch();
        for row in rows() {
            self.fft.spectrum_into(row, &mut scratch, &mut one)?;
            sum += &one;
        }
        let gain = (self.front.len() as f64).powi(2);
        let resolvable = self.front.manifold.resolvable;
        let (u, w) = (self.fft.u_axis(), self.fft.w_axis());
        let climber = Climber {
            manifold: &self.front.manifold,
            free: [resolvable.azimuth && u.len() > 1, resolvable.elevation && w.len() > 1],
            reach: [u, w].map(|axis| axis.step().unwrap_or_default()),
        };
        let bins = summits(&sum).into_iter();
        let ahead = bins.filter_map(|(row, column)| self.fft.direction(row as f64, column as f64));
        let mut angles = ahead
            .take(if eigen.sources > 0 { 2 * eigen.sources + 2 } else { 0 })
            .map(|direction| {
                let (at, form) = climber.climb(rows(), Cosines::of(direction));
                Ok(AnglePeak { direction: at.direction(), height: eigen.power(form / gain)? })
            })
            .collect::<Result<Vec<AnglePeak>>>()?;
        angles.sort_by(|a, b| b.height.total_cmp(&a.height));
        angles.truncate(eigen.sources);
        for power in &mut sum {
            *power = eigen.power(*power)?;
        }
        let spectrum = DataArray2::new("angle spectrum", "", sum, vec![w.clone(), u.clone()])?;
        Ok(AngleEstimate { spectrum: Some(spectrum), angles })
    }
}
