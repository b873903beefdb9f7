//! `mmw snr psk`: accuracy, intervals and detection for complex samples, by Monte Carlo.

use super::coverage::levels;
use crate::error::Result;
use crate::question::{Question, word};
use crate::study::{Comparison, Outcome, StudyOptions, compare};
use mmw_core::study::StudyConfig;
use snr_quantile::Method;
use snr_quantile::psk::{Modulation, PskRecords, es_n0_grid};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Modulations, separated by commas: `bpsk`, `qpsk`, `8psk`, `16psk`
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "qpsk", value_parser = word::<Modulation>)]
    modulations: Vec<Modulation>,

    /// Estimators, separated by commas: `ml_binned`, `ml`, `m2m4`, `svr`, `decision_directed`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "ml_binned,m2m4,svr,decision_directed",
        value_parser = word::<Method>
    )]
    estimators: Vec<Method>,

    /// True Es/N0, dB, separated by commas; `none` for noise alone
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "none,-5,0,3,6,10,15,20",
        value_parser = super::coverage::snr
    )]
    es_n0_db: Vec<Option<f64>>,

    /// Lengths of the records, separated by commas
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_value = "1000")]
    samples: Vec<usize>,

    /// Records at each SNR and length
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    trials: u64,

    #[command(flatten)]
    study: StudyOptions,
}

/// Records that share a random stream: estimating one takes a tenth of a millisecond or so.
const BLOCK_SIZE: u64 = 16;

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        let records = PskRecords::default();
        let comparison = Comparison {
            kind: &super::kinds::PSK,
            experiment: &records,
            contenders: records.contenders(&self.estimators),
            named_by: "estimators",
            grid: es_n0_grid(&self.modulations, &self.samples, &levels(&self.es_n0_db))?,
            config: StudyConfig { block_size: BLOCK_SIZE, ..self.study.config(self.trials) },
        };
        compare(comparison, &self.study)
    }
}
