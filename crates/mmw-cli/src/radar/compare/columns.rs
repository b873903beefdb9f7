//! The columns of the comparisons.

use crate::study::{
    BIAS, BOUND, Column, DETECTED, ESTIMATOR, NO_ANSWER, RMSE, RMSE_ERROR, RMSE_OVER_BOUND, level_column,
    plain,
};

/// Those of `mmw radar compare doa`.
pub(super) const DOA: [Column; 11] = [
    Column { name: "snapshots", head: "snapshots", of: |cell| cell.count("snapshots"), show: plain },
    level_column!("separation", "separation_deg", "apart deg"),
    level_column!("snr", "snr_db", "SNR dB"),
    ESTIMATOR,
    Column { name: "rmse_deg", head: "RMSE deg", ..RMSE },
    Column { name: "rmse_error_deg", head: "± deg", ..RMSE_ERROR },
    Column { name: "bias_deg", head: "bias deg", ..BIAS },
    Column { name: "crlb_deg", head: "CRB deg", ..BOUND },
    RMSE_OVER_BOUND,
    Column { head: "resolved", name: "resolved", ..DETECTED },
    NO_ANSWER,
];
