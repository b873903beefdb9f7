//! What each comparison is called and shows.

use super::columns;
use crate::study::Kind;
use mmw_core::study::Metric;

pub(super) static DOA: Kind = Kind {
    command: "radar compare doa",
    title: "Direction finders",
    columns: &columns::DOA,
    axis: "snr",
    metric: Metric::Rmse,
    unit: "deg",
    nothing_at: None,
};

pub(super) static CFAR: Kind = Kind {
    command: "radar compare cfar",
    title: "CFAR detectors",
    columns: &columns::CFAR,
    axis: "snr",
    metric: Metric::Detection,
    unit: "of the rate",
    nothing_at: None,
};
