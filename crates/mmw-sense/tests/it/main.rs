//! Integration tests of `mmw-sense`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers outside of test functions unwrap what the test is about"
)]

mod association;
mod clusters;
#[cfg(feature = "serde")]
mod doors;
mod filters;
mod hostile;
mod metrics;
mod readers;
mod tables;
mod tracking;
