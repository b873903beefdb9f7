//! MUSIC: directions whose steering vectors lie in the signal subspace.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AngleEstimator, AnglePeak};
use super::front::Front;
use super::manifold::Cosines;
use super::projection::Steering;
use super::refine::Climber;
use crate::cfar::Edge;
use crate::covariance::{
    CovarianceConfig, CovarianceScratch, SourceCount, sample_covariance_into, source_count,
};
use crate::peak::{GroupConfig, is_strongest};
use mmw_core::antenna::AntennaArray;
use mmw_core::linalg::HermitianSolver;
use mmw_core::ndarray::{Array2, ArrayRef2, ArrayView1, s};
use mmw_core::{C64, DataArray2, Result, check};

/// How [`Music`] treats the covariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct MusicConfig {
    /// Number of sources: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// Averages with the reversed array; for arrays symmetric about their centre.
    pub forward_backward: bool,
    /// Channels of a subarray for spatial smoothing; for ULAs. `None` for no smoothing.
    pub smoothing: Option<usize>,
}

/// MUSIC on a fixed array and grid.
///
/// ```text
/// P(Ω) = aᴴ a / (aᴴ E_N E_Nᴴ a),   E_N E_Nᴴ = 1 − E_S E_Sᴴ
/// ```
/// Equation (6) of [^schmidt], normalised: 1 where `a` lies in the noise subspace, above where not, whatever
/// the number of channels. The smaller of the two subspaces is projected on.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Array2};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, AngleGrid, Music, MusicConfig, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(-0.35, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.21, 0.0)?)?;
/// // Two echoes whose phases move against each other from snapshot to snapshot.
/// let x = Array2::from_shape_fn((12, 16), |(n, s)| left[n] + right[n] * C64::cis(0.9 * s as f64));
///
/// let config = MusicConfig { sources: SourceCount::Given(2), ..MusicConfig::default() };
/// let music = Music::new(&ula, 4e-3, AngleGrid::azimuth_sector(1.5, 181)?, config)?;
/// let mut azimuths: Vec<f64> =
///     music.estimate(&x)?.angles.iter().map(|peak| peak.direction.azimuth_rad).collect();
/// azimuths.sort_by(f64::total_cmp);
/// assert!((azimuths[0] + 0.35).abs() < 1e-6 && (azimuths[1] - 0.21).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^schmidt]: R. O. Schmidt, "Multiple emitter location and signal parameter estimation", IEEE Trans.
/// Antennas Propag., vol. 34, no. 3, pp. 276-280, 1986.
#[derive(Debug, Clone)]
pub struct Music {
    front: Front,
    steering: Steering,
    grid: AngleGrid,
}

/// Memory of [`Music::spectrum_into`], from [`Music::scratch`].
#[derive(Debug, Clone)]
pub struct MusicScratch {
    covariance: CovarianceScratch,
    full: Array2<C64>,
    smoothed: Array2<C64>,
    solver: HermitianSolver,
    /// Vectors of the subspace in rows.
    subspace: Array2<C64>,
}

