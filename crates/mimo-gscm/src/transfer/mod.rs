//! From paths to matrices: the channel between two given arrays, in frequency and in delay.
//!
//! `H[frequency, rx, tx]`; the first station receives at the mobile end of the realisation, the second
//! transmits at the base end ([`crate::path::Realisation::swapped`] exchanges the ends).

mod planes;
mod station;

mod spread;

mod kernel;

mod end;

mod squint;

mod components;

mod matrices;

mod impulse;

pub use matrices::{Transfer, TransferScratch};
pub use station::Station;
