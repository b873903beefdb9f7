//! `mmw snr crlb`: the least variance of an unbiased estimate.

use crate::error::Result;
use crate::question::{Answer, Question, line, needed};
use serde::{Deserialize, Serialize};
use snr_quantile::{Snr, bound};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// True SNR, dB: -60 to 200
    #[arg(long, value_name = "DB", required_unless_present = "batch")]
    snr_db: Option<f64>,

    /// Number of samples in the record
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    samples: Option<usize>,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Bound {
    /// With unknown symbols.
    crlb_db2: f64,
    /// Its root.
    deviation_db: f64,
    /// With known symbols.
    data_aided_crlb_db2: f64,
}

impl Question for Parameters {
    type Answer = Bound;

    fn answer(&self) -> Result<Bound> {
        let snr = Snr::from_db(needed(self.snr_db.as_ref(), "snr_db", "a number of decibels")?)?;
        let samples = needed(self.samples.as_ref(), "samples", "a number of samples")?;
        let crlb_db2 = bound::crlb_db2(snr, samples)?;
        let data_aided_crlb_db2 = bound::data_aided_crlb_db2(snr, samples)?;
        Ok(Bound { crlb_db2, deviation_db: crlb_db2.sqrt(), data_aided_crlb_db2 })
    }
}

impl Answer for Bound {
    fn lines(&self) -> Vec<String> {
        vec![
            line("bound", self.crlb_db2, "dB²"),
            line("deviation", self.deviation_db, "dB"),
            line("data-aided", self.data_aided_crlb_db2, "dB²"),
        ]
    }
}
