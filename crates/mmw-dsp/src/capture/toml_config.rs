//! Our own TOML: the fields of [`FmcwConfig`] by name, where the antennas are, how the capture is stored.

use super::axes::NpyAxes;
use super::config::{CaptureConfig, CaptureFormat, CaptureOptions, FormatKind};
use super::file_contents::{FileContents, ListedWeights};
use super::layout::LvdsLanes;
use super::text_file::format_error;
use crate::board::{AntennaLayout, Board};
use crate::fmcw::{Firing, FmcwConfig, Sampling};
use mmw_core::{C64, Error, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Most antennas that a count may name.
const MAX_ANTENNAS: usize = 4096;

/// The file: scalars first, tables last, as TOML wants them.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Option<Board>,
    board: Option<Board>,
    start_frequency_hz: Option<f64>,
    slope_hz_per_s: Option<f64>,
    adc_start_s: Option<f64>,
    sample_rate_hz: Option<f64>,
    samples: Option<usize>,
    chirps: Option<usize>,
    chirp_interval_s: Option<f64>,
    frame_period_s: Option<f64>,
    sampling: Option<Sampling>,
    transmitters: Option<Numbers>,
    receivers: Option<Numbers>,
    firing: Option<Firing>,
    capture: Option<Section>,
    calibration: Option<Correction>,
    antennas: Option<AntennaLayout>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    range_bias_m: Option<f64>,
    channel_weights: Option<Vec<C64>>,
}

/// `3` or `[0, 2, 1]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged, expecting = "a number of antennas, or a list of their numbers from 0")]
enum Numbers {
    Count(usize),
    List(Vec<usize>),
}

impl Numbers {
    fn list(self, name: &'static str) -> Result<Vec<usize>> {
        let count = match &self {
            Self::Count(count) => *count,
            Self::List(list) => list.len(),
        };
        if count > MAX_ANTENNAS {
            return Err(Error::domain(name, count as f64, format!("at most {MAX_ANTENNAS} antennas")));
        }
        match self {
            Self::Count(count) => Ok((0..count).collect()),
            Self::List(list) => Ok(list),
        }
    }

    fn from_list(list: &[usize]) -> Self {
        if list.iter().copied().eq(0..list.len()) {
            Self::Count(list.len())
        } else {
            Self::List(list.to_vec())
        }
    }
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Section {
    format: Option<FormatKind>,
    lanes: Option<usize>,
    iq_swap: Option<bool>,
    axes: Option<String>,
    wrap_u16: Option<bool>,
    conjugate: Option<bool>,
    frames: Option<u64>,
}

/// The capture that `text` describes; `path` is for messages.
///
/// ```toml
#[doc = include_str!("../../tests/data/example.toml")]
/// ```
///
/// `preset` names a board whose waveform and antennas stand in for all that is not given; without it every
/// field of [`FmcwConfig`] is needed. `transmitters` and `receivers` are counts, or lists of the board's
/// antenna numbers (from 0) in firing order. Antennas come from `[antennas]`, else from `board`, else from
/// `preset`; with none of the three they are unknown. `iq_swap` is false unless given.
///
/// # Errors
/// [`Error::Format`] with the offset for text that is no TOML, unknown fields and wrong types;
/// [`Error::Missing`] for what neither file nor options give; [`Error::Invalid`] where the file contradicts
/// itself; as [`CaptureConfig::check`].
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{CaptureOptions, parse_toml};
///
/// let text = r#"
///     preset = "iwr1843"
///     transmitters = [0, 2]
///     chirps = 64
///     [capture]
///     lanes = 2
/// "#;
/// let config = parse_toml(text, "radar.toml".as_ref(), &CaptureOptions::default())?;
/// assert_eq!((config.fmcw.chirps, config.fmcw.samples), (64, 256));
/// assert_eq!(config.check()?.channels(), 8);
/// assert_eq!(parse_toml(&config.to_toml()?, "back.toml".as_ref(), &CaptureOptions::default())?, config);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn parse_toml(text: &str, path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    let file: File = toml::from_str(text).map_err(|e| {
        let offset = e.span().map_or(0, |span| span.start);
        format_error(path, offset, "a capture configuration in TOML", e.message())
    })?;
    file.contents(path, options)?.with_options(options)
}

