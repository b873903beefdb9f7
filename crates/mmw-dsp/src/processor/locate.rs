//! From refined peaks to points, or the reason why there is none.

use super::angles::Sighting;
use super::folds::Unfolded;
use super::{Findings, Processor, Reason, Rejected};
use crate::cfar::Detection;
use crate::peak::RefinedPeak;
use crate::point_cloud::Point;
use mmw_core::Result;

/// So many standard deviations from an end of the range axis of real samples, a target is not taken
/// for its image.
const SURE: f64 = 4.0;
/// Nearer to its image than this, a target of real samples shares bins with it: the main lobe of a Hann
/// window is 4 cells wide, that of a Blackman-Harris window 8.
const IMAGE_CELLS: f64 = 8.0;

impl Processor {
    /// Points and rejected peaks of the frame just processed: detections, refined together,
    /// located one by one.
    pub(super) fn find(&self, frame: u64) -> Result<Findings> {
        let mut findings = Findings::default();
        let peaks = self.peaks.group(&self.power, &self.peaks.detect(&self.power)?)?;
        let peaks = self.peaks.targets(&self.power, peaks, &self.removed, &mut findings.rejected);
        for (target, peak) in self.targets(peaks, &mut findings.rejected)? {
            match self.locate(frame, &target, &peak)? {
                Ok(points) => {
                    findings.cells.extend(points.iter().map(|_| target.index));
                    findings.points.extend(points);
                }
                Err(reason) => findings.rejected.push(Rejected { index: target.index, reason }),
            }
        }
        Ok(findings)
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

    /// The points of one refined peak, several when its cell holds several targets, or why there is none.
    fn locate(
        &self,
        frame: u64,
        target: &Detection,
        peak: &RefinedPeak,
    ) -> Result<std::result::Result<Vec<Point>, Reason>> {
        let transform = self.transform.config();
        let beat_hz = peak.range_bin * self.fmcw.config().sample_rate_hz / transform.range_fft as f64;
        let bin_hz = (transform.doppler_fft as f64 * self.fmcw.repetition_s()).recip();
        let fold = match &self.angles {
            Some(angles) => angles.unfold(peak.doppler_bin * bin_hz, &peak.amplitudes)?,
            None => Unfolded::untested(&self.fmcw, peak.doppler_bin * bin_hz),
        };
        let (range_m, velocity_m_s) = self.fmcw.target(beat_hz, fold.doppler_hz);
        let range_m = range_m - self.config.range_bias_m;
        let min_range_m = self.config.min_range_m;
        if range_m < min_range_m && peak.range_bin < 0.0 && transform.range_bins == transform.range_fft {
            let (far_m, _) = self.fmcw.target(beat_hz + self.fmcw.config().sample_rate_hz, fold.doppler_hz);
            return Ok(Err(Reason::BelowZero { range_m: far_m - self.config.range_bias_m }));
        }
        if self.is_image(peak) {
            return Ok(Err(Reason::Image { range_m }));
        }
        if range_m < min_range_m {
            return Ok(Err(Reason::TooNear { range_m, min_range_m }));
        }
        let gain = (transform.samples * transform.chirps) as f64;
        let noise_share = (peak.snr * gain).max(f64::MIN_POSITIVE).recip();
        let sightings = match &self.angles {
            Some(angles) => {
                let spectrum = (!self.is_beside_image(peak)).then_some(&self.spectrum);
                angles.find(spectrum, target.index, &peak.amplitudes, noise_share, &fold)?
            }
            None => vec![Sighting::NOWHERE],
        };
        let moves = transform.chirps > 1;
        let interval_m_s = 0.5 * self.fmcw.wavelength_m() * fold.interval_hz;
        let point = |seen: Sighting| Point {
            angle_ambiguous: seen.ambiguous,
            unexplained_share: seen.unexplained_share,
            velocity_ambiguous: moves && fold.ambiguous,
            velocity_interval_m_s: moves.then_some(interval_m_s),
            ..Point::new(
                frame,
                range_m.max(0.0),
                moves.then_some(velocity_m_s),
                seen.bearing,
                10.0 * (target.snr * seen.power_share).max(f64::MIN_POSITIVE).log10(),
            )
        };
        Ok(Ok(sightings.into_iter().map(point).collect()))
    }
}
