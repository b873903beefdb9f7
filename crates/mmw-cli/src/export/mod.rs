//! Results as files that other programs read: NumPy arrays, CSV tables, PLY point clouds.

mod axes;
mod csv;
mod npy;
mod ply;

pub(crate) use csv::{save_curves_csv, save_map_csv, save_points_csv, save_table_csv};
pub(crate) use npy::save_npy;
pub(crate) use ply::{Encoding, save_ply};

use serde::{Deserialize, Serialize};

/// One point of a cloud, in the radar's frame: x right, y forward, z up.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Point {
    /// To the right, m.
    pub(crate) x_m: f64,
    /// Forward, m.
    pub(crate) y_m: f64,
    /// Up, m.
    pub(crate) z_m: f64,
    /// Radial velocity, m/s.
    pub(crate) velocity_m_s: f64,
    /// Signal over noise, dB.
    pub(crate) snr_db: f64,
}

impl Point {
    /// Names and units of the columns, in the order of [`Point::values`].
    pub(crate) const COLUMNS: [&'static str; 5] = ["x_m", "y_m", "z_m", "velocity_m_s", "snr_db"];

    /// The five numbers in a row.
    pub(crate) fn values(&self) -> [f64; 5] {
        [self.x_m, self.y_m, self.z_m, self.velocity_m_s, self.snr_db]
    }

    /// Whether all five numbers are.
    pub(crate) fn is_finite(&self) -> bool {
        self.values().iter().all(|v| v.is_finite())
    }
}
