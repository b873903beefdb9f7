//! The snr area: sample quantiles and their quartic, its calibration, what the estimator reaches, and what
//! does reach the bound.

mod accuracy;
mod appendix;
mod calibration;
mod estimators;
mod quantiles;
mod scores;

use crate::host::Setup;
use crate::ledger::Source;
use crate::section::Section;
use mmw_core::Result;

const SOURCE: Source = Source { name: "Moazzeni et al., BPSK SNR", package: "snr-quantile" };

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    Ok(vec![
        quantiles::run(setup)?,
        calibration::run(setup)?,
        accuracy::run(setup)?,
        estimators::run(setup)?,
        appendix::run(setup)?,
    ])
}

/// `n + 1` equidistant numbers from one to another.
fn grid(from: f64, to: f64, n: u32) -> impl Iterator<Item = f64> + Clone {
    (0..=n).map(move |i| from + (to - from) * f64::from(i) / f64::from(n))
}

/// A list with commas.
fn listed(values: impl IntoIterator<Item = f64>, format: impl Fn(f64) -> String) -> String {
    values.into_iter().map(format).collect::<Vec<_>>().join(", ")
}
