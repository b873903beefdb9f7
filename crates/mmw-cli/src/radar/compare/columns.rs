//! The columns of the comparisons.

use crate::study::{
    BIAS, BIAS_ERROR, BOUND, Cell, Column, DETECTED, ESTIMATOR, NO_ANSWER, RMSE, RMSE_ERROR, RMSE_OVER_BOUND,
    four, level_column, plain,
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

/// Those of `mmw radar compare cfar`.
pub(super) const CFAR: [Column; 7] = [
    level_column!("neighbour", "neighbour_db", "neighbour dB"),
    level_column!("clutter", "clutter_db", "clutter dB"),
    level_column!("snr", "snr_db", "SNR dB"),
    Column { name: "detector", head: "detector", ..ESTIMATOR },
    DETECTED,
    Column {
        name: "false_alarms_over_promised",
        head: "false alarms/promised",
        of: |cell| Cell::Number(cell.row.bias.map(|excess| 1.0 + excess.value)),
        show: four,
    },
    Column { name: "false_alarms_error", ..BIAS_ERROR },
];
