//! Directions of arrival: one trait for the whole family.
