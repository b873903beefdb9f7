//! What a study is about, and who takes part.

use super::grid::Condition;
use crate::Result;
use crate::random::Stream;

/// What is drawn in a trial, what is true of it, and how far off an answer is.
///
/// Everything must follow from the condition and the random numbers alone: that is what makes a study
/// repeatable, and the same on any number of threads and machines.
pub trait Experiment: Sync {
    /// What the contenders see.
    type Input;
    /// What they do not.
    type Truth;
    /// What they answer.
    type Estimate;

    /// The parameters that are not on the grid, as names and values: parts of studies that differ in one
    /// are not joined.
    fn parameters(&self) -> Vec<(String, String)> {
        vec![]
    }

    /// One trial.
    ///
    /// # Errors
    /// What the condition does not allow. It ends the study.
    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Self::Input, Self::Truth)>;

    /// How far an answer is off.
    fn score(&self, at: &Condition<'_>, truth: &Self::Truth, estimate: &Self::Estimate) -> Score;

    /// What no answer counts as, beside being counted as a failure: nothing, unless this says otherwise.
    fn score_of_failure(&self, _at: &Condition<'_>, _truth: &Self::Truth) -> Option<Score> {
        None
    }

    /// The least root mean square error that theory allows (the root of a Cramér-Rao bound, say), where
    /// it is known.
    ///
    /// # Errors
    /// What the condition does not allow.
    fn bound(&self, _at: &Condition<'_>) -> Result<Option<f64>> {
        Ok(None)
    }
}

/// An algorithm that answers the trials of an experiment.
pub trait Contender<E: Experiment + ?Sized>: Sync {
    /// Its name in tables, different from that of the others.
    fn name(&self) -> &str;

    /// Its answer, or none.
    ///
    /// # Errors
    /// Faults that end the study; an input that has no answer is `None`.
    fn estimate(&self, at: &Condition<'_>, input: &E::Input) -> Result<Option<E::Estimate>>;

    /// Bytes that it keeps between calls (a plan, tables), if it knows.
    fn state_bytes(&self) -> Option<usize> {
        None
    }
}

/// The error of an answer, and whether its interval held the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// Estimate less truth, in the unit of the study. A value that is not finite counts as a failure.
    pub error: f64,
    /// Whether the truth lies in the interval given with the estimate; none if there is no interval.
    pub covered: Option<bool>,
}

impl Score {
    /// An estimate without an interval.
    #[must_use]
    pub const fn of(error: f64) -> Self {
        Self { error, covered: None }
    }

    /// An estimate with an interval.
    #[must_use]
    pub const fn with_interval(error: f64, covered: bool) -> Self {
        Self { error, covered: Some(covered) }
    }
}

/// A contender made of a function.
///
/// # Examples
/// See [`crate::study`].
pub fn contender<E, F>(name: impl Into<String>, estimate: F) -> impl Contender<E>
where
    E: Experiment,
    F: Fn(&Condition<'_>, &E::Input) -> Result<Option<E::Estimate>> + Sync,
{
    Function { name: name.into(), estimate }
}

struct Function<F> {
    name: String,
    estimate: F,
}

impl<E, F> Contender<E> for Function<F>
where
    E: Experiment,
    F: Fn(&Condition<'_>, &E::Input) -> Result<Option<E::Estimate>> + Sync,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn estimate(&self, at: &Condition<'_>, input: &E::Input) -> Result<Option<E::Estimate>> {
        (self.estimate)(at, input)
    }
}
