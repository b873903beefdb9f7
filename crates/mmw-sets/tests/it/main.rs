//! Integration tests of `mmw-sets`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers outside of test functions unwrap what the test is about"
)]

mod detections;
mod doors;
mod features;
mod folder;
mod hostile;
mod layouts;
mod own_sets;
mod radhar;
mod rivals;
mod splits;
mod tables;
