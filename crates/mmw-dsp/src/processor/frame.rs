//! One processed frame: its maps, its detections and its points.

use super::{Findings, Processor, Reason};
use crate::cfar::Detection;
use crate::doa::DirectionFinder;
use crate::forms::{AngleMaps, LazyTensor};
use crate::point_cloud::Point;
use mmw_core::ndarray::{Array2, Array3};
use mmw_core::{C32, DataArray2, DataArray4, Error, Result};

/// One processed frame; the maps are computed when they are asked for.
#[derive(Debug)]
pub struct Frame<'a> {
    pub(super) processor: &'a Processor,
    pub(super) index: u64,
}

impl Frame<'_> {
    /// How many frames the processor had processed before this one.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The complex spectrum `[channel, range, doppler]`, windowed, unnormalised, zero velocity at
    /// `doppler / 2`.
    #[must_use]
    pub fn spectrum(&self) -> &Array3<C32> {
        &self.processor.spectrum
    }

    /// Samples of all channels that bursts of other radars took; 0 unless they are asked for
    /// ([`crate::ProcessorConfig::repair_interference`]).
    #[must_use]
    pub fn interfered_samples(&self) -> usize {
        self.processor.repaired.found
    }

    /// How many of [`Frame::interfered_samples`] were replaced; the others are as they were recorded, for too
    /// few chirps around them are whole.
    #[must_use]
    pub fn repaired_samples(&self) -> usize {
        self.processor.repaired.replaced
    }

    /// Power over `[range, doppler]`, summed over channels, without axes.
    #[must_use]
    pub fn power(&self) -> &Array2<f32> {
        self.processor.power.data()
    }

    /// Power over `[range, velocity]`, summed over channels.
    #[must_use]
    pub fn range_doppler(&self) -> &DataArray2<f32> {
        &self.processor.power
    }

    /// Power over `[range, azimuth]`, by the finder of the angles where it scans
    /// ([`DirectionFinder::scans`]), else by the beamformer.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; as [`AngleMaps::range_azimuth_by`].
    pub fn range_azimuth(&self) -> Result<DataArray2<f32>> {
        self.maps()?.range_azimuth_by(self.scanner(), &self.processor.spectrum)
    }

    /// Power over `[range, elevation]`, as [`Frame::range_azimuth`].
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; as [`AngleMaps::range_elevation_by`].
    pub fn range_elevation(&self) -> Result<DataArray2<f32>> {
        self.maps()?.range_elevation_by(self.scanner(), &self.processor.spectrum)
    }

    fn scanner(&self) -> DirectionFinder {
        let asked = self.processor.config.doa;
        if asked.scans() { asked } else { DirectionFinder::Fft }
    }

    /// Power over `[range, velocity, elevation, azimuth]`.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; as [`AngleMaps::tensor`].
    pub fn tensor(&self) -> Result<DataArray4<f32>> {
        self.maps()?.tensor(&self.processor.spectrum)
    }

    /// The same of which a value, a cell, a range or a direction is computed when it is asked for.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown.
    pub fn lazy_tensor(&self) -> Result<LazyTensor<'_>> {
        self.maps()?.lazy_tensor(&self.processor.spectrum)
    }

    /// Detected cells, one a local maximum, strongest first; leakage of stronger ones included.
    ///
    /// # Errors
    /// As [`crate::cfar::Cfar::detect`].
    pub fn detections(&self) -> Result<Vec<Detection>> {
        let (peaks, power) = (&self.processor.peaks, self.power());
        Ok(peaks.group(power, &peaks.detect(power)?))
    }

    /// The point cloud: detected, refined below a cell, with angles where the array resolves them. Strongest
    /// cell first.
    ///
    /// # Errors
    /// As [`Frame::detections`], and what the angle estimator meets.
    pub fn points(&self) -> Result<Vec<Point>> {
        Ok(self.findings()?.points)
    }

    /// The points, and the detected peaks that made none with the reason.
    ///
    /// # Errors
    /// As [`Frame::points`].
    pub fn findings(&self) -> Result<Findings> {
        self.processor.find(self.index)
    }

    /// Why the cell `index = [range, doppler]` made no point of `findings`; `None` when it did, or stands
    /// within the main lobe of one that did.
    ///
    /// # Errors
    /// As [`Frame::detections`]; [`Error::Domain`] for an index outside the map.
    pub fn reason(&self, findings: &Findings, index: [usize; 2]) -> Result<Option<Reason>> {
        let Processor { peaks, config, removed, .. } = self.processor;
        let power = self.power();
        let near = |other: &[usize; 2]| {
            let apart = peaks.apart(power, *other, index);
            (0..2).all(|axis| apart[axis] <= config.grouping.half_width[axis])
        };
        if findings.cells.iter().any(near) {
            return Ok(None);
        }
        if let Some(rejected) = findings.rejected.iter().find(|r| near(&r.index)) {
            return Ok(Some(rejected.reason));
        }
        peaks.explain(power, &peaks.detect(power)?, removed, &findings.cells, index).map(Some)
    }

    fn maps(&self) -> Result<&AngleMaps> {
        let angles = self.processor.angles.as_ref();
        angles
            .map(|a| &a.maps)
            .ok_or_else(|| Error::missing("antenna layout", "angle maps need it: name the board"))
    }
}
