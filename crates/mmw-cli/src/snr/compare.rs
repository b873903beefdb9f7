//! `mmw snr compare`: estimators side by side, on the same samples.

use crate::error::Result;
use crate::question::{Question, contradiction, json_or, word};
use crate::study::{Comparison, Outcome, StudyOptions, compare};
use mmw_core::check;
use snr_quantile::Method;
use snr_quantile::compare::{BpskRecords, Scoring, snr_grid};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Estimators, separated by commas: `quartic`, `l_statistic`, `ml`, `ml_binned`, `m2m4`, `m1m2`, `svr`,
    /// `decision_directed`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "quartic,m2m4,m1m2,l_statistic,ml_binned",
        value_parser = word::<Method>
    )]
    estimators: Vec<Method>,

    /// True SNR, dB, separated by commas: -60 to 100
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "0,5,10"
    )]
    snr_db: Vec<f64>,

    /// Lengths of the records, separated by commas
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_value = "200")]
    samples: Vec<usize>,

    /// Records at each SNR and length
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    trials: u64,

    /// Least and greatest estimate that counts, dB; no estimate counts as the least
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true, default_value = "-20,40", value_parser = pair)]
    clip_db: [f64; 2],

    #[command(flatten)]
    study: StudyOptions,
}

/// `-20,40`.
fn pair(text: &str) -> std::result::Result<[f64; 2], String> {
    let wrong = || "must be two numbers, as in -20,40".to_owned();
    json_or(text, |text| {
        let (low, high) = text.split_once(',').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse().map_err(|_| wrong());
        Ok([number(low)?, number(high)?])
    })
}

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        if self.estimators.contains(&Method::DataAided) {
            let reason = "data_aided knows the symbols and cannot be compared with estimators that do not";
            return Err(contradiction("estimators", reason));
        }
        for &snr_db in &self.snr_db {
            check::in_range("snr_db", snr_db, -60.0, 100.0)?;
        }
        let records = BpskRecords { scoring: Scoring { clip_db: self.clip_db, ..Scoring::default() } };
        let comparison = Comparison {
            kind: &super::kinds::COMPARE,
            experiment: &records,
            contenders: records.contenders(&self.estimators)?,
            named_by: "estimators",
            grid: snr_grid(&self.samples, &self.snr_db)?,
            config: self.study.config(self.trials),
        };
        compare(comparison, &self.study)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_two_numbers() {
        assert_eq!(pair("-20, 40"), Ok([-20.0, 40.0]));
        assert!(pair("3").is_err() && pair("a,b").is_err());
    }
}
