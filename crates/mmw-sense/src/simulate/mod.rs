//! Simulated scenes, so that every claim about trackers can be shown.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`People`], [`PeopleConfig`], [`PeopleKind`] | people who walk, meet, stop and crowd, as one radar sees them |
//! | [`Room`] | a furnished room, as places on its surfaces |
//! | [`RoomWalk`], [`RoomWalkConfig`], [`RoomScan`] | a radar that is carried through a furnished room |
//! | [`SplitMix64`] | the generator, simple enough to be had in any language |

mod split_mix;

mod paths;

mod people;

mod room;

mod room_walk;

pub use paths::PeopleKind;
pub use people::{People, PeopleConfig, Person, Scan};
pub use room::Room;
pub use room_walk::{RoomScan, RoomWalk, RoomWalkConfig};
pub use split_mix::SplitMix64;
