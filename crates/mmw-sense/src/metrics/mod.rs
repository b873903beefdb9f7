//! How good tracks are, by the definitions of their authors.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`ospa`], [`gospa`] | distance of two sets of positions: one frame, without identities |
//! | [`ClearMot`] | misses, false tracks, identity switches, fragments, and IDF1 of a recording |

mod set;

mod clear_mot;

pub use clear_mot::{ClearMot, MotSummary};
pub use set::{Gospa, Ospa, gospa, ospa};
