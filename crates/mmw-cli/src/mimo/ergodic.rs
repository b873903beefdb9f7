//! `mmw mimo ergodic`: the mean capacity of independent Rayleigh fading.

use super::values::{Answer, Ends, ratio};
use crate::error::Result;
use crate::question::Question;
use mimo_gscm::exact::ergodic_capacity;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    ends: Ends,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Ends { receive, transmit, snr_db } = self.ends;
        let snr = ratio(snr_db, -200.0, 200.0)?;
        Ok(Answer { capacity_bit_s_hz: ergodic_capacity(receive, transmit, snr)? })
    }
}
