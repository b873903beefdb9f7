//! What a range-Doppler transform is asked to do.

use crate::Fmcw;
use crate::window::{MAX_LEN, Window};
use mmw_core::{Result, check};

/// Shapes, windows and order of a range-Doppler transform: plain data, checked by
/// [`super::RangeDoppler::new`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct RangeDopplerConfig {
    /// Channels of the cube.
    pub channels: usize,
    /// Chirps of the cube.
    pub chirps: usize,
    /// Samples per chirp of the cube.
    pub samples: usize,
    /// Points of the range transform; samples beyond the cube's are zeros.
    pub range_fft: usize,
    /// Points of the Doppler transform; chirps beyond the cube's are zeros.
    pub doppler_fft: usize,
    /// Range bins that are kept, from bin 0 on.
    pub range_bins: usize,
    /// Window over the samples.
    pub range_window: Window,
    /// Window over the chirps.
    pub doppler_window: Window,
    /// Whether zero velocity is at `doppler_fft / 2` (else at 0).
    pub shift: bool,
}

mmw_core::checked_serde!(RangeDopplerConfig, RangeDopplerConfig::check);

impl RangeDopplerConfig {
    /// What a frame of this waveform asks for: no zero padding, Hann windows, zero velocity in the middle,
    /// and the range bins that hold targets.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::range_doppler::RangeDopplerConfig;
    /// use mmw_dsp::{Fmcw, FmcwConfig};
    /// let config = RangeDopplerConfig::from_fmcw(&Fmcw::new(FmcwConfig::iwr1843())?);
    /// assert_eq!((config.channels, config.range_bins, config.doppler_fft), (12, 256, 128));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn from_fmcw(fmcw: &Fmcw) -> Self {
        let [channels, chirps, samples] = fmcw.cube_shape();
        Self {
            channels,
            chirps,
            samples,
            range_fft: samples,
            doppler_fft: chirps,
            range_bins: fmcw.range_bins(),
            range_window: Window::Hann,
            doppler_window: Window::Hann,
            shift: true,
        }
    }

    /// Shape of the input: `[channel, chirp, sample]`.
    #[must_use]
    pub fn input_shape(&self) -> [usize; 3] {
        [self.channels, self.chirps, self.samples]
    }

    /// Shape of the output: `[channel, range, doppler]`.
    #[must_use]
    pub fn output_shape(&self) -> [usize; 3] {
        [self.channels, self.range_bins, self.doppler_fft]
    }

    pub(super) fn check(&self) -> Result<()> {
        check::at_least("channels", self.channels, 1)?;
        check::at_least("chirps", self.chirps, 1)?;
        check::at_least("samples", self.samples, 1)?;
        check::at_least("range_fft", self.range_fft, self.samples)?;
        check::at_least("doppler_fft", self.doppler_fft, self.chirps)?;
        check::at_least("range_bins", self.range_bins, 1)?;
        check::at_least("range_fft", self.range_fft, self.range_bins)?;
        check::in_range("range_fft", self.range_fft as f64, 1.0, MAX_LEN as f64)?;
        check::in_range("doppler_fft", self.doppler_fft as f64, 1.0, MAX_LEN as f64)?;
        let elements = self.channels as f64 * self.range_fft as f64 * self.doppler_fft as f64;
        check::in_range("elements of the transform, all channels", elements, 1.0, MAX_ELEMENTS).map(drop)
    }
}

/// Most elements of a transform, so that sizes never overflow on 64-bit machines.
const MAX_ELEMENTS: f64 = 4_294_967_296.0;
