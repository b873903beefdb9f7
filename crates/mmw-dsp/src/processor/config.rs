//! What the chain is asked to do.

use crate::cfar::CfarConfig;
use crate::doa::DirectionFinder;
use crate::mti::MtiKind;
use crate::peak::GroupConfig;
use crate::tdm::Calibration;
use crate::window::Window;

/// What the chain does between cube and points: plain data, checked by [`crate::Processor::new`].
///
/// # Examples
/// ```
/// use mmw_dsp::{ProcessorConfig, Window, mti::MtiKind};
///
/// let config = ProcessorConfig { mti: MtiKind::MeanPhasor, ..ProcessorConfig::default() };
/// assert_eq!(config.range_window, Window::Hann);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ProcessorConfig {
    /// Whether the bursts of other radars are found and replaced before anything else, by
    /// [`crate::interference::repair_interference`]: for complex samples and frames of 8 chirps and more.
    pub repair_interference: bool,
    /// Window over the samples of a chirp.
    pub range_window: Window,
    /// Window over the chirps of a frame.
    pub doppler_window: Window,
    /// Clutter filter.
    pub mti: MtiKind,
    /// Whether the converter's offset is taken from the samples: the mean of each chirp of real samples, the
    /// mean of a channel over the frame of complex ones. `None` does so for real samples, where it stands
    /// beside the nearest targets at full strength; what lies within the first range bin goes with it.
    pub remove_offset: Option<bool>,
    /// Nearest range bins (and as many at the far end of a complex spectrum) from which what stands still is
    /// taken: the coupling from transmitter to receiver. 0 for none, at most as many as there are.
    pub coupling_bins: usize,
    /// Detector. Its `looks` are set to the number of channels, and its window shrinks to fit a map smaller
    /// than itself.
    pub cfar: CfarConfig,
    /// Weight of a new frame where each cell is compared with the average of its own past
    /// ([`crate::cfar::ClutterMap`]) in place of its neighbours; of `cfar` the false-alarm probability counts
    /// then. The first frame is learnt only, and what stays becomes clutter after some `1 / weight` frames.
    pub clutter_map_weight: Option<f64>,
    /// How far apart two peaks must be to be two targets. The range axis wraps where the spectrum is whole.
    pub grouping: GroupConfig,
    /// Targets nearer than this are leakage from transmitter to receiver and make no points, m; maps and
    /// [`crate::Frame::detections`] keep them.
    pub min_range_m: f64,
    /// How angles are found.
    ///
    /// [`DirectionFinder::Fft`]: the beamformer's peak, refined to the maximum of the likelihood: one target
    /// per cell, or two where the channels tell them apart ([`crate::doa::TwoTargets::told_apart`]), each
    /// with its range and velocity.
    ///
    /// Any other: the method over the Doppler cells around the peak, without the echoes of other targets: up
    /// to three targets per cell that move apart, none more than 20 dB below the strongest. A second one
    /// counts only when it leaves a quarter of what one target leaves unexplained. A lone target stands where
    /// the method sees it in the amplitudes of its channels, one snapshot; two that do not move apart are
    /// told as by the FFT. Methods of uniform lines take the longest line of the virtual array, and the other
    /// cosine from the likelihood.
    ///
    /// Targets of one range and one velocity keep their phase to each other over the frame, so that the
    /// snapshots are all multiples of one vector, whose covariance has rank one: they are told apart as by
    /// the FFT. So are targets of real samples so near to beat frequency zero that the snapshots hold their
    /// mirror images.
    pub doa: DirectionFinder,
    /// Weights that equalise the amplitudes and phases of the channels; `None` takes them as equal.
    pub calibration: Option<Calibration>,
    /// What the device adds to every range, m; subtracted from the ranges of points.
    pub range_bias_m: f64,
    /// How many angles the range-azimuth and the range-elevation map have, each from -90 to +90 degrees.
    pub map_angles: [usize; 2],
}

impl Default for ProcessorConfig {
    /// Interference left as it is, Hann windows, no clutter filter, the offset removed from real samples, one
    /// false alarm in 10¹⁰ cells, FFT angles, maps of 181 azimuths and 91 elevations.
    fn default() -> Self {
        Self {
            repair_interference: false,
            range_window: Window::Hann,
            doppler_window: Window::Hann,
            mti: MtiKind::None,
            remove_offset: None,
            coupling_bins: 0,
            cfar: CfarConfig::default(),
            clutter_map_weight: None,
            grouping: GroupConfig { half_width: [2, 2], ..GroupConfig::default() },
            min_range_m: 0.0,
            doa: DirectionFinder::Fft,
            calibration: None,
            range_bias_m: 0.0,
            map_angles: [181, 91],
        }
    }
}
