//! `mmw snr coverage`: how often intervals hold the truth, by Monte Carlo.

use crate::error::Result;
use crate::question::{Question, word};
use crate::study::{Comparison, Outcome, StudyOptions, compare};
use snr_quantile::compare::{BpskRecords, Promise, Scoring, snr_grid};
use snr_quantile::{Method, NO_SIGNAL_DB};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Estimators, separated by commas: `ml_binned`, `ml`, `l_statistic`, `m2m4`, `m1m2`, `svr`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "ml_binned,l_statistic,m2m4,m1m2,svr",
        value_parser = word::<Method>
    )]
    estimators: Vec<Method>,

    /// True SNR, dB, separated by commas; `none` for noise alone
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "none,-20,-10,-5,0,2,5,10,20,30",
        value_parser = snr
    )]
    snr_db: Vec<Option<f64>>,

    /// Lengths of the records, separated by commas
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_value = "50,200,1000,20000")]
    samples: Vec<usize>,

    /// Records at each SNR and length
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    trials: u64,

    /// Probability that an interval holds the truth
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95)]
    confidence: f64,

    /// Probability that noise alone is taken for a signal, 0.001 to 0.5
    #[arg(long, value_name = "NUMBER", default_value_t = 0.01, alias = "false-alarm")]
    false_alarm_probability: f64,

    #[command(flatten)]
    study: StudyOptions,
}

/// A number of dB, or `none`.
pub(super) fn snr(text: &str) -> std::result::Result<Option<f64>, String> {
    match text.trim() {
        "none" => Ok(None),
        number => number.parse().map(Some).map_err(|_| "must be a number of dB, or none".to_owned()),
    }
}

/// The level of a grid that stands for an SNR, or for noise alone.
pub(super) fn levels(snr_db: &[Option<f64>]) -> Vec<f64> {
    snr_db.iter().map(|db| db.unwrap_or(NO_SIGNAL_DB)).collect()
}

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        let promise =
            Promise { confidence: self.confidence, false_alarm_probability: self.false_alarm_probability };
        let records = BpskRecords { scoring: Scoring { intervals: Some(promise), ..Scoring::default() } };
        let comparison = Comparison {
            kind: &super::kinds::COVERAGE,
            experiment: &records,
            contenders: records.contenders(&self.estimators)?,
            named_by: "estimators",
            grid: snr_grid(&self.samples, &levels(&self.snr_db))?,
            config: self.study.config(self.trials),
        };
        compare(comparison, &self.study)
    }
}
