//! From a configuration file on disk to a [`CaptureConfig`].

use super::config::{CaptureConfig, CaptureOptions};
use super::{text_file, ti_cfg};
use mmw_core::{Error, Result};
use std::path::Path;

impl CaptureConfig {
    /// The capture that a file configures: `.json` is an export of mmWave Studio, `.cfg` a command file of
    /// TI's SDK, `.toml` our own. What the file does not say comes from `options`.
    ///
    /// JSON and TOML need the feature `serde`.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read, [`Error::Invalid`] for another extension, and those of
    /// `parse_mmwave_json`, [`super::parse_ti_cfg`] and `parse_toml`.
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
            Some("json") => from_json(path, options),
            Some("toml") => from_toml(path, options),
            _ => Err(Error::invalid(
                path.display().to_string(),
                "expected *.mmwave.json (mmWave Studio), *.cfg (TI SDK) or *.toml",
            )),
        }
    }
}

#[cfg(feature = "serde")]
fn from_json(path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    super::mmwave_json::parse_mmwave_json(&text_file::read(path)?, path, options)
}

#[cfg(feature = "serde")]
fn from_toml(path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    super::toml_config::parse_toml(&text_file::read(path)?, path, options)
}

#[cfg(not(feature = "serde"))]
fn from_json(path: &Path, _options: &CaptureOptions) -> Result<CaptureConfig> {
    Err(without_serde(path))
}

#[cfg(not(feature = "serde"))]
fn from_toml(path: &Path, _options: &CaptureOptions) -> Result<CaptureConfig> {
    Err(without_serde(path))
}

#[cfg(not(feature = "serde"))]
fn without_serde(path: &Path) -> Error {
    Error::invalid(path.display().to_string(), "JSON and TOML need mmw-dsp built with the feature \"serde\"")
}
