//! Columns of the tables of studies.

use mmw_core::study::{Condition, StudyRow};
use serde_json::Value;

/// A column: its name in files, its head on paper, where it comes from and how people see it.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) head: &'static str,
    pub(crate) of: fn(&Place<'_>) -> Cell,
    pub(crate) show: fn(f64) -> String,
}

/// Where a cell is taken from.
pub(crate) struct Place<'a> {
    pub(crate) at: &'a Condition<'a>,
    pub(crate) row: &'a StudyRow,
}

impl Place<'_> {
    /// A level of the condition.
    pub(crate) fn level(&self, axis: &str) -> Cell {
        Cell::Number(self.at.get(axis).ok())
    }

    /// A level that is a number of things.
    pub(crate) fn count(&self, axis: &str) -> Cell {
        Cell::Count(self.at.get(axis).unwrap_or_default() as u64)
    }
}

/// One value, or none.
#[derive(Debug, PartialEq)]
pub(crate) enum Cell {
    Word(String),
    Count(u64),
    Number(Option<f64>),
}

impl Cell {
    /// As it reads back to the same bits.
    pub(crate) fn csv(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(value) => value.map(|value| format!("{value:?}")).unwrap_or_default(),
        }
    }

    pub(crate) fn shown(&self, show: fn(f64) -> String) -> String {
        match self {
            Self::Number(value) => value.map_or_else(|| "-".to_owned(), show),
            other => other.csv(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Word(word) => word.as_str().into(),
            Self::Count(count) => (*count).into(),
            Self::Number(value) => (*value).into(),
        }
    }
}

/// A level of the axis of that name, in a column of that name and head.
macro_rules! level_column {
    ($axis:literal, $name:literal, $head:literal) => {
        $crate::study::Column {
            name: $name,
            head: $head,
            of: |cell| cell.level($axis),
            show: $crate::study::plain,
        }
    };
}
pub(crate) use level_column;

// What most tables hold, to be named with its unit: `Column { name: "rmse_db", head: "RMSE dB", ..RMSE }`.

pub(crate) const ESTIMATOR: Column = Column {
    name: "estimator",
    head: "estimator",
    of: |cell| Cell::Word(cell.row.contender.clone()),
    show: plain,
};
pub(crate) const RMSE: Column = Column {
    name: "rmse",
    head: "RMSE",
    of: |cell| Cell::Number(cell.row.rmse.map(|rmse| rmse.value)),
    show: short,
};
pub(crate) const RMSE_ERROR: Column = Column {
    name: "rmse_error",
    head: "±",
    of: |cell| Cell::Number(cell.row.rmse.map(|rmse| rmse.standard_error)),
    show: short,
};
pub(crate) const BIAS: Column = Column {
    name: "bias",
    head: "bias",
    of: |cell| Cell::Number(cell.row.bias.map(|bias| bias.value)),
    show: four,
};
pub(crate) const BIAS_ERROR: Column = Column {
    name: "bias_error",
    head: "±",
    of: |cell| Cell::Number(cell.row.bias.map(|bias| bias.standard_error)),
    show: four,
};
pub(crate) const BOUND: Column =
    Column { name: "crlb", head: "CRB", of: |cell| Cell::Number(cell.row.bound), show: short };
pub(crate) const RMSE_OVER_BOUND: Column = Column {
    name: "rmse_over_crlb",
    head: "RMSE/CRB",
    of: |cell| Cell::Number(cell.row.rmse.zip(cell.row.bound).map(|(rmse, bound)| rmse.value / bound)),
    show: short,
};
pub(crate) const NO_ANSWER: Column = Column {
    name: "no_answer",
    head: "no answer",
    of: |cell| Cell::Number(Some(cell.row.failures)),
    show: percent,
};
pub(crate) const DETECTED: Column = Column {
    name: "detected",
    head: "detected",
    of: |cell| Cell::Number(cell.row.detection.map(|detected| detected.value)),
    show: four,
};

/// A share as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// As it is.
pub(crate) fn plain(value: f64) -> String {
    value.to_string()
}

/// Four places.
pub(crate) fn four(value: f64) -> String {
    format!("{value:.4}")
}

/// Four digits in at most nine characters.
pub(crate) fn short(x: f64) -> String {
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