impl Music {
    /// Plans for the channels of `array`, in their order, scanned over `grid`.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] below two channels (of a subarray, when smoothed),
    /// [`mmw_core::Error::Domain`] for the wavelength, a subarray longer than the array, or a given number of
    /// sources that leaves no noise subspace, [`mmw_core::Error::Invalid`] for smoothing on anything but a
    /// ULA, or forward-backward averaging on an array that is not symmetric.
    pub fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        grid: AngleGrid,
        config: MusicConfig,
    ) -> Result<Self> {
        let MusicConfig { sources, forward_backward, smoothing } = config;
        let config = CovarianceConfig { forward_backward, smoothing, ..CovarianceConfig::default() };
        let front = Front::new(array, wavelength_m, sources, config)?;
        let columns = grid.azimuth().len();
        let directions =
            (0..grid.directions()).map(|d| front.manifold.response(grid.direction(d / columns, d % columns)));
        let steering = Steering::new(front.len(), directions);
        Ok(Self { front, steering, grid })
    }

    /// The grid that is scanned.
    #[must_use]
    pub fn grid(&self) -> &AngleGrid {
        &self.grid
    }

    /// Memory for [`Music::spectrum_into`].
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] above 4,096 channels.
    pub fn scratch(&self) -> Result<MusicScratch> {
        let (all, len) = (self.front.channels, self.front.len());
        Ok(MusicScratch {
            covariance: CovarianceScratch::default(),
            full: Array2::zeros((all, all)),
            smoothed: Array2::zeros((len, len)),
            solver: HermitianSolver::new(len)?,
            subspace: Array2::zeros((len, len)),
        })
    }

    /// The spectrum alone, without peaks: `[elevation, azimuth]`, at least 1. Returns the number of sources;
    /// with none, the spectrum is 1 everywhere.
    ///
    /// Allocates nothing once `scratch` has met a block of as many snapshots.
    ///
    /// # Errors
    /// As [`AngleEstimator::estimate`], and [`mmw_core::Error::Shape`] when `spectrum` is not of the grid's
    /// shape or `scratch` is another plan's.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{antenna::AntennaArray, geometry::Direction, ndarray::{Array2, Axis}};
    /// use mmw_dsp::doa::{AngleGrid, Music, MusicConfig, snapshot_of};
    ///
    /// let ula = AntennaArray::uniform_linear(4, 2e-3)?;
    /// let music = Music::new(&ula, 4e-3, AngleGrid::azimuth_sector(1.0, 3)?, MusicConfig::default())?;
    /// let x = snapshot_of(&ula, 4e-3, Direction::new(0.0, 0.0)?)?.insert_axis(Axis(1));
    /// let mut spectrum = Array2::zeros((1, 3));
    /// assert_eq!(music.spectrum_into(&x, &mut music.scratch()?, &mut spectrum)?, 1);
    /// assert!(spectrum[[0, 1]] > 1e12 && spectrum[[0, 0]] < 2.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn spectrum_into(
        &self,
        snapshots: &ArrayRef2<C64>,
        scratch: &mut MusicScratch,
        spectrum: &mut ArrayRef2<f64>,
    ) -> Result<usize> {
        let shape = [self.grid.elevation().len(), self.grid.azimuth().len()];
        check::same_shape("spectrum", &shape, spectrum.shape())?;
        let sources = self.decompose(snapshots, scratch)?;
        if sources == 0 {
            spectrum.fill(1.0);
            return Ok(0);
        }
        let len = self.front.len();
        let power = len as f64;
        // D = aᴴ a − |E_Sᴴ a|² loses all digits in a null; what is left of them is rounding.
        let height = |null: f64| power / null.clamp(power * f64::EPSILON, power);
        let signal = sources <= len - sources;
        let range = if signal { len - sources..len } else { 0..len - sources };
        let count = range.len();
        let rows = scratch.subspace.slice_mut(s![..count, ..]);
        scratch.solver.vectors_into(range, &mut rows.reversed_axes())?;
        let vectors = scratch.subspace.as_slice().map_or(&[][..], |all| &all[..count * len]);
        let run = |out: &mut [f64]| {
            if signal {
                self.steering.project(vectors, out, |g| height(power - g));
            } else {
                self.steering.project(vectors, out, height);
            }
        };
        if let Some(out) = spectrum.as_slice_mut() {
            run(out);
        } else {
            let mut flat = vec![0.0; self.steering.directions()];
            run(&mut flat);
            spectrum.iter_mut().zip(flat).for_each(|(out, value)| *out = value);
        }
        Ok(sources)
    }

    /// Covariance and eigenvectors into `scratch`; the number of sources.
    fn decompose(&self, snapshots: &ArrayRef2<C64>, scratch: &mut MusicScratch) -> Result<usize> {
        let count = snapshots.ncols();
        check::same_shape("snapshots", &[self.front.channels, count], snapshots.shape())?;
        let MusicScratch { covariance, full, smoothed, solver, subspace } = scratch;
        let len = self.front.len();
        check::same_shape("scratch", &[len, len], subspace.shape())?;
        sample_covariance_into(snapshots, covariance, full)?;
        let matrix = self.front.averaged(full, smoothed);
        solver.decompose(matrix)?;
        match self.front.sources {
            SourceCount::Given(sources) => Ok(sources),
            method => source_count(&ArrayView1::from(solver.values()), count, method),
        }
    }

    /// The strongest `sources` summits, refined off the grid.
    fn peaks(
        &self,
        spectrum: &Array2<f64>,
        sources: usize,
        scratch: &mut MusicScratch,
    ) -> Result<Vec<AnglePeak>> {
        let len = self.front.len();
        let power = len as f64;
        let rows = scratch.subspace.slice_mut(s![..sources, ..]);
        scratch.solver.vectors_into(len - sources..len, &mut rows.reversed_axes())?;
        let vectors = scratch.subspace.as_slice().map_or(&[][..], |all| &all[..sources * len]);
        // Between two grid points a sharp summit may look lower than a broad one: refine some more first.
        let mut peaks: Vec<AnglePeak> = summits(spectrum)
            .into_iter()
            .take(2 * sources + 2)
            .map(|(row, column)| {
                let climber = Climber {
                    manifold: &self.front.manifold,
                    free: self.free(),
                    reach: self.reach(row, column),
                };
                let start = Cosines::of(self.grid.direction(row, column));
                let (at, projected) = climber.climb(vectors.chunks_exact(len), start);
                let null = (power - projected).clamp(power * f64::EPSILON, power);
                AnglePeak { direction: at.direction(), height: power / null }
            })
            .collect();
        peaks.sort_by(|a, b| b.height.total_cmp(&a.height));
        peaks.truncate(sources);
        Ok(peaks)
    }

    fn free(&self) -> [bool; 2] {
        let scanned = [self.grid.azimuth().len() > 1, self.grid.elevation().len() > 1];
        let resolvable = self.front.manifold.resolvable;
        [scanned[0] && resolvable.azimuth, scanned[1] && resolvable.elevation]
    }

    /// How far the neighbours of a grid point are in `u` and `w`.
    fn reach(&self, row: usize, column: usize) -> [f64; 2] {
        let [u, _, w] = self.grid.direction(row, column).unit_vector();
        let mut reach = [0.0_f64; 2];
        for i in row.saturating_sub(1)..=row + 1 {
            for j in column.saturating_sub(1)..=column + 1 {
                let [nu, _, nw] = self.grid.direction(i, j).unit_vector();
                reach = [reach[0].max((nu - u).abs()), reach[1].max((nw - w).abs())];
            }
        }
        reach
    }
}

