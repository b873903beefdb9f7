//! Path loss at 60 GHz from first principles, and the LC ladders that emulate it on a chip.
//!
//! The package is `mmw-linkbudget`, the library `linkbudget`.

mod map;

pub mod free_space;

pub mod atmosphere;

pub mod gas;

pub mod rain;

pub mod fresnel_integral;

pub mod reflection;

pub mod knife_edge;

pub mod path_loss;

pub mod scenario;

pub mod budget;

pub mod response;

pub mod ladder;

pub mod network;

pub mod spice;
pub mod touchstone;

pub mod e_series;

pub mod tolerance;

pub mod attenuator;

pub mod mismatch;

mod sine_integral;

pub mod dipole;

pub mod one_port;

pub mod paper;

pub use mmw_core;
pub use mmw_core::ndarray;
