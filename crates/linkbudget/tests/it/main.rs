//! Integration tests of `linkbudget`: reference tables, the paper's numbers, properties, hostile input.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod antenna;
mod doors;
mod files;
mod hostile;
mod ladder;
mod network;
mod nport;
mod obstruction;
mod paper;
mod paths;
mod propagation;
mod selective;
mod tables;
mod tolerance;
mod touchstone;
mod touchstone_noise;
