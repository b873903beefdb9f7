//! Labelled radar data sets, splits that measure something, metrics, and the classical rivals of learned
//! systems.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod text_file;

mod npy;

pub mod samples;

pub mod windows;

pub mod split;

pub mod features;

pub mod metrics;

pub mod classify;

pub mod set;

pub mod radhar;

pub mod carrada;

pub mod cruw;

pub use classify::{
    Classifier, Committee, ForestConfig, LogisticConfig, LogisticRegression, NearestCentroid, RandomForest,
};
pub use features::{FeatureConfig, PointFeatures};
pub use metrics::Confusion;
pub use samples::Samples;
pub use windows::WindowConfig;

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};
pub use mmw_sense;
