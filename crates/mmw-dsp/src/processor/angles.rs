//! Directions of a detected cell, by the estimator that the configuration names.

use super::{DoaMethod, Processor, ProcessorConfig};
use crate::cfar::Detection;
use crate::doa::{AngleEstimator, AngleGrid, Music, MusicConfig, SingleTarget, resolvable};
use crate::fmcw::Fmcw;
use crate::forms::AngleMaps;
use crate::peak::RefinedPeak;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array2, Array3};
use mmw_core::{C32, C64, Error, Result};

/// What needs an antenna layout.
#[derive(Debug)]
pub(super) struct Angles {
    pub(super) maps: AngleMaps,
    single: SingleTarget,
    music: Option<Music>,
}

impl Angles {
    pub(super) fn new(fmcw: &Fmcw, config: &ProcessorConfig, dopplers: usize) -> Result<Self> {
        let [azimuths, elevations] = config.map_angles;
        let array = fmcw.virtual_array().ok_or_else(|| Error::missing("antenna layout", "angles need it"))?;
        let music = match config.doa {
            DoaMethod::Fft => None,
            DoaMethod::Music => {
                let quarter_turn = std::f64::consts::FRAC_PI_2;
                let grid = if resolvable(array).elevation {
                    AngleGrid::sector(quarter_turn, 91, std::f64::consts::FRAC_PI_3, 41)?
                } else {
                    AngleGrid::azimuth_sector(quarter_turn, 181)?
                };
                Some(Music::new(array, fmcw.wavelength_m(), grid, MusicConfig::default())?)
            }
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
        let Some(music) = &self.music else {
            return Ok(vec![self.single.locate(&(&peak.amplitudes * &compensation))?]);
        };
        let snapshots = neighbourhood(&radar.spectrum, detection.index, &compensation);
        let found = music.estimate(&snapshots)?.angles;
        if found.is_empty() {
            return Ok(vec![self.single.locate(&(&peak.amplitudes * &compensation))?]);
        }
        Ok(found.into_iter().map(|angle| angle.direction).collect())
    }
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
