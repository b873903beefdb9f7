//! Lumped parts: how they are connected, what they are worth, what they dissipate.

use mmw_core::{Error, Result, check};
use std::f64::consts::TAU;

/// How a part is connected, from the generator to the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PartKind {
    /// A capacitor to ground, F.
    ShuntC,
    /// An inductor in the line, H.
    SeriesL,
    /// An inductor to ground, H.
    ShuntL,
    /// A capacitor in the line, F.
    SeriesC,
    /// A capacitor across the inductor in the line before it, F: a parallel resonator in the line.
    SeriesTankC,
    /// A capacitor between the inductor to ground before it and ground, F: a series resonator to ground.
    ShuntTrapC,
    /// A resistor in the line, ohm.
    SeriesR,
    /// A resistor to ground, ohm.
    ShuntR,
}

mmw_core::named!(PartKind, "kind of part" {
    ShuntC = "shunt_c",
    SeriesL = "series_l",
    ShuntL = "shunt_l",
    SeriesC = "series_c",
    SeriesTankC = "series_tank_c",
    ShuntTrapC = "shunt_trap_c",
    SeriesR = "series_r",
    ShuntR = "shunt_r",
});

/// What a capacitor or an inductor dissipates.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Quality {
    /// Nothing.
    #[default]
    Lossless,
    /// The same quality factor at all frequencies: `Z = ωL (j + 1/Q)`, `Y = ωC (j + 1/Q)`.
    Constant {
        /// The quality factor.
        q: f64,
    },
    /// A fixed resistor, in series with an inductor or across a capacitor, that gives this quality factor at
    /// one frequency.
    At {
        /// The quality factor there.
        q: f64,
        /// That frequency, Hz.
        frequency_hz: f64,
    },
}

/// One part.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Part {
    /// How it is connected.
    pub kind: PartKind,
    /// Farad, henry or ohm, above zero.
    pub value: f64,
    /// What it dissipates; a resistor has no quality factor.
    #[cfg_attr(feature = "serde", serde(default))]
    pub quality: Quality,
}

mmw_core::checked_serde!(Part, Part::check);

impl PartKind {
    /// The inductor that a capacitor of a resonator stands behind.
    pub(super) fn partner(self) -> Option<Self> {
        match self {
            Self::SeriesTankC => Some(Self::SeriesL),
            Self::ShuntTrapC => Some(Self::ShuntL),
            _ => None,
        }
    }

    /// Whether it is a capacitor.
    pub(crate) fn is_capacitor(self) -> bool {
        matches!(self, Self::ShuntC | Self::SeriesC | Self::SeriesTankC | Self::ShuntTrapC)
    }
}

impl Part {
    /// A part without losses.
    #[must_use]
    pub fn new(kind: PartKind, value: f64) -> Self {
        Self { kind, value, quality: Quality::Lossless }
    }

    pub(super) fn check(&self) -> Result<()> {
        check::in_range("value of a part", self.value, 1e-60, 1e60)?;
        let resistor = matches!(self.kind, PartKind::SeriesR | PartKind::ShuntR);
        match self.quality {
            Quality::Lossless => Ok(()),
            _ if resistor => Err(Error::invalid("quality", "a resistor has no quality factor")),
            Quality::Constant { q } => check::positive("q", q).map(|_| ()),
            Quality::At { q, frequency_hz } => {
                check::positive("q", q)?;
                check::positive("frequency_hz of the quality factor", frequency_hz)?;
                let loss = TAU * frequency_hz * self.value / q;
                check::in_range("loss of a part", loss, 0.0, 1e60).map(|_| ())
            }
        }
    }
}
