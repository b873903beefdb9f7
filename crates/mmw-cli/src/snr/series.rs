//! The SNR of one block after another.

use super::answer::Answer;
use crate::error::{Error, Result};
use crate::export::save_table_csv;
use crate::plot::{self, CurvePlot};
use crate::question::Readable;
use serde::Serialize;
use snr_quantile::NO_SIGNAL_DB;
use snr_quantile::fit::Cause;
use std::path::Path;

/// Estimates of blocks of equal length.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    /// Samples of a block.
    block: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol_rate_hz: Option<f64>,
    blocks: Vec<Row>,
    /// Samples after the last whole block, which are in none.
    left_over: usize,
}

/// One block. Where it tells no SNR, it has none.
#[derive(Debug, Serialize)]
struct Row {
    /// Samples before it.
    start: u64,
    /// Of its middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_s: Option<f64>,
    snr_db: Option<f64>,
    es_n0_db: Option<f64>,
    interval_db: Option<[f64; 2]>,
    is_detected: Option<bool>,
    /// Why the block does not fit the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    misfit: Option<Cause>,
    /// Why there is no estimate: silence, or no noise.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

const COLUMNS: [&str; 8] =
    ["start", "time_s", "snr_db", "es_n0_db", "lower_db", "upper_db", "is_detected", "misfit"];

impl Series {
    pub(super) fn new(block: usize, symbol_rate_hz: Option<f64>) -> Self {
        Self { block, symbol_rate_hz, blocks: Vec::new(), left_over: 0 }
    }

    /// The next block; one that cannot be estimated does not stop the others.
    pub(super) fn push(&mut self, answer: Result<Answer>) {
        let start = (self.blocks.len() * self.block) as u64;
        let time_s = self.symbol_rate_hz.map(|rate| (start as f64 + 0.5 * self.block as f64) / rate);
        let (answer, error) = match answer {
            Ok(answer) => (Some(answer), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let found = answer.as_ref().and_then(|answer| answer.found.as_ref());
        self.blocks.push(Row {
            start,
            time_s,
            snr_db: found.map(|found| found.snr_db),
            es_n0_db: found.map(|found| found.es_n0_db),
            interval_db: answer.as_ref().and_then(|answer| answer.interval_db),
            is_detected: answer.as_ref().and_then(|answer| answer.is_detected),
            misfit: answer.as_ref().and_then(|answer| answer.misfit),
            error,
        });
    }

    /// No more blocks, with so many samples left over.
    ///
    /// # Errors
    /// Kind `too_few` if there was none.
    pub(super) fn finish(&mut self, left_over: usize) -> Result<()> {
        self.left_over = left_over;
        if self.blocks.is_empty() {
            let (name, needed) = ("samples of a block".into(), self.block);
            return Err(Error::Core(mmw_core::Error::TooFew { name, needed, got: left_over }));
        }
        Ok(())
    }

    pub(super) fn save_csv(&self, path: &Path) -> Result<()> {
        let cell = |x: Option<f64>| x.map(|x| format!("{x:?}")).unwrap_or_default();
        let row = |row: &Row| {
            vec![
                row.start.to_string(),
                cell(row.time_s),
                cell(row.snr_db),
                cell(row.es_n0_db),
                cell(row.interval_db.map(|[low, _]| low)),
                cell(row.interval_db.map(|[_, high]| high)),
                row.is_detected.map(|is| is.to_string()).unwrap_or_default(),
                row.misfit.map(|cause| cause.to_string()).unwrap_or_default(),
            ]
        };
        let rows: Vec<Vec<String>> = self.blocks.iter().map(row).collect();
        save_table_csv(path, &COLUMNS.map(str::to_owned), &rows)
    }

    pub(super) fn save_plot(&self, path: &Path) -> Result<()> {
        let middle = |row: &Row| row.start as f64 + 0.5 * self.block as f64;
        let at = |row: &Row| row.time_s.unwrap_or_else(|| middle(row));
        let of = |value: fn(&Row) -> Option<f64>| {
            self.blocks.iter().filter_map(move |row| Some((at(row), value(row)?))).collect::<Vec<_>>()
        };
        let estimates = of(|row| row.snr_db);
        if estimates.is_empty() {
            return Err(Error::Core(mmw_core::Error::invalid(
                "plot",
                "no block tells an SNR: there is nothing to draw",
            )));
        }
        let x_label = if self.symbol_rate_hz.is_some() { "time (s)" } else { "sample" };
        let above = |end: f64| (end > NO_SIGNAL_DB).then_some(end);
        let low = of(|row| row.interval_db.map(|[low, _]| low));
        let low: Vec<(f64, f64)> = low.into_iter().filter_map(|(x, end)| Some((x, above(end)?))).collect();
        let mut picture = CurvePlot::new("SNR of blocks", x_label, "SNR (dB)").line("estimate", estimates);
        if !low.is_empty() {
            picture = picture.dots("lower end", low);
        }
        let high = of(|row| row.interval_db.map(|[_, high]| high));
        if !high.is_empty() {
            picture = picture.dots("upper end", high);
        }
        plot::save_as("plot", path, &picture)
    }
}

impl Readable for Series {
    fn lines(&self) -> Vec<String> {
        let head = if self.symbol_rate_hz.is_some() { "time s" } else { "sample" };
        let mut lines = vec![format!("{head:>14} {:>10} {:>10}   interval dB", "SNR dB", "Es/N0 dB")];
        lines.extend(self.blocks.iter().map(Row::line));
        let misfits = self.blocks.iter().filter(|row| row.misfit.is_some()).count();
        if misfits > 0 {
            let blocks = self.blocks.len();
            lines.push(format!("{misfits} of {blocks} blocks do not fit the model (false alarms 1 %)"));
        }
        if self.left_over > 0 {
            lines.push(format!("{} samples after the last block of {}", self.left_over, self.block));
        }
        lines
    }
}

impl Row {
    fn line(&self) -> String {
        let at = self.time_s.map_or_else(|| self.start.to_string(), |time_s| format!("{time_s:.6}"));
        let number = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.3}"));
        let interval = match (self.interval_db, &self.error) {
            (_, Some(error)) => error.clone(),
            (Some([low, high]), _) if low > NO_SIGNAL_DB => format!("{low:.3} to {high:.3}"),
            (Some([_, high]), _) => format!("up to {high:.3}"),
            (None, None) => String::new(),
        };
        let misfit = self.misfit.map(|cause| format!("   misfit: {}", cause.describe())).unwrap_or_default();
        let [snr, es_n0] = [self.snr_db, self.es_n0_db].map(number);
        format!("{at:>14} {snr:>10} {es_n0:>10}   {interval}{misfit}").trim_end().to_owned()
    }
}
