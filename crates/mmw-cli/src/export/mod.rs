//! Results as files that other programs read: NumPy arrays, CSV tables, PLY point clouds.

mod axes;
mod csv;
mod npy;
mod ply;

pub(crate) use csv::{save_curves_csv, save_points_csv, save_table_csv};
pub(crate) use npy::save_npy;
pub(crate) use ply::save_ply;

use mmw_dsp::Point;

/// Names and units of the columns of a table of points, in the order of [`values`].
pub(crate) const COLUMNS: [&str; 9] =
    ["frame", "range_m", "velocity_m_s", "azimuth_rad", "elevation_rad", "x_m", "y_m", "z_m", "snr_db"];

/// A point as a row of numbers.
pub(crate) fn values(point: &Point) -> [f64; 9] {
    let p = point;
    let frame = p.frame as f64;
    [frame, p.range_m, p.velocity_m_s, p.azimuth_rad, p.elevation_rad, p.x_m, p.y_m, p.z_m, p.snr_db]
}

/// Whether all numbers of a point are.
pub(crate) fn is_finite(point: &Point) -> bool {
    values(point).iter().all(|v| v.is_finite())
}
