//! From a configuration file on disk to a [`CaptureConfig`].

use super::config::{CaptureConfig, CaptureOptions};
use super::{studio_log, text_file, ti_cfg};
use mmw_core::{Error, Result};
use std::path::Path;

impl CaptureConfig {
    /// The capture that a file configures: `.json` is an export or a setup of mmWave Studio or the
    /// configuration of Infineon's SDK, told apart by what is in it, `.txt` the log of mmWave Studio, `.cfg`
    /// a command file of TI's SDK, `.toml` our own. A setup is followed to the configuration that it names,
    /// beside it. What the file does not say comes from `options`.
    ///
    /// JSON and TOML need the feature `config-files`.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read, [`Error::Invalid`] for another extension, and those of
    /// `parse_mmwave_json`, `parse_infineon_json`, [`super::parse_studio_log`], [`super::parse_ti_cfg`] and
    /// `parse_toml`.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::{CaptureConfig, CaptureOptions};
    /// let error = CaptureConfig::from_file("radar.xml".as_ref(), &CaptureOptions::default()).unwrap_err();
    /// assert!(error.to_string().contains("*.mmwave.json"));
    /// ```
    pub fn from_file(path: &Path, options: &CaptureOptions) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_ascii_lowercase());
        match extension.as_ref().and_then(|e| e.to_str()) {
            Some("cfg") => ti_cfg::parse_ti_cfg(&text_file::read(path)?, path, options),
            Some("txt") => studio_log::parse_studio_log(&text_file::read(path)?, path, options),
            Some("json") => from_json(path, options),
            Some("toml") => from_toml(path, options),
            _ => Err(Error::invalid(
                path.display().to_string(),
                "expected *.mmwave.json, *.setup.json or LogFile.txt (mmWave Studio), *.cfg (TI SDK), config.json \
                 (Infineon) or *.toml",
            )),
        }
    }
}

#[cfg(feature = "config-files")]
fn from_json(path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    let text = text_file::read(path)?;
    let value = super::mmwave_json::value(&text, path)?;
    if super::infineon_json::is_this(&value) {
        return super::infineon_json::parse_infineon_json(&text, path, options);
    }
    if value.get("mmWaveDevices").is_none()
        && (value.get("configUsed").is_some() || value.get("capturedFiles").is_some())
    {
        return super::studio_setup::from_setup(&text, path, options);
    }
    if value.get("mmWaveDevices").is_none() {
        let reason = "is JSON of another kind: expected mmWave Studio's export (mmWaveDevices) or setup (configUsed), or \
                      Infineon's configuration (device_config)";
        return Err(Error::invalid(path.display().to_string(), reason));
    }
    super::mmwave_json::parse_mmwave_json(&text, path, options)
}

#[cfg(feature = "config-files")]
fn from_toml(path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    super::toml_config::parse_toml(&text_file::read(path)?, path, options)
}

#[cfg(not(feature = "config-files"))]
fn from_json(path: &Path, _options: &CaptureOptions) -> Result<CaptureConfig> {
    Err(without_parsers(path))
}

#[cfg(not(feature = "config-files"))]
fn from_toml(path: &Path, _options: &CaptureOptions) -> Result<CaptureConfig> {
    Err(without_parsers(path))
}

#[cfg(not(feature = "config-files"))]
fn without_parsers(path: &Path) -> Error {
    Error::invalid(
        path.display().to_string(),
        "JSON and TOML need mmw-dsp built with the feature \"config-files\"",
    )
}
