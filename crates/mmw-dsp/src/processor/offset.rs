//! What the receiver adds to every frame: the converter's offset and the coupling between the antennas.

use crate::range_doppler::RangeDopplerConfig;
use mmw_core::ndarray::{Array1, Array3, Axis, s};
use mmw_core::{C32, C64, Result};
use std::f64::consts::TAU;

/// Takes the offset of each channel from its samples: the mean over the frame with the weights of both
/// windows, so that nothing of it is left at beat and velocity zero, nor leaks from there.
///
/// ```text
/// x[i, n] ← x[i, n] − Σ w_i w_n x[i, n] / Σ w_i w_n
/// ```
/// The mean over the frame, not over each chirp: an offset is the same in every chirp, while a near target
/// that moves would lose part of itself to the mean of a chirp.
#[derive(Debug)]
pub(super) struct Offset {
    range: Array1<f64>,
    doppler: Array1<f64>,
}

impl Offset {
    pub(super) fn new(config: &RangeDopplerConfig) -> Result<Self> {
        let normalised = |weights: Array1<f64>| {
            let sum = weights.sum();
            weights / sum
        };
        Ok(Self {
            range: normalised(config.range_window.taper(config.samples)?),
            doppler: normalised(config.doppler_window.taper(config.chirps)?),
        })
    }

    pub(super) fn remove(&self, cube: &mut Array3<C32>) {
        for mut channel in cube.axis_iter_mut(Axis(0)) {
            let mut mean = C64::default();
            for (row, &outer) in channel.rows().into_iter().zip(&self.doppler) {
                let (re, im) = row.iter().zip(&self.range).fold((0.0, 0.0), |(re, im), (z, w)| {
                    (re + w * f64::from(z.re), im + w * f64::from(z.im))
                });
                mean += C64::new(re, im) * outer;
            }
            let mean = C32::new(mean.re as f32, mean.im as f32);
            channel.iter_mut().for_each(|z| *z -= mean);
        }
    }
}

/// Takes what stands still from the nearest range bins of a spectrum: the mean over the chirps with the
/// weights of their window, so that a mover leaves no ghost at zero velocity.
///
/// The idea is that of the calibration of the near range bins in TI's demonstrations (`calibDcRangeSig`), with
/// the mean of each frame in place of one that is taken beforehand.
#[derive(Debug)]
pub(super) struct Coupling {
    bins: usize,
    /// Response of the Doppler transform to one at zero velocity, over its value there.
    line: Vec<C32>,
    zero: usize,
}

impl Coupling {
    pub(super) fn new(config: &RangeDopplerConfig, bins: usize) -> Result<Self> {
        let weights: Array1<f64> = config.doppler_window.taper(config.chirps)?;
        let (len, zero) = (config.doppler_fft, config.doppler_fft / 2);
        let sum = weights.sum();
        let response = |column: usize| {
            let bin = (column + len - zero) % len;
            let turn = |n: usize| C64::cis(-TAU * ((bin * n) % len) as f64 / len as f64);
            weights.iter().enumerate().map(|(n, &w)| turn(n) * w).sum::<C64>() / sum
        };
        let line = (0..len).map(response).map(|z| C32::new(z.re as f32, z.im as f32)).collect();
        Ok(Self { bins, line, zero })
    }

    /// `whole` says that the last bins of the spectrum are those just below beat frequency zero.
    pub(super) fn remove(&self, spectrum: &mut Array3<C32>, whole: bool) {
        let rows = spectrum.len_of(Axis(1));
        let first = self.bins.min(rows);
        let last = if whole { rows - self.bins.min(rows - first) } else { rows };
        for row in (0..first).chain(last..rows) {
            for mut cells in spectrum.slice_mut(s![.., row, ..]).rows_mut() {
                let still = cells[self.zero];
                cells.iter_mut().zip(&self.line).for_each(|(z, &line)| *z -= still * line);
            }
        }
    }
}
