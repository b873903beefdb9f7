//! The `config.json` beside recordings of Infineon's radar SDK, and the file that its configurator takes.
//!
//! The object `device_config.fmcw_single_shape` holds the fields of the SDK's `ifx_Avian_Config_t`. The
//! ramp is taken to reach from the lower to the upper frequency while the samples are taken. A frame of the
//! SDK (`ifx_Cube_R_t`) has receivers, chirps and samples, in this order; saved arrays count frames in
//! front of them.

use super::chirp_plan::count;
use super::config::{CaptureConfig, CaptureOptions};
use super::file_contents::FileContents;
use super::mmwave_json::Node;
use crate::fmcw::{Firing, FmcwConfig, Sampling};
use mmw_core::{Error, Result};
use serde_json::Value;
use std::path::Path;

/// Whether the object is one of Infineon's.
pub(super) fn is_this(value: &Value) -> bool {
    value.get("device_config").is_some()
        || value.get("fmcw_single_shape").is_some()
        || value.get("num_samples_per_chirp").is_some()
}

/// The capture that `text` configures; `path` is for messages.
///
/// # Errors
/// [`Error::Format`] for text that is no JSON; [`Error::Missing`] with the path of a field that is absent;
/// [`Error::Invalid`] for a field of the wrong kind and options that contradict the file; as
/// [`CaptureConfig::check`].
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{CaptureOptions, FormatKind, parse_infineon_json};
///
/// let text = r#"{"device_config": {"fmcw_single_shape": {"rx_antennas": [1, 2, 3], "tx_antennas": [1],
///     "start_frequency_Hz": 58e9, "end_frequency_Hz": 63.5e9, "num_chirps_per_frame": 64,
///     "num_samples_per_chirp": 64, "chirp_repetition_time_s": 0.000591,
///     "frame_repetition_time_s": 0.0773, "sample_rate_Hz": 2000000}}}"#;
/// let config = parse_infineon_json(text, "config.json".as_ref(), &CaptureOptions::default())?;
/// assert_eq!((config.fmcw.receivers, config.format_kind()), (3, FormatKind::Npy));
/// assert!((config.check()?.range_resolution_m() - 0.02725).abs() < 1e-5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn parse_infineon_json(text: &str, path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    contents(&super::mmwave_json::value(text, path)?, path)?.with_options(options)
}

pub(super) fn contents(value: &Value, path: &Path) -> Result<FileContents> {
    let root = Node::root(value, path);
    let outer = root.optional("device_config").unwrap_or(root);
    if let Some(other) =
        ["fmcw_scene", "fmcw_sequence"].into_iter().find(|kind| outer.optional(kind).is_some())
    {
        let reason = format!(
            "is no waveform: the SDK derives chirps and sample rate from it on the device. Save the configuration that \
             it then has (fmcw_single_shape), or write the waveform as .toml; {} does not hold it",
            path.display()
        );
        return Err(Error::invalid(format!("device_config.{other}"), reason));
    }
    let shape = outer.optional("fmcw_single_shape").unwrap_or(outer);
    // Its recorder writes the first name, its configurator the second.
    let frequency = |names: [&str; 2]| match shape.optional(names[1]) {
        Some(node) => node.number(),
        None => shape.field(names[0])?.number(),
    };
    let (low_hz, high_hz) = (
        frequency(["start_frequency_Hz", "lower_frequency_Hz"])?,
        frequency(["end_frequency_Hz", "upper_frequency_Hz"])?,
    );
    let sample_rate_hz = shape.optional("sample_rate_Hz").ok_or_else(|| no_rate(&shape))?.number()?;
    let samples = count("num_samples_per_chirp", shape.field("num_samples_per_chirp")?.count()?)?;
    let receivers = antennas(&shape, "rx_antennas", "rx_mask")?;
    let mut transmitters = antennas(&shape, "tx_antennas", "tx_mask")?;
    let tdm = match shape.optional("mimo_mode") {
        Some(mode) => mode.value.as_str().is_some_and(|mode| mode == "tdm") || mode.value.as_u64() == Some(1),
        None => false,
    };
    if transmitters.len() > 1 && !tdm {
        let place = format!("{}: mimo_mode", path.display());
        return Err(Error::invalid(
            place,
            "is off, so that two transmitters send every chirp and cannot be told apart",
        ));
    }
    transmitters.truncate(if tdm { transmitters.len() } else { 1 });
    let fmcw = FmcwConfig {
        start_frequency_hz: low_hz,
        slope_hz_per_s: (high_hz - low_hz) * sample_rate_hz / samples as f64,
        adc_start_s: 0.0,
        sample_rate_hz,
        samples,
        chirps: count("num_chirps_per_frame", shape.field("num_chirps_per_frame")?.count()?)?,
        chirp_interval_s: shape.field("chirp_repetition_time_s")?.number()?,
        frame_period_s: shape.field("frame_repetition_time_s")?.number()?,
        sampling: Sampling::Real,
        transmitters: transmitters.len(),
        receivers: receivers.len(),
        firing: Firing::InTurn,
        antennas: None,
    };
    let axes = if tdm { "frame,tx,rx,chirp,sample" } else { "frame,rx,chirp,sample" };
    Ok(FileContents { usual_axes: Some(axes.parse()?), ..FileContents::new(fmcw, transmitters, receivers) })
}

fn no_rate(shape: &Node<'_>) -> Error {
    let hint = "the file leaves it to the SDK; add the rate of the converter to the file, as in \"sample_rate_Hz\": 2000000";
    Error::missing(shape.path_of("sample_rate_Hz"), hint)
}

/// Numbers from 0 of the antennas that are on: listed from 1, or as bits.
fn antennas(shape: &Node<'_>, list: &str, mask: &str) -> Result<Vec<usize>> {
    if let Some(mask) = shape.optional(mask) {
        return Ok(super::chirp_plan::numbers(mask.mask()?));
    }
    let number = |item: &Node<'_>| match item.count()? {
        n @ 1..=16 => Ok(n as usize - 1),
        _ => Err(item.wrong("the number of an antenna, from 1")),
    };
    shape.field(list)?.items()?.iter().map(number).collect()
}
