//! The link area: path loss corrected and as printed, the ladders of Tables 2 and 3, what they lose.

mod antenna;
mod filters;
mod path;
mod response;

use super::{LedgerRow, Section, Setup, Verdict};
use crate::error::Result;
use crate::output::create_folder;
use mmw_core::ndarray::Array1;

const SOURCE: &str = "60 GHz path-loss and filter paper";

pub(super) fn run(setup: &Setup) -> Result<Vec<Section>> {
    create_folder(&setup.out.join("link"))?;
    Ok(vec![path::run(setup)?, filters::run()?, response::run(setup)?, antenna::run(setup)?])
}

/// A row of the ledger of this source; `test` is a test of `crates/linkbudget/tests/it/paper.rs`.
fn row(item: &str, printed: &str, ours: impl Into<String>, verdict: Verdict, test: &str) -> LedgerRow {
    LedgerRow {
        source: SOURCE.to_owned(),
        item: item.to_owned(),
        printed: printed.to_owned(),
        ours: ours.into(),
        verdict,
        test: format!("mmw-linkbudget::paper::{test}"),
    }
}

/// Points of a curve.
fn points(x: &Array1<f64>, y: &Array1<f64>) -> Vec<(f64, f64)> {
    x.iter().copied().zip(y.iter().copied()).collect()
}
