//! In which order the chirps of several transmitters are sent, and when.

use super::FmcwConfig;

/// The order of the chirps of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Firing {
    /// One chirp of each transmitter in turn, turn after turn without a pause.
    #[default]
    InTurn,
    /// All chirps of the first transmitter, then all of the next.
    Blocks,
    /// One chirp of each transmitter in turn, each turn begun a period after the last.
    Bursts {
        /// From the start of a turn to the start of the next, s.
        period_s: f64,
    },
    /// As [`Firing::Bursts`], but in two chirps of a turn two transmitters send together, told apart by their
    /// signs (binary phase modulation, BPM): alike in the first, the second of them inverted in the second.
    /// They take the two places among the transmitters; what the channels of these hold is their sum and
    /// their difference, which [`DopplerCompensation`](crate::tdm::DopplerCompensation) takes apart.
    BinaryPhase {
        /// The two places in a turn, from 0, in rising order.
        pair: [usize; 2],
        /// From the start of a turn to the start of the next, s.
        period_s: f64,
    },
}

impl Firing {
    /// Whether the chirps of a transmitter follow one another.
    #[must_use]
    pub fn is_blocks(self) -> bool {
        self == Self::Blocks
    }

    /// The two places in a turn at which two transmitters send together.
    #[must_use]
    pub fn binary_phase(self) -> Option<[usize; 2]> {
        match self {
            Self::BinaryPhase { pair, .. } => Some(pair),
            _ => None,
        }
    }

    /// From the start of a turn to the start of the next, where that is said.
    pub(super) fn period_s(self) -> Option<f64> {
        match self {
            Self::Bursts { period_s } | Self::BinaryPhase { period_s, .. } => Some(period_s),
            _ => None,
        }
    }
}

impl FmcwConfig {
    /// From one chirp of a transmitter to its next, s.
    #[must_use]
    pub fn repetition_s(&self) -> f64 {
        match self.firing {
            Firing::InTurn => self.chirp_interval_s * self.transmitters as f64,
            Firing::Blocks => self.chirp_interval_s,
            Firing::Bursts { period_s } | Firing::BinaryPhase { period_s, .. } => period_s,
        }
    }

    /// When transmitter `t` first fires, counted from the first chirp of the frame, s.
    #[must_use]
    pub fn tx_delay_s(&self, transmitter: usize) -> f64 {
        let chirps_before = if self.firing.is_blocks() { transmitter * self.chirps } else { transmitter };
        chirps_before as f64 * self.chirp_interval_s
    }

    /// When chirp `chirp` of transmitter `transmitter` begins, counted from the first chirp of the frame, s.
    #[must_use]
    pub fn chirp_start_s(&self, transmitter: usize, chirp: usize) -> f64 {
        match self.firing {
            // As one product, so that the times are those of the chirp's number.
            Firing::InTurn => (chirp * self.transmitters + transmitter) as f64 * self.chirp_interval_s,
            Firing::Blocks | Firing::Bursts { .. } | Firing::BinaryPhase { .. } => {
                self.tx_delay_s(transmitter) + chirp as f64 * self.repetition_s()
            }
        }
    }

    /// From the start of the first chirp of a frame to the start of the last, s.
    #[must_use]
    pub fn span_s(&self) -> f64 {
        self.chirp_start_s(self.transmitters.saturating_sub(1), self.chirps.saturating_sub(1))
    }
}
