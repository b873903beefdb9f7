//! Which detected cells are targets: not leakage of another, nor what a clutter filter leaves.

use super::difference::{Fits, SLOW_CELLS};
use super::{Processor, Reason, Rejected, leakage};
use crate::cfar::Detection;
use crate::mti::MtiKind;
use crate::peak::{Fitted, HiddenTest, RefinedPeak};
use mmw_core::Result;

/// A slow mover needs this ratio after the filter and this standard deviation, cells. The ratio is 10 dB less
/// what noise moves it by: of 10 dB in 12 channels three standard deviations are 2 dB.
const SLOW_SNR: f64 = 6.3;
const SLOW_DEVIATION_CELLS: f64 = 0.04;
/// Slower than this many cells is clutter.
pub(super) const STILL_CELLS: f64 = 0.05;
/// Of the power of a cell beside the notch that share at least is that of the mover that was fitted to it:
/// one whose summit the notch has taken is there with its slope alone, which is known.
const OWN_SHARE: f64 = 0.25;
/// Share of the signal-to-noise ratio that a target at the threshold has over all bins of its patch, where
/// the windows' loss is undone, that a point must have. A cell of noise is above the threshold by the bins
/// that its windows correlate; over the patch it is not.
const PATCH_SHARE: f64 = 0.6;
/// Of [`MtiKind::Notch`].
const NOTCH_HALF_WIDTH: usize = 1;

impl Processor {
    /// The detections that are targets, and the targets that stand hidden beside them, each with its
    /// estimate, by one joint fit, which comes with them. The others go to `rejected`.
    pub(super) fn targets(
        &self,
        detections: Vec<Detection>,
        rejected: &mut Vec<Rejected>,
    ) -> Result<(Vec<(Detection, RefinedPeak)>, Fits<'_>)> {
        let (found, fits) = self.judged(detections, rejected)?;
        // A clutter filter takes part of what stands beside zero velocity, which no echo explains.
        if self.config.mti != MtiKind::None {
            return Ok((found, fits));
        }
        let detections = self.with_hidden(&found, fits.present())?;
        if detections.len() == found.len() {
            return Ok((found, fits));
        }
        // What the leakage of a stronger target could have been, and the joint fit says it is not.
        rejected.retain(|r| detections.iter().all(|d| d.index != r.index));
        self.judged(detections, rejected)
    }

    /// The detections of the targets found and of those hidden beside them, strongest cell first.
    fn with_hidden(&self, found: &[(Detection, RefinedPeak)], fitted: &Fitted<'_>) -> Result<Vec<Detection>> {
        let mut more = None;
        let (mut detections, mut peaks): (Vec<Detection>, Vec<RefinedPeak>) = found.iter().cloned().unzip();
        let mut indices: Vec<[usize; 2]> = detections.iter().map(|d| d.index).collect();
        for beside in 0..found.len() {
            let of = detections[beside];
            let test = HiddenTest { beside, threshold: of.threshold, noise_power: self.noise_power(&of) };
            let fitted = more.as_ref().unwrap_or(fitted);
            let hidden = self.refiner.hidden_in(fitted, &self.spectrum, &indices, &peaks, test, true)?;
            let Some(index) = hidden else { continue };
            let power = f64::from(self.power.data()[index]);
            let hidden = Detection { index, power, snr: power / of.noise, ..of };
            if self.peaks.near_reflection(self.power.data(), &hidden).is_some() {
                continue;
            }
            indices.push(index);
            let fitted = self.refiner.fit_all(&self.spectrum, &indices, true)?;
            peaks = fitted.peaks();
            more = Some(fitted);
            detections.push(hidden);
        }
        detections.sort_by(|a, b| b.power.total_cmp(&a.power));
        Ok(detections)
    }

    /// Noise power of a sample of one channel by what the training cells show.
    fn noise_power(&self, detection: &Detection) -> f64 {
        let config = self.transform.config();
        // The squares of a window sum to the square of its sum, by bandwidth over length; a target of
        // amplitude 1 has the square of the sum at its summit.
        let gain =
            self.refiner.summit_of_one() * self.noise_bandwidth / (config.samples * config.chirps) as f64;
        detection.noise / (gain * config.channels as f64).max(f64::MIN_POSITIVE)
    }

