//! The seven data forms of the source.
