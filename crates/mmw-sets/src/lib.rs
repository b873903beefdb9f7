//! Labelled radar data sets, splits that measure something, metrics, and the classical rivals of learned
//! systems.
//!
//! A network is worth its weights when it beats what is simpler, on data of a session, subject or room that
//! it has never seen. This crate holds what that takes and no network: readers, splits, features, rivals,
//! metrics.
//!
//! ```
//! use mmw_sets::mmw_sense::{CloudPoint, PointCloud};
//! use mmw_sets::{
//!     Classifier, FeatureConfig, LogisticConfig, LogisticRegression, PointFeatures, Result, WindowConfig,
//!     split,
//! };
//!
//! # fn main() -> Result<()> {
//! // Somebody waves or walks on the spot, 6 s each, in each of three rooms at another distance.
//! // (`radhar::read_folder` gives recordings of people.)
//! let recording = |room: u32, activity: usize| -> Result<Vec<PointCloud>> {
//!     let frame = |i: u32| {
//!         let t = f64::from(i) / 30.0;
//!         let v = [1.5, 0.9][activity] * (std::f64::consts::TAU * [2.0, 0.8][activity] * t).sin();
//!         let point = CloudPoint::new([0.1, 2.0 + f64::from(room), 0.3], Some(v))?;
//!         PointCloud::new(u64::from(i), t, vec![point])
//!     };
//!     (0..180).map(frame).collect()
//! };
//! let mut recordings = Vec::new();
//! for room in 0..3 {
//!     for activity in 0..2 {
//!         recordings.push((recording(room, activity)?, activity));
//!     }
//! }
//! let units: Vec<_> = recordings.iter().map(|(clouds, label)| (clouds.as_slice(), *label)).collect();
//!
//! // Windows of 60 frames become rows of features; each room is judged by what was learned in the others.
//! let features = PointFeatures::new(FeatureConfig::radhar(), WindowConfig::radhar())?;
//! let samples = features.samples(&units, 2)?;
//! for fold in split::leave_one_group_out(&samples.groups(&[0, 0, 1, 1, 2, 2])?)? {
//!     let model = LogisticRegression::fit(&samples.select(&fold.train)?, LogisticConfig::default())?;
//!     let confusion = model.confusion(&samples.select(&fold.test)?)?;
//!     assert_eq!(confusion.accuracy(), Some(1.0));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`samples`] | [`Samples`]: rows with labels and the recordings that they are from |
//! | [`windows`] | [`WindowConfig`]: windows of consecutive frames |
//! | [`split`] | groups held out whole: sessions, subjects, sequences |
//! | [`features`] | [`PointFeatures`]: windows of point clouds as numbers |
//! | [`metrics`] | confusion, `IoU`, Dice, object location similarity, average precision, position errors |
//! | [`classify`] | nearest centroid, logistic regression, random forest, and their committee |
//! | [`set`] | sets of labelled maps of our own: `set.json`, `.npy`, `objects.jsonl` |
//! | [`radhar`] | recordings of five activities, and why their published split measures nothing |
//! | [`carrada`], [`cruw`] | the layouts of two public sets of maps |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | frame | x right, y forward, z up; azimuth from ahead to the right |
//! | maps | `[first axis, second axis]` as the set says; values as in the files |
//! | classes | numbers from 0; in label maps, and only there, 0 is the background |
//! | randomness | from [`Streams`](mmw_core::Streams): the same seed gives the same bits, on any machine |
//! | errors | damaged data are an error that names the file and the field, cell or byte; no function panics |
//!
//! # References
//! - A. D. Singh et al., "`RadHAR`: human activity recognition from point clouds generated through a
//!   millimeter-wave radar", mmNets 2019, doi:10.1145/3349624.3356768
//! - A. Ouaknine et al., "CARRADA dataset", ICPR 2020, doi:10.1109/ICPR48806.2021.9413181
//! - Y. Wang et al., "`RODNet`", IEEE J. Sel. Topics Signal Process. 15, 2021, doi:10.1109/JSTSP.2021.3058895
//!
//! # Features
//! None: the files of a set are JSON, so serde is always there.
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
