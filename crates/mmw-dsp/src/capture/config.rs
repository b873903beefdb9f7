//! What a capture holds and how it is stored, from a file and from what the user names beside it.

use super::axes::NpyAxes;
use super::bytes::ByteOptions;
use super::layout::{AdcLayout, FrameCodec, LvdsLanes, check_distinct};
use crate::board::{AntennaLayout, Board};
use crate::fmcw::{Fmcw, FmcwConfig, Sampling};
use mmw_core::{C64, Error, Result, check};
use std::path::Path;

/// How the samples of a capture are stored.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum CaptureFormat {
    /// The raw file of a DCA1000 capture card (`.bin`).
    Dca1000(AdcLayout),
    /// A NumPy array (`.npy`).
    Npy {
        /// What its axes count.
        axes: NpyAxes,
        /// Whether its parts are 16-bit words without their sign: 65535 for -1. Unless this is `Some`, a
        /// first frame that looks so is refused.
        wrap_u16: Option<bool>,
    },
}

/// The kinds of [`CaptureFormat`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum FormatKind {
    /// The raw file of a DCA1000 capture card.
    Dca1000,
    /// A NumPy array.
    Npy,
}

mmw_core::named!(FormatKind, "format" { Dca1000 = "dca1000", Npy = "npy" });

/// What a configuration file may leave unsaid about the samples, and no usual value can stand in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Unsaid {
    /// [`CaptureOptions::lanes`].
    Lanes,
    /// [`CaptureOptions::iq_swap`].
    IqSwap,
    /// [`CaptureOptions::npy_axes`].
    Axes,
}

mmw_core::named!(Unsaid, "field of a capture" { Lanes = "lanes", IqSwap = "iq_swap", Axes = "axes" });

impl Unsaid {
    /// How to say it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Lanes => "set `lanes = 2` (xWR16/18/68) or `lanes = 4` (xWR12/14)",
            Self::IqSwap => {
                "set `iq_swap = false` if I precedes Q in the file, `iq_swap = true` if Q precedes I"
            }
            Self::Axes => {
                "name the axes of the .npy file in order, for example `axes = chirp,sample` or \
                 `axes = frame,chirp,tx,rx,sample`"
            }
        }
    }

    pub(super) fn error(self) -> Error {
        Error::missing(self.name(), self.hint())
    }
}

impl FormatKind {
    /// The kind that the name of a capture says: `.npy` is a NumPy array, `.bin` a DCA1000 file.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::FormatKind;
    /// assert_eq!(FormatKind::of_path("frames.NPY".as_ref()), Some(FormatKind::Npy));
    /// assert_eq!(FormatKind::of_path("adc_data.bin".as_ref()), Some(FormatKind::Dca1000));
    /// assert_eq!(FormatKind::of_path("adc_data".as_ref()), None);
    /// ```
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_ascii_lowercase();
        match extension.to_str()? {
            "npy" => Some(Self::Npy),
            "bin" => Some(Self::Dca1000),
            _ => None,
        }
    }
}

/// What the user names beside a configuration file. Where both speak and differ, the user is believed, and
/// [`CaptureConfig::notes`] says so; only `format` must be that of the file.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct CaptureOptions {
    /// The board, hence the places of the antennas.
    pub board: Option<Board>,
    /// The places of the antennas of a board without a name: all of them by number, or those that the
    /// configuration uses in its order.
    pub antennas: Option<AntennaLayout>,
    /// How the capture is stored; [`FormatKind::of_path`] reads it off the name of the capture.
    pub format: Option<FormatKind>,
    /// Lanes of a DCA1000 file; by default those of the board, where its chip has no choice.
    pub lanes: Option<LvdsLanes>,
    /// Whether Q stands where I is expected in a DCA1000 file.
    pub iq_swap: Option<bool>,
    /// Axes of a `.npy` file.
    pub npy_axes: Option<NpyAxes>,
    /// Whether the parts of a `.npy` file are 16-bit words without their sign.
    pub wrap_u16: Option<bool>,
    /// Whether a truncated last frame is left out instead of refused.
    pub allow_partial_last_frame: bool,
    /// Whether the samples are the conjugates of those of the conventions, so that targets beat at negative
    /// frequencies.
    pub conjugate: bool,
    /// The bytes of a DCA1000 file.
    pub bytes: ByteOptions,
    /// Whether what nobody says is filled in and listed in [`CaptureConfig::assumed`] instead of asked for:
    /// to see the waveform all the same. Four lanes carry whatever two do.
    pub assume: bool,
}

/// A waveform, and how its samples are stored.
///
/// # Examples
/// ```
/// use mmw_dsp::FmcwConfig;
/// use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, LvdsLanes};
///
/// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
/// let config = CaptureConfig::new(FmcwConfig::iwr1843(), format)?;
/// assert_eq!(config.transmitters, [0, 1, 2]);
/// assert_eq!(config.check()?.cube_shape(), [12, 128, 256]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct CaptureConfig {
    /// The waveform.
    pub fmcw: FmcwConfig,
    /// How the samples are stored.
    pub format: CaptureFormat,
    /// Numbers of the transmitters (from 0) in firing order.
    pub transmitters: Vec<usize>,
    /// Numbers of the receivers (from 0) in the order of the cube.
    pub receivers: Vec<usize>,
    /// Frames that the configuration announces; the capture itself may hold more or fewer.
    pub frames: Option<u64>,
    /// Whether a truncated last frame is left out instead of refused.
    pub allow_partial_last_frame: bool,
    /// Whether each sample is conjugated when it is read.
    pub conjugate: bool,
    /// Weights that make the channels alike, one per channel, multiplied onto it; `None` takes them as equal.
    pub channel_weights: Option<Vec<C64>>,
    /// What the device adds to every range, m: to be subtracted.
    pub range_bias_m: f64,
    /// What the configuration says that bears on the result and fits in no field, as sentences.
    pub notes: Vec<String>,
    /// The bytes of a DCA1000 file.
    pub bytes: ByteOptions,
    /// What nobody said and [`CaptureOptions::assume`] filled in.
    pub assumed: Vec<Unsaid>,
}

