//! Results as files that other programs read: NumPy arrays, CSV tables, PLY point clouds.

mod axes;
mod csv;
mod npy;
mod ply;
mod points;

pub(crate) use csv::{save_curves_csv, save_points_csv, save_table_csv};
pub(crate) use npy::save_npy;
pub(crate) use ply::save_ply;
