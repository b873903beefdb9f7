//! Targets behind the difference of two frames.
//!
//! What a mover leaves is a tone of its own Doppler frequency, weaker by the filter's response, whose range
//! is the mean of both frames as long as it moves less than half a range cell between them:
//!
//! ```text
//! s(r) − exp(−jφ) s(r − vT) ≈ (1 − exp(−jφ)) s(r − vT/2),   φ = 2π f_D T
//! ```
//! So a slow mover is fitted to the difference, where nothing stands still. A faster one is fitted to the
//! present frame, without what stands still in it: in the difference it may be there twice.

use super::Processor;
use super::leakage::Twice;
use super::offset::still_line;
use crate::cfar::Detection;
use crate::peak::{Fitted, PeakRefiner, RefinedPeak};
use crate::range_doppler::RangeDopplerConfig;
use mmw_core::{C32, Result};

/// Nearer to zero velocity than this many cells a filter takes part of the main lobe.
pub(super) const SLOW_CELLS: f64 = 3.0;
/// From so many cells on what stands still takes next to nothing of a mover: `1 − sinc²` of it is left, 0.91
/// at 0.75 cells.
const BETWEEN_CELLS: f64 = 1.0;
/// The difference of two frames holds at most four times the power of one: less than that share in the
/// present frame (with a margin for noise) means that the target is that of the frame before.
const PRESENT_SHARE: f64 = 0.15;
/// From so many range bins on a mover is there twice, as two peaks.
const FAR_BINS: f64 = 3.0;
/// A mover has about the same power in both frames, but for its fading; what has so little of it in the
/// present one (6 dB) has left.
const LEFT_SHARE: f64 = 0.25;

/// What is planned for the difference of frames.
#[derive(Debug)]
pub(super) struct Difference {
    /// Of the difference, where nothing stands still.
    refiner: PeakRefiner,
    /// Response of the Doppler transform to one at zero velocity, over its value there.
    line: Vec<C32>,
}

impl Difference {
    pub(super) fn new(refiner: PeakRefiner, config: &RangeDopplerConfig) -> Result<Self> {
        Ok(Self { refiner, line: still_line(config)? })
    }

    /// Power of what does not stand still, summed over channels, in the cells of a range bin at these
    /// columns.
    fn moving(
        &self,
        row: usize,
        columns: impl Iterator<Item = usize> + Clone,
        frame: impl Fn([usize; 3]) -> C32,
        channels: usize,
    ) -> f64 {
        let zero = self.line.len() / 2;
        let of = |channel: usize| {
            let still = frame([channel, row, zero]);
            let cells = columns.clone().map(|d| frame([channel, row, d]) - still * self.line[d]);
            cells.map(|z| f64::from(z.norm_sqr())).sum::<f64>()
        };
        (0..channels).map(of).sum()
    }
}

/// All targets, fitted together.
pub(super) struct Fits<'a> {
    present: Fitted<'a>,
    /// Of the difference of frames, and which targets are those of it.
    difference: Option<(Fitted<'a>, Vec<bool>)>,
    pub(super) peaks: Vec<RefinedPeak>,
    /// The cells that took part.
    pub(super) places: Vec<[usize; 2]>,
}

impl<'a> Fits<'a> {
    /// What the target was fitted with.
    pub(super) fn of(&self, target: usize) -> &Fitted<'a> {
        match &self.difference {
            Some((fitted, _)) if self.is_between(target) => fitted,
            _ => &self.present,
        }
    }

    /// Whether the range of a target is the mean of two frames.
    pub(super) fn is_between(&self, target: usize) -> bool {
        self.difference.as_ref().is_some_and(|(_, slow)| slow.get(target) == Some(&true))
    }

    /// The fit of the present frame.
    pub(super) fn present(&self) -> &Fitted<'a> {
        &self.present
    }
}

