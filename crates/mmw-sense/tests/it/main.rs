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
mod ego;
mod ego_statistics;
mod filters;
mod graph;
mod hostile;
mod metrics;
mod pose;
mod readers;
mod readers_bag;
mod registration;
mod slam;
mod tables;
mod tracking;
