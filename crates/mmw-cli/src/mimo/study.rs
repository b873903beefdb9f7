//! Capacity studies with a progress bar, ended by Ctrl-C.

use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::Progress;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::study::{CapacityResult, CapacityStudy};
use mmw_core::monte_carlo::MonteCarlo;
use std::sync::atomic::{AtomicU64, Ordering};

/// Draws that share a stream of random numbers: few enough that bar and Ctrl-C are served several times a
/// second. The draws of a seed depend on it.
const BLOCK: u64 = 256;

/// Draws `trials` channels on all threads of the pool at hand; the same bits on any number of them.
///
/// # Errors
/// As [`CapacityStudy::run`]; [`Error::Interrupted`] after Ctrl-C.
pub(crate) fn run_study(
    study: &CapacityStudy,
    model: &ChannelModel,
    seed: u64,
    trials: u64,
    progress: &Progress,
) -> Result<CapacityResult> {
    let before = AtomicU64::new(0);
    let report = |done: u64| progress.advance(done.saturating_sub(before.swap(done, Ordering::Relaxed)));
    let run = MonteCarlo::new(seed, trials).block_size(BLOCK);
    study.run(model, &run.progress(&report).cancel(Interrupt::flag())).map_err(|error| match error {
        mmw_core::Error::Cancelled { .. } => Error::Interrupted,
        error => error.into(),
    })
}