impl Processor {
    /// Fits the targets at `indices`; `earlier` are cells of targets of the frame before.
    pub(super) fn fits(&self, indices: &[[usize; 2]], earlier: &[[usize; 2]]) -> Result<Fits<'_>> {
        let spectrum = self.unfiltered.as_ref().unwrap_or(&self.spectrum);
        let present = self.refiner.fit_all(spectrum, indices, true)?;
        let mut peaks = present.peaks();
        let places = [indices, earlier].concat();
        let Some(plan) = &self.difference else {
            return Ok(Fits { present, difference: None, peaks, places });
        };
        let fitted = plan.refiner.fit_all(&self.spectrum, &places, true)?;
        let own = fitted.peaks();
        let slow: Vec<bool> = own.iter().map(|peak| self.is_slow_between_frames(peak)).collect();
        for ((peak, own), _) in peaks.iter_mut().zip(own).zip(&slow).filter(|(_, slow)| **slow) {
            *peak = own;
        }
        Ok(Fits { present, difference: Some((fitted, slow)), peaks, places })
    }

    /// Whether a target of the difference is so slow that what stands still would take most of it, and moves
    /// less than half a range cell between frames.
    fn is_slow_between_frames(&self, peak: &RefinedPeak) -> bool {
        let moved_m = self.moved_m(peak.doppler_bin * self.bin_hz()).abs();
        self.cells(peak) < BETWEEN_CELLS && moved_m < 0.5 * self.fmcw.range_resolution_m()
    }

    /// Doppler bins in one cell of velocity.
    pub(super) fn a_cell(&self) -> f64 {
        let config = self.transform.config();
        config.doppler_fft as f64 / config.chirps as f64
    }

    /// Cells of velocity from standing still, but for folds.
    pub(super) fn cells(&self, peak: &RefinedPeak) -> f64 {
        peak.doppler_bin.abs() / self.a_cell()
    }

    /// How far something moves from frame to frame, m.
    pub(super) fn moved_m(&self, doppler_hz: f64) -> f64 {
        0.5 * self.fmcw.wavelength_m() * doppler_hz * self.fmcw.config().frame_period_s
    }

    /// What the difference has taken of one of its peaks: of a mover that turns by whole cycles between
    /// frames it leaves little, but more of its sidelobes, which have changed.
    pub(super) fn twice(&self, detection: &Detection) -> Option<Twice> {
        let (plan, now) = self.difference.as_ref().zip(self.unfiltered.as_ref())?;
        let [row, column] = detection.index;
        let power = plan.moving(row, std::iter::once(column), |at| now[at], now.dim().0);
        let bins = column as f64 - (plan.line.len() / 2) as f64;
        let bin_m = self.fmcw.max_range_m() / now.dim().1 as f64;
        let bins_apart = self.moved_m(bins * self.bin_hz()) / bin_m;
        Some(Twice { power, bins_apart: if bins_apart.abs() < FAR_BINS { bins_apart } else { 0.0 } })
    }

    /// Whether a peak of the difference was there in the frame before, but is no longer. `slow`: fitted to
    /// the difference.
    pub(super) fn has_left(&self, detection: &Detection, peak: &RefinedPeak, slow: bool) -> bool {
        let Some((plan, now)) = self.difference.as_ref().zip(self.unfiltered.as_ref()) else { return false };
        if !slow {
            return peak.peak_power < PRESENT_SHARE * detection.power;
        }
        let [row, column] = detection.index;
        let channels = now.dim().0;
        let here: f64 = (0..channels).map(|c| f64::from(now[[c, row, column]].norm_sqr())).sum();
        let reach = (SLOW_CELLS * self.a_cell()).ceil() as usize;
        let (zero, last) = (plan.line.len() / 2, plan.line.len() - 1);
        let columns = zero.saturating_sub(reach)..=(zero + reach).min(last);
        let before = |at: [usize; 3]| now[at] - self.spectrum[at];
        let left = plan.moving(row, columns.clone(), |at| now[at], channels);
        here < PRESENT_SHARE * detection.power
            || left < LEFT_SHARE * plan.moving(row, columns, before, channels)
    }
}
