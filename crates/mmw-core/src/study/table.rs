//! The result of a study.

use super::cost::Cost;
use super::grid::Grid;
use super::tally::Tally;
use crate::stats::{Interval, Moments, Proportion, standard_error_of_share};
use crate::{Axis, DataArray, Error, Result, check};
use ndarray::{Array, IxDyn};

/// How one contender did at one condition. What cannot be known (the spread of a single answer) is `None`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct StudyRow {
    /// The condition, a level for each axis of the grid.
    pub condition: Vec<f64>,
    /// The contender.
    pub contender: String,
    /// Trials.
    pub trials: u64,
    /// Share of trials without an answer.
    pub failures: f64,
    /// Mean error, with its standard error.
    pub bias: Option<Measured>,
    /// Variance of the errors.
    pub variance: Option<f64>,
    /// Root mean square error, with its standard error.
    pub rmse: Option<Measured>,
    /// Mean square of the relative errors, with its standard error.
    pub nmse: Option<Measured>,
    /// Share of the intervals that hold the truth, with its standard error.
    pub coverage: Option<Measured>,
    /// Share of trials in which what was sought was found, with its standard error.
    pub detection: Option<Measured>,
    /// The least root mean square error that theory allows.
    pub bound: Option<f64>,
}

crate::checked_serde!(StudyRow, |row| {
    crate::checked_serde::finite("condition", &row.condition)?;
    check::in_range("failures", row.failures, 0.0, 1.0)?;
    for (name, value) in [("variance", row.variance), ("bound", row.bound)] {
        check::non_negative(name, value.unwrap_or_default())?;
    }
    Ok(())
});

/// A figure and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Measured {
    /// The figure.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

crate::checked_serde!(Measured, |measured| {
    check::finite("value", measured.value)?;
    check::non_negative("standard_error", measured.standard_error)?;
    Ok(())
});

impl Measured {
    /// Two standard errors to either side: 95 % for a normal error.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let half = 2.0 * self.standard_error;
        Interval { estimate: self.value, lower: self.value - half, upper: self.value + half }
    }
}

/// What a table can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Metric {
    /// Mean error.
    Bias,
    /// Variance of the errors.
    Variance,
    /// Root mean square error.
    Rmse,
    /// Root mean square error over its bound.
    RmseOverBound,
    /// Mean square of the relative errors.
    Nmse,
    /// Share of trials without an answer.
    Failures,
    /// Share of the intervals that hold the truth.
    Coverage,
    /// Share of trials in which what was sought was found.
    Detection,
}

crate::named!(Metric, "metric" {
    Bias = "bias",
    Variance = "variance",
    Rmse = "rmse",
    RmseOverBound = "rmse_over_bound",
    Nmse = "nmse",
    Failures = "failures",
    Coverage = "coverage",
    Detection = "detection",
});

impl StudyRow {
    pub(super) fn new(condition: Vec<f64>, contender: String, tally: &Tally, bound: Option<f64>) -> Self {
        let rmse = mean(&tally.square).map(|square| {
            let value = square.value.sqrt();
            let standard_error = if value > 0.0 { 0.5 * square.standard_error / value } else { 0.0 };
            Measured { value, standard_error }
        });
        Self {
            condition,
            contender,
            trials: tally.failure.trials(),
            failures: share(&tally.failure).map_or(0.0, |failures| failures.value),
            bias: mean(&tally.error),
            variance: tally.error.variance().ok(),
            rmse,
            nmse: mean(&tally.relative_square),
            coverage: share(&tally.coverage),
            detection: share(&tally.detection),
            bound,
        }
    }

    /// Mean square error, with its standard error.
    #[must_use]
    pub fn mse(&self) -> Option<Measured> {
        let Measured { value, standard_error } = self.rmse?;
        Some(Measured { value: value * value, standard_error: 2.0 * value * standard_error })
    }

    /// One figure of the row.
    #[must_use]
    pub fn get(&self, metric: Metric) -> Option<f64> {
        let value = |measured: Option<Measured>| measured.map(|measured| measured.value);
        match metric {
            Metric::Bias => value(self.bias),
            Metric::Variance => self.variance,
            Metric::Rmse => value(self.rmse),
            Metric::RmseOverBound => Some(value(self.rmse)? / self.bound.filter(|&bound| bound > 0.0)?),
            Metric::Failures => Some(self.failures),
            Metric::Nmse => value(self.nmse),
            Metric::Coverage => value(self.coverage),
            Metric::Detection => value(self.detection),
        }
    }
}

fn mean(moments: &Moments) -> Option<Measured> {
    let (value, variance) = (moments.mean().ok()?, moments.variance().ok()?);
    Some(Measured { value, standard_error: (variance / moments.count() as f64).sqrt() })
}

fn share(proportion: &Proportion) -> Option<Measured> {
    let value = proportion.hits() as f64 / proportion.trials() as f64;
    let standard_error = standard_error_of_share(value, proportion.trials()).ok()?;
    Some(Measured { value, standard_error })
}

/// All conditions and contenders of a study.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct StudyTable {
    /// The conditions.
    pub grid: Grid,
    /// Names of the contenders.
    pub contenders: Vec<String>,
    /// A row for each contender at the first condition, then at the second, and so on.
    pub rows: Vec<StudyRow>,
    /// What a call of each contender costs, where it was measured.
    pub costs: Vec<Cost>,
}

crate::checked_serde!(StudyTable, |table| {
    check::same_len("rows", table.grid.len().saturating_mul(table.contenders.len()), table.rows.len())
});

impl StudyTable {
    /// The row of a contender at a condition.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a condition past the end or a contender that did not take part.
    pub fn row(&self, condition: usize, contender: &str) -> Result<&StudyRow> {
        let place = self.contenders.iter().position(|name| name == contender).ok_or_else(|| {
            let names = self.contenders.join(", ");
            Error::invalid("contender", format!("{contender} did not take part, but {names}"))
        })?;
        let row = self.rows.get(condition.saturating_mul(self.contenders.len()).saturating_add(place));
        row.ok_or_else(|| {
            Error::invalid("condition", format!("{condition} is not below {}", self.grid.len()))
        })
    }

    /// One figure of all rows: the axes of the grid, then one that counts the contenders.
    ///
    /// # Errors
    /// [`Error::Missing`] where a row has no such figure (no answers, no bound, no intervals).
    pub fn metric(&self, metric: Metric) -> Result<DataArray<f64, IxDyn>> {
        let values: Option<Vec<f64>> = self.rows.iter().map(|row| row.get(metric)).collect();
        let missing = || Error::missing(metric.name(), "not every contender has it at every condition");
        let mut axes = self.grid.axes().to_vec();
        axes.push(Axis::index("contender", self.contenders.len()));
        let shape: Vec<usize> = axes.iter().map(Axis::len).collect();
        let data = Array::from_shape_vec(shape, values.ok_or_else(missing)?);
        let data = data.map_err(|_| Error::invalid("rows", "do not fill the grid"))?;
        DataArray::new(metric.name(), "", data, axes)
    }
}
