//! Directions of a detected cell, by the estimator that the configuration names.

use super::{DoaMethod, Processor, ProcessorConfig};
use crate::cfar::Detection;
use crate::covariance::{SourceCount, sample_covariance, source_count};
use crate::doa::{AngleEstimator, AngleGrid, Music, MusicConfig, SingleTarget, resolvable};
use crate::fmcw::Fmcw;
use crate::forms::AngleMaps;
use crate::peak::RefinedPeak;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::hermitian_eigen;
use mmw_core::ndarray::{Array1, Array2, Array3};
use mmw_core::{C32, C64, Error, Result};

/// What needs an antenna layout.
#[derive(Debug)]
pub(super) struct Angles {
    pub(super) maps: AngleMaps,
    single: SingleTarget,
    /// One plan for each number of targets in a cell; none when MUSIC is not asked for.
    music: Vec<Music>,
}

/// Most targets that MUSIC is asked for in one cell.
const MAX_SOURCES: usize = 3;
/// An eigenvalue this far below the greatest is no target of its own: the motion between transmitters and
/// the walk through range cells leave traces of a strong target about 30 dB down.
const EIGENVALUE_FLOOR: f64 = 0.01;

impl Angles {
    pub(super) fn new(fmcw: &Fmcw, config: &ProcessorConfig, dopplers: usize) -> Result<Self> {
        let [azimuths, elevations] = config.map_angles;
        let array = fmcw.virtual_array().ok_or_else(|| Error::missing("antenna layout", "angles need it"))?;
        let music = match config.doa {
            DoaMethod::Fft => Vec::new(),
            DoaMethod::Music => music_plans(array, fmcw.wavelength_m())?,
        };
        Ok(Self {
            maps: AngleMaps::new(fmcw, azimuths, elevations, dopplers)?,
            single: SingleTarget::new(array, fmcw.wavelength_m())?,
            music,
        })
    }

    /// The directions of what stands in a detected cell, at least one.
    pub(super) fn find(
        &self,
        radar: &Processor,
        detection: &Detection,
        peak: &RefinedPeak,
        doppler_hz: f64,
    ) -> Result<Vec<Direction>> {
        let compensation = radar.compensation(doppler_hz)?;
        let alone = || Ok(vec![self.single.locate(&(&peak.amplitudes * &compensation))?]);
        if self.music.is_empty() {
            return alone();
        }
        let snapshots = neighbourhood(&radar.spectrum, detection.index, &compensation);
        // One target is located best by the likelihood of its whole patch.
        let sources = sources(&snapshots)?;
        let Some(music) = self.music.get(sources - 1).filter(|_| sources > 1) else { return alone() };
        let found = music.estimate(&snapshots)?.angles;
        if found.is_empty() {
            return alone();
        }
        Ok(found.into_iter().map(|angle| angle.direction).collect())
    }
}

/// Plans for 1, 2, … targets, as many as the array can tell apart.
fn music_plans(array: &AntennaArray, wavelength_m: f64) -> Result<Vec<Music>> {
    let quarter_turn = std::f64::consts::FRAC_PI_2;
    let grid = if resolvable(array).elevation {
        AngleGrid::sector(quarter_turn, 91, std::f64::consts::FRAC_PI_3, 41)?
    } else {
        AngleGrid::azimuth_sector(quarter_turn, 181)?
    };
    let plan = |sources: usize| {
        let config = MusicConfig { sources: SourceCount::Given(sources), ..MusicConfig::default() };
        Music::new(array, wavelength_m, grid.clone(), config)
    };
    (1..=MAX_SOURCES.min(array.len().saturating_sub(1))).map(plan).collect()
}

/// Targets in the snapshots: what MDL counts, without those that are traces of the strongest. At least 1.
fn sources(snapshots: &Array2<C64>) -> Result<usize> {
    let eigenvalues = hermitian_eigen(&sample_covariance(snapshots)?)?.values;
    let counted = source_count(&eigenvalues, snapshots.ncols(), SourceCount::Mdl)?;
    let greatest = eigenvalues.iter().fold(0.0_f64, |a, &b| a.max(b));
    let strong = eigenvalues.iter().filter(|&&value| value > EIGENVALUE_FLOOR * greatest).count();
    Ok(counted.min(strong).clamp(1, MAX_SOURCES))
}

/// The cells around a peak, `[channel, cell]`: one range bin and three Doppler bins on each side, Doppler
/// wrapped. All of them carry the target's own Doppler phase, whatever bin they stand in.
fn neighbourhood(
    spectrum: &Array3<C32>,
    [range, doppler]: [usize; 2],
    compensation: &Array1<C64>,
) -> Array2<C64> {
    let (channels, ranges, dopplers) = spectrum.dim();
    let reach = 3.min(dopplers.saturating_sub(1) / 2);
    let rows: Vec<usize> = (range.saturating_sub(1)..=(range + 1).min(ranges - 1)).collect();
    let columns: Vec<usize> = (0..=2 * reach).map(|i| (doppler + dopplers + i - reach) % dopplers).collect();
    Array2::from_shape_fn((channels, rows.len() * columns.len()), |(channel, cell)| {
        let z = spectrum[[channel, rows[cell / columns.len()], columns[cell % columns.len()]]];
        C64::new(f64::from(z.re), f64::from(z.im)) * compensation[channel]
    })
}
