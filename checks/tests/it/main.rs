//! Checks of the workspace as a whole.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod api;
mod layers;
mod readme;
mod validation;
mod walks;
