//! `mmw snr coverage`: how often intervals hold the truth, by Monte Carlo.

use crate::error::Result;
use crate::export::save_table_csv;
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::{Question, Readable, word};
use mmw_core::check;
use serde::Serialize;
use snr_quantile::coverage::{Coverage, CoverageScore};
use snr_quantile::{Method, Snr};
use std::path::PathBuf;

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

    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Probability that an interval holds the truth
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95)]
    confidence: f64,

    /// Probability that noise alone is taken for a signal, 0.001 to 0.5
    #[arg(long, value_name = "NUMBER", default_value_t = 0.01)]
    false_alarm: f64,

    /// File for the table as CSV
    #[arg(short, long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
}

/// A number of dB, or `none`.
pub(super) fn snr(text: &str) -> std::result::Result<Option<f64>, String> {
    match text.trim() {
        "none" => Ok(None),
        number => number.parse().map(Some).map_err(|_| "must be a number of dB, or none".to_owned()),
    }
}

/// One estimator at one SNR and length.
#[derive(Debug, Serialize)]
struct Row {
    /// None for noise alone.
    snr_db: Option<f64>,
    samples: usize,
    #[serde(flatten)]
    score: CoverageScore,
}

/// A row for each estimator, SNR and length.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    trials: u64,
    seed: u64,
    confidence: f64,
    false_alarm: f64,
    rows: Vec<Row>,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let rows = self.rows()?;
        if let Some(path) = &self.out {
            let cells: Vec<Vec<String>> = rows.iter().map(Row::csv).collect();
            save_table_csv(path, &COLUMNS.map(str::to_owned), &cells)?;
        }
        let Self { trials, seed, confidence, false_alarm, .. } = *self;
        Ok(Answer { trials, seed, confidence, false_alarm, rows })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let heads = ["SNR dB", "samples", "estimator", "covered", "± error", "detected"];
        let [snr, samples, estimator, covered, error, detected] = heads;
        let head = format!("{snr:>7} {samples:>8}  {estimator:<12} {covered:>9} {error:>8} {detected:>9}");
        std::iter::once(head).chain(self.rows.iter().map(Row::line)).collect()
    }
}

impl Parameters {
    fn rows(&self) -> Result<Vec<Row>> {
        check::at_least("estimators", self.estimators.len(), 1)?;
        check::at_least("snr_db", self.snr_db.len(), 1)?;
        check::at_least("samples", self.samples.len(), 1)?;
        let Self { trials, seed, confidence, false_alarm, .. } = *self;
        let cost = |samples: usize| trials.saturating_mul(samples as u64);
        let all = self.samples.iter().fold(0_u64, |sum, n| sum.saturating_add(cost(*n)));
        let progress = Progress::new(all.saturating_mul(self.snr_db.len() as u64), Unit::Count("samples"));
        let mut rows = Vec::new();
        for &samples in &self.samples {
            for &snr_db in &self.snr_db {
                Interrupt::check()?;
                let snr = snr_db.map(Snr::from_db).transpose()?;
                let cell = Coverage { trials, seed, confidence, false_alarm, ..Coverage::new(snr, samples) };
                let scores = cell.run(&self.estimators)?;
                rows.extend(scores.into_iter().map(|score| Row { snr_db, samples, score }));
                progress.advance(cost(samples));
            }
        }
        Ok(rows)
    }
}

/// The columns of the CSV, named as the fields.
const COLUMNS: [&str; 6] = ["snr_db", "samples", "method", "covered", "standard_error", "detected"];

impl Row {
    fn truth(&self) -> String {
        self.snr_db.map_or("none".to_owned(), |db| db.to_string())
    }

    fn csv(&self) -> Vec<String> {
        let number = |x: f64| format!("{x:?}");
        vec![
            self.truth(),
            self.samples.to_string(),
            self.score.method.to_string(),
            number(self.score.covered),
            number(self.score.standard_error),
            number(self.score.detected),
        ]
    }

    fn line(&self) -> String {
        let CoverageScore { method, covered, standard_error, detected } = self.score;
        format!(
            "{:>7} {:>8}  {:<12} {covered:>9.4} {standard_error:>8.4} {detected:>9.4}",
            self.truth(),
            self.samples,
            method.name()
        )
    }
}
