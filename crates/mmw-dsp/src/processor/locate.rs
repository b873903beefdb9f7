//! From refined peaks to points, or the reason why there is none.

use super::angles::Sighting;
use super::difference::Fits;
use super::folds::Unfolded;
use super::targets::STILL_CELLS;
use super::{Findings, Processor, Reason, Rejected};
use crate::cfar::Detection;
use crate::peak::{Fitted, RefinedPeak, Seen};
use crate::point_cloud::Point;
use mmw_core::Result;

/// So many standard deviations from an end of the range axis of real samples, a target is not taken
/// for its image.
const SURE: f64 = 4.0;
/// Nearer to its image than this, a target of real samples shares bins with it: the main lobe of a Hann
/// window is 4 cells wide, that of a Blackman-Harris window 8.
const IMAGE_CELLS: f64 = 8.0;
/// The coupling of the antennas is heard within so many cells and metres (three devices: 0.02, 0.06 and
/// 0.10 m, 1 to 2.6 cells), and one direction leaves more than this share of it (0.14 and 0.49; of still
/// reflectors of the same calibrated device 0.01 to 0.06).
const COUPLING_CELLS: f64 = 3.0;
const COUPLING_M: f64 = 0.15;
const COUPLING_SHARE: f64 = 0.1;

/// A target of a cell, and where beside the peak of the cell it stands when there are several.
type Located = (Sighting, Option<Seen>);

impl Processor {
    /// Points and rejected peaks of the frame just processed: detections, refined together,
    /// located one by one.
    pub(super) fn find(&self, frame: u64) -> Result<Findings> {
        let mut findings = Findings::default();
        let peaks = self.peaks.group(self.power.data(), &self.peaks.detect(self.power.data())?);
        let twice = |peak: &Detection| self.twice(peak);
        let (power, rejected) = (self.power.data(), &mut findings.rejected);
        let peaks = self.peaks.targets(power, peaks, &self.removed, twice, rejected);
        let (found, fits) = self.targets(peaks, &mut findings.rejected)?;
        let mut folds = found.iter().map(|(_, peak)| self.unfold(peak)).collect::<Result<Vec<_>>>()?;
        findings.still_fold = self.still_fold(&found, &folds);
        if findings.still_fold.is_some() {
            let slowest = found.iter().map(|(_, peak)| peak.doppler_bin * self.bin_hz());
            let doubted = folds.iter().zip(slowest).map(|(fold, hz)| fold.doubted(&self.fmcw, hz)).collect();
            folds = doubted;
        }
        for (of, (target, _)) in found.iter().enumerate() {
            match self.locate(frame, &found, &fits, of, &folds[of])? {
                Ok(points) => {
                    findings.cells.extend(points.iter().map(|_| target.index));
                    findings.points.extend(points);
                }
                Err(reason) => findings.rejected.push(Rejected { index: target.index, reason }),
            }
        }
        Ok(findings)
    }

    /// The fold of the velocity of a peak.
    fn unfold(&self, peak: &RefinedPeak) -> Result<Unfolded> {
        let doppler_hz = peak.doppler_bin * self.bin_hz();
        match &self.angles {
            Some(angles) => angles.unfold(doppler_hz, &peak.amplitudes),
            None => Ok(Unfolded::untested(&self.fmcw, doppler_hz)),
        }
    }

    /// From one Doppler bin to the next.
    pub(super) fn bin_hz(&self) -> f64 {
        (self.transform.config().doppler_fft as f64 * self.fmcw.repetition_s()).recip()
    }

    /// Whether a peak of real samples is a mirror image, or cannot be told from its own.
    fn is_image(&self, peak: &RefinedPeak) -> bool {
        let from_end = self.bins_from_end(peak);
        let unsure = peak.range_std_bins.is_some_and(|deviation| from_end < SURE * deviation);
        self.refiner.is_image(peak.range_bin)
            || self.refiner.is_on_image([peak.range_bin, peak.doppler_bin])
            || self.refiner.has_image() && unsure
    }

    /// Whether the bins around a peak of real samples hold its mirror image too: the main lobes of two
    /// windows are up to [`IMAGE_CELLS`] wide together.
    fn is_beside_image(&self, peak: &RefinedPeak) -> bool {
        let transform = self.transform.config();
        let cells = 2.0 * self.bins_from_end(peak) * transform.samples as f64 / transform.range_fft as f64;
        self.refiner.has_image() && cells < IMAGE_CELLS
    }

    /// Bins between a peak and the nearest place where target and image of real samples meet.
    fn bins_from_end(&self, peak: &RefinedPeak) -> f64 {
        let half = 0.5 * self.transform.config().range_fft as f64;
        (peak.range_bin - (peak.range_bin / half).round() * half).abs()
    }

