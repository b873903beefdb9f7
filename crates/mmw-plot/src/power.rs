//! Maps of powers as people look at them: decibels over the median, angles in degrees.

use crate::map::{ColourRange, MapPlot};
use crate::picture::{Format, Picture};
use mmw_core::stats::upper_median;
use mmw_core::{Axis, DataArray2, DataArray4, Real, Result};

/// Decibels that are shown below the peak.
const DEPTH_DB: f64 = 60.0;
/// Decibels over the median below which no power lies, not even zero.
const FLOOR_DB: f64 = -200.0;

/// A map of powers, over range, velocity, angle or time: in decibels over its median, the upper 60 dB, angles
/// in degrees, time from left to right.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::Array2;
/// use mmw_core::{Axis, DataArray2};
/// use mmw_plot::{Format, Picture, PowerPlot};
///
/// let range = Axis::uniform("range", "m", 0.0, 0.04, 64)?;
/// let azimuth = Axis::uniform("azimuth", "rad", -1.0, 0.05, 40)?;
/// let power = Array2::from_shape_fn((64, 40), |cell| if cell == (30, 20) { 1e4 } else { 1.0 });
/// let map = DataArray2::new("power", "", power, vec![range, azimuth])?;
/// let svg = PowerPlot::new("Range and azimuth", &map)?.render(Format::Svg)?;
/// assert!(String::from_utf8_lossy(&svg).contains("azimuth (°)"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct PowerPlot<T> {
    title: String,
    db: DataArray2<T>,
}

impl<T: Real> PowerPlot<T> {
    /// A map of linear powers under a title.
    ///
    /// # Errors
    /// Kind `not_finite` for a power that is NaN or infinite.
    pub fn new(title: impl Into<String>, powers: &DataArray2<T>) -> Result<Self> {
        let db = powers.to_db(median(powers), FLOOR_DB)?;
        let axes = db.axes().iter().map(in_degrees).collect::<Result<Vec<_>>>()?;
        let db = DataArray2::new("power over median", db.unit().to_owned(), db.data().clone(), axes)?;
        Ok(Self { title: title.into(), db })
    }

    /// Elevation and azimuth of the strongest cell of a tensor `[range, velocity, elevation, azimuth]`; none
    /// of a tensor without numbers.
    ///
    /// # Errors
    /// As [`PowerPlot::new`].
    pub fn of_tensor(tensor: &DataArray4<T>) -> Result<Option<Self>> {
        let Some(peak) = tensor.peak() else { return Ok(None) };
        let angles = tensor.slice_at(0, peak.index[0])?.slice_at(0, peak.index[1])?;
        let [range_m, velocity_m_s] = [peak.coordinates[0], peak.coordinates[1]];
        let title = format!("4-D tensor at {range_m:.2} m and {velocity_m_s:+.2} m/s, its strongest cell");
        Self::new(title, &angles).map(Some)
    }
}

impl<T: Real> Picture for PowerPlot<T> {
    /// The map as a picture of 960 by 720 pixels.
    ///
    /// # Errors
    /// As those of [`MapPlot`].
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        let x_dimension = usize::from(self.db.axes().first().is_none_or(|axis| axis.name() != "time"));
        let range = ColourRange::BelowPeak(DEPTH_DB);
        MapPlot::new(&self.db).title(&self.title).x_dimension(x_dimension).range(range).render(format)
    }
}

/// The median of a map, at least the least positive number: what its noise is measured by. Of an even number
/// of cells the upper of the middle two.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::array;
/// use mmw_core::{Axis, DataArray2};
///
/// let axes = vec![Axis::index("range", 1), Axis::index("velocity", 3)];
/// assert_eq!(mmw_plot::median(&DataArray2::new("power", "", array![[9.0, 1.0, 2.0]], axes)?), 2.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[must_use]
pub fn median<T: Real>(map: &DataArray2<T>) -> f64 {
    let mut values: Vec<T> = map.data().iter().copied().collect();
    upper_median(&mut values).map_or(f64::MIN_POSITIVE, |median| median.max(T::min_positive_value()).as_f64())
}

/// An axis of angles in degrees, for people.
fn in_degrees(axis: &Axis) -> Result<Axis> {
    match (axis.unit(), axis.step()) {
        ("rad", Some(step)) => {
            let (start, step) = (axis.at(0.0).to_degrees(), step.to_degrees());
            Axis::uniform(axis.name().to_owned(), "°", start, step, axis.len())
        }
        _ => Ok(axis.clone()),
    }
}
