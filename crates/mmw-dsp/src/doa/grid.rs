//! The directions that a spectrum is scanned over.

use mmw_core::geometry::Direction;
use mmw_core::{Axis, Result, check};
use std::f64::consts::{FRAC_PI_2, PI};

/// Azimuths and elevations whose products are scanned.
///
/// # Examples
/// ```
/// use mmw_dsp::doa::AngleGrid;
///
/// let grid = AngleGrid::azimuth_sector(90_f64.to_radians(), 181)?;
/// assert_eq!((grid.azimuth().len(), grid.elevation().len()), (181, 1));
/// assert!((grid.azimuth().at(110.0) - 20_f64.to_radians()).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AngleGrid {
    azimuth: Axis,
    elevation: Axis,
}

impl AngleGrid {
    /// Most directions of one grid: what fits in memory as a steering matrix of a small array.
    const MAX_DIRECTIONS: f64 = 16_777_216.0;

    /// The grid of the azimuths and elevations listed, rad, each strictly increasing or decreasing.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] for an empty list, [`mmw_core::Error::Domain`] for an azimuth outside
    /// [-π, π], an elevation outside [-π/2, π/2] or more than 2^24 directions,
    /// [`mmw_core::Error::NotFinite`] and [`mmw_core::Error::Invalid`] as [`Axis::explicit`].
    pub fn new(azimuth_rad: Vec<f64>, elevation_rad: Vec<f64>) -> Result<Self> {
        let azimuth = Axis::explicit("azimuth", "rad", azimuth_rad)?;
        let elevation = Axis::explicit("elevation", "rad", elevation_rad)?;
        Self::from_axes(azimuth, elevation)
    }

    /// `points` azimuths from `-limit_rad` to `limit_rad`, both included, at elevation 0.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] below two points, [`mmw_core::Error::Domain`] unless `limit_rad` is above
    /// 0 and at most π.
    pub fn azimuth_sector(limit_rad: f64, points: usize) -> Result<Self> {
        Self::from_axes(sector("azimuth", limit_rad, points)?, Axis::explicit("elevation", "rad", vec![0.0])?)
    }

    /// A grid over both angles, each from minus to plus its limit.
    ///
    /// # Errors
    /// As [`AngleGrid::azimuth_sector`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::doa::AngleGrid;
    /// let grid = AngleGrid::sector(1.0, 101, 0.5, 51)?;
    /// assert_eq!(grid.directions(), 101 * 51);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn sector(
        azimuth_limit_rad: f64,
        azimuths: usize,
        elevation_limit_rad: f64,
        elevations: usize,
    ) -> Result<Self> {
        let azimuth = sector("azimuth", azimuth_limit_rad, azimuths)?;
        Self::from_axes(azimuth, sector("elevation", elevation_limit_rad, elevations)?)
    }

    fn from_axes(azimuth: Axis, elevation: Axis) -> Result<Self> {
        check::at_least("azimuth_rad", azimuth.len(), 1)?;
        check::at_least("elevation_rad", elevation.len(), 1)?;
        // A grid given in rounded degrees may end a rounding error past the quarter turn.
        const SLACK: f64 = 1.0 + 1e-12;
        for end in [0, azimuth.len() - 1] {
            check::in_range("azimuth_rad", azimuth.at(end as f64), -PI * SLACK, PI * SLACK)?;
        }
        for end in [0, elevation.len() - 1] {
            check::in_range(
                "elevation_rad",
                elevation.at(end as f64),
                -FRAC_PI_2 * SLACK,
                FRAC_PI_2 * SLACK,
            )?;
        }
        let directions = azimuth.len() as f64 * elevation.len() as f64;
        check::in_range("directions of the grid", directions, 1.0, Self::MAX_DIRECTIONS)?;
        Ok(Self { azimuth, elevation })
    }

    /// The azimuths, rad.
    #[must_use]
    pub fn azimuth(&self) -> &Axis {
        &self.azimuth
    }

    /// The elevations, rad.
    #[must_use]
    pub fn elevation(&self) -> &Axis {
        &self.elevation
    }

    /// Number of directions: elevations times azimuths.
    #[must_use]
    pub fn directions(&self) -> usize {
        self.azimuth.len() * self.elevation.len()
    }

    /// The direction of a row and a column, which may exceed the grid and are then clamped to it.
    #[must_use]
    pub fn direction(&self, row: usize, column: usize) -> Direction {
        let column = column.min(self.azimuth.len() - 1);
        let row = row.min(self.elevation.len() - 1);
        Direction {
            azimuth_rad: self.azimuth.at(column as f64),
            elevation_rad: self.elevation.at(row as f64).clamp(-FRAC_PI_2, FRAC_PI_2),
        }
    }
}

fn sector(name: &'static str, limit_rad: f64, points: usize) -> Result<Axis> {
    check::at_least(name, points, 2)?;
    check::positive(name, limit_rad)?;
    check::in_range(name, limit_rad, 0.0, PI)?;
    Axis::uniform(name, "rad", -limit_rad, 2.0 * limit_rad / (points - 1) as f64, points)
}
