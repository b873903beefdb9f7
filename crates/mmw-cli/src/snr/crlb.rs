//! `mmw snr crlb`: the least variance of an unbiased estimate.

use crate::error::Result;
use crate::question::{Question, Readable, line, word};
use serde::Serialize;
use snr_quantile::psk::{self, Modulation};
use snr_quantile::{Snr, bound};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// True SNR, dB: -60 to 200
    #[arg(long, value_name = "DB")]
    snr_db: f64,

    /// Number of samples in the record
    #[arg(long, value_name = "COUNT")]
    samples: usize,

    /// Modulation of complex samples, `bpsk`, `qpsk`, `8psk`, `16psk`; without it they are real
    #[arg(long, value_name = "NAME", value_parser = word::<Modulation>)]
    modulation: Option<Modulation>,
}

/// The bounds of the variance.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// With unknown symbols.
    crlb_db2: f64,
    /// Its root.
    deviation_db: f64,
    /// With known symbols.
    data_aided_crlb_db2: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let snr = Snr::from_db(self.snr_db)?;
        let (crlb_db2, data_aided_crlb_db2) = match self.modulation {
            None => (bound::crlb_db2(snr, self.samples)?, bound::data_aided_crlb_db2(snr, self.samples)?),
            Some(modulation) => {
                (psk::crlb_db2(modulation, snr, self.samples)?, psk::data_aided_crlb_db2(snr, self.samples)?)
            }
        };
        Ok(Answer { crlb_db2, deviation_db: crlb_db2.sqrt(), data_aided_crlb_db2 })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![
            line("bound", self.crlb_db2, "dB²"),
            line("deviation", self.deviation_db, "dB"),
            line("data-aided", self.data_aided_crlb_db2, "dB²"),
        ]
    }
}
