//! The columns of the comparisons.

use crate::study::{Cell, Column, DETECTED, ESTIMATOR, four, percent, plain, short};

/// Those of `mmw radar compare doa`.
pub(super) const DOA: [Column; 11] = [
    Column { name: "snapshots", head: "snapshots", of: |cell| cell.count("snapshots"), show: plain },
    Column { name: "separation_deg", head: "apart deg", of: |cell| cell.level("separation"), show: plain },
    Column { name: "snr_db", head: "SNR dB", of: |cell| cell.level("snr"), show: plain },
    ESTIMATOR,
    Column {
        name: "rmse_deg",
        head: "RMSE deg",
        of: |cell| Cell::Number(cell.row.rmse.map(|rmse| rmse.value)),
        show: short,
    },
    Column {
        name: "rmse_error_deg",
        head: "± deg",
        of: |cell| Cell::Number(cell.row.rmse.map(|rmse| rmse.standard_error)),
        show: short,
    },
    Column {
        name: "bias_deg",
        head: "bias deg",
        of: |cell| Cell::Number(cell.row.bias.map(|bias| bias.value)),
        show: four,
    },
    Column { name: "crlb_deg", head: "CRB deg", of: |cell| Cell::Number(cell.row.bound), show: short },
    Column {
        name: "rmse_over_crlb",
        head: "RMSE/CRB",
        of: |cell| Cell::Number(cell.row.rmse.zip(cell.row.bound).map(|(rmse, bound)| rmse.value / bound)),
        show: short,
    },
    Column { head: "resolved", name: "resolved", ..DETECTED },
    Column {
        name: "no_answer",
        head: "no answer",
        of: |cell| Cell::Number(Some(cell.row.failures)),
        show: percent,
    },
];
