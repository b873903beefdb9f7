//! Maps of confidence: what detectors on radar maps learn, and the detections in what they give.

use super::location::{Detection, Place, suppress};
use mmw_core::ndarray::{Array3, ArrayRef3};
use mmw_core::{Axis, Error, Result, check, consts};
use serde::{Deserialize, Serialize};

/// How sure, at most, a cell of another object may be, in squared deviations: beyond it is 0.
const REACH: f64 = 36.0;

/// How objects of a class look in a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct ObjectClass {
    /// Name.
    pub name: String,
    /// Tolerance κ of its place ([`ols`](super::ols)).
    pub kappa: f64,
    /// Length, m: its angle, seen from the radar, sets the width of a peak.
    pub length_m: f64,
    /// Cells per radian of that angle.
    pub cells_per_rad: f64,
    /// Least and greatest deviation of a peak, cells.
    pub deviation_cells: [f64; 2],
}

mmw_core::checked_serde!(always ObjectClass, ObjectClass::check);

impl ObjectClass {
    /// Pedestrian, cyclist and car with the numbers of `RODNet`.
    #[must_use]
    pub fn cruw() -> Vec<Self> {
        let class = |name: &str, kappa: f64, length_m: f64, cells_per_rad: f64, least: f64| Self {
            name: name.into(),
            kappa,
            length_m,
            cells_per_rad,
            deviation_cells: [least, cells_per_rad],
        };
        vec![
            class("pedestrian", 0.005, 1.0, 15.0, 5.0),
            class("cyclist", 0.01, 2.0, 20.0, 8.0),
            class("car", 0.03, 3.0, 30.0, 10.0),
        ]
    }

    fn check(&self) -> Result<()> {
        check::in_range("kappa", self.kappa, 1e-9, 1e9)?;
        check::in_range("length_m", self.length_m, 1e-6, 1e6)?;
        check::in_range("cells_per_rad", self.cells_per_rad, 1e-6, 1e6)?;
        let [least, most] = self.deviation_cells;
        check::in_range("deviation_cells", least, 1e-6, most)?;
        check::in_range("deviation_cells", most, 1e-6, 1e6)?;
        Ok(())
    }

    /// Deviation of the peak of an object at a distance, cells.
    fn deviation(&self, range_m: f64) -> f64 {
        let angle_rad = 2.0 * libm::atan(self.length_m / (2.0 * range_m));
        (angle_rad * self.cells_per_rad).clamp(self.deviation_cells[0], self.deviation_cells[1])
    }
}

/// The cells of maps and the classes in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ConfidenceMapConfig {
    /// Ranges, m, growing.
    pub range: Axis,
    /// Azimuths, rad, growing.
    pub azimuth: Axis,
    /// The classes, one map each.
    pub classes: Vec<ObjectClass>,
}

impl ConfidenceMapConfig {
    /// Maps of `classes` over the cells of two axes.
    #[must_use]
    pub fn new(range: Axis, azimuth: Axis, classes: Vec<ObjectClass>) -> Self {
        Self { range, azimuth, classes }
    }

    /// Those of CRUW: 128 ranges (134 bins of 4 MHz at 21.0017 MHz/us less three at either end), 128 azimuths
    /// of equal steps in their sine from -1 to 1.
    ///
    /// # Errors
    /// None.
    pub fn cruw() -> Result<Self> {
        let step_m = 4e6 / 134.0 * consts::SPEED_OF_LIGHT_M_S / 21.0017e12 / 2.0;
        let sine = |i: usize| (2.0 * i as f64 / 127.0 - 1.0).clamp(-1.0, 1.0);
        let azimuths = (0..128).map(|i| libm::asin(sine(i))).collect();
        let range = Axis::uniform("range", "m", 3.0 * step_m, step_m, 128)?;
        Ok(Self::new(range, Axis::explicit("azimuth", "rad", azimuths)?, ObjectClass::cruw()))
    }
}

/// Draws objects into maps and finds them there.
///
/// # Examples
/// ```
/// use mmw_sets::metrics::{ConfidenceMap, ConfidenceMapConfig, Place};
///
/// let maps = ConfidenceMap::new(ConfidenceMapConfig::cruw()?)?;
/// let drawn = maps.draw(&[(0, Place::new(5.0, 0.2)?), (2, Place::new(15.0, -0.3)?)])?;
/// let found = maps.find(&drawn, 0.3, 0.3)?;
/// assert_eq!(found.iter().map(|d| d.class).collect::<Vec<_>>(), [0, 2]);
/// assert!((found[0].place.range_m - 5.0).abs() < 0.11 && (found[0].place.azimuth_rad - 0.2).abs() < 0.01);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConfidenceMap {
    config: ConfidenceMapConfig,
}

