//! From radar point clouds to clusters, tracks and people.
//!
//! A radar gives a few dozen points per scan: of people, of their limbs, of nothing. This crate reads such
//! clouds, groups their points, follows people through crossings, stops and crowds, and measures how well
//! that goes, on simulated people with known truth.
//!
//! ```
//! use mmw_sense::metrics::ClearMot;
//! use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
//! use mmw_sense::{Result, Tracker, TrackerConfig};
//!
//! # fn main() -> Result<()> {
//! // Four people meet within 0.3 m and half a second.
//! let mut tracker = Tracker::new(TrackerConfig::people())?;
//! let mut mot = ClearMot::new(0.75)?;
//! let mut tracks = Vec::new();
//! for scan in People::new(PeopleConfig::new(PeopleKind::Crossing, 1))? {
//!     tracker.step_into(&scan.cloud, &mut tracks)?;
//!     let truths: Vec<_> = scan.people.iter().map(|person| (person.id, person.position_m)).collect();
//!     let found: Vec<_> = tracks.iter().map(|track| (track.id, track.position_m)).collect();
//!     mot.frame(&truths, &found)?;
//! }
//! // Nobody is taken for somebody else, and everybody is known to some centimetres.
//! let summary = mot.summary();
//! assert_eq!(summary.switches, 0);
//! assert!(summary.motp_m < 0.04 && summary.mota > 0.95);
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`cloud`] | [`PointCloud`], its points, and how sure they are in space ([`PolarNoise`]) |
//! | [`read`] | point clouds from CSV, JSON lines, the text of ROS messages, serial packets, PLY and PCD |
//! | [`cluster`] | clusters by density in the polar frame, with velocity; their features |
//! | [`filter`] | Kalman filters, extended and unscented, with polar measurements; turns |
//! | [`assignment`] | the least cost, and the `k` best |
//! | [`association`] | gates, global nearest neighbour, JPDA |
//! | [`tracker`] | [`Tracker`]: people from the points of each scan, by soft association |
//! | [`metrics`] | OSPA, GOSPA, CLEAR-MOT, IDF1 |
//! | [`simulate`] | walking people, as a radar sees them |
//! | [`pose`] | rotations and rigid motions |
//! | [`kd_tree`] | nearest points |
//! | [`registration`] | the motion between two clouds |
//! | [`ego`] | how a radar moves, from the radial velocities of what stands still |
//! | [`trajectory`] | paths with their times, how far they are from the truth, files of TUM |
//! | [`graph`] | pose graphs in the plane and in space, files of g2o |
//! | [`slam`] | where a radar has been and what is around it, from its scans alone |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | frame | x right, y forward, z up; azimuth from y towards x, elevation from the horizon up |
//! | velocity | radial, positive when receding: a point at rest before a radar that moves ahead has a negative one |
//! | time | seconds, as numbers that grow; steps may differ and scans may be missing |
//! | unknown | `None`, never zero |
//! | errors | no function panics on any input or returns NaN for finite input |
//!
//! # References
//! What is sensed, and the regression for the ego-velocity: "Millimetre-wave radar sensing", lecture slides
//! in Chinese on TI's IWR1843, without an author or a date. Metrics, filters, registration and graphs are
//! those of the papers that stand as footnotes where they are used.
//!
//! # Features
//! `serde`: (de)serialisation of the plain types. `json-lines`: reads what `mmw radar process` prints.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod matrix;

pub mod pose;

pub mod cloud;

pub mod read;

pub mod cluster;

pub mod filter;

pub mod assignment;

pub mod association;

pub mod tracker;

pub mod metrics;

pub mod simulate;

pub mod kd_tree;

pub mod registration;

pub mod trajectory;

pub mod ego;

pub mod graph;

pub mod slam;

pub use cloud::{CloudPoint, PointCloud, PolarNoise};
pub use ego::{EgoConfig, EgoVelocity};
pub use pose::Pose;
pub use tracker::{Track, TrackStatus, Tracker, TrackerConfig};

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
