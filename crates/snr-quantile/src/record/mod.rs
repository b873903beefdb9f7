//! What a record comes to: sums of powers, the moments taken from them, a histogram of magnitudes.

mod histogram;
mod lattice;
mod power_means;
mod power_sums;

pub(crate) use histogram::Histogram;
pub(crate) use lattice::{Cells, Lattice};
pub(crate) use power_means::PowerMeans;
pub(crate) use power_sums::PowerSums;
