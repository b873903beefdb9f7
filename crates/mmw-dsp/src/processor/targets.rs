//! Which detected cells are targets: not leakage of another, nor what a clutter filter leaves.

use super::Processor;
use crate::cfar::Detection;
use crate::mti::MtiKind;
use crate::peak::RefinedPeak;
use mmw_core::Result;

/// A cell that holds less than this share of others' leakage is not looked at twice.
const LEAKAGE_SHARE: f64 = 0.05;
/// A peak weaker than this share of the leakage in its cell is what the model of a strong target misses.
const MISMATCH: f64 = 0.3;
/// Nearer to zero velocity than this many cells a filter takes part of the main lobe.
const SLOW_CELLS: f64 = 3.0;
/// A slow mover needs this ratio after the filter (10 dB) and this standard deviation, cells.
const SLOW_SNR: f64 = 10.0;
const SLOW_DEVIATION_CELLS: f64 = 0.04;
/// Slower than this many cells is clutter.
const STILL_CELLS: f64 = 0.05;
/// The difference of two frames holds at most four times the power of one: less than that share in the present
/// frame (with a margin for noise) means that the target is that of the frame before.
const PRESENT_SHARE: f64 = 0.15;

impl Processor {
    /// The detections that are targets, each with its estimate; all are fitted jointly.
    pub(super) fn targets(&self, mut detections: Vec<Detection>) -> Result<Vec<(Detection, RefinedPeak)>> {
        let spectrum = self.unfiltered.as_ref().unwrap_or(&self.spectrum);
        loop {
            let indices: Vec<[usize; 2]> = detections.iter().map(|d| d.index).collect();
            let peaks = self.refiner.refine_all(spectrum, &indices, true)?;
            let count = detections.len();
            let found: Vec<_> =
                detections.into_iter().zip(peaks).filter(|(d, peak)| self.is_target(d, peak)).collect();
            if found.len() == count {
                return Ok(found);
            }
            // What is no target must not take part in the fit of those that are.
            detections = found.into_iter().map(|(detection, _)| detection).collect();
        }
    }

    fn is_target(&self, detection: &Detection, peak: &RefinedPeak) -> bool {
        let explained = peak.leakage_power > LEAKAGE_SHARE * detection.power
            && peak.peak_power < detection.threshold.max(MISMATCH * peak.leakage_power);
        let absent =
            self.config.mti == MtiKind::FrameDifference && peak.peak_power < PRESENT_SHARE * detection.power;
        !explained && !absent && self.is_above_the_filter(detection, peak)
    }

    /// Whether the clutter filter leaves enough of a slow mover to tell its velocity.
    fn is_above_the_filter(&self, detection: &Detection, peak: &RefinedPeak) -> bool {
        let config = self.transform.config();
        let a_cell = config.doppler_fft as f64 / config.chirps as f64;
        let cells = peak.doppler_bin.abs() / a_cell;
        let filters_doppler = matches!(self.config.mti, MtiKind::Notch | MtiKind::MeanPhasor);
        if !filters_doppler || cells >= SLOW_CELLS {
            return true;
        }
        let deviation = peak.doppler_std_bins.unwrap_or(f64::INFINITY) / a_cell;
        cells > STILL_CELLS && detection.snr >= SLOW_SNR && deviation < SLOW_DEVIATION_CELLS
    }
}
