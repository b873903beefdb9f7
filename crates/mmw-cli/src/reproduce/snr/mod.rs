//! The snr area: sample quantiles and their quartic, its calibration, what the estimator reaches, and what does
//! reach the bound.

mod accuracy;
mod appendix;
mod calibration;
mod estimators;
mod quantiles;

use super::{LedgerRow, Section, Setup, Verdict};
use crate::error::Result;
use crate::output::create_folder;

const SOURCE: &str = "Moazzeni et al., BPSK SNR";

pub(super) fn run(setup: &Setup) -> Result<Vec<Section>> {
    create_folder(&setup.out.join("snr"))?;
    Ok(vec![
        quantiles::run(setup)?,
        calibration::run(setup)?,
        accuracy::run(setup)?,
        estimators::run(setup)?,
        appendix::run(setup)?,
    ])
}

/// A row of the ledger of this source; `test` is a test of the crate `snr-quantile`.
fn row(item: &str, printed: &str, ours: impl Into<String>, verdict: Verdict, test: &str) -> LedgerRow {
    LedgerRow {
        source: SOURCE.to_owned(),
        item: item.to_owned(),
        printed: printed.to_owned(),
        ours: ours.into(),
        verdict,
        test: if test.is_empty() { String::new() } else { format!("snr-quantile::{test}") },
    }
}

/// `n + 1` equidistant numbers from one to another.
fn grid(from: f64, to: f64, n: u32) -> impl Iterator<Item = f64> + Clone {
    (0..=n).map(move |i| from + (to - from) * f64::from(i) / f64::from(n))
}

/// A dash-separated list.
fn listed(values: impl IntoIterator<Item = f64>, format: impl Fn(f64) -> String) -> String {
    values.into_iter().map(format).collect::<Vec<_>>().join(", ")
}
