//! The scenario: every row of the paper's Table 1, the geometry that the paper leaves out, and the readings
//! of what it leaves open.
//!
//! Powers are in dB relative to `P_NB-NLOS`, the mean narrowband power without the line of sight, or to the
//! power of the cluster or guide that they are a share of; `None` stands for -∞ dB. Positions are in the
//! frame of [`mmw_core::geometry`]: y from the base station to the mobile station, x to the right, z up.

mod level;

mod interpretation;
mod parts;

mod table;

mod ledger;

mod check;

pub use interpretation::*;
pub(crate) use ledger::coupling_sums;
pub use ledger::{PowerLedger, Process, Share};
pub(crate) use level::power;
pub use parts::{EigenvalueProfile, FarCluster, Guide, GuideKind, Placement, ScattererCloud};
pub use table::Scenario;
