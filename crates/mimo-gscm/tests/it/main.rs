//! Integration tests of `mimo-gscm`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod claims;
mod compare;
mod doors;
mod exact;
mod hostile;
mod model;
mod paper;
mod physics;
mod rivals;
mod squint;
mod stability;
