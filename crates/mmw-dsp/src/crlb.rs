//! Cramér-Rao bounds of a single target.