mmw_core::checked_serde!(CaptureConfig, |config| config.check().map(|_| ()));

impl CaptureConfig {
    /// A capture in which all antennas of the waveform are numbered from 0 in firing order.
    ///
    /// # Errors
    /// As [`CaptureConfig::check`].
    pub fn new(fmcw: FmcwConfig, format: CaptureFormat) -> Result<Self> {
        let counted = Fmcw::new(fmcw)?;
        let fmcw = counted.config().clone();
        let config = Self {
            transmitters: (0..fmcw.transmitters).collect(),
            receivers: (0..fmcw.receivers).collect(),
            fmcw,
            format,
            frames: None,
            allow_partial_last_frame: false,
            conjugate: false,
            channel_weights: None,
            range_bias_m: 0.0,
            notes: Vec::new(),
            bytes: ByteOptions::default(),
            assumed: Vec::new(),
        };
        config.check()?;
        Ok(config)
    }

    /// The checked waveform.
    ///
    /// # Errors
    /// As [`Fmcw::new`] and [`AdcLayout::codec`]; [`Error::Domain`] for numbers that are thousands of times
    /// beyond those of any such radar, as of a mistaken unit; [`Error::Shape`] when the lists of transmitters
    /// or receivers are longer or shorter than the waveform says, [`Error::Invalid`] for a number given twice
    /// and for pairs of I and Q of real samples.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::FmcwConfig;
    /// use mmw_dsp::capture::{CaptureConfig, CaptureFormat};
    ///
    /// let format = CaptureFormat::Npy { axes: "channel,chirp,sample".parse()?, wrap_u16: None };
    /// let mut config = CaptureConfig::new(FmcwConfig::awr1642(), format)?;
    /// config.transmitters = vec![1, 1];
    /// assert_eq!(config.check().unwrap_err().to_string(), "transmitters: number 1 is listed twice");
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn check(&self) -> Result<Fmcw> {
        let fmcw = Fmcw::new(self.fmcw.clone())?;
        check_plausible(&self.fmcw)?;
        check_numbers("transmitters", self.fmcw.transmitters, &self.transmitters)?;
        check_numbers("receivers", self.fmcw.receivers, &self.receivers)?;
        check::finite("range_bias_m", self.range_bias_m)?;
        if let Some(weights) = &self.channel_weights {
            check::same_len("channel_weights", fmcw.channels(), weights.len())?;
            if let Some(index) = weights.iter().position(|w| !w.is_finite()) {
                return Err(Error::NotFinite { name: "channel_weights".into(), index });
            }
        }
        if self.bytes.iq_pairs && self.fmcw.sampling == Sampling::Real {
            return Err(Error::invalid("iq_pairs", "is not of real samples, which have no Q"));
        }
        if let CaptureFormat::Dca1000(layout) = self.format {
            layout.codec(&self.fmcw, &self.receivers)?;
        }
        Ok(fmcw)
    }

    /// The kind of the format.
    #[must_use]
    pub fn format_kind(&self) -> FormatKind {
        match self.format {
            CaptureFormat::Dca1000(_) => FormatKind::Dca1000,
            CaptureFormat::Npy { .. } => FormatKind::Npy,
        }
    }

    /// The decoder and encoder of frames of a DCA1000 file.
    ///
    /// # Errors
    /// As [`AdcLayout::codec`]; [`Error::Invalid`] when the format is another.
    pub fn codec(&self) -> Result<FrameCodec> {
        match self.format {
            CaptureFormat::Dca1000(layout) => layout.codec(&self.fmcw, &self.receivers),
            CaptureFormat::Npy { .. } => Err(Error::invalid("capture format", "is npy, but must be dca1000")),
        }
    }
}

/// That no unit was mistaken for another: bounds far beyond all radars of this kind, from sonar-like sweeps
/// of a gigahertz a second to the fastest ramps of a chip, a thousand times its own.
pub(super) fn check_plausible(fmcw: &FmcwConfig) -> Result<()> {
    let fields = [
        ("start_frequency_hz", fmcw.start_frequency_hz, 1e8, 1e13, "77 GHz are 77e9"),
        ("slope_hz_per_s", fmcw.slope_hz_per_s, 1e8, 1e17, "70 MHz/us are 70e12"),
        ("sample_rate_hz", fmcw.sample_rate_hz, 1e3, 1e11, "5 MHz are 5e6"),
        ("chirp_interval_s", fmcw.chirp_interval_s, 1e-9, 10.0, "60 us are 60e-6"),
        ("frame_period_s", fmcw.frame_period_s, 1e-9, 1e5, "50 ms are 50e-3"),
    ];
    match fields.into_iter().find(|&(_, value, least, most, _)| value < least || value > most) {
        Some((name, value, least, most, example)) => {
            Err(Error::domain(name, value, format!("from {least:e} to {most:e} ({example})")))
        }
        None => Ok(()),
    }
}

fn check_numbers(name: &'static str, count: usize, numbers: &[usize]) -> Result<()> {
    check::same_len(name, count, numbers.len())?;
    check_distinct(name, numbers)
}
