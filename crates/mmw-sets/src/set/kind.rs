//! Kinds of maps.

use serde::{Deserialize, Serialize};

/// Which two quantities span a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MapKind {
    /// Range and Doppler.
    Rd,
    /// Range and azimuth.
    Ra,
    /// Azimuth and Doppler.
    Ad,
    /// Range and elevation.
    Re,
}

mmw_core::named!(MapKind, "map" { Rd = "rd", Ra = "ra", Ad = "ad", Re = "re" });
