//! Profiles of frame after frame laid side by side.

use crate::fmcw::Fmcw;
use mmw_core::ndarray::{self, Array2, ArrayRef2};
use mmw_core::{Axis, DataArray2, Error, Result, check};

/// Range-time and Doppler-time (micro-Doppler) maps: one column per frame.
///
/// # Examples
/// ```
/// use mmw_dsp::{Fmcw, FmcwConfig, forms::History, ndarray::Array2};
///
/// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
/// let mut history = History::new(&fmcw, 128)?;
/// history.push(&Array2::from_elem((256, 128), 1.0))?;
/// assert_eq!(history.range_time()?.data().dim(), (256, 1));
/// assert_eq!(history.doppler_time()?.data()[[64, 0]], 256.0);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct History {
    range: Axis,
    velocity: Axis,
    frame_period_s: f64,
    frames: usize,
    ranges: Vec<f32>,
    velocities: Vec<f32>,
}

impl History {
    /// An empty history of maps with the range bins of the waveform and `doppler_fft` velocities.
    ///
    /// # Errors
    /// [`Error::TooFew`] when `doppler_fft` is below the number of chirps.
    pub fn new(fmcw: &Fmcw, doppler_fft: usize) -> Result<Self> {
        Ok(Self {
            range: fmcw.range_axis(fmcw.config().samples)?,
            velocity: fmcw.velocity_axis(doppler_fft)?,
            frame_period_s: fmcw.config().frame_period_s,
            frames: 0,
            ranges: Vec::new(),
            velocities: Vec::new(),
        })
    }

    /// Squeezes a range-Doppler map `[range, velocity]` along either dimension and appends both profiles.
    ///
    /// # Errors
    /// [`Error::Shape`] for a map of another shape, [`Error::NotFinite`] for one that holds NaN or infinity,
    /// [`Error::Invalid`] when a profile overflows. Nothing is appended then.
    pub fn push(&mut self, power: &ArrayRef2<f32>) -> Result<()> {
        check::same_shape("power map", &[self.range.len(), self.velocity.len()], power.shape())?;
        let ranges = power.sum_axis(ndarray::Axis(1));
        let velocities = power.sum_axis(ndarray::Axis(0));
        if !ranges.iter().chain(&velocities).all(|p| p.is_finite()) {
            check::all_finite("power map", power)?;
            return Err(Error::invalid("power map", "its values are so large that their sums overflow"));
        }
        self.ranges.extend(ranges);
        self.velocities.extend(velocities);
        self.frames += 1;
        Ok(())
    }

    /// Frames appended so far.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Power over `[range, time]`, summed over velocity.
    ///
    /// # Errors
    /// [`Error::TooFew`] before the first frame.
    pub fn range_time(&self) -> Result<DataArray2<f32>> {
        self.map("range-time power", &self.range, &self.ranges)
    }

    /// Power over `[velocity, time]`, summed over range: the micro-Doppler map.
    ///
    /// # Errors
    /// [`Error::TooFew`] before the first frame.
    pub fn doppler_time(&self) -> Result<DataArray2<f32>> {
        self.map("Doppler-time power", &self.velocity, &self.velocities)
    }

    fn map(&self, name: &'static str, axis: &Axis, columns: &[f32]) -> Result<DataArray2<f32>> {
        check::at_least("frames", self.frames, 1)?;
        let time = Axis::uniform("time", "s", 0.0, self.frame_period_s, self.frames)?;
        let data = Array2::from_shape_fn((axis.len(), self.frames), |(i, t)| columns[t * axis.len() + i]);
        DataArray2::new(name, "", data, vec![axis.clone(), time])
    }
}
