//! Magnitudes in ascending order.

mod network;

mod buckets;

mod parts;

mod ordered;

pub(crate) use ordered::Ordered;
