//! `mmw mimo outage`: the capacity that independent Rayleigh fading fails to reach with a given probability.

use super::values::{Answer, Ends, ratio};
use crate::error::Result;
use crate::question::Question;
use mimo_gscm::exact::IidOutage;

/// What stands below the options.
pub(super) const LIMITS: &str = "\
With two or more antennas at both ends: at most 1024 pairs, an SNR of -60 to 120 dB and a probability of 1e-6 to \
1 - 1e-6.";

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    ends: Ends,

    /// Probability of outage, between 0 and 1
    #[arg(long, value_name = "NUMBER", alias = "probability")]
    outage_probability: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Ends { receive, transmit, snr_db } = self.ends;
        let (low_db, high_db) = if receive == 1 || transmit == 1 { (-200.0, 200.0) } else { (-60.0, 120.0) };
        let outage = IidOutage::new(receive, transmit, ratio(snr_db, low_db, high_db)?)?;
        Ok(Answer { capacity_bit_s_hz: outage.capacity(self.outage_probability)? })
    }
}
