//! The tables of the studies: one row for each condition and estimator, in columns that each command chooses.

use super::columns::{Cell, Column, Place};
use crate::error::Result;
use crate::export::save_table_csv;
use crate::question::Readable;
use mmw_core::check;
use mmw_core::study::{Cost, Metric, StudyPart, StudyTable};
use mmw_plot::{CurvePlot, StudyPage};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

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
pub(crate) struct Kind {
    /// As it is typed: `snr compare`.
    pub(crate) command: &'static str,
    pub(crate) title: &'static str,
    pub(crate) columns: &'static [Column],
    /// What charts run along, and what the first one shows.
    pub(crate) axis: &'static str,
    pub(crate) metric: Metric,
    /// Of the errors.
    pub(crate) unit: &'static str,
    /// Levels of the axis up to this one are far off on the left: charts end before them.
    pub(crate) nothing_at: Option<f64>,
}

impl StudyAnswer {
    /// The answer of a whole study.
    ///
    /// # Errors
    /// Kind `invalid` for a part that is not whole, `too_few` for a single trial.
    pub(super) fn of(kind: &'static Kind, part: StudyPart) -> Result<Self> {
        let study = part.study().clone();
        let value = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into());
        let parameters = study.parameters.iter().map(|(name, text)| (name.clone(), value(text))).collect();
        let table = part.finish()?;
        let mut rows = Vec::with_capacity(table.rows.len());
        for (index, of_condition) in table.rows.chunks(table.contenders.len()).enumerate() {
            let at = table.grid.condition(index)?;
            for row in of_condition {
                check::at_least("trials", row.trials as usize, 2)?;
                let place = Place { at: &at, row };
                rows.push(kind.columns.iter().map(|column| (column.of)(&place)).collect());
            }
        }
        Ok(Self { trials: study.trials, seed: study.seed, parameters, kind, table, rows })
    }

    /// Takes in what calls cost.
    pub(super) fn with_costs(mut self, costs: Vec<Cost>) -> Self {
        self.table.costs = costs;
        self
    }

    /// Its first figure over the conditions: pictures, and what the names of their files end in.
    ///
    /// # Errors
    /// What the plots refuse.
    pub(super) fn pictures(&self) -> Result<Vec<(String, CurvePlot)>> {
        let Kind { axis, metric, unit, .. } = *self.kind;
        let limits = self.limits();
        let mut pictures: Vec<(String, CurvePlot)> = Vec::new();
        for condition in 0..self.table.grid.len() {
            let at = self.table.grid.condition(condition)?;
            let others =
                self.table.grid.axes().iter().zip(at.values()).filter(|(other, _)| other.name() != axis);
            let name: String = others.map(|(other, level)| format!("-{}-{level}", other.name())).collect();
            if pictures.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let plot = CurvePlot::of_study(&self.table, condition, axis, metric, unit)?;
            let plot = limits.into_iter().fold(plot, |plot, (low, high)| plot.x_limits(low, high));
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

    /// A page of all charts and figures.
    ///
    /// # Errors
    /// What the page refuses.
    pub(super) fn page(&self) -> Result<String> {
        let made_by = format!("mmw {}: {}", self.kind.command, self.made_by());
        let page =
            StudyPage::new(self.kind.title, &self.table, self.kind.axis, self.kind.unit).made_by(made_by);
        Ok(self.limits().into_iter().fold(page, |page, (low, high)| page.x_limits(low, high)).html()?)
    }

    /// Writes its table as CSV.
    ///
    /// # Errors
    /// Kind `io` naming the file.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        let columns: Vec<String> = self.kind.columns.iter().map(|column| column.name.to_owned()).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(Cell::csv).collect()).collect();
        save_table_csv(path, &columns, &rows)
    }

    fn cost_line(&self, cost: &Cost) -> String {
        let at = self.table.grid.condition(cost.condition).map_or_else(|_| String::new(), |at| at.label());
        let call = cost.call_s;
        let [median, low, high] = [call.estimate, call.lower, call.upper].map(|seconds| 1e6 * seconds);
        format!("{at}: {} {median:.1} µs a call, quartiles {low:.1} to {high:.1}", cost.contender)
    }

    /// The levels that have a place in a chart, where noise alone would be far off on the left.
    fn limits(&self) -> Option<(f64, f64)> {
        let axis = self.table.grid.axes().iter().find(|axis| axis.name() == self.kind.axis)?.to_vec();
        let is_shown = |level: &f64| self.kind.nothing_at.is_none_or(|nothing| *level > nothing);
        let shown: Vec<f64> = axis.iter().copied().filter(is_shown).collect();
        let ends =
            shown.iter().fold((f64::MAX, f64::MIN), |(low, high), &level| (low.min(level), high.max(level)));
        (shown.len() > 1 && shown.len() < axis.len()).then_some(ends)
    }

    /// Seed, trials and parameters in a line.
    fn made_by(&self) -> String {
        let parameters = self.parameters.iter().map(|(name, value)| format!("; {name} {value}"));
        format!("{} trials each, seed {}{}", self.trials, self.seed, parameters.collect::<String>())
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
