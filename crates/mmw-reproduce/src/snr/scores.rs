//! Scores of estimators over SNR, by a study under the caller's progress.

use crate::host::Setup;
use mmw_core::Result;
use mmw_core::study::{Contender, Study, StudyConfig};
use snr_quantile::compare::{BpskRecords, RecordScore, snr_grid};
use std::sync::atomic::{AtomicU64, Ordering};

/// Scores at each SNR in dB, in the order of the contenders.
pub(super) type Scores = Vec<(f64, Vec<RecordScore>)>;

/// What the contenders score on records of so many samples at each SNR.
pub(super) fn scores<C: Contender<BpskRecords>>(
    setup: &Setup<'_>,
    records: &BpskRecords,
    contenders: &[C],
    (samples, snr_db): (usize, &[f64]),
    trials: u64,
) -> Result<Scores> {
    let contenders: Vec<&dyn Contender<BpskRecords>> = contenders.iter().map(|c| c as _).collect();
    let config = StudyConfig { trials, seed: setup.seed, ..StudyConfig::default() };
    let study = Study::new(records, &contenders, snr_grid(&[samples], snr_db)?, config)?;
    let progress = setup.progress(trials * snr_db.len() as u64, "records");
    let told = AtomicU64::new(0);
    let report = |done: u64| progress.advance(done.saturating_sub(told.swap(done, Ordering::Relaxed)));
    let table = study.progress(&report).cancel(setup.host().cancel()).run()?;
    let rows = snr_db.iter().zip(table.rows.chunks(contenders.len()));
    rows.map(|(&snr_db, rows)| Ok((snr_db, rows.iter().map(RecordScore::of).collect::<Result<_>>()?)))
        .collect()
}

/// Mean square error over the bound; NaN, which no check takes, where there is no bound.
pub(super) fn over_bound(score: &RecordScore) -> f64 {
    score.mse_over_crlb().unwrap_or(f64::NAN)
}
