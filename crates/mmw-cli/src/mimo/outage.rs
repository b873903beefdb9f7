//! `mmw mimo outage`: the capacity that independent Rayleigh fading fails to reach with a given probability.

use super::values::{Exact, ratio};
use crate::error::Result;
use crate::question::{Question, needed};
use mimo_gscm::exact::IidOutage;
use serde::Deserialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Antennas of the receiver: 1 to 512; at most 1024 pairs with two or more at both ends
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    receive: Option<usize>,

    /// Antennas of the transmitter, which share the power: 1 to 512; at most 1024 pairs with two or more at both ends
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    transmit: Option<usize>,

    /// Mean signal-to-noise ratio of a receive antenna, dB: -60 to 120, with one antenna at an end -200 to 200
    #[arg(long, value_name = "DB", required_unless_present = "batch")]
    snr_db: Option<f64>,

    /// Probability of outage: 1e-6 to 1 - 1e-6, with one antenna at an end anything between 0 and 1
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    probability: Option<f64>,
}

impl Question for Parameters {
    type Answer = Exact;

    fn answer(&self) -> Result<Exact> {
        let receive = needed(self.receive.as_ref(), "receive", "a number of antennas")?;
        let transmit = needed(self.transmit.as_ref(), "transmit", "a number of antennas")?;
        let probability = needed(self.probability.as_ref(), "probability", "a number between 0 and 1")?;
        let (low_db, high_db) = if receive == 1 || transmit == 1 { (-200.0, 200.0) } else { (-60.0, 120.0) };
        let outage = IidOutage::new(receive, transmit, ratio(self.snr_db, low_db, high_db)?)?;
        Ok(Exact { capacity_bit_s_hz: outage.capacity(probability)? })
    }
}