impl AngleEstimator for Music {
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let mut scratch = self.scratch()?;
        let mut spectrum = Array2::zeros((self.grid.elevation().len(), self.grid.azimuth().len()));
        let sources = self.spectrum_into(snapshots, &mut scratch, &mut spectrum)?;
        let angles = self.peaks(&spectrum, sources, &mut scratch)?;
        let axes = vec![self.grid.elevation().clone(), self.grid.azimuth().clone()];
        let spectrum = DataArray2::new("MUSIC spectrum", "", spectrum, axes)?;
        Ok(AngleEstimate { spectrum: Some(spectrum), angles })
    }
}

/// Grid points that no neighbour exceeds, highest first; of a plateau the first point.
pub(super) fn summits(spectrum: &Array2<f64>) -> Vec<(usize, usize)> {
    let all_around = GroupConfig { half_width: [1; 2], edges: [Edge::Shrink; 2] };
    let is_summit =
        |&((row, column), _): &((usize, usize), &f64)| is_strongest(spectrum, [row, column], &all_around);
    let mut found: Vec<((usize, usize), &f64)> = spectrum.indexed_iter().filter(is_summit).collect();
    found.sort_by(|a, b| b.1.total_cmp(a.1));
    found.into_iter().map(|(index, _)| index).collect()
}
