//! What the numbers of an array mean, in a JSON file beside it: `map.npy` has `map.axes.json`.

use crate::error::Result;
use crate::{json, output};
use mmw_core::ndarray::Dimension;
use mmw_core::{Axis, DataArray};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
struct Description<'a> {
    name: &'a str,
    unit: &'a str,
    axes: Vec<AxisDescription<'a>>,
}

#[derive(Serialize)]
struct AxisDescription<'a> {
    name: &'a str,
    unit: &'a str,
    coordinates: Vec<f64>,
}

impl<'a> From<&'a Axis> for AxisDescription<'a> {
    fn from(axis: &'a Axis) -> Self {
        Self { name: axis.name(), unit: axis.unit(), coordinates: axis.to_vec() }
    }
}

/// Where the description of the array in `path` goes.
pub(super) fn path_beside(path: &Path) -> PathBuf {
    path.with_extension("axes.json")
}

/// Writes name and unit of the values, and name, unit and coordinates of each axis, in the order of the
/// dimensions.
///
/// # Errors
/// Kind `io` naming the file.
pub(super) fn save_axes<A, D: Dimension>(path: &Path, array: &DataArray<A, D>) -> Result<()> {
    let axes = array.axes().iter().map(AxisDescription::from).collect();
    let description = Description { name: array.name(), unit: array.unit(), axes };
    let mut text = json::to_line(&description)?;
    text.push('\n');
    output::save_bytes(path, text.as_bytes())
}
