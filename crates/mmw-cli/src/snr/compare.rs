//! `mmw snr compare`: estimators side by side, on the same samples.

use crate::error::Result;
use crate::export::save_table_csv;
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::{Question, Readable, contradiction, json_or, word};
use mmw_core::check;
use serde::Serialize;
use snr_quantile::compare::{Comparison, Score};
use snr_quantile::{Method, Snr};
use std::path::PathBuf;

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

    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Least and greatest estimate that counts, dB; no estimate counts as the least
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true, default_value = "-20,40", value_parser = pair)]
    clip_db: [f64; 2],

    /// File for the table as CSV
    #[arg(short, long, value_name = "FILE.csv", alias = "csv")]
    out: Option<PathBuf>,
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

/// A row for each estimator, SNR and length.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    trials: u64,
    seed: u64,
    clip_db: [f64; 2],
    rows: Vec<Row>,
}

/// One estimator at one SNR and length.
#[derive(Debug, Serialize)]
struct Row {
    snr_db: f64,
    samples: usize,
    estimator: Method,
    bias_db: f64,
    variance_db2: f64,
    mse_db2: f64,
    /// Standard error of `mse_db2`.
    mse_error_db2: f64,
    nmse: f64,
    crlb_db2: f64,
    mse_over_crlb: f64,
    /// Share of records without an estimate.
    not_identifiable: f64,
}

impl Row {
    fn new(snr_db: f64, samples: usize, score: Score) -> Self {
        Self {
            snr_db,
            samples,
            estimator: score.method,
            bias_db: score.bias_db,
            variance_db2: score.variance_db2,
            mse_db2: score.mse_db2,
            mse_error_db2: score.mse_error_db2,
            nmse: score.nmse,
            crlb_db2: score.crlb_db2,
            mse_over_crlb: 1.0 / score.efficiency,
            not_identifiable: score.not_identifiable,
        }
    }
}

/// Longest record: 0.8 GB of samples.
const LONGEST: f64 = 1e8;

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        check::at_least("estimators", self.estimators.len(), 1)?;
        check::at_least("snr_db", self.snr_db.len(), 1)?;
        check::at_least("samples", self.samples.len(), 1)?;
        if self.estimators.contains(&Method::DataAided) {
            let reason = "data_aided knows the symbols and cannot be compared with estimators that do not";
            return Err(contradiction("estimators", reason));
        }
        for &samples in &self.samples {
            check::in_range("samples", samples as f64, 2.0, LONGEST)?;
        }
        for &snr_db in &self.snr_db {
            check::in_range("snr_db", snr_db, -60.0, 100.0)?;
        }
        let trials = self.trials;
        let all =
            self.samples.iter().fold(0_u64, |sum, n| sum.saturating_add(trials.saturating_mul(*n as u64)));
        let progress = Progress::new(all.saturating_mul(self.snr_db.len() as u64), Unit::Count("samples"));
        let mut rows = Vec::new();
        for &samples in &self.samples {
            for &snr_db in &self.snr_db {
                Interrupt::check()?;
                let Self { seed, clip_db, .. } = *self;
                let comparison =
                    Comparison { trials, seed, clip_db, ..Comparison::new(Snr::from_db(snr_db)?, samples) };
                let scores = comparison.run(&self.estimators)?;
                rows.extend(scores.into_iter().map(|score| Row::new(snr_db, samples, score)));
                progress.advance(trials.saturating_mul(samples as u64));
            }
        }
        if let Some(path) = &self.out {
            let cells: Vec<Vec<String>> = rows.iter().map(Row::csv).collect();
            save_table_csv(path, &COLUMNS.map(str::to_owned), &cells)?;
        }
        Ok(Answer { trials, seed: self.seed, clip_db: self.clip_db, rows })
    }
}

/// The columns of the CSV, named as the fields.
const COLUMNS: [&str; 11] = [
    "snr_db",
    "samples",
    "estimator",
    "bias_db",
    "variance_db2",
    "mse_db2",
    "mse_error_db2",
    "nmse",
    "crlb_db2",
    "mse_over_crlb",
    "not_identifiable",
];

impl Row {
    /// Numbers that read back to the same bits.
    fn csv(&self) -> Vec<String> {
        let number = |x: f64| format!("{x:?}");
        vec![
            number(self.snr_db),
            self.samples.to_string(),
            self.estimator.to_string(),
            number(self.bias_db),
            number(self.variance_db2),
            number(self.mse_db2),
            number(self.mse_error_db2),
            number(self.nmse),
            number(self.crlb_db2),
            number(self.mse_over_crlb),
            number(self.not_identifiable),
        ]
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{:>7} {:>8}  {:<17} {:>9} {:>10} {:>10} {:>9} {:>9} {:>10} {:>7}",
            "SNR dB",
            "samples",
            "estimator",
            "bias dB",
            "var dB²",
            "MSE dB²",
            "MSE/CRB",
            "± error",
            "NMSE",
            "no SNR"
        )];
        for row in &self.rows {
            lines.push(format!(
                "{:>7} {:>8}  {:<17} {:>9.4} {:>10} {:>10} {:>9} {:>9} {:>10} {:>5.1} %",
                row.snr_db,
                row.samples,
                row.estimator.name(),
                row.bias_db,
                short(row.variance_db2),
                short(row.mse_db2),
                short(row.mse_over_crlb),
                short(row.mse_error_db2 / row.crlb_db2),
                short(row.nmse),
                100.0 * row.not_identifiable
            ));
        }
        let [low, high] = self.clip_db;
        lines.push(format!(
            "{} trials each; estimates held within {low} to {high} dB; ± one standard error of MSE/CRB",
            self.trials
        ));
        lines
    }
}

/// Four digits in at most nine characters.
fn short(x: f64) -> String {
    match x {
        x if x == 0.0 || !(1e-3..1e5).contains(&x) => format!("{x:.2e}"),
        x if x >= 100.0 => format!("{x:.1}"),
        x => format!("{x:.4}"),
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

    #[test]
    fn the_columns_are_the_fields() {
        let score = Comparison { trials: 2, ..Comparison::new(Snr::from_db(5.0).unwrap(), 50) };
        let row = Row::new(5.0, 50, score.run(&[Method::M2m4]).unwrap().remove(0));
        let object = serde_json::to_value(&row).unwrap();
        assert_eq!(object.as_object().unwrap().len(), COLUMNS.len());
        assert!(COLUMNS.iter().all(|column| object.get(column).is_some()));
        assert_eq!(row.csv().len(), COLUMNS.len());
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0.0, 0.12345, 12.3456, 1234.56, 1.5e9].map(short),
            ["0.00e0", "0.1235", "12.3456", "1234.6", "1.50e9"]
        );
    }
}
