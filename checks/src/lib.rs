//! Checks of the workspace as a whole, and what the tests of several crates share.
#![allow(clippy::missing_panics_doc, clippy::missing_errors_doc, reason = "a test fails by panicking")]

pub mod doors;
pub mod layers;
