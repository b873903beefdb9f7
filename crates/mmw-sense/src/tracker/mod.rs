//! Tracks of extended bodies from the points of each scan.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Tracker`], [`TrackerConfig`] | soft association: every point is shared among the tracks by likelihood |
//! | [`Track`], [`TrackStatus`] | where a body is, how fast it moves, and how sure that is |
//! | [`Zone`] | a rectangle seen from above |
//! | [`Presence`], [`Visit`] | who is in a zone, and since when |
//! | [`ClusterTracker`], [`Pairing`] | clusters and one measurement per track, by GNN or JPDA: a comparison |
//! | [`Follow`] | what every tracker does |

mod zone;

mod config;

mod track;

mod follow;

mod motion;

mod sharing;

mod body;

mod birth;

mod memory;

mod soft;

mod clusters;

mod presence;

pub use clusters::{ClusterTracker, Pairing};
pub use config::TrackerConfig;
pub use follow::Follow;
pub use presence::{Presence, Visit};
pub use soft::Tracker;
pub use track::{Track, TrackStatus};
pub use zone::Zone;
