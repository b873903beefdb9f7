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
}

impl Firing {
    /// Whether the chirps of a transmitter follow one another.
    #[must_use]
    pub fn is_blocks(self) -> bool {
        self == Self::Blocks
    }
}

impl FmcwConfig {
    /// From one chirp of a transmitter to its next, s.
    #[must_use]
    pub fn repetition_s(&self) -> f64 {
        match self.firing {
            Firing::InTurn => self.chirp_interval_s * self.transmitters as f64,
            Firing::Blocks => self.chirp_interval_s,
            Firing::Bursts { period_s } => period_s,
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
            Firing::Blocks | Firing::Bursts { .. } => {
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
