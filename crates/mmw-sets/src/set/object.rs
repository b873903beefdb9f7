//! Objects in a frame.

use crate::metrics::Place;
use mmw_core::{Result, check};
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_2, PI};

/// An object of a frame, or the ghost of one. What is unknown is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Object {
    /// Number of the frame.
    pub frame: usize,
    /// Number of the object, the same in all frames of a sequence.
    pub id: u64,
    /// Number of its class.
    pub class: u8,
    /// Distance, m.
    pub range_m: f64,
    /// From ahead to the right, rad.
    pub azimuth_rad: f64,
    /// From the horizon up, rad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elevation_rad: Option<f64>,
    /// Radial velocity, m/s, positive when receding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub velocity_m_s: Option<f64>,
    /// Extent across, along and in height, m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent_m: Option<[f64; 3]>,
    /// The object that this is a ghost of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ghost_of: Option<u64>,
}

impl Object {
    /// A real object of which no more than its place is known.
    ///
    /// # Errors
    /// A range that is not positive, an azimuth beyond ±π.
    pub fn new(frame: usize, id: u64, class: u8, place: Place) -> Result<Self> {
        let Place { range_m, azimuth_rad } = place;
        let (elevation_rad, velocity_m_s, extent_m, ghost_of) = (None, None, None, None);
        Self { frame, id, class, range_m, azimuth_rad, elevation_rad, velocity_m_s, extent_m, ghost_of }
            .check()
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { range_m: self.range_m, azimuth_rad: self.azimuth_rad }
    }

    /// `self`, when every number is in its range.
    ///
    /// # Errors
    /// [`Error::Domain`](mmw_core::Error::Domain) with the field.
    pub fn check(self) -> Result<Self> {
        check::in_range("range_m", self.range_m, 1e-3, 1e6)?;
        check::in_range("azimuth_rad", self.azimuth_rad, -PI, PI)?;
        self.elevation_rad.map(|e| check::in_range("elevation_rad", e, -FRAC_PI_2, FRAC_PI_2)).transpose()?;
        self.velocity_m_s.map(|v| check::in_range("velocity_m_s", v, -1e6, 1e6)).transpose()?;
        for extent_m in self.extent_m.iter().flatten() {
            check::in_range("extent_m", *extent_m, 0.0, 1e6)?;
        }
        Ok(self)
    }
}
