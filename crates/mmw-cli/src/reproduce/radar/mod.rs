//! The radar area: the source's scenario from samples to points, and how close to the bounds it comes.

mod accuracy;
mod angles;
mod detection;
mod neighbours;
mod scene;
mod vibration;

use super::{LedgerRow, Section, Setup, Verdict};
use crate::error::Result;

const SOURCE: &str = "Radar slides (IWR1843 lecture)";

pub(super) fn run(setup: &Setup) -> Result<Vec<Section>> {
    let mut sections = scene::run(setup)?;
    sections.push(angles::run(setup)?);
    sections.push(detection::run(setup)?);
    sections.push(accuracy::run(setup)?);
    sections.extend(neighbours::run(setup)?);
    sections.push(vibration::run(setup)?);
    Ok(sections)
}

/// A row of the ledger of this source.
fn row(item: &str, printed: &str, ours: String, verdict: Verdict, test: &str) -> LedgerRow {
    LedgerRow {
        source: SOURCE.to_owned(),
        item: item.to_owned(),
        printed: printed.to_owned(),
        ours,
        verdict,
        test: test.to_owned(),
    }
}
