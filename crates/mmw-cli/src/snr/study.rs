//! The tables of the studies: one row for each condition and estimator, in columns that each command chooses.

use crate::error::{Error, Result};
use crate::export::save_table_csv;
use crate::question::Readable;
use crate::study::Report;
use mmw_core::study::{Condition, Cost, Metric, StudyPart, StudyRow, StudyTable};
use mmw_plot::{CurvePlot, StudyPage};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use snr_quantile::NO_SIGNAL_DB;
use snr_quantile::compare::RecordScore;
use snr_quantile::psk::modulation_of;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns of `mmw snr compare`.
const COMPARE: [Column; 11] = [
    SNR_DB,
    SAMPLES,
    ESTIMATOR,
    BIAS_DB,
    Column {
        name: "variance_db2", head: "var dB²", of: |cell| number(cell.score.variance_db2), show: short
    },
    MSE_DB2,
    MSE_ERROR_DB2,
    Column { name: "nmse", head: "NMSE", of: |cell| number(cell.score.nmse), show: short },
    CRLB_DB2,
    MSE_OVER_CRLB,
    NOT_IDENTIFIABLE,
];

/// Those of `mmw snr coverage`.
const COVERAGE: [Column; 6] = [
    SNR_DB,
    SAMPLES,
    ESTIMATOR,
    COVERED,
    Column {
        name: "standard_error",
        head: "± error",
        of: |cell| Cell::Number(cell.score.covered.map(|covered| covered.standard_error)),
        show: four,
    },
    DETECTED,
];

/// Those of `mmw snr psk`.
const PSK: [Column; 12] = [
    Column {
        name: "modulation",
        head: "modulation",
        of: |cell| Cell::Word(modulation_of(cell.at).map_or_else(|_| String::new(), |m| m.to_string())),
        show: four,
    },
    Column { name: "es_n0_db", head: "Es/N0 dB", of: |cell| cell.ratio_db("es_n0"), show: plain },
    SAMPLES,
    ESTIMATOR,
    BIAS_DB,
    MSE_DB2,
    MSE_ERROR_DB2,
    CRLB_DB2,
    MSE_OVER_CRLB,
    NOT_IDENTIFIABLE,
    COVERED,
    DETECTED,
];

const SNR_DB: Column =
    Column { name: "snr_db", head: "SNR dB", of: |cell| cell.ratio_db("snr"), show: plain };
const SAMPLES: Column = Column {
    name: "samples",
    head: "samples",
    of: |cell| Cell::Count(cell.at.get("samples").unwrap_or_default() as u64),
    show: plain,
};
const ESTIMATOR: Column = Column {
    name: "estimator",
    head: "estimator",
    of: |cell| Cell::Word(cell.row.contender.clone()),
    show: plain,
};
const BIAS_DB: Column =
    Column { name: "bias_db", head: "bias dB", of: |cell| number(cell.score.bias_db), show: four };
const MSE_DB2: Column =
    Column { name: "mse_db2", head: "MSE dB²", of: |cell| number(cell.score.mse_db2), show: short };
const MSE_ERROR_DB2: Column =
    Column {
        name: "mse_error_db2", head: "± dB²", of: |cell| number(cell.score.mse_error_db2), show: short
    };
const CRLB_DB2: Column =
    Column { name: "crlb_db2", head: "CRB dB²", of: |cell| Cell::Number(cell.score.crlb_db2), show: short };
const MSE_OVER_CRLB: Column = Column {
    name: "mse_over_crlb",
    head: "MSE/CRB",
    of: |cell| Cell::Number(cell.score.mse_over_crlb()),
    show: short,
};
const NOT_IDENTIFIABLE: Column = Column {
    name: "not_identifiable",
    head: "no SNR",
    of: |cell| number(cell.score.not_identifiable),
    show: |share| format!("{:.1} %", 100.0 * share),
};
const COVERED: Column = Column {
    name: "covered",
    head: "covered",
    of: |cell| Cell::Number(cell.score.covered.map(|covered| covered.value)),
    show: four,
};
const DETECTED: Column = Column {
    name: "detected",
    head: "detected",
    of: |cell| Cell::Number(cell.score.detected.map(|detected| detected.value)),
    show: four,
};

/// A column: its name in files, its head on paper, where it comes from and how people see it.
#[derive(Debug)]
struct Column {
    name: &'static str,
    head: &'static str,
    of: fn(&Place<'_>) -> Cell,
    show: fn(f64) -> String,
}

/// Where a cell is taken from.
struct Place<'a> {
    at: &'a Condition<'a>,
    row: &'a StudyRow,
    score: RecordScore,
}