impl ConfidenceMap {
    /// Over the cells and classes of `config`.
    ///
    /// # Errors
    /// No cells, coordinates that are no places or do not grow, no class, a class with numbers out of range.
    pub fn new(config: ConfidenceMapConfig) -> Result<Self> {
        check::at_least("classes", config.classes.len(), 1)?;
        config.classes.iter().try_for_each(ObjectClass::check)?;
        for (axis, name) in [(&config.range, "range"), (&config.azimuth, "azimuth")] {
            check::at_least(name, axis.len(), 1)?;
            if axis.iter().zip(axis.iter().skip(1)).any(|(a, b)| a >= b) {
                return Err(Error::invalid(name, "must grow from cell to cell"));
            }
        }
        let corner = |range_m: Option<f64>, azimuth_rad: Option<f64>| {
            Place::new(range_m.unwrap_or(0.0), azimuth_rad.unwrap_or(0.0)).map(|_| ())
        };
        corner(config.range.coordinate(0), config.azimuth.coordinate(0))?;
        let last = |axis: &Axis| axis.coordinate(axis.len() - 1);
        corner(last(&config.range), last(&config.azimuth))?;
        Ok(Self { config })
    }

    /// Shape of the maps, `[class, range, azimuth]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.config.classes.len(), self.config.range.len(), self.config.azimuth.len()]
    }

    /// Maps with a Gaussian peak of height 1 in the cell of each object, ranges counted double:
    ///
    /// ```text
    /// exp(-((2 Δi)² + Δj²) / (2 σ²)),   σ = clamp(2 atan(L / 2R) · cells per radian)
    /// ```
    ///
    /// The greater one where peaks overlap. The published maps have peaks of 1/2π and are then stretched to
    /// 0…1 frame by frame, which comes to the same; a frame without objects stays 0.
    ///
    /// # Errors
    /// A place that is none, a class without map.
    pub fn draw(&self, objects: &[(usize, Place)]) -> Result<Array3<f32>> {
        let [_, ranges, azimuths] = self.shape();
        let mut maps = Array3::<f32>::zeros(self.shape());
        for &(class, place) in objects {
            place.check()?;
            let kind = self.config.classes.get(class).ok_or_else(|| {
                Error::domain("class", class as f64, format!("below {}", self.config.classes.len()))
            })?;
            let centre =
                (self.config.range.nearest(place.range_m), self.config.azimuth.nearest(place.azimuth_rad));
            let deviation = kind.deviation(self.config.range.at(centre.0 as f64));
            for i in 0..ranges {
                for j in 0..azimuths {
                    let (rows, columns) = (2.0 * (i as f64 - centre.0 as f64), j as f64 - centre.1 as f64);
                    let squared = (rows * rows + columns * columns) / (deviation * deviation);
                    if squared < REACH {
                        let cell = &mut maps[[class, i, j]];
                        *cell = cell.max(libm::exp(-0.5 * squared) as f32);
                    }
                }
            }
        }
        Ok(maps)
    }

    /// The detections in maps: cells of `least` or more that none of their eight neighbours exceeds, without
    /// those that [`suppress`] takes away at `likeness`.
    ///
    /// # Errors
    /// Maps of another shape, a value that is not finite, a `likeness` that is not between 0 and 1.
    pub fn find(&self, maps: &ArrayRef3<f32>, least: f32, likeness: f64) -> Result<Vec<Detection>> {
        check::same_shape("maps", &self.shape(), maps.shape())?;
        check::all_finite("maps", maps)?;
        check::finite("least", f64::from(least))?;
        let mut found = Vec::new();
        for ((class, i, j), &value) in maps.indexed_iter() {
            if value >= least && is_peak(maps, (class, i, j)) {
                let place = Place::new(self.config.range.at(i as f64), self.config.azimuth.at(j as f64))?;
                found.push(Detection::new(class, place, f64::from(value))?);
            }
        }
        let kappas: Vec<f64> = self.config.classes.iter().map(|class| class.kappa).collect();
        suppress(&found, &kappas, likeness)
    }
}

/// Whether no neighbour is greater.
fn is_peak(maps: &ArrayRef3<f32>, (class, i, j): (usize, usize, usize)) -> bool {
    let rows = i.saturating_sub(1)..=(i + 1).min(maps.shape()[1] - 1);
    let columns = j.saturating_sub(1)..=(j + 1).min(maps.shape()[2] - 1);
    let here = maps[[class, i, j]];
    rows.into_iter().all(|row| columns.clone().all(|column| maps[[class, row, column]] <= here))
}
