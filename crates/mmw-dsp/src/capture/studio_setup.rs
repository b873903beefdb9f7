//! The `*.setup.json` of mmWave Studio: which device was set up, where its configuration is, and what was
//! recorded.

use super::chirp_plan::lanes_of_chip;
use super::config::{CaptureConfig, CaptureOptions};
use super::mmwave_json;
use super::text_file::{self, format_error};
use mmw_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a setup names, as far as it is there.
///
/// # Examples
/// ```
/// use mmw_dsp::capture::StudioSetup;
///
/// let text = r#"{"configUsed": "C:\\radar\\mmwaveDevice.mmwave.json", "mmWaveDevice": "iwr6843",
///     "capturedFiles": {"files": [{"processedFileName": "adc_data.bin",
///     "processedFileSummary": {"numZeroFillBytes": 1456}}]}}"#;
/// let setup = StudioSetup::parse(text, "a.setup.json".as_ref())?;
/// assert_eq!(setup.config_name(), Some("mmwaveDevice.mmwave.json"));
/// assert_eq!((setup.captures(), setup.zero_fill_bytes()), (vec!["adc_data.bin"], 1456));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct StudioSetup {
    /// The configuration, by its path on the computer that recorded.
    #[serde(rename = "configUsed")]
    pub config_used: Option<String>,
    /// The chip, such as `iwr6843`.
    #[serde(rename = "mmWaveDevice")]
    pub device: Option<String>,
    #[serde(rename = "DCA1000Config")]
    card: Card,
    #[serde(rename = "capturedFiles")]
    captured: Captured,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct Card {
    data_logging_mode: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default)]
struct Captured {
    files: Vec<CapturedFile>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct CapturedFile {
    raw_file_name: Option<String>,
    processed_file_name: Option<String>,
    processed_file_summary: Summary,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct Summary {
    num_zero_fill_bytes: u64,
}

impl StudioSetup {
    /// Reads the JSON; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::Format`] with the offset for text that is no JSON of this kind.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| {
            let offset = mmwave_json::offset(text, e.line(), e.column());
            format_error(path, offset, "a setup of mmWave Studio", e.to_string())
        })
    }

    /// The file name of the configuration, whichever computer its path belongs to.
    #[must_use]
    pub fn config_name(&self) -> Option<&str> {
        self.config_used.as_deref()?.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())
    }

    /// The file names of the captures, processed where they have been, raw else.
    #[must_use]
    pub fn captures(&self) -> Vec<&str> {
        let names = self.captured.files.iter();
        names.filter_map(|f| f.processed_file_name.as_deref().or(f.raw_file_name.as_deref())).collect()
    }

    /// Bytes of lost packets that mmWave Studio filled with zeros.
    #[must_use]
    pub fn zero_fill_bytes(&self) -> u64 {
        self.captured
            .files
            .iter()
            .map(|file| file.processed_file_summary.num_zero_fill_bytes)
            .fold(0, u64::saturating_add)
    }

    fn beside(&self, setup: &Path) -> Result<PathBuf> {
        let hint =
            || format!("{} names no configUsed; name its .mmwave.json as the configuration", setup.display());
        let name = self.config_name().ok_or_else(|| Error::missing("configUsed", hint()))?;
        let path = setup.with_file_name(name);
        if path.is_file() {
            return Ok(path);
        }
        let used = self.config_used.as_deref().unwrap_or_default();
        let hint =
            format!("{} used {used}; put {name} beside it or name it as the configuration", setup.display());
        Err(Error::missing(path.display().to_string(), hint))
    }
}

/// The capture that a setup describes, by the configuration beside it.
pub(super) fn from_setup(text: &str, path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    let setup = StudioSetup::parse(text, path)?;
    if let Some(mode) = setup.card.data_logging_mode.as_deref().filter(|mode| *mode == "multi") {
        let reason = format!(
            "is {mode} in {}: the card then writes each kind of data to a file of its own, in an order that is not read; \
             record in the mode raw, or, if the capture holds raw samples after all, name the .mmwave.json itself",
            path.display()
        );
        return Err(Error::invalid("dataLoggingMode", reason));
    }
    let config_path = setup.beside(path)?;
    let config_text = text_file::read(&config_path)?;
    let mut contents = mmwave_json::contents(&config_text, &config_path)?;
    contents.lanes = contents.lanes.or_else(|| lanes_of_chip(setup.device.as_deref()?));
    if setup.zero_fill_bytes() > 0 {
        let files = setup.captures().join(", ");
        let bytes = setup.zero_fill_bytes();
        contents
            .notes
            .push(format!("{bytes} bytes of lost packets in {files} are zeros, says {}", path.display()));
    }
    contents.with_options(options)
}
