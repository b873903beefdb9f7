//! Samples on their way from a file to what takes them.

use crate::error::{Error, Result};
use mmw_core::C64;
use std::path::Path;

/// Samples that follow each other.
pub(in crate::snr) enum Block<'a> {
    Real(&'a [f64]),
    Complex(&'a [C64]),
}

impl<'a> Block<'a> {
    pub(in crate::snr) fn len(&self) -> usize {
        match self {
            Self::Real(x) => x.len(),
            Self::Complex(y) => y.len(),
        }
    }

    /// The first `count` samples, and those after them.
    pub(in crate::snr) fn split_at(self, count: usize) -> (Block<'a>, Block<'a>) {
        match self {
            Self::Real(x) => {
                let (first, rest) = x.split_at(count);
                (Self::Real(first), Self::Real(rest))
            }
            Self::Complex(y) => {
                let (first, rest) = y.split_at(count);
                (Self::Complex(first), Self::Complex(rest))
            }
        }
    }
}

pub(super) type Take<'a> = &'a mut dyn FnMut(Block<'_>) -> Result<()>;

pub(super) fn wrong(path: &Path, what: impl std::fmt::Display) -> Error {
    Error::Parse(format!("{}: {what}", path.display()))
}
