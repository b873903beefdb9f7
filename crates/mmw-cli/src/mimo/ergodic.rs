//! `mmw mimo ergodic`: the mean capacity of independent Rayleigh fading.

use super::values::{Exact, ratio};
use crate::error::Result;
use crate::question::{Question, needed};
use mimo_gscm::exact::ergodic_capacity;
use serde::Deserialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Antennas of the receiver: 1 to 512
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    receive: Option<usize>,

    /// Antennas of the transmitter, which share the power: 1 to 512
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    transmit: Option<usize>,

    /// Mean signal-to-noise ratio of a receive antenna, dB: -200 to 200
    #[arg(long, value_name = "DB", required_unless_present = "batch")]
    snr_db: Option<f64>,
}

impl Question for Parameters {
    type Answer = Exact;

    fn answer(&self) -> Result<Exact> {
        let receive = needed(self.receive.as_ref(), "receive", "a number of antennas")?;
        let transmit = needed(self.transmit.as_ref(), "transmit", "a number of antennas")?;
        let snr = ratio(self.snr_db, -200.0, 200.0)?;
        Ok(Exact { capacity_bit_s_hz: ergodic_capacity(receive, transmit, snr)? })
    }
}
