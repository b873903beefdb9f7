//! The seven data forms of a run, as arrays and as pictures.

use crate::error::Result;
use crate::export;
use crate::plot::{self, ColourRange, MapPlot, ScatterPlot};
use mmw_core::{Axis, DataArray2, DataArray4};
use mmw_dsp::forms::History;
use mmw_dsp::{Frame, Point};
use std::path::Path;

/// Decibels that a map shows below its peak.
const DEPTH_DB: f64 = 60.0;

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
    /// As [`Frame::range_doppler`].
    pub(crate) fn of(frame: &Frame<'_>, angles: bool) -> Result<Self> {
        let range_doppler = frame.range_doppler()?;
        if !angles {
            return Ok(Self { range_doppler, range_azimuth: None, range_elevation: None, tensor: None });
        }
        // An array without a row, a column or a known layout has no such map.
        Ok(Self {
            range_doppler,
            range_azimuth: frame.range_azimuth().ok(),
            range_elevation: frame.range_elevation().ok(),
            tensor: frame.tensor().ok(),
        })
    }
}

/// Median of a map, at least the least positive number.
pub(crate) fn median(map: &DataArray2<f32>) -> f64 {
    let mut values: Vec<f32> = map.data().iter().copied().collect();
    if values.is_empty() {
        return f64::MIN_POSITIVE;
    }
    let middle = values.len() / 2;
    let (_, median, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    f64::from(median.max(f32::MIN_POSITIVE))
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
pub(crate) fn save_map(out: &Path, name: &str, title: &str, map: &DataArray2<f32>) -> Result<()> {
    export::save_npy(&out.join(format!("{name}.npy")), map)?;
    draw_map(&out.join(format!("{name}.png")), title, map)
}

/// A map as a picture.
pub(crate) fn draw_map(path: &Path, title: &str, map: &DataArray2<f32>) -> Result<()> {
    let db = degrees(&map.to_db(median(map), -200.0)?)?;
    let x_dimension = usize::from(map.axes().first().is_none_or(|axis| axis.name() != "time"));
    let range = ColourRange::BelowPeak(DEPTH_DB);
    plot::save(path, &MapPlot::new(&db).title(title).x_dimension(x_dimension).range(range))
}

/// The same map with angles in degrees, for people.
fn degrees(map: &DataArray2<f32>) -> Result<DataArray2<f32>> {
    let convert = |axis: &Axis| match (axis.unit(), axis.step()) {
        ("rad", Some(step)) => Axis::uniform(
            axis.name().to_owned(),
            "°",
            axis.at(0.0).to_degrees(),
            step.to_degrees(),
            axis.len(),
        ),
        _ => Ok(axis.clone()),
    };
    let axes = map.axes().iter().map(convert).collect::<mmw_core::Result<Vec<_>>>()?;
    Ok(DataArray2::new("power over median", map.unit().to_owned(), map.data().clone(), axes)?)
}

/// The tensor as an array, and as the picture of the angles of its strongest cell.
fn save_tensor(out: &Path, tensor: &DataArray4<f32>) -> Result<()> {
    export::save_npy(&out.join("tensor.npy"), tensor)?;
    let Some(peak) = tensor.peak() else { return Ok(()) };
    let angles = tensor.slice_at(0, peak.index[0])?.slice_at(0, peak.index[1])?;
    let title = format!(
        "4-D tensor at {:.2} m and {:+.2} m/s, its strongest cell",
        peak.coordinates[0], peak.coordinates[1]
    );
    draw_map(&out.join("tensor.png"), &title, &angles)
}

/// Points as CSV, PLY and a picture.
pub(crate) fn save_points(out: &Path, points: &[Point], max_velocity_m_s: f64) -> Result<()> {
    export::save_points_csv(&out.join("points.csv"), points)?;
    export::save_ply(&out.join("points.ply"), points)?;
    let title = format!("4-D point cloud, {} points", points.len());
    let cloud = cloud(title, points).limit(max_velocity_m_s);
    plot::save(&out.join("points.png"), &cloud)
}

/// Points from above and from the side. Those without a known azimuth have no place in it; those without an
/// elevation are drawn at the height of the radar.
fn cloud(title: String, points: &[Point]) -> ScatterPlot {
    let or_zero = Option::unwrap_or_default;
    let placed = points.iter().filter(|point| point.x_m.is_some());
    let dots = placed.map(|p| ([p.x_m, p.y_m, p.z_m].map(or_zero), or_zero(p.velocity_m_s)));
    ScatterPlot::new(title, dots)
        .labels(["x, right (m)", "y, forward (m)", "z, up (m)"])
        .value_label("radial velocity (m/s)")
}
