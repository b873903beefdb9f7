//! How buckets stand in memory.

use std::mem::MaybeUninit;

/// Buckets side by side.
pub(crate) const LANES: usize = 8;
/// Values that a bucket holds.
pub(crate) const ROOM: usize = 16;
/// Places of eight buckets.
pub(crate) const GROUP: usize = LANES * ROOM;

/// Eight buckets: the value `k` of bucket `lane` at `k · LANES + lane`.
pub(crate) type Group<V> = [MaybeUninit<V>; GROUP];
