//! The seven data forms of a run as pictures.

use crate::host::{Draw, Setup};
use mmw_core::{Axis, DataArray2, DataArray4, Result};
use mmw_dsp::forms::History;
use mmw_dsp::{Frame, Point};
use mmw_plot::{ColourRange, MapPlot, ScatterPlot};

/// Decibels that a map shows below its peak.
const DEPTH_DB: f64 = 60.0;

/// The maps of one frame.
pub(crate) struct Maps {
    range_doppler: DataArray2<f32>,
    range_azimuth: DataArray2<f32>,
    range_elevation: DataArray2<f32>,
    tensor: DataArray4<f32>,
}

impl Maps {
    pub(crate) fn of(frame: &Frame<'_>) -> Result<Self> {
        Ok(Self {
            range_doppler: frame.range_doppler()?,
            range_azimuth: frame.range_azimuth()?,
            range_elevation: frame.range_elevation()?,
            tensor: frame.tensor()?,
        })
    }
}

/// What the chain makes of the whole scene.
pub(crate) struct Forms {
    pub(crate) maps: Maps,
    pub(crate) history: History,
    pub(crate) points: Vec<Point>,
}

impl Forms {
    /// Draws all forms, and says how many there are.
    pub(crate) fn draw(&self, setup: &Setup<'_>, max_velocity_m_s: f64) -> Result<usize> {
        let (range_time, doppler_time) = (self.history.range_time()?, self.history.doppler_time()?);
        let maps = [
            ("range_doppler", "Range and velocity", &self.maps.range_doppler),
            ("range_time", "Range over time", &range_time),
            ("doppler_time", "Velocity over time (micro-Doppler)", &doppler_time),
            ("range_azimuth", "Range and azimuth", &self.maps.range_azimuth),
            ("range_elevation", "Range and elevation", &self.maps.range_elevation),
        ];
        for (name, title, map) in maps {
            draw_map(setup, &format!("radar/{name}.png"), title, map)?;
        }
        let angles = usize::from(draw_tensor(setup, &self.maps.tensor)?);
        draw_points(setup, &self.points, max_velocity_m_s)?;
        Ok(maps.len() + angles + 1)
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

/// A map as a picture, in dB over its median.
pub(crate) fn draw_map(setup: &Setup<'_>, file: &str, title: &str, map: &DataArray2<f32>) -> Result<()> {
    let db = degrees(&map.to_db(median(map), -200.0)?)?;
    let x_dimension = usize::from(map.axes().first().is_none_or(|axis| axis.name() != "time"));
    let range = ColourRange::BelowPeak(DEPTH_DB);
    MapPlot::new(&db).title(title).x_dimension(x_dimension).range(range).draw(setup, file)
}

/// The same map with angles in degrees, for people.
fn degrees(map: &DataArray2<f32>) -> Result<DataArray2<f32>> {
    let convert = |axis: &Axis| match (axis.unit(), axis.step()) {
        ("rad", Some(step)) => {
            let (start, step) = (axis.at(0.0).to_degrees(), step.to_degrees());
            Axis::uniform(axis.name().to_owned(), "°", start, step, axis.len())
        }
        _ => Ok(axis.clone()),
    };
    let axes = map.axes().iter().map(convert).collect::<Result<Vec<_>>>()?;
    DataArray2::new("power over median", map.unit().to_owned(), map.data().clone(), axes)
}

/// The angles of the tensor's strongest cell, if it has one.
fn draw_tensor(setup: &Setup<'_>, tensor: &DataArray4<f32>) -> Result<bool> {
    let Some(peak) = tensor.peak() else { return Ok(false) };
    let angles = tensor.slice_at(0, peak.index[0])?.slice_at(0, peak.index[1])?;
    let title = format!(
        "4-D tensor at {:.2} m and {:+.2} m/s, its strongest cell",
        peak.coordinates[0], peak.coordinates[1]
    );
    draw_map(setup, "radar/tensor.png", &title, &angles)?;
    Ok(true)
}

/// Points from above and from the side; those without a known azimuth have no place in it.
fn draw_points(setup: &Setup<'_>, points: &[Point], max_velocity_m_s: f64) -> Result<()> {
    let or_zero = Option::unwrap_or_default;
    let placed = points.iter().filter(|point| point.x_m.is_some());
    let dots = placed.map(|p| ([p.x_m, p.y_m, p.z_m].map(or_zero), or_zero(p.velocity_m_s)));
    ScatterPlot::new(format!("4-D point cloud, {} points", points.len()), dots)
        .labels(["x, right (m)", "y, forward (m)", "z, up (m)"])
        .value_label("radial velocity (m/s)")
        .limit(max_velocity_m_s)
        .draw(setup, "radar/points.png")
}
