//! The fields that have something to reproduce.

use crate::host::Setup;
use crate::section::Section;
use crate::{fso, link, mimo, radar, snr};
use mmw_core::Result;
use serde::{Deserialize, Serialize};

/// A field with a source of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Area {
    /// FMCW radar.
    Radar,
    /// 60 GHz path loss and ladders.
    Link,
    /// MIMO channel and capacity.
    Mimo,
    /// SNR estimation of BPSK.
    Snr,
    /// Optical links from ground to air.
    Fso,
}

mmw_core::named!(Area, "area" { Radar = "radar", Link = "link", Mimo = "mimo", Snr = "snr", Fso = "fso" });

impl Area {
    /// The heading on the page.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Radar => "FMCW radar",
            Self::Link => "60 GHz path loss and ladders",
            Self::Mimo => "MIMO channel and capacity",
            Self::Snr => "SNR estimation of BPSK",
            Self::Fso => "Optical links from ground to air",
        }
    }

    /// Recomputes the area: pictures go to the caller's files, the rest comes back.
    ///
    /// # Errors
    /// Kind `cancelled` once the caller wants an end, `io` naming a file.
    pub fn sections(self, setup: &Setup<'_>) -> Result<Vec<Section>> {
        match self {
            Self::Radar => radar::run(setup),
            Self::Link => link::run(setup),
            Self::Mimo => mimo::run(setup),
            Self::Snr => snr::run(setup),
            Self::Fso => fso::run(setup),
        }
    }
}
