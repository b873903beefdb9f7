//! The seven data forms of a run, as arrays and as pictures.

use crate::error::Result;
use crate::export;
use crate::plot::{self, PowerPlot, ScatterPlot};
use mmw_core::{DataArray2, DataArray4};
use mmw_dsp::forms::History;
use mmw_dsp::{Frame, Point};
use std::path::Path;

/// The maps of one frame; those that the array cannot give are absent.
#[derive(Debug)]
pub(crate) struct MapSet {
    pub(crate) range_doppler: DataArray2<f32>,
    pub(crate) range_azimuth: Option<DataArray2<f32>>,
    pub(crate) range_elevation: Option<DataArray2<f32>>,
    pub(crate) tensor: Option<DataArray4<f32>>,
}

impl MapSet {
    /// The maps of a frame; without `angles` only range over velocity.
    ///
    /// # Errors
    /// As [`Frame::range_azimuth`] and [`Frame::tensor`], but for an array that has no such map.
    pub(crate) fn of(frame: &Frame<'_>, angles: bool) -> Result<Self> {
        let range_doppler = frame.range_doppler().clone();
        if !angles {
            return Ok(Self { range_doppler, range_azimuth: None, range_elevation: None, tensor: None });
        }
        Ok(Self {
            range_doppler,
            range_azimuth: if_seen(frame.range_azimuth())?,
            range_elevation: if_seen(frame.range_elevation())?,
            tensor: if_seen(frame.tensor())?,
        })
    }
}

/// An array without a row, a column or a known layout has no such map.
fn if_seen<T>(map: mmw_dsp::Result<T>) -> Result<Option<T>> {
    match map {
        Ok(map) => Ok(Some(map)),
        Err(mmw_dsp::Error::Missing { .. } | mmw_dsp::Error::TooFew { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes every form into `out`: maps as `.npy` (linear power) and PNG (dB over the median), points as CSV,
/// PLY and PNG.
///
/// # Errors
/// Kind `io` naming the file.
pub(crate) fn save_all(
    out: &Path,
    set: &MapSet,
    history: &History,
    points: &[Point],
    max_velocity_m_s: f64,
) -> Result<()> {
    save_map(out, "range_doppler", "Range and velocity", &set.range_doppler)?;
    save_map(out, "range_time", "Range over time", &history.range_time()?)?;
    save_map(out, "doppler_time", "Velocity over time (micro-Doppler)", &history.doppler_time()?)?;
    if let Some(map) = &set.range_azimuth {
        save_map(out, "range_azimuth", "Range and azimuth", map)?;
    }
    if let Some(map) = &set.range_elevation {
        save_map(out, "range_elevation", "Range and elevation", map)?;
    }
    if let Some(tensor) = &set.tensor {
        save_tensor(out, tensor)?;
    }
    save_points(out, points, max_velocity_m_s)
}

/// One map: `NAME.npy` with its axes beside, and `NAME.png` in dB over the median.
fn save_map(out: &Path, name: &str, title: &str, map: &DataArray2<f32>) -> Result<()> {
    export::save_npy(&out.join(format!("{name}.npy")), map)?;
    plot::save(&out.join(format!("{name}.png")), &PowerPlot::new(title, map)?)
}

/// The tensor as an array, and as the picture of the angles of its strongest cell.
fn save_tensor(out: &Path, tensor: &DataArray4<f32>) -> Result<()> {
    export::save_npy(&out.join("tensor.npy"), tensor)?;
    match PowerPlot::of_tensor(tensor)? {
        Some(angles) => plot::save(&out.join("tensor.png"), &angles),
        None => Ok(()),
    }
}

/// Points as CSV, PLY and a picture.
fn save_points(out: &Path, points: &[Point], max_velocity_m_s: f64) -> Result<()> {
    export::save_points_csv(&out.join("points.csv"), points)?;
    export::save_ply(&out.join("points.ply"), points)?;
    let cloud = ScatterPlot::of_radar(points.iter().map(|p| ([p.x_m, p.y_m, p.z_m], p.velocity_m_s)));
    plot::save(&out.join("points.png"), &cloud.limit(max_velocity_m_s))
}
