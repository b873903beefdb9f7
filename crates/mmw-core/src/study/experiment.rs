//! What a study is about, and who takes part.

use super::grid::{Condition, Grid};
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

    /// Whether last digits follow the vector instructions: parts are then joined only where these are the
    /// same. Of a study that calls no function that fuses (a table of the design names those), nothing does.
    fn follows_processor(&self) -> bool {
        false
    }

    /// Nothing, if there can be trials at every condition of the grid: a study asks before it begins.
    ///
    /// # Errors
    /// What is wrong with the experiment or a condition.
    fn check(&self, _grid: &Grid) -> Result<()> {
        Ok(())
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

/// What an answer is worth.
///
/// # Examples
/// ```
/// use mmw_core::study::Score;
/// let score = Score::of(-0.2).relative(-0.045).covered(true);
/// assert_eq!((score.error, score.covered, score.detected), (-0.2, Some(true), None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Score {
    /// Estimate less truth, in the unit of the study. A value that is not finite counts as a failure.
    pub error: f64,
    /// Estimate over truth, less one, where the study has a scale for it.
    pub relative_error: Option<f64>,
    /// Whether the truth lies in the interval given with the estimate; none if there is no interval.
    pub covered: Option<bool>,
    /// Whether what was sought was found: a signal in the noise, two sources instead of one.
    pub detected: Option<bool>,
    /// Whether the estimate stands in for an answer that was not given: it counts, and as a failure, too.
    pub failed: bool,
}

crate::checked_serde!(Score { error, relative_error });

impl Score {
    /// An estimate of which no more than its error is known.
    #[must_use]
    pub const fn of(error: f64) -> Self {
        Self { error, relative_error: None, covered: None, detected: None, failed: false }
    }

    /// The same with its relative error.
    #[must_use]
    pub const fn relative(self, error: f64) -> Self {
        Self { relative_error: Some(error), ..self }
    }

    /// The same with an interval, and whether it holds the truth.
    #[must_use]
    pub const fn covered(self, covered: bool) -> Self {
        Self { covered: Some(covered), ..self }
    }

    /// The same with a detection, and what it said.
    #[must_use]
    pub const fn detected(self, detected: bool) -> Self {
        Self { detected: Some(detected), ..self }
    }

    /// The same in place of an answer that was not given.
    #[must_use]
    pub const fn failed(self) -> Self {
        Self { failed: true, ..self }
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

impl<E: Experiment, C: Contender<E> + ?Sized> Contender<E> for Box<C> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn estimate(&self, at: &Condition<'_>, input: &E::Input) -> Result<Option<E::Estimate>> {
        (**self).estimate(at, input)
    }

    fn state_bytes(&self) -> Option<usize> {
        (**self).state_bytes()
    }
}
