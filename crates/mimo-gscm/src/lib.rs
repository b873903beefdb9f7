//! A geometry-based stochastic channel model for MIMO radio, after Molisch's generic model, and the capacity
//! of its draws.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`exact`] | capacities known exactly: Telatar's integral, outage by determinant, SIMO, MISO, keyhole |

pub mod exact;

pub use mmw_core;
