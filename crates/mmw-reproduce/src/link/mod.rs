//! The link area: path loss corrected and as printed, the ladders of Tables 2 and 3, what they lose.

mod antenna;
mod filters;
mod path;
mod response;

use crate::host::Setup;
use crate::ledger::Source;
use crate::section::Section;
use mmw_core::Result;
use mmw_core::ndarray::Array1;

const SOURCE: Source = Source { name: "60 GHz path-loss and filter paper", package: "mmw-linkbudget" };

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    Ok(vec![path::run(setup)?, filters::run()?, response::run(setup)?, antenna::run(setup)?])
}

/// Points of a curve.
fn points(x: &Array1<f64>, y: &Array1<f64>) -> Vec<(f64, f64)> {
    x.iter().copied().zip(y.iter().copied()).collect()
}
