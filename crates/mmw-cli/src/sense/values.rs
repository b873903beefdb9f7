//! Compound values of the commands, as JSON writes them.

use crate::error::{Error, Result};
use crate::output;
use mmw_sense::trajectory::{TimedPose, write_tum};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::path::Path;

/// A list of lists of numbers. One type for the parser, whose own lists are options given more than once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Rows<T>(pub(super) Vec<T>);

/// A value as JSON.
pub(super) fn json<T: DeserializeOwned>(text: &str) -> std::result::Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A symmetric matrix from its upper triangle, row by row.
pub(super) fn symmetric<const N: usize>(triangle: &[f64]) -> Option<[[f64; N]; N]> {
    (triangle.len() == N * (N + 1) / 2).then(|| {
        let at = |i: usize, j: usize| triangle[i * N - i * (i + 1) / 2 + j];
        std::array::from_fn(|i| std::array::from_fn(|j| at(i.min(j), i.max(j))))
    })
}

/// The upper triangle of a symmetric matrix, row by row.
pub(super) fn triangle<const N: usize>(matrix: &[[f64; N]; N]) -> Vec<f64> {
    matrix.iter().enumerate().flat_map(|(i, row)| row[i..].iter().copied()).collect()
}

/// A configuration with what a TOML file says otherwise.
///
/// # Errors
/// A file that cannot be read or names what is no field.
pub(super) fn overruled<T: Serialize + DeserializeOwned>(config: &T, path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    let wrong = |error: &dyn std::fmt::Display| Error::Parse(format!("{}: {error}", path.display()));
    let given: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(&error))?;
    let mut all = toml::Table::try_from(config).map_err(|error| wrong(&error))?;
    all.extend(given);
    all.try_into().map_err(|error: toml::de::Error| wrong(&error))
}

/// Writes a path in the order of TUM: time, place, quaternion.
///
/// # Errors
/// What writing meets.
pub(super) fn save_path(file: &Path, path: &[TimedPose]) -> Result<()> {
    output::save(file, |out| {
        writeln!(out, "# time_s x_m y_m z_m qx qy qz qw")?;
        out.write_all(write_tum(path).as_bytes())
    })
}
