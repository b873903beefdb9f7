//! A bar on a terminal, silence in a pipe.

use crate::error::{Error, Result};
use crate::output::Interrupt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mmw_core::monte_carlo::MonteCarlo;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes, shown as KiB, MiB, …
    Bytes,
    /// Anything else, by its plural: `Count("frames")`.
    Count(&'static str),
}

/// How far some work is. Drawn on standard error, and only when that is a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins work of `total` units; a total of 0 is one that is not known.
    pub(crate) fn new(total: u64, unit: Unit) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = if total == 0 { ProgressBar::no_length() } else { ProgressBar::new(total) };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(&template(total, unit)) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// `n` more units are done.
    pub(crate) fn advance(&self, n: u64) {
        self.bar.inc(n);
    }

    /// `n` units in all are done.
    pub(crate) fn reach(&self, n: u64) {
        self.bar.set_position(n);
    }

    /// Removes the bar. Dropping does the same.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// Work of `trials` by Monte Carlo under a bar, ended by Ctrl-C.
///
/// # Errors
/// What the work meets; [`Error::Interrupted`] after Ctrl-C.
pub(crate) fn watched<R>(
    run: MonteCarlo<'_>,
    trials: u64,
    work: impl FnOnce(&MonteCarlo<'_>) -> mmw_core::Result<R>,
) -> Result<R> {
    let progress = Progress::new(trials, Unit::Count("trials"));
    let before = AtomicU64::new(0);
    let report = |done: u64| progress.advance(done.saturating_sub(before.swap(done, Ordering::Relaxed)));
    work(&run.progress(&report).cancel(Interrupt::flag())).map_err(|error| match error {
        mmw_core::Error::Cancelled { .. } => Error::Interrupted,
        error => error.into(),
    })
}

/// The line that is drawn, in the language of the bar.
fn template(total: u64, unit: Unit) -> String {
    match (total, unit) {
        (0, Unit::Bytes) => "{spinner} {bytes} ({bytes_per_sec})".to_owned(),
        (0, Unit::Count(plural)) => format!("{{spinner}} {{pos}} {plural} ({{per_sec}})"),
        (_, Unit::Bytes) => "{wide_bar} {bytes}/{total_bytes} ({bytes_per_sec}, {eta} left)".to_owned(),
        (_, Unit::Count(plural)) => {
            format!("{{wide_bar}} {{pos}}/{{len}} {plural} ({{per_sec}}, {{eta}} left)")
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if !self.bar.is_finished() {
            self.bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_counts_what_is_done_and_is_gone_at_the_end() {
        for (total, unit) in [(0, Unit::Bytes), (10, Unit::Count("frames")), (u64::MAX, Unit::Bytes)] {
            let progress = Progress::new(total, unit);
            progress.advance(3);
            progress.advance(4);
            let bar = progress.bar.clone();
            assert_eq!((bar.position(), bar.is_finished()), (7, false));
            drop(progress);
            assert!(bar.is_finished());
            assert_eq!(bar.is_hidden(), !std::io::stderr().is_terminal(), "nothing is drawn into a pipe");
        }
    }

    #[test]
    fn every_template_is_understood_by_the_bar() {
        for (total, unit) in
            [(0, Unit::Bytes), (0, Unit::Count("frames")), (9, Unit::Bytes), (9, Unit::Count("frames"))]
        {
            assert!(ProgressStyle::with_template(&template(total, unit)).is_ok());
        }
    }
}