impl Place<'_> {
    /// A ratio of the condition, none for noise alone.
    fn ratio_db(&self, axis: &str) -> Cell {
        Cell::Number(self.at.get(axis).ok().filter(|&db| db > NO_SIGNAL_DB))
    }
}

/// One value, or none.
#[derive(Debug, PartialEq)]
enum Cell {
    Word(String),
    Count(u64),
    Number(Option<f64>),
}

fn number(value: f64) -> Cell {
    Cell::Number(Some(value))
}

impl Cell {
    /// As it reads back to the same bits.
    fn csv(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(value) => value.map(|value| format!("{value:?}")).unwrap_or_default(),
        }
    }

    fn shown(&self, show: fn(f64) -> String) -> String {
        match self {
            Self::Number(value) => value.map_or_else(|| "-".to_owned(), show),
            other => other.csv(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Word(word) => word.as_str().into(),
            Self::Count(count) => (*count).into(),
            Self::Number(value) => (*value).into(),
        }
    }
}

/// A row for each condition and estimator.
#[derive(Debug)]
pub(crate) struct StudyAnswer {
    trials: u64,
    seed: u64,
    parameters: BTreeMap<String, Value>,
    kind: &'static Kind,
    table: StudyTable,
    rows: Vec<Vec<Cell>>,
}

/// What the commands differ in.
#[derive(Debug)]
struct Kind {
    command: &'static str,
    title: &'static str,
    columns: &'static [Column],
    /// What charts run along, and what the first one shows.
    axis: &'static str,
    metric: Metric,
}

const KINDS: [Kind; 3] = [
    Kind {
        command: "snr compare",
        title: "SNR estimators of BPSK",
        columns: &COMPARE,
        axis: "snr",
        metric: Metric::Rmse,
    },
    Kind {
        command: "snr coverage",
        title: "Intervals of SNR estimators of BPSK",
        columns: &COVERAGE,
        axis: "snr",
        metric: Metric::Coverage,
    },
    Kind {
        command: "snr psk",
        title: "SNR estimators of M-PSK",
        columns: &PSK,
        axis: "es_n0",
        metric: Metric::Rmse,
    },
];

impl StudyAnswer {
    fn cost_line(&self, cost: &Cost) -> String {
        let at = self.table.grid.condition(cost.condition).map_or_else(|_| String::new(), |at| at.label());
        let call = cost.call_s;
        let [median, low, high] = [call.estimate, call.lower, call.upper].map(|seconds| 1e6 * seconds);
        format!("{at}: {} {median:.1} µs a call, quartiles {low:.1} to {high:.1}", cost.contender)
    }
}

/// The unit of the errors.
const UNIT: &str = "dB";

impl StudyAnswer {
    /// The levels that have a place in a chart, where noise alone would be far off on the left.
    fn limits(&self) -> Option<(f64, f64)> {
        let axis = self.table.grid.axes().iter().find(|axis| axis.name() == self.kind.axis)?.to_vec();
        let shown: Vec<f64> = axis.iter().copied().filter(|&db| db > NO_SIGNAL_DB).collect();
        let ends = shown.iter().fold((f64::MAX, f64::MIN), |(low, high), &db| (low.min(db), high.max(db)));
        (shown.len() > 1 && shown.len() < axis.len()).then_some(ends)
    }

    /// Seed, trials and parameters in a line.
    fn made_by(&self) -> String {
        let parameters = self.parameters.iter().map(|(name, value)| format!("; {name} {value}"));
        format!("{} trials each, seed {}{}", self.trials, self.seed, parameters.collect::<String>())
    }
}