    /// The detections that are targets, each with its estimate, by one joint fit. The others go
    /// to `rejected`.
    fn judged(
        &self,
        mut detections: Vec<Detection>,
        rejected: &mut Vec<Rejected>,
    ) -> Result<(Vec<(Detection, RefinedPeak)>, Fits<'_>)> {
        // What the frame before has left in the difference of frames.
        let mut earlier: Vec<[usize; 2]> = Vec::new();
        loop {
            let indices: Vec<[usize; 2]> = detections.iter().map(|d| d.index).collect();
            let mut fits = self.fits(&indices, &earlier)?;
            let count = detections.len();
            let mut found = Vec::with_capacity(count);
            let peaks = std::mem::take(&mut fits.peaks);
            for (i, (detection, peak)) in detections.into_iter().zip(peaks).enumerate() {
                match self.flaw(&detection, &peak, &fits, i) {
                    Some(reason) => {
                        earlier.extend((reason == Reason::EarlierFrame).then_some(detection.index));
                        rejected.push(Rejected { index: detection.index, reason });
                    }
                    None => found.push((detection, peak)),
                }
            }
            if found.len() == count {
                return Ok((found, fits));
            }
            // What is no target must not take part in the fit of those that are.
            detections = found.into_iter().map(|(detection, _)| detection).collect();
        }
    }

    /// Why a fitted peak is no target.
    fn flaw(
        &self,
        detection: &Detection,
        peak: &RefinedPeak,
        fits: &Fits<'_>,
        index: usize,
    ) -> Option<Reason> {
        let own = self.own_power(detection, peak);
        let is_own = self.config.mti != MtiKind::Notch || own >= OWN_SHARE * detection.power;
        if leakage::explains(detection, peak, own) || !is_own {
            let source = peak.leakage_from.and_then(|of| fits.places.get(of));
            return Some(Reason::Response { of: self.peaks.place(*source.unwrap_or(&detection.index)) });
        }
        if self.has_left(detection, peak, fits.is_between(index)) {
            return Some(Reason::EarlierFrame);
        }
        if !self.is_above_noise(detection, peak) {
            return Some(Reason::Noise);
        }
        if !(self.is_above_the_notch(detection) && self.is_above_the_filter(detection, peak)) {
            return Some(Reason::Filtered);
        }
        None
    }

    /// The power of a peak; of one in a cell beside the notch, which may be fitted far from it, what it has
    /// in that cell.
    fn own_power(&self, detection: &Detection, peak: &RefinedPeak) -> f64 {
        let zero = self.power.data().dim().1 / 2;
        let beside = detection.index[1].abs_diff(zero) as f64 <= SLOW_CELLS * self.a_cell();
        match self.config.mti == MtiKind::Notch && beside {
            true => peak.peak_power * self.peaks.share_in(detection.index, peak),
            false => peak.peak_power,
        }
    }

    fn is_above_noise(&self, detection: &Detection, peak: &RefinedPeak) -> bool {
        let config = self.transform.config();
        let gain = (config.samples * config.chirps) as f64;
        let excess = (detection.threshold - detection.noise) / detection.noise;
        !excess.is_finite() || peak.snr * gain >= PATCH_SHARE * self.noise_bandwidth * excess
    }

    /// Whether the cell is above its threshold when the bins that the notch emptied do not count as noise.
    fn is_above_the_notch(&self, detection: &Detection) -> bool {
        if self.config.mti != MtiKind::Notch {
            return true;
        }
        let dopplers = self.power.data().dim().1;
        let [train, guard] = self.peaks.window();
        let side = |axis: usize| train[axis].saturating_add(guard[axis]).min(dopplers);
        let [range, doppler] = [2 * side(0) + 1, 2 * side(1) + 1];
        let inner = (2 * guard[0] + 1).min(range);
        let bins = (0..=2 * NOTCH_HALF_WIDTH).map(|i| (dopplers / 2 + i).saturating_sub(NOTCH_HALF_WIDTH));
        let empty: usize = bins
            .map(|bin| {
                let apart = bin.abs_diff(detection.index[1]);
                match apart.min(dopplers.saturating_sub(apart)) {
                    apart if apart > side(1) => 0,
                    apart if apart > guard[1] => range,
                    _ => range - inner,
                }
            })
            .sum();
        let all = range * doppler - inner * (2 * guard[1] + 1).min(doppler);
        let share = all.saturating_sub(empty).max(1) as f64 / all.max(1) as f64;
        detection.power * share >= detection.threshold
    }

    /// Whether the clutter filter leaves enough of a slow mover to tell its velocity.
    fn is_above_the_filter(&self, detection: &Detection, peak: &RefinedPeak) -> bool {
        let cells = self.cells(peak);
        let filters_doppler = self.config.mti != MtiKind::None
            || self
                .coupling
                .as_ref()
                .is_some_and(|c| c.rows(&self.spectrum).any(|row| row == detection.index[0]));
        if !filters_doppler || cells >= SLOW_CELLS {
            return true;
        }
        let deviation = peak.doppler_std_bins.unwrap_or(f64::INFINITY) / self.a_cell();
        cells > STILL_CELLS && detection.snr >= SLOW_SNR && deviation < SLOW_DEVIATION_CELLS
    }
}
