//! What one contender gathered at one condition.

use super::experiment::Score;
use crate::stats::{Merge, Moments, Proportion};
use crate::{Result, check};

/// Errors, their squares, failures, intervals that held and what was detected.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Tally {
    pub(super) error: Moments,
    pub(super) square: Moments,
    pub(super) relative_square: Moments,
    pub(super) failure: Proportion,
    pub(super) coverage: Proportion,
    pub(super) detection: Proportion,
}

impl Tally {
    pub(super) fn push(&mut self, score: Option<Score>, failed: bool) {
        let score = score.filter(|score| score.error.is_finite() && (score.error * score.error).is_finite());
        self.failure.push(failed || score.is_none_or(|score| score.failed));
        let Some(Score { error, relative_error, covered, detected, .. }) = score else { return };
        self.error.push(error);
        self.square.push(error * error);
        if let Some(square) = relative_error.map(|error| error * error).filter(|square| square.is_finite()) {
            self.relative_square.push(square);
        }
        if let Some(covered) = covered {
            self.coverage.push(covered);
        }
        if let Some(detected) = detected {
            self.detection.push(detected);
        }
    }

    /// The standard error of the root mean square error over that error; none for fewer than two answers.
    pub(super) fn relative_error(&self) -> Option<f64> {
        let (square, spread) = (self.square.mean().ok()?, self.square.variance().ok()?.sqrt());
        let error = 0.5 * spread / (self.square.count() as f64).sqrt();
        (square > 0.0).then(|| error / square).or(Some(0.0))
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.error.merge(other.error);
        self.square.merge(other.square);
        self.relative_square.merge(other.relative_square);
        self.failure.merge(other.failure);
        self.coverage.merge(other.coverage);
        self.detection.merge(other.detection);
    }
}

/// Tallies of all contenders, in their order.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub(super) struct Tallies(pub(super) Vec<Tally>);

impl Tallies {
    pub(super) fn new(contenders: usize) -> Self {
        Self(vec![Tally::default(); contenders])
    }

    pub(super) fn check(&self, contenders: usize, trials: u64) -> Result<()> {
        check::same_len("tallies", contenders, self.0.len())?;
        for tally in &self.0 {
            let answers = tally.error.count();
            check::in_range(
                "trials of a tally",
                tally.failure.trials() as f64,
                trials as f64,
                trials as f64,
            )?;
            check::in_range("answers of a tally", answers as f64, 0.0, trials as f64)?;
            check::in_range(
                "squares of a tally",
                tally.square.count() as f64,
                answers as f64,
                answers as f64,
            )?;
            for (name, count) in [
                ("relative squares of a tally", tally.relative_square.count()),
                ("intervals of a tally", tally.coverage.trials()),
                ("detections of a tally", tally.detection.trials()),
            ] {
                check::in_range(name, count as f64, 0.0, answers as f64)?;
            }
        }
        Ok(())
    }
}

impl Merge for Tallies {
    fn merge(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| a.merge(b));
    }
}