impl Report for StudyAnswer {
    fn of(command: &str, part: StudyPart) -> Result<Self> {
        let Some(kind) = KINDS.iter().find(|kind| kind.command == command) else {
            return Err(Error::Usage(format!("`mmw {command}` has no parts")));
        };
        let study = part.study().clone();
        let value = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into());
        let parameters = study.parameters.iter().map(|(name, text)| (name.clone(), value(text))).collect();
        let table = part.finish()?;
        let mut rows = Vec::with_capacity(table.rows.len());
        for (index, of_condition) in table.rows.chunks(table.contenders.len()).enumerate() {
            let at = table.grid.condition(index)?;
            for row in of_condition {
                let place = Place { at: &at, row, score: RecordScore::of(row)? };
                rows.push(kind.columns.iter().map(|column| (column.of)(&place)).collect());
            }
        }
        Ok(Self { trials: study.trials, seed: study.seed, parameters, kind, table, rows })
    }

    fn with_costs(mut self, costs: Vec<Cost>) -> Self {
        self.table.costs = costs;
        self
    }

    fn pictures(&self) -> Result<Vec<(String, CurvePlot)>> {
        let Kind { axis, metric, .. } = *self.kind;
        let mut pictures: Vec<(String, CurvePlot)> = Vec::new();
        for condition in 0..self.table.grid.len() {
            let at = self.table.grid.condition(condition)?;
            let others =
                self.table.grid.axes().iter().zip(at.values()).filter(|(other, _)| other.name() != axis);
            let name: String = others.map(|(other, level)| format!("-{}-{level}", other.name())).collect();
            if pictures.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let plot = CurvePlot::of_study(&self.table, condition, axis, metric, UNIT)?;
            let plot = match self.limits() {
                Some((low, high)) => plot.x_limits(low, high),
                None => plot,
            };
            let promised = self.parameters.get("confidence").and_then(Value::as_f64);
            let promised = promised.filter(|_| metric == Metric::Coverage);
            let plot = promised.into_iter().fold(plot, |plot, share| plot.horizontal("promised", share));
            pictures.push((name, plot));
        }
        if let [(name, _)] = pictures.as_mut_slice() {
            name.clear();
        }
        Ok(pictures)
    }

    fn page(&self) -> Result<String> {
        let made_by = format!("mmw {}: {}", self.kind.command, self.made_by());
        let page = StudyPage::new(self.kind.title, &self.table, self.kind.axis, UNIT).made_by(made_by);
        Ok(match self.limits() {
            Some((low, high)) => page.x_limits(low, high).html()?,
            None => page.html()?,
        })
    }

    fn save(&self, path: &Path) -> Result<()> {
        let columns: Vec<String> = self.kind.columns.iter().map(|column| column.name.to_owned()).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(Cell::csv).collect()).collect();
        save_table_csv(path, &columns, &rows)
    }
}

impl Serialize for StudyAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("trials", &self.trials)?;
        map.serialize_entry("seed", &self.seed)?;
        for (name, value) in &self.parameters {
            map.serialize_entry(name, value)?;
        }
        let row = |cells: &Vec<Cell>| -> serde_json::Map<String, Value> {
            self.kind
                .columns
                .iter()
                .zip(cells)
                .map(|(column, cell)| (column.name.to_owned(), cell.json()))
                .collect()
        };
        map.serialize_entry("rows", &self.rows.iter().map(row).collect::<Vec<_>>())?;
        if !self.table.costs.is_empty() {
            map.serialize_entry("costs", &self.table.costs)?;
        }
        map.end()
    }
}

impl Readable for StudyAnswer {
    fn lines(&self) -> Vec<String> {
        let heads = self.kind.columns.iter().map(|column| column.head.to_owned()).collect();
        let shown = |row: &Vec<Cell>| -> Vec<String> {
            row.iter().zip(self.kind.columns).map(|(cell, column)| cell.shown(column.show)).collect()
        };
        let lines: Vec<Vec<String>> = std::iter::once(heads).chain(self.rows.iter().map(shown)).collect();
        let width =
            |column: usize| lines.iter().filter_map(|line| Some(line.get(column)?.chars().count())).max();
        let widths: Vec<usize> =
            (0..self.kind.columns.len()).map(|column| width(column).unwrap_or(0)).collect();
        let is_word = |column: usize| {
            self.rows.first().is_some_and(|row| matches!(row.get(column), Some(Cell::Word(_))))
        };
        let padded = |(column, text): (usize, &String)| match (widths[column], is_word(column)) {
            (width, true) => format!("{text:<width$}"),
            (width, false) => format!("{text:>width$}"),
        };
        let mut text: Vec<String> = lines
            .iter()
            .map(|line| line.iter().enumerate().map(padded).collect::<Vec<_>>().join("  "))
            .collect();
        text.push(format!("{}; ± one standard error", self.made_by()));
        text.extend(self.table.costs.iter().map(|cost| self.cost_line(cost)));
        text
    }
}

fn plain(value: f64) -> String {
    value.to_string()
}

fn four(value: f64) -> String {
    format!("{value:.4}")
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
    fn numbers_are_short() {
        assert_eq!(
            [0.0, 0.12345, 12.3456, 1234.56, 1.5e9].map(short),
            ["0.00e0", "0.1235", "12.3456", "1234.6", "1.50e9"]
        );
    }
}
