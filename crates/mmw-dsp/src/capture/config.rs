//! What a capture holds and how it is stored, from a file and from what the user names beside it.

use super::axes::{NpyAxes, NpyAxis};
use super::layout::{AdcLayout, FrameCodec, LvdsLanes, check_distinct};
use crate::board::{AntennaLayout, Board};
use crate::fmcw::{Firing, Fmcw, FmcwConfig, Sampling};
use mmw_core::{C64, Error, Result, check};
use std::path::Path;

/// How the samples of a capture are stored.
#[derive(Debug, Clone, PartialEq)]
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
pub enum FormatKind {
    /// The raw file of a DCA1000 capture card.
    Dca1000,
    /// A NumPy array.
    Npy,
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

    /// `dca1000` or `npy`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dca1000 => "dca1000",
            Self::Npy => "npy",
        }
    }
}

/// What the user names beside a configuration file. Nothing here overrides a file: where both speak, they
/// must agree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaptureOptions {
    /// The board, hence the places of the antennas.
    pub board: Option<Board>,
    /// The places of the antennas of a board without a name: all of them by number, or those that the
    /// configuration uses in its order.
    pub antennas: Option<AntennaLayout>,
    /// How the capture is stored; [`FormatKind::of_path`] reads it off the name of the capture.
    pub format: Option<FormatKind>,
    /// Lanes of a DCA1000 file.
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
    /// Weights that make the channels alike, one a channel, multiplied onto it; `None` takes them as equal.
    pub channel_weights: Option<Vec<C64>>,
    /// What the device adds to every range, m: to be subtracted.
    pub range_bias_m: f64,
    /// What the configuration says that bears on the result and fits in no field, as sentences.
    pub notes: Vec<String>,
}

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
        };
        config.check()?;
        Ok(config)
    }

    /// The checked waveform.
    ///
    /// # Errors
    /// As [`Fmcw::new`] and [`AdcLayout::codec`]; [`Error::Shape`] when the lists of transmitters or
    /// receivers are longer or shorter than the waveform says, [`Error::Invalid`] for a number given twice.
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
        check_numbers("transmitters", self.fmcw.transmitters, &self.transmitters)?;
        check_numbers("receivers", self.fmcw.receivers, &self.receivers)?;
        check::finite("range_bias_m", self.range_bias_m)?;
        if let Some(weights) = &self.channel_weights {
            check::same_len("channel_weights", fmcw.channels(), weights.len())?;
            if let Some(index) = weights.iter().position(|w| !w.is_finite()) {
                return Err(Error::NotFinite { name: "channel_weights".into(), index });
            }
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

fn check_numbers(name: &'static str, count: usize, numbers: &[usize]) -> Result<()> {
    check::same_len(name, count, numbers.len())?;
    check_distinct(name, numbers)
}

/// Weights of channels as a file lists them.
#[derive(Debug)]
pub(super) struct ListedWeights {
    pub(super) weights: Vec<C64>,
    /// Receivers of the device where transmitter `t` and receiver `r` by their numbers stand at
    /// `t * receivers + r`; `None` for one a channel in the order of the cube.
    pub(super) device_receivers: Option<usize>,
    /// Where they stand, for messages.
    pub(super) place: String,
}

/// What a configuration file says, before the options of the user join it.
#[derive(Debug)]
pub(super) struct FileContents {
    pub(super) fmcw: FmcwConfig,
    pub(super) transmitters: Vec<usize>,
    pub(super) receivers: Vec<usize>,
    pub(super) board: Option<Board>,
    pub(super) frames: Option<u64>,
    pub(super) format: Option<FormatKind>,
    pub(super) lanes: Option<LvdsLanes>,
    pub(super) iq_swap: Option<bool>,
    pub(super) axes: Option<NpyAxes>,
    pub(super) wrap_u16: Option<bool>,
    /// Axes in which the maker's tools save an array, unless the user says otherwise.
    pub(super) usual_axes: Option<NpyAxes>,
    pub(super) conjugate: bool,
    pub(super) weights: Option<ListedWeights>,
    pub(super) range_bias_m: f64,
    /// Why no angles can be had from this waveform, if so.
    pub(super) no_angles: Option<&'static str>,
    pub(super) notes: Vec<String>,
}

impl FileContents {
    /// A waveform about whose storage nothing is said.
    pub(super) fn new(fmcw: FmcwConfig, transmitters: Vec<usize>, receivers: Vec<usize>) -> Self {
        Self {
            fmcw,
            transmitters,
            receivers,
            board: None,
            frames: None,
            format: None,
            lanes: None,
            iq_swap: None,
            axes: None,
            wrap_u16: None,
            usual_axes: None,
            conjugate: false,
            weights: None,
            range_bias_m: 0.0,
            no_angles: None,
            notes: Vec::new(),
        }
    }

    /// Joins the options, asks for what neither gives, and checks the result.
    pub(super) fn with_options(mut self, options: &CaptureOptions) -> Result<CaptureConfig> {
        let format = match self.format_kind(options)? {
            FormatKind::Dca1000 => self.dca1000(options)?,
            FormatKind::Npy => self.npy(options)?,
        };
        if let CaptureFormat::Npy { axes, .. } = &format {
            self.keep_only(axes);
        }
        self.fmcw.antennas = self.antennas(options)?;
        if let Some(reason) = self.no_angles {
            self.notes.push(reason.to_owned());
        }
        let config = CaptureConfig {
            channel_weights: self.channel_weights()?,
            conjugate: self.conjugate || options.conjugate,
            range_bias_m: self.range_bias_m,
            notes: self.notes,
            fmcw: self.fmcw,
            format,
            transmitters: self.transmitters,
            receivers: self.receivers,
            frames: self.frames,
            allow_partial_last_frame: options.allow_partial_last_frame,
        };
        config.check()?;
        Ok(config)
    }

    /// An axis that the array lacks has length one: of several transmitters that fire in turn the array then
    /// holds one, whose chirps are a whole turn apart.
    fn keep_only(&mut self, axes: &NpyAxes) {
        let has = |axis| axes.as_slice().contains(&axis) || axes.as_slice().contains(&NpyAxis::Channel);
        if !has(NpyAxis::Tx) && self.fmcw.transmitters > 1 {
            self.fmcw.chirp_interval_s = self.fmcw.repetition_s();
            self.fmcw.firing = Firing::InTurn;
            self.fmcw.transmitters = 1;
            self.transmitters.truncate(1);
        }
        if !has(NpyAxis::Rx) && self.fmcw.receivers > 1 {
            self.fmcw.receivers = 1;
            self.receivers.truncate(1);
        }
        if let Some(layout) = &mut self.fmcw.antennas {
            layout.tx_positions_m.truncate(self.fmcw.transmitters);
            layout.rx_positions_m.truncate(self.fmcw.receivers);
        }
    }

    fn antennas(&self, options: &CaptureOptions) -> Result<Option<AntennaLayout>> {
        if let Some(reason) = self.no_angles {
            return match options.board.is_some() || options.antennas.is_some() {
                true => Err(Error::invalid("board", format!("{reason}; leave --board and --antennas out"))),
                false => Ok(None),
            };
        }
        if let Some(places) = &options.antennas {
            return self.listed_antennas(places, options).map(Some);
        }
        if options.board.is_some() && self.board.is_none() && self.fmcw.antennas.is_some() {
            return Err(Error::invalid("board", "the file gives the places of the antennas already"));
        }
        match agree("board", self.board, options.board, Board::name)? {
            Some(board) => board.select(&self.transmitters, &self.receivers).map(Some),
            None => Ok(self.fmcw.antennas.clone()),
        }
    }

    fn listed_antennas(&self, places: &AntennaLayout, options: &CaptureOptions) -> Result<AntennaLayout> {
        if let Some(board) = self.board.or(options.board) {
            let reason = format!("the board {} names their places already: give either", board.name());
            return Err(Error::invalid("antennas", reason));
        }
        if self.fmcw.antennas.is_some() {
            let reason = "the configuration gives their places already: leave --antennas out";
            return Err(Error::invalid("antennas", reason));
        }
        let used = [&self.transmitters, &self.receivers];
        let listed = [&places.tx_positions_m, &places.rx_positions_m];
        let beyond = |i: usize| used[i].iter().any(|&n| n >= listed[i].len());
        if (beyond(0) || beyond(1)) && (0..2).all(|i| used[i].len() == listed[i].len()) {
            return Ok(places.clone());
        }
        places.select(&self.transmitters, &self.receivers)
    }

    /// The weight of each channel of the cube; `None` where all are one.
    fn channel_weights(&self) -> Result<Option<Vec<C64>>> {
        let Some(listed) = &self.weights else { return Ok(None) };
        let channels = self.transmitters.len() * self.receivers.len();
        let stride = listed.device_receivers.unwrap_or(self.receivers.len());
        let by_number = || {
            let pairs = self.transmitters.iter().flat_map(|t| self.receivers.iter().map(move |r| (t, r)));
            let weight = |(t, r): (&usize, &usize)| {
                (*r < stride).then(|| listed.weights.get(t * stride + r).copied()).flatten()
            };
            pairs.map(weight).collect::<Option<Vec<C64>>>()
        };
        let in_order = || (listed.weights.len() == channels).then(|| listed.weights.clone());
        let weights = match listed.device_receivers {
            Some(_) => by_number().or_else(in_order),
            None => in_order(),
        };
        let Some(weights) = weights else {
            let reason = format!(
                "{} complex weights do not reach the transmitters {:?} and receivers {:?} (from 0) in use",
                listed.weights.len(),
                self.transmitters,
                self.receivers
            );
            return Err(Error::invalid(listed.place.clone(), reason));
        };
        Ok(weights.iter().any(|w| *w != C64::new(1.0, 0.0)).then_some(weights))
    }

    /// Said outright, else implied by what is given, else that of the capture card.
    fn format_kind(&self, options: &CaptureOptions) -> Result<FormatKind> {
        if let Some(kind) = agree("format", self.format, options.format, FormatKind::name)? {
            return Ok(kind);
        }
        match (options.lanes.is_some(), options.npy_axes.is_some()) {
            (true, true) => Err(Error::invalid("axes", "belong to a .npy file, but lanes to a DCA1000 file")),
            (false, true) => Ok(FormatKind::Npy),
            (true, false) => Ok(FormatKind::Dca1000),
            (false, false) if self.axes.is_some() && self.lanes.is_none() => Ok(FormatKind::Npy),
            (false, false) if self.usual_axes.is_some() => Ok(FormatKind::Npy),
            (false, false) => Ok(FormatKind::Dca1000),
        }
    }

    fn dca1000(&self, options: &CaptureOptions) -> Result<CaptureFormat> {
        if options.npy_axes.is_some() || options.wrap_u16.is_some() {
            return Err(Error::invalid("axes", "and wrap_u16 belong to a .npy file, not to a DCA1000 file"));
        }
        let lanes = agree("lanes", self.lanes, options.lanes, LvdsLanes::count)?
            .ok_or_else(|| Error::missing("lanes", "pass --lanes 2 (xWR16/18/68) or --lanes 4 (xWR12/14)"))?;
        let iq_swap = match agree("iq_swap", self.iq_swap, options.iq_swap, |swap| swap)? {
            Some(swap) => swap,
            None if self.fmcw.sampling == Sampling::Real => false,
            None => {
                let hint = "pass --iq-swap false if I precedes Q in the file, --iq-swap true if Q precedes I";
                return Err(Error::missing("iq_swap", hint));
            }
        };
        Ok(CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap }))
    }

    fn npy(&self, options: &CaptureOptions) -> Result<CaptureFormat> {
        if options.lanes.is_some() || options.iq_swap.is_some() {
            return Err(Error::invalid("lanes", "and iq_swap belong to a DCA1000 file, not to a .npy file"));
        }
        let axes = agree("axes", self.axes.clone(), options.npy_axes.clone(), |axes| axes.to_string())?
            .or_else(|| self.usual_axes.clone())
            .ok_or_else(missing_axes)?;
        let wrap_u16 = agree("wrap_u16", self.wrap_u16, options.wrap_u16, |wrap| wrap)?;
        Ok(CaptureFormat::Npy { axes, wrap_u16 })
    }
}

pub(super) fn missing_axes() -> Error {
    let hint = "name the axes of the .npy file in order, for example --axes chirp,sample or \
                --axes frame,chirp,tx,rx,sample";
    Error::missing("axes", hint)
}

/// What the file or the user says; an error when they differ.
fn agree<T: PartialEq + Clone, S: std::fmt::Display>(
    name: &'static str,
    file: Option<T>,
    option: Option<T>,
    show: impl Fn(T) -> S,
) -> Result<Option<T>> {
    match (file, option) {
        (Some(file), Some(option)) if file != option => {
            Err(Error::invalid(name, format!("the file says {}, the option {}", show(file), show(option))))
        }
        (file, option) => Ok(file.or(option)),
    }
}
