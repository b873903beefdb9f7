//! The columns that the tables of the studies choose from.

use mmw_core::study::{Condition, StudyRow};
use serde_json::Value;
use snr_quantile::NO_SIGNAL_DB;
use snr_quantile::compare::RecordScore;
use snr_quantile::psk::modulation_of;

/// The columns of `mmw snr compare`.
pub(super) const COMPARE: [Column; 11] = [
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
pub(super) const COVERAGE: [Column; 6] = [
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
pub(super) const PSK: [Column; 12] = [
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
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) head: &'static str,
    pub(super) of: fn(&Place<'_>) -> Cell,
    pub(super) show: fn(f64) -> String,
}

/// Where a cell is taken from.
pub(super) struct Place<'a> {
    pub(super) at: &'a Condition<'a>,
    pub(super) row: &'a StudyRow,
    pub(super) score: RecordScore,
}

impl Place<'_> {
    /// A ratio of the condition, none for noise alone.
    fn ratio_db(&self, axis: &str) -> Cell {
        Cell::Number(self.at.get(axis).ok().filter(|&db| db > NO_SIGNAL_DB))
    }
}

/// One value, or none.
#[derive(Debug, PartialEq)]
pub(super) enum Cell {
    Word(String),
    Count(u64),
    Number(Option<f64>),
}

fn number(value: f64) -> Cell {
    Cell::Number(Some(value))
}

impl Cell {
    /// As it reads back to the same bits.
    pub(super) fn csv(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(value) => value.map(|value| format!("{value:?}")).unwrap_or_default(),
        }
    }

    pub(super) fn shown(&self, show: fn(f64) -> String) -> String {
        match self {
            Self::Number(value) => value.map_or_else(|| "-".to_owned(), show),
            other => other.csv(),
        }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Word(word) => word.as_str().into(),
            Self::Count(count) => (*count).into(),
            Self::Number(value) => (*value).into(),
        }
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
