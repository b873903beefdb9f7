//! A geometry-based stochastic channel model for MIMO radio, after Molisch's generic model, and the capacity
//! of its draws.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`exact`] | capacities known exactly: Telatar's integral, outage by determinant, SIMO, MISO, keyhole |

pub mod exact;

mod phasor;

pub mod scenario;

pub mod path;

pub mod propagation;

mod motion;

pub mod transfer;

pub mod capacity;

pub mod statistics;

pub mod rival;

pub mod study;

pub mod path_loss;

pub use mmw_core;
