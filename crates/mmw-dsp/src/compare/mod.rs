//! Comparison of the methods of this crate by Monte Carlo, on the same data for all: direction finders
//! ([`DirectionTrials`]) and CFAR detectors ([`DetectionTrials`]). The engine is that of [`mmw_core::study`].

mod detections;
mod directions;

pub use detections::{DetectionTrials, DetectionTrialsConfig, TrialDetector, detection_grid};
pub use directions::{DirectionTrials, DirectionTrialsConfig, direction_grid};
