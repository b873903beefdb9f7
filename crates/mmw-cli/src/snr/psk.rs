//! `mmw snr psk`: accuracy, intervals and detection for complex samples, by Monte Carlo.

use crate::error::Result;
use crate::export::save_table_csv;
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::{Question, Readable, word};
use mmw_core::check;
use serde::Serialize;
use snr_quantile::psk::{Modulation, PskScore, PskStudy};
use snr_quantile::{Method, Snr};
use std::path::PathBuf;

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

    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// File for the table as CSV
    #[arg(short, long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
}

/// One estimator at one modulation, SNR and length.
#[derive(Debug, Serialize)]
struct Row {
    modulation: Modulation,
    /// None for noise alone.
    es_n0_db: Option<f64>,
    samples: usize,
    mse_over_crlb: Option<f64>,
    #[serde(flatten)]
    score: PskScore,
}

/// A row for each modulation, estimator, SNR and length.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    trials: u64,
    seed: u64,
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
        Ok(Answer { trials: self.trials, seed: self.seed, rows })
    }
}

impl Parameters {
    fn rows(&self) -> Result<Vec<Row>> {
        check::at_least("modulations", self.modulations.len(), 1)?;
        check::at_least("estimators", self.estimators.len(), 1)?;
        check::at_least("es_n0_db", self.es_n0_db.len(), 1)?;
        check::at_least("samples", self.samples.len(), 1)?;
        let cells = self.modulations.len() * self.samples.len() * self.es_n0_db.len();
        let progress = Progress::new(cells as u64, Unit::Count("cells"));
        let mut rows = Vec::new();
        for &modulation in &self.modulations {
            for &samples in &self.samples {
                for &es_n0_db in &self.es_n0_db {
                    Interrupt::check()?;
                    // An SNR is twice Es/N0.
                    let double = |db: f64| Snr::from_db(db + 10.0 * 2_f64.log10());
                    let snr = es_n0_db.map(double).transpose()?;
                    let Self { trials, seed, .. } = *self;
                    let study = PskStudy { trials, seed, ..PskStudy::new(modulation, snr, samples) };
                    let row = |score: PskScore| {
                        let mse_over_crlb = score.crlb_db2.map(|bound| score.mse_db2 / bound);
                        Row { modulation, es_n0_db, samples, mse_over_crlb, score }
                    };
                    rows.extend(study.run(&self.estimators)?.into_iter().map(row));
                    progress.advance(1);
                }
            }
        }
        Ok(rows)
    }
}

const COLUMNS: [&str; 12] = [
    "modulation",
    "es_n0_db",
    "samples",
    "estimator",
    "bias_db",
    "mse_db2",
    "mse_error_db2",
    "crlb_db2",
    "mse_over_crlb",
    "not_identifiable",
    "covered",
    "detected",
];

impl Row {
    /// Numbers that read back to the same bits.
    fn csv(&self) -> Vec<String> {
        let number = |x: f64| format!("{x:?}");
        let maybe = |x: Option<f64>| x.map(number).unwrap_or_default();
        let score = &self.score;
        vec![
            self.modulation.to_string(),
            maybe(self.es_n0_db),
            self.samples.to_string(),
            score.method.to_string(),
            number(score.bias_db),
            number(score.mse_db2),
            number(score.mse_error_db2),
            maybe(score.crlb_db2),
            maybe(self.mse_over_crlb),
            number(score.not_identifiable),
            maybe(score.covered),
            maybe(score.detected),
        ]
    }

    fn line(&self) -> String {
        let maybe =
            |x: Option<f64>, digits: usize| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.digits$}"));
        let score = &self.score;
        let es_n0 = self.es_n0_db.map_or_else(|| "none".to_owned(), |db| db.to_string());
        let error = score.crlb_db2.map(|bound| score.mse_error_db2 / bound);
        format!(
            "{:<6} {es_n0:>8} {:>8}  {:<17} {:>9.4} {:>9} {:>8} {:>5.1} % {:>8} {:>8}",
            self.modulation.name(),
            self.samples,
            score.method.name(),
            score.bias_db,
            maybe(self.mse_over_crlb, 4),
            maybe(error, 4),
            100.0 * score.not_identifiable,
            maybe(score.covered, 4),
            maybe(score.detected, 4),
        )
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{:<6} {:>8} {:>8}  {:<17} {:>9} {:>9} {:>8} {:>7} {:>8} {:>8}",
            "",
            "Es/N0 dB",
            "samples",
            "estimator",
            "bias dB",
            "MSE/CRB",
            "± error",
            "no SNR",
            "covered",
            "detected"
        )];
        lines.extend(self.rows.iter().map(Row::line));
        lines.push(format!(
            "{} trials each; estimates held within -20 to 40 dB; intervals of 95 %, false alarms 1 %",
            self.trials
        ));
        lines
    }
}
