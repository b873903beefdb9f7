//! The columns that the tables of the studies choose from.

use crate::study::{Cell, Column, DETECTED, ESTIMATOR, Place, four, percent, plain, short};
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
        name: "variance_db2",
        head: "var dB²",
        of: |cell| score(cell, |score| Some(score.variance_db2)),
        show: short,
    },
    MSE_DB2,
    MSE_ERROR_DB2,
    Column { name: "nmse", head: "NMSE", of: |cell| score(cell, |score| Some(score.nmse)), show: short },
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
        of: |cell| score(cell, |score| Some(score.covered?.standard_error)),
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
    Column { name: "es_n0_db", head: "Es/N0 dB", of: |cell| ratio_db(cell, "es_n0"), show: plain },
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
    Column { name: "snr_db", head: "SNR dB", of: |cell| ratio_db(cell, "snr"), show: plain };
const SAMPLES: Column =
    Column { name: "samples", head: "samples", of: |cell| cell.count("samples"), show: plain };
const BIAS_DB: Column = Column {
    name: "bias_db",
    head: "bias dB",
    of: |cell| score(cell, |score| Some(score.bias_db)),
    show: four,
};
const MSE_DB2: Column = Column {
    name: "mse_db2",
    head: "MSE dB²",
    of: |cell| score(cell, |score| Some(score.mse_db2)),
    show: short,
};
const MSE_ERROR_DB2: Column = Column {
    name: "mse_error_db2",
    head: "± dB²",
    of: |cell| score(cell, |score| Some(score.mse_error_db2)),
    show: short,
};
const CRLB_DB2: Column =
    Column {
        name: "crlb_db2", head: "CRB dB²", of: |cell| score(cell, |score| score.crlb_db2), show: short
    };
const MSE_OVER_CRLB: Column = Column {
    name: "mse_over_crlb",
    head: "MSE/CRB",
    of: |cell| score(cell, RecordScore::mse_over_crlb),
    show: short,
};
const NOT_IDENTIFIABLE: Column = Column {
    name: "not_identifiable",
    head: "no SNR",
    of: |cell| score(cell, |score| Some(score.not_identifiable)),
    show: percent,
};
const COVERED: Column = Column {
    name: "covered",
    head: "covered",
    of: |cell| score(cell, |score| Some(score.covered?.value)),
    show: four,
};

/// A ratio of the condition, none for noise alone.
fn ratio_db(place: &Place<'_>, axis: &str) -> Cell {
    Cell::Number(place.at.get(axis).ok().filter(|&db| db > NO_SIGNAL_DB))
}

/// What the row says in the units of the field.
fn score(place: &Place<'_>, of: fn(&RecordScore) -> Option<f64>) -> Cell {
    Cell::Number(RecordScore::of(place.row).ok().as_ref().and_then(of))
}
