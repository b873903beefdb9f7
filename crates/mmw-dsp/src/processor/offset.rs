//! What the receiver adds to every frame: the converter's offset and the coupling between the antennas.

use crate::range_doppler::RangeDopplerConfig;
use mmw_core::ndarray::{Array1, Array3, ArrayView1, Axis, s};
use mmw_core::{C32, C64, Result};
use std::f64::consts::TAU;

/// Takes the offset of each channel from its samples: the mean with the weights of the windows, so that
/// nothing of it is left at beat frequency zero, nor leaks from there.
///
/// ```text
/// complex:  x[i, n] ← x[i, n] − Σ w_i w_n x[i, n] / Σ w_i w_n    over the frame
/// real:     x[i, n] ← x[i, n] − Σ w_i x[i, n] / Σ w_i            over each chirp n
/// ```
/// The offset of a converter of real samples wanders from chirp to chirp, by far more than the noise, and
/// what wanders looks like something that moves at range zero. The mean of a chirp takes the first range bin
/// as a whole, and part of what is next to it: the refinement takes that into account
/// ([`crate::peak::PeakRefiner::without_offset`]). Complex samples keep what moves there.
#[derive(Debug)]
pub(super) struct Offset {
    range: Array1<f64>,
    /// Weights of the chirps; `None` where each has an offset of its own.
    doppler: Option<Array1<f64>>,
}

impl Offset {
    pub(super) fn new(config: &RangeDopplerConfig, by_chirp: bool) -> Result<Self> {
        let normalised = |weights: Array1<f64>| {
            let sum = weights.sum();
            weights / sum
        };
        let doppler = || config.doppler_window.taper(config.chirps).map(normalised);
        Ok(Self {
            range: normalised(config.range_window.taper(config.samples)?),
            doppler: (!by_chirp).then(doppler).transpose()?,
        })
    }

    pub(super) fn remove(&self, cube: &mut Array3<C32>) {
        for mut channel in cube.axis_iter_mut(Axis(0)) {
            match &self.doppler {
                Some(weights) => {
                    let chirps = channel.rows().into_iter().zip(weights);
                    let mean = narrow(chirps.map(|(row, &w)| self.mean(row) * w).sum());
                    channel.iter_mut().for_each(|z| *z -= mean);
                }
                None => {
                    for mut row in channel.rows_mut() {
                        let mean = narrow(self.mean(row.view()));
                        row.iter_mut().for_each(|z| *z -= mean);
                    }
                }
            }
        }
    }

    fn mean(&self, row: ArrayView1<'_, C32>) -> C64 {
        row.iter().zip(&self.range).map(|(z, &w)| C64::new(f64::from(z.re), f64::from(z.im)) * w).sum()
    }
}

/// Response of the Doppler transform to one at zero velocity, over its value there.
pub(super) fn still_line(config: &RangeDopplerConfig) -> Result<Vec<C32>> {
    let weights: Array1<f64> = config.doppler_window.taper(config.chirps)?;
    let (len, zero) = (config.doppler_fft, config.doppler_fft / 2);
    let sum = weights.sum();
    let response = |column: usize| {
        let bin = (column + len - zero) % len;
        let turn = |n: usize| C64::cis(-TAU * ((bin * n) % len) as f64 / len as f64);
        narrow(weights.iter().enumerate().map(|(n, &w)| turn(n) * w).sum::<C64>() / sum)
    };
    Ok((0..len).map(response).collect())
}

fn narrow(z: C64) -> C32 {
    C32::new(z.re as f32, z.im as f32)
}

/// Takes what stands still from the nearest range bins of a spectrum: the mean over the chirps with the
/// weights of their window, so that a mover leaves no ghost at zero velocity.
///
/// The idea is that of the calibration of the near range bins in TI's demonstrations (`calibDcRangeSig`),
/// with the mean of each frame in place of one that is taken beforehand.
#[derive(Debug)]
pub(super) struct Coupling {
    bins: usize,
    /// Whether the last bins of the spectrum are those just below beat frequency zero.
    whole: bool,
    /// Response of the Doppler transform to one at zero velocity, over its value there.
    line: Vec<C32>,
    zero: usize,
}

impl Coupling {
    pub(super) fn new(config: &RangeDopplerConfig, bins: usize) -> Result<Self> {
        let whole = config.range_bins == config.range_fft;
        Ok(Self { bins, whole, line: still_line(config)?, zero: config.doppler_fft / 2 })
    }

    pub(super) fn remove(&self, spectrum: &mut Array3<C32>) {
        for row in self.rows(spectrum) {
            for mut cells in spectrum.slice_mut(s![.., row, ..]).rows_mut() {
                let still = cells[self.zero];
                cells.iter_mut().zip(&self.line).for_each(|(z, &line)| *z -= still * line);
            }
        }
    }

    /// The range bins that it works on.
    pub(super) fn rows(&self, spectrum: &Array3<C32>) -> impl Iterator<Item = usize> + use<> {
        let rows = spectrum.len_of(Axis(1));
        let first = self.bins.min(rows);
        let last = if self.whole { rows - self.bins.min(rows - first) } else { rows };
        (0..first).chain(last..rows)
    }
}
