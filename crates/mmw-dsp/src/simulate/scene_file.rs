//! The file form of a scene: presets with overrides.

use super::radio::RadioFrontEnd;
use super::scene::{PointTarget, Scene};
use crate::board::Board;
use crate::fmcw::FmcwConfig;
use mmw_core::{Error, Result};
use serde_json::{Map, Value};

/// A scene as a file spells it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SceneRecord {
    board: Option<Board>,
    #[serde(default = "one")]
    frames: usize,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    fmcw: Map<String, Value>,
    #[serde(default)]
    radio: RadioFrontEnd,
    #[serde(default)]
    target: Vec<PointTarget>,
}

fn one() -> usize {
    1
}

impl TryFrom<SceneRecord> for Scene {
    type Error = Error;

    fn try_from(record: SceneRecord) -> Result<Self> {
        let SceneRecord { board, frames, seed, fmcw, radio, target } = record;
        Ok(Self { frames, seed, fmcw: waveform(board, fmcw)?, radio, targets: target })
    }
}

/// The preset of the board, if any, under the fields that the file gives.
fn waveform(board: Option<Board>, fields: Map<String, Value>) -> Result<FmcwConfig> {
    let invalid = |error: serde_json::Error| Error::invalid("fmcw", error.to_string());
    let mut whole = match board.map(|b| serde_json::to_value(FmcwConfig::preset(b))).transpose() {
        Ok(Some(Value::Object(preset))) => preset,
        Ok(_) if fields.is_empty() => return Err(Error::missing("board", "or give a whole [fmcw] section")),
        Ok(_) => Map::new(),
        Err(error) => return Err(invalid(error)),
    };
    whole.extend(fields);
    serde_json::from_value(Value::Object(whole)).map_err(invalid)
}

impl Scene {
    /// Reads the TOML form shown at [`Scene`].
    ///
    /// # Errors
    /// [`Error::Invalid`] with the line and what is wrong: bad syntax, an unknown field, a field missing.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::simulate::{Scene, Strength};
    ///
    /// let scene = Scene::from_toml(r#"
    ///     board = "awr1642"
    ///     frames = 3
    ///     [fmcw]
    ///     chirps = 16
    ///     [[target]]
    ///     position_m = [0.0, 5.0, 0.0]
    ///     rcs_m2 = 10.0
    /// "#)?;
    /// assert_eq!((scene.frames, scene.fmcw.chirps, scene.fmcw.samples), (3, 16, 256));
    /// assert_eq!(scene.targets[0].strength, Strength::RcsM2(10.0));
    /// assert!(Scene::from_toml("board = \"awr1642\"\nframe = 3").is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Error::invalid("scene", error.to_string()))
    }

    /// Writes the TOML form, with the whole waveform spelt out; [`Scene::from_toml`] reads it back.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number that TOML cannot hold (a seed above `2^63 - 1`).
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| Error::invalid("scene", error.to_string()))
    }
}