impl File {
    fn contents(self, path: &Path, options: &CaptureOptions) -> Result<FileContents> {
        if self.board.is_some() && self.antennas.is_some() {
            return Err(Error::invalid("board", "stands beside [antennas]: give the places once"));
        }
        let preset = self.preset.map(FmcwConfig::preset);
        let or_preset = |field: Option<f64>, name: &'static str, of: fn(&FmcwConfig) -> f64| {
            field.or(preset.as_ref().map(of)).ok_or_else(|| missing(name, path))
        };
        let counted = |field: Option<usize>, name: &'static str, of: fn(&FmcwConfig) -> usize| {
            field.or(preset.as_ref().map(of)).ok_or_else(|| missing(name, path))
        };
        let places = self.antennas.as_ref();
        let numbers = |field: Option<Numbers>,
                       name: &'static str,
                       places: Option<usize>,
                       of: fn(&FmcwConfig) -> usize| {
            let default = || places.or(preset.as_ref().map(of)).map(Numbers::Count);
            field.or_else(default).ok_or_else(|| missing(name, path))?.list(name)
        };
        let transmitters =
            numbers(self.transmitters, "transmitters", places.map(|a| a.tx_positions_m.len()), |p| {
                p.transmitters
            })?;
        let receivers =
            numbers(self.receivers, "receivers", places.map(|a| a.rx_positions_m.len()), |p| p.receivers)?;
        let fmcw = FmcwConfig {
            start_frequency_hz: or_preset(self.start_frequency_hz, "start_frequency_hz", |p| {
                p.start_frequency_hz
            })?,
            slope_hz_per_s: or_preset(self.slope_hz_per_s, "slope_hz_per_s", |p| p.slope_hz_per_s)?,
            adc_start_s: or_preset(self.adc_start_s, "adc_start_s", |p| p.adc_start_s)?,
            sample_rate_hz: or_preset(self.sample_rate_hz, "sample_rate_hz", |p| p.sample_rate_hz)?,
            samples: counted(self.samples, "samples", |p| p.samples)?,
            chirps: counted(self.chirps, "chirps", |p| p.chirps)?,
            chirp_interval_s: or_preset(self.chirp_interval_s, "chirp_interval_s", |p| p.chirp_interval_s)?,
            frame_period_s: or_preset(self.frame_period_s, "frame_period_s", |p| p.frame_period_s)?,
            sampling: self
                .sampling
                .or(preset.as_ref().map(|p| p.sampling))
                .ok_or_else(|| missing("sampling", path))?,
            transmitters: transmitters.len(),
            receivers: receivers.len(),
            firing: self.firing.or(preset.as_ref().map(|p| p.firing)).unwrap_or_default(),
            antennas: self.antennas.clone(),
        };
        let capture = self.capture.unwrap_or_default();
        capture.check()?;
        let calibration = self.calibration.unwrap_or_default();
        Ok(FileContents {
            board: if self.antennas.is_some() { None } else { self.board.or(self.preset) },
            frames: capture.frames,
            format: capture.format,
            lanes: capture.lanes.map(LvdsLanes::from_count).transpose()?,
            iq_swap: capture.iq_swap.or(options.iq_swap).or(Some(false)),
            axes: capture.axes.map(|names| names.parse()).transpose()?,
            wrap_u16: capture.wrap_u16,
            conjugate: capture.conjugate.unwrap_or(false),
            weights: calibration.channel_weights.map(|weights| ListedWeights {
                weights,
                device_receivers: None,
                place: "calibration.channel_weights".to_owned(),
            }),
            range_bias_m: calibration.range_bias_m.unwrap_or(0.0),
            ..FileContents::new(fmcw, transmitters, receivers)
        })
    }
}

impl Section {
    fn check(&self) -> Result<()> {
        let foreign = match self.format {
            Some(FormatKind::Dca1000) => self.axes.is_some() || self.wrap_u16.is_some(),
            Some(FormatKind::Npy) => self.lanes.is_some() || self.iq_swap.is_some(),
            None => (self.axes.is_some() || self.wrap_u16.is_some()) && self.lanes.is_some(),
        };
        if foreign {
            let reason = "lanes and iq_swap belong to format \"dca1000\", axes and wrap_u16 to \"npy\"";
            return Err(Error::invalid("capture", reason));
        }
        Ok(())
    }
}

fn missing(name: &'static str, path: &Path) -> Error {
    Error::missing(name, format!("add `{name} = …` to {}, or a preset to take it from", path.display()))
}

impl CaptureConfig {
    /// This configuration as TOML that [`parse_toml`] reads back: every field, the antennas by their places.
    ///
    /// # Errors
    /// As [`CaptureConfig::check`]; [`Error::Invalid`] for a number of frames above 2^63.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::FmcwConfig;
    /// use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, LvdsLanes};
    ///
    /// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
    /// let text = CaptureConfig::new(FmcwConfig::awr1642(), format)?.to_toml()?;
    /// assert!(text.contains("start_frequency_hz = 77000000000.0"));
    /// assert!(text.contains("[antennas]"));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn to_toml(&self) -> Result<String> {
        self.check()?;
        let mut capture =
            Section { format: Some(self.format_kind()), frames: self.frames, ..Section::default() };
        match &self.format {
            CaptureFormat::Dca1000(layout) => {
                capture.lanes = Some(layout.lanes.count());
                capture.iq_swap = Some(layout.iq_swap);
            }
            CaptureFormat::Npy { axes, wrap_u16 } => {
                capture.axes = Some(NpyAxes::to_string(axes));
                capture.wrap_u16 = *wrap_u16;
            }
        }
        capture.conjugate = self.conjugate.then_some(true);
        let correction = Correction {
            range_bias_m: (self.range_bias_m != 0.0).then_some(self.range_bias_m),
            channel_weights: self.channel_weights.clone(),
        };
        let corrected = correction.range_bias_m.is_some() || correction.channel_weights.is_some();
        let fmcw = &self.fmcw;
        let file = File {
            preset: None,
            board: None,
            start_frequency_hz: Some(fmcw.start_frequency_hz),
            slope_hz_per_s: Some(fmcw.slope_hz_per_s),
            adc_start_s: Some(fmcw.adc_start_s),
            sample_rate_hz: Some(fmcw.sample_rate_hz),
            samples: Some(fmcw.samples),
            chirps: Some(fmcw.chirps),
            chirp_interval_s: Some(fmcw.chirp_interval_s),
            frame_period_s: Some(fmcw.frame_period_s),
            sampling: Some(fmcw.sampling),
            transmitters: Some(Numbers::from_list(&self.transmitters)),
            receivers: Some(Numbers::from_list(&self.receivers)),
            firing: (fmcw.firing != Firing::InTurn).then_some(fmcw.firing),
            capture: Some(capture),
            calibration: corrected.then_some(correction),
            antennas: fmcw.antennas.clone(),
        };
        toml::to_string(&file).map_err(|e| Error::invalid("configuration", e.to_string()))
    }
}
