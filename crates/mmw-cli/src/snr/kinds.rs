//! What each comparison is called and shows.

use super::study_columns;
use crate::study::Kind;
use mmw_core::study::Metric;
use snr_quantile::NO_SIGNAL_DB;

pub(super) static COMPARE: Kind = Kind {
    command: "snr compare",
    title: "SNR estimators of BPSK",
    columns: &study_columns::COMPARE,
    axis: "snr",
    metric: Metric::Rmse,
    unit: "dB",
    nothing_at: Some(NO_SIGNAL_DB),
};

pub(super) static COVERAGE: Kind = Kind {
    command: "snr coverage",
    title: "Intervals of SNR estimators of BPSK",
    columns: &study_columns::COVERAGE,
    axis: "snr",
    metric: Metric::Coverage,
    unit: "dB",
    nothing_at: Some(NO_SIGNAL_DB),
};

pub(super) static PSK: Kind = Kind {
    command: "snr psk",
    title: "SNR estimators of M-PSK",
    columns: &study_columns::PSK,
    axis: "es_n0",
    metric: Metric::Rmse,
    unit: "dB",
    nothing_at: Some(NO_SIGNAL_DB),
};
