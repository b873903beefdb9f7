//! Whether all that stands still looks as if it moved at one fold of the velocity: the transmitters then do
//! not send with one phase.
//!
//! A fold turns each of `M` transmitters by another `2π / M` against the one before, so that of two, one that
//! is inverted is a fold. A target may move at exactly that velocity; the walls of a room do not.

use super::Processor;
use super::folds::{Best, CONFIRM, Unfolded};
use crate::cfar::Detection;
use crate::peak::RefinedPeak;
use std::fmt;

/// Slower than this many cells of velocity, but for folds, is heard as what stands still.
const STILL_CELLS: f64 = 0.25;
/// So many range cells at one fold at least, and at most this share of others, are no target that moves.
const LEAST_CELLS: usize = 3;
const OTHERS: f64 = 0.1;
/// A plane wave leaves at most this share of channels that say which fold they are at. One fold off, a row of
/// two transmitters of four receivers each leaves at least 0.46.
const MAX_RESIDUAL: f64 = 0.1;

/// What stands still, all of it at one fold of the velocity.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct StillFold {
    /// The velocity that fits it, m/s.
    pub velocity_m_s: f64,
    /// In how many range cells.
    pub cells: usize,
}

mmw_core::checked_serde!(StillFold { velocity_m_s });

impl fmt::Display for StillFold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the channels of all that stands still, {} range cells, are those of a velocity of {:.2} m/s: a transmitter \
             is inverted by 180 degrees, or all of it moves with one speed; velocities are the slowest and ambiguous, \
             angles those behind an inverted transmitter",
            self.cells, self.velocity_m_s
        )
    }
}

impl Processor {
    /// The fold at which all that stands still seems to be, when that is another than standing still.
    pub(super) fn still_fold(
        &self,
        found: &[(Detection, RefinedPeak)],
        folds: &[Unfolded],
    ) -> Option<StillFold> {
        let config = self.transform.config();
        let a_cell = config.doppler_fft as f64 / config.chirps as f64;
        let mut cells: Vec<(usize, f64)> = Vec::new();
        for ((detection, peak), fold) in found.iter().zip(folds) {
            let Some(Best { doppler_hz, ratio, residual }) = fold.best else { continue };
            let still = peak.doppler_bin.abs() <= STILL_CELLS * a_cell;
            if still && ratio >= CONFIRM && residual <= MAX_RESIDUAL {
                let turns =
                    ((doppler_hz - peak.doppler_bin * self.bin_hz()) * self.fmcw.repetition_s()).round();
                cells.push((detection.index[0], turns));
            }
        }
        let turns = cells.iter().map(|cell| cell.1).find(|&turns| turns != 0.0)?;
        // Forwards and backwards by half of the classes is the same.
        let count = self.fmcw.config().transmitters as f64;
        let same = |other: f64| (other - turns).rem_euclid(count) == 0.0;
        let (mut at_it, others): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| same(cell.1));
        at_it.sort_unstable_by_key(|cell| cell.0);
        at_it.dedup_by_key(|cell| cell.0);
        let enough = at_it.len() >= LEAST_CELLS && others.len() as f64 <= OTHERS * at_it.len() as f64;
        let velocity_m_s = 0.5 * self.fmcw.wavelength_m() * turns.abs() / self.fmcw.repetition_s();
        enough.then_some(StillFold { velocity_m_s, cells: at_it.len() })
    }
}