    /// Whether a peak is the coupling of the antennas: nearer than it can be told from them, standing still,
    /// and no plane wave of any direction. A target as near that stands still comes from a direction.
    fn is_coupling(&self, peak: &RefinedPeak, range_m: f64, sightings: &[Located]) -> bool {
        let transform = self.transform.config();
        let cells = peak.range_bin * transform.samples as f64 / transform.range_fft as f64;
        let a_cell = transform.doppler_fft as f64 / transform.chirps as f64;
        let still = peak.doppler_bin.abs() <= STILL_CELLS * a_cell;
        let near = cells < COUPLING_CELLS && range_m < COUPLING_M;
        let unexplained =
            |(seen, _): &Located| seen.unexplained_share.is_some_and(|share| share > COUPLING_SHARE);
        near && still && sightings.iter().all(unexplained)
    }

    /// The points of one of the refined peaks, several when its cell holds several targets, or why there is
    /// none.
    fn locate(
        &self,
        frame: u64,
        found: &[(Detection, RefinedPeak)],
        fits: &Fits<'_>,
        of: usize,
        fold: &Unfolded,
    ) -> Result<std::result::Result<Vec<Point>, Reason>> {
        let (target, peak) = &found[of];
        let fitted = fits.of(of);
        let transform = self.transform.config();
        let range_bin_hz = self.fmcw.config().sample_rate_hz / transform.range_fft as f64;
        let beat_hz = |beside: f64| (peak.range_bin + beside) * range_bin_hz;
        let bin_hz = self.bin_hz();
        let (range_m, _) = self.fmcw.target(beat_hz(0.0), fold.told_hz);
        // From the mean of two frames to the present one.
        let moved_m = if fits.is_between(of) { 0.5 * self.moved_m(peak.doppler_bin * bin_hz) } else { 0.0 };
        let bias_m = self.config.range_bias_m - moved_m;
        let range_m = range_m - bias_m;
        let min_range_m = self.config.min_range_m;
        if range_m < min_range_m && peak.range_bin < 0.0 && transform.range_bins == transform.range_fft {
            let (far_m, _) = self.fmcw.target(beat_hz(transform.range_fft as f64), fold.told_hz);
            return Ok(Err(Reason::BelowZero { range_m: far_m - bias_m }));
        }
        if self.is_image(peak) {
            return Ok(Err(Reason::Image { range_m }));
        }
        if range_m < min_range_m {
            return Ok(Err(Reason::TooNear { range_m, min_range_m }));
        }
        let sightings = self.sighted(found, fitted, of, fold)?;
        if self.is_coupling(peak, range_m, &sightings) {
            return Ok(Err(Reason::Noise));
        }
        let moves = transform.chirps > 1;
        let interval_m_s = 0.5 * self.fmcw.wavelength_m() * fold.interval_hz;
        let point = |(seen, place): Located| {
            let [range_bins, doppler_bins] = place.map_or([0.0; 2], |place| place.offset_bins);
            let (range_m, velocity_m_s) =
                self.fmcw.target(beat_hz(range_bins), fold.told_hz + doppler_bins * bin_hz);
            let power = place.map_or(seen.power_share * target.power, |place| place.power);
            Point {
                angle_ambiguous: seen.ambiguous || moves && fold.turns && seen.direction.is_some(),
                unexplained_share: seen.unexplained_share,
                velocity_ambiguous: moves && fold.ambiguous,
                velocity_interval_m_s: moves.then_some(interval_m_s),
                ..Point::new(
                    frame,
                    (range_m - bias_m).max(0.0),
                    moves.then_some(velocity_m_s),
                    seen.bearing,
                    10.0 * (target.snr * power / target.power).max(f64::MIN_POSITIVE).log10(),
                )
            }
        };
        Ok(Ok(sightings.into_iter().map(point).collect()))
    }

    /// What stands in the cell of a peak: one target, or several with the place of each.
    fn sighted(
        &self,
        found: &[(Detection, RefinedPeak)],
        fitted: &Fitted<'_>,
        of: usize,
        fold: &Unfolded,
    ) -> Result<Vec<Located>> {
        let Some(angles) = &self.angles else { return Ok(vec![(Sighting::NOWHERE, None)]) };
        let (target, peak) = &found[of];
        let transform = self.transform.config();
        let gain = (transform.samples * transform.chirps) as f64;
        let noise_share = (peak.snr * gain).max(f64::MIN_POSITIVE).recip();
        let asked = angles.looks_around() && !self.is_beside_image(peak);
        if let Some(around) = asked.then(|| self.around(found, of)).flatten() {
            let several = angles.several(around, fold)?;
            let places = self.apart(fitted, of, fold, target.threshold, &several)?;
            // One that stands elsewhere is what the fit of another target leaves.
            if !places.is_empty() && places.iter().all(Option::is_some) {
                return Ok(several.into_iter().zip(places).collect());
            }
        }
        let sightings = angles.find(&peak.amplitudes, noise_share, fold)?;
        let mut places = self.apart(fitted, of, fold, target.threshold, &sightings)?;
        let elsewhere = places.iter().any(Option::is_none) && places.iter().any(Option::is_some);
        places.resize(sightings.len(), None);
        Ok(sightings.into_iter().zip(places).filter(|(_, place)| !elsewhere || place.is_some()).collect())
    }
}
