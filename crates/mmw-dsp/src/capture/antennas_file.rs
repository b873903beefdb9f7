//! The places of antennas in a file of their own, for boards without a name.

use super::text_file::{self, format_error};
use crate::board::AntennaLayout;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::Vector3;
use mmw_core::{Error, Result, check};
use serde::Deserialize;
use std::path::Path;

/// The file as it is spelt.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tx_positions_m: Option<Vec<Vector3>>,
    rx_positions_m: Option<Vec<Vector3>>,
    design_frequency_hz: Option<f64>,
    tx_half_wavelengths: Option<Vec<Vector3>>,
    rx_half_wavelengths: Option<Vec<Vector3>>,
}

/// The places of the antennas that a TOML or JSON file lists, x right, y forward, z up as the
/// radar looks out.
///
/// ```toml
/// design_frequency_hz = 77e9                       # or tx_positions_m and rx_positions_m, in metres
/// tx_half_wavelengths = [[0, 0, 0], [-4, 0, 0]]
/// rx_half_wavelengths = [[0, 0, 0], [-1, 0, 0], [-2, 0, 0], [-3, 0, 0]]
/// ```
/// The file lists all antennas of the board by their numbers; a list as long as what a configuration uses,
/// whose numbers reach beyond it, is taken in the order of that configuration.
///
/// # Errors
/// [`Error::Io`] for a file that cannot be read; [`Error::Format`] with the offset for text that is neither
/// TOML nor JSON, unknown fields and wrong types; [`Error::Missing`] and [`Error::Invalid`] unless the places
/// are given once; [`Error::Domain`] and [`Error::NotFinite`] for numbers that are none.
///
/// # Examples
/// ```
/// use mmw_dsp::capture::antennas_from_file;
///
/// let path = std::env::temp_dir().join(format!("mmw-doc-antennas-{}.json", std::process::id()));
/// std::fs::write(&path, r#"{"tx_positions_m": [[0, 0, 0]], "rx_positions_m": [[0, 0, 0], [-0.002, 0, 0]]}"#).ok();
/// assert_eq!(antennas_from_file(&path)?.rx_positions_m[1], [-0.002, 0.0, 0.0]);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn antennas_from_file(path: &Path) -> Result<AntennaLayout> {
    let text = text_file::read(path)?;
    let file: File = if text.trim_start().starts_with('{') {
        serde_json::from_str(&text).map_err(|e| {
            let offset = super::mmwave_json::offset(&text, e.line(), e.column());
            format_error(path, offset, "places of antennas in JSON", e.to_string())
        })?
    } else {
        toml::from_str(&text).map_err(|e| {
            let offset = e.span().map_or(0, |span| span.start);
            format_error(path, offset, "places of antennas in TOML", e.message())
        })?
    };
    file.layout(path)
}

impl File {
    fn layout(self, path: &Path) -> Result<AntennaLayout> {
        let scaled = self.tx_half_wavelengths.is_some() || self.rx_half_wavelengths.is_some();
        let metric = self.tx_positions_m.is_some() || self.rx_positions_m.is_some();
        let (tx, rx, names, unit_m) = match (scaled, metric) {
            (true, true) => {
                let reason = "gives places both in metres and in half wavelengths";
                return Err(Error::invalid(path.display().to_string(), reason));
            }
            (true, false) => {
                let hint = format!("{} counts in half wavelengths of it", path.display());
                let frequency_hz =
                    self.design_frequency_hz.ok_or_else(|| Error::missing("design_frequency_hz", hint))?;
                let half_m = 0.5 * SPEED_OF_LIGHT_M_S / check::positive("design_frequency_hz", frequency_hz)?;
                let names = ["tx_half_wavelengths", "rx_half_wavelengths"];
                (self.tx_half_wavelengths, self.rx_half_wavelengths, names, half_m)
            }
            (false, _) => {
                (self.tx_positions_m, self.rx_positions_m, ["tx_positions_m", "rx_positions_m"], 1.0)
            }
        };
        let places = |places: Option<Vec<Vector3>>, name: &'static str| {
            let hint = || format!("add `{name} = [[x, y, z], …]` to {}", path.display());
            let places = places.ok_or_else(|| Error::missing(name, hint()))?;
            check::at_least(name, places.len(), 1)?;
            if let Some(index) = places.iter().position(|p| p.iter().any(|x| !(x * unit_m).is_finite())) {
                return Err(Error::NotFinite { name: name.into(), index });
            }
            Ok(places.into_iter().map(|p| p.map(|x| x * unit_m)).collect())
        };
        Ok(AntennaLayout { tx_positions_m: places(tx, names[0])?, rx_positions_m: places(rx, names[1])? })
    }
}
