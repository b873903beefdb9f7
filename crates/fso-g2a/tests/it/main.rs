//! Integration tests of `fso-g2a`.
#![allow(clippy::unwrap_used)] // helpers outside of test functions unwrap what the test is about

mod compare;
mod doors;
mod golden;
mod hostile;
mod light;
mod made;
mod paper;
mod properties;
mod stability;
mod statistical;
