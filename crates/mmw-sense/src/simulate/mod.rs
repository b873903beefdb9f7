//! Simulated scenes, so that every claim about trackers can be shown.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`People`], [`PeopleConfig`], [`PeopleKind`] | people who walk, meet, stop and crowd, as one radar sees them |
//! | [`SplitMix64`] | the generator, simple enough to be had in any language |

mod split_mix;

mod paths;

mod people;

pub use paths::PeopleKind;
pub use people::{People, PeopleConfig, Person, Scan};
pub use split_mix::SplitMix64;
